"""A feed's bytes given to a process of its own, and what comes back of them, or why nothing did."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Final

from broadsheet.errors import SourceError
from broadsheet.sources.remote import feed_process

WALL_SECONDS: Final = 60.0
"""After this long a parser is ended, whatever it does."""

_HINT = "look at the address in a browser, and tell whoever keeps the feed"


@dataclass(frozen=True, slots=True)
class Feed:
    """What is in a feed: its entries as plain values, and how many begin in it.

    `complaint` says what is not well-formed; the entries are then those that could be read.
    """

    entries: tuple[Mapping[str, object], ...]
    begun: int
    complaint: str


def read_feed(
    content: bytes,
    headers: Mapping[str, str],
    place: str,
    *,
    seconds: int = feed_process.PROCESSOR_SECONDS,
    mebibytes: int = feed_process.MEMORY_MEBIBYTES,
) -> Feed:
    """Parse a feed's bytes; SourceError at `place` if it is none, or takes too much to parse.

    `headers` are those of the answer that it came in, by their names in lower case. The parser
    runs in a process of its own, which the kernel bounds in processor time (`seconds`), memory
    (`mebibytes`) and output.
    """
    if not content.strip():
        raise SourceError("the feed is empty", place=place, hint=_HINT)
    with TemporaryFile() as taken, TemporaryFile() as given:
        taken.write(json.dumps(dict(headers)).encode() + b"\n" + content)
        taken.seek(0)
        status = _run(taken, given, [str(seconds), str(mebibytes)])
        given.seek(0)
        lines = [json.loads(line) for line in given if line.endswith(b"\n")]
    ended = lines.pop() if lines else {}
    if "ended" not in ended:
        raise SourceError(
            f"the feed {ended.get('fault') or _end(status, seconds)}", place=place, hint=_HINT
        )
    if not lines and not ended["version"]:
        raise SourceError(_what(content, ended["bozo"]), place=place, hint=_HINT)
    if not lines and ended["bozo"]:
        # It may hold entries, so that it must not pass for a feed without any.
        told = f"the feed is not well-formed ({ended['bozo']}), and no entry could be read of it"
        raise SourceError(told, place=place, hint=_HINT)
    return Feed(tuple(lines), ended["begun"], ended["bozo"])


def _run(taken: IO[bytes], given: IO[bytes], bounds: list[str]) -> int | None:
    """The status that the parser's process ended with; None if it was too slow."""
    # Isolated: it takes nothing from the environment or the folder that it runs in.
    command = [sys.executable, "-I", feed_process.__file__, *bounds]
    process = subprocess.Popen(
        command, stdin=taken, stdout=given, stderr=subprocess.DEVNULL, env={}, cwd="/"
    )
    try:
        return process.wait(WALL_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()
        process.wait()


def _end(status: int | None, seconds: int) -> str:
    if status is None:
        return f"takes more than {WALL_SECONDS:.0f} s to parse"
    if status == feed_process.OUT_OF_MEMORY:
        return "needs too much memory to parse"
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"takes more than {seconds} s of processor time to parse"
    return f"cannot be parsed: its parser ended with status {status}"


def _what(content: bytes, complaint: str) -> str:
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "this is a web page (HTML), not a feed"
    if head.startswith((b"{", b"[")):
        return "this is JSON, not an RSS, Atom or RDF feed"
    return f"this is no feed ({complaint})" if complaint else "this is no RSS, Atom or RDF feed"
