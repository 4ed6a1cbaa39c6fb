"""One feed parsed in a process of its own, which the kernel bounds; run as a script by `feeds`.

Its arguments are how many seconds of processor time and MiB of memory it may take. Standard input
is a line of JSON (the headers of the answer that the feed came in) and then the feed's bytes;
standard output is JSON Lines, one object an entry and at last one that says how it went. It imports
nothing of Broadsheet, so that it starts quickly and has nothing to lose.
"""

import io
import json
import re
import resource
import sys
from collections.abc import Iterator, Mapping
from html.entities import html5
from time import struct_time
from typing import Any, BinaryIO, Final

PROCESSOR_SECONDS: Final = 20
MEMORY_MEBIBYTES: Final = 1024
OUTPUT_BYTES: Final = 128 << 20
OUT_OF_MEMORY: Final = 12
MOST_ENTRIES: Final = 5_000
"""Entries that are read of one feed; the rest is left unread, and that is said."""
LONGEST_TEXT: Final = 100_000
"""Characters of one text of an entry; longer ones are cut."""

_BEGINNING = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(item|entry)[\s/>]")
_ROOT = re.compile(rb"<([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)(?=[\s/>])[^>]*>")
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31};)")
_OF_XML = frozenset((b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"))
_TEXTS: Final = (
    "title",
    "summary",
    "id",
    "link",
    "published",
    "updated",
    "prism_doi",
    "dc_identifier",
    "prism_publicationname",
    "rights",
    "license",
)


def bound(seconds: int, mebibytes: int) -> None:
    """Let the kernel end this process where it takes too much time, memory or output."""
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, mebibytes << 20),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def shortened(content: bytes) -> tuple[bytes, int]:
    """The feed up to its `MOST_ENTRIES`th entry, closed again, and how many entries it begins.

    In encodings that do not hold ASCII as such nothing is found, and all of the feed is kept.
    """
    begun = 0
    for found in _BEGINNING.finditer(content):
        begun += 1
        if begun == MOST_ENTRIES + 1:
            cut = found.start()
    if begun <= MOST_ENTRIES:
        return content, begun
    root = _ROOT.search(content[:cut])
    name = root[1] if root else b""
    closing = b"</channel></rss>" if name == b"rss" else b"</%s>" % name
    return content[:cut] + closing, begun


def spelt_out(content: bytes) -> bytes:
    """The feed with the entities of HTML as numbers.

    XML knows five only; of a feed with a document type the parser would drop the others in silence.
    """
    return _ENTITY.sub(_number, content)


def _number(found: re.Match[bytes]) -> bytes:
    signs = "" if found[1] in _OF_XML else html5.get(found[1].decode("ascii"), "")
    return b"".join(b"&#%d;" % ord(sign) for sign in signs) or found[0]


def read(content: bytes, headers: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """The entries of a feed as plain values, then `{"ended": …}` or `{"fault": …}`."""
    import feedparser

    content, begun = shortened(spelt_out(content))
    try:
        # Bytes in a stream: of a text it would take the address for one to open.
        found = feedparser.parse(
            io.BytesIO(content),
            response_headers=dict(headers),
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        entries = [_entry(entry) for entry in found.entries[:MOST_ENTRIES]]
    except MemoryError:
        yield {"fault": "needs too much memory to parse"}
        return
    except RecursionError:
        yield {"fault": "is nested too deeply"}
        return
    except Exception as error:
        yield {"fault": f"cannot be parsed ({type(error).__name__}: {error})"[:200]}
        return
    yield from entries
    yield {
        "ended": True,
        "version": str(found.get("version") or ""),
        "begun": max(begun, len(entries)),
        "bozo": _complaint(found),
    }


def _complaint(found: Mapping[str, Any]) -> str:
    """What is not well-formed, in the parser's words; nothing for a mere wrong encoding."""
    error = found.get("bozo_exception")
    if not found.get("bozo") or error is None or "Encoding" in type(error).__name__:
        return ""
    if type(error).__name__ == "NonXMLContentType":
        return ""
    said = getattr(error, "getMessage", error.__str__)()
    return f"{said}"[:200]


def _entry(entry: Mapping[str, Any]) -> dict[str, object]:
    """What is kept of an entry: texts, times in UTC, authors, subjects and links."""
    kept: dict[str, object] = {
        name: _cut(entry[name]) for name in _TEXTS if isinstance(entry.get(name), str)
    }
    if "summary" not in kept:
        contents = [one.get("value") for one in entry.get("content") or ()]
        kept["summary"] = _cut(next((one for one in contents if isinstance(one, str)), ""))
    for name in ("published", "updated"):
        when = entry.get(f"{name}_parsed")
        if isinstance(when, struct_time):
            kept[f"{name}_at"] = list(when[:6])
    kept["authors"] = _names(entry.get("authors"))
    kept["tags"] = _each(entry.get("tags"), "term")
    kept["links"] = [
        [_cut(link.get("href") or ""), str(link.get("rel") or ""), str(link.get("type") or "")]
        for link in (entry.get("links") or ())[:20]
    ]
    return {name: value for name, value in kept.items() if value}


def _names(authors: object) -> list[str]:
    """The authors' names, without what the parser leaves of an address as if it were one."""
    named = authors if isinstance(authors, list) else []
    return _each([one for one in named if not (one.get("email") and _is_rest(one))], "name")


def _is_rest(author: Mapping[str, Any]) -> bool:
    """Whether a name is the end of a mail address: of `ana@host.science` remains `nce`."""
    name = author.get("name")
    return isinstance(name, str) and name.isalpha() and name.islower()


def _each(parts: object, name: str) -> list[str]:
    if not isinstance(parts, list):
        return []
    return [_cut(part[name]) for part in parts[:5_000] if isinstance(part.get(name), str)]


def _cut(text: str) -> str:
    """A text of bounded length that can be encoded."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def answer(taken: BinaryIO, given: BinaryIO) -> None:
    """Read one feed from `taken` and write what is in it to `given`."""
    headers = json.loads(taken.readline())
    for line in read(taken.read(), headers):
        given.write(json.dumps(line).encode() + b"\n")
    given.flush()


if __name__ == "__main__":
    bound(int(sys.argv[1]), int(sys.argv[2]))
    try:
        answer(sys.stdin.buffer, sys.stdout.buffer)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
