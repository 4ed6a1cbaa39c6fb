"""JSON Lines at an address, in the form that `import` reads: one file, or pages that link on."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Final
from urllib.parse import urljoin, urlsplit

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Answer, Client
from broadsheet.papers import Record
from broadsheet.sources import jsonl, read_held
from broadsheet.sources.remote import Options, Page, Wanted

ENTRIES: Final = 1000
"""Entries of an answer that make one page."""
RHYTHMS: Final = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
"""How long after a change the next one should have come, by the word after the #."""
_NEXT: Final = re.compile(r'<([^<>]*)>\s*;[^,]*?\brel\s*=\s*"?(?:[^",;]*\s)?next\b', re.IGNORECASE)
_LONGEST_NAME: Final = 60
_DIGEST_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class JsonLines:
    """A file of JSON Lines, or several of which each names the next in a `Link` header (RFC 8288).

    `rhythm` is within what time it should change, None if nobody said so.
    """

    name: str
    address: str
    rhythm: timedelta | None = None

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """All entries, whatever days are wanted: those that are known already cost little."""
        url, begun, digest = _place(wanted.cursor, self.address)
        through = wanted.now
        seen: set[str] = set()
        while url:
            if url in seen:
                raise SourceError("the pages link to each other in a circle", place=url)
            seen.add(url)
            answer = client.get(url, conditional=True)
            following = _following(answer)
            if begun and digest != _digest(answer.content, begun):
                # What stood before the place is no longer what was filed.
                begun = 0
            yield from self._parts(answer, url, begun, following, through)
            url, begun = following, 0

    def expected(self, now: datetime) -> datetime | None:
        """A day or a week ago, as the operator said; None if nothing was said."""
        return now - self.rhythm if self.rhythm else None

    def _parts(
        self, answer: Answer, url: str, begun: int, following: str, through: datetime
    ) -> Iterator[Page]:
        """The pages of one answer from its entry `begun` (from 0) on."""
        announced = _changed(answer.headers)
        entries = islice(self._entries(answer.content, url), begun, None)
        held = tuple(islice(entries, ENTRIES))
        while True:
            begun += len(held)
            rest = tuple(islice(entries, ENTRIES))
            cursor = {"url": following} if following else None
            if rest:
                cursor = {"url": url, "entry": str(begun), "digest": _digest(answer.content, begun)}
            yield Page(entries=held, cursor=cursor, announced=announced, through=through)
            if not rest:
                return
            held = rest

    def _entries(self, content: bytes, url: str) -> Iterator[Record | SourceError]:
        if not content.strip():
            return iter(())
        name = urlsplit(url).path.rpartition("/")[2] or self.name
        read = read_held(content, name, self.name, format=jsonl.FORMAT)
        assert not isinstance(read, str), "a format was named"
        return read


def open_source(what: str, options: Options) -> JsonLines:
    """The file that an address names, `#daily` or `#weekly` after it; SettingError if none does."""
    address, _, word = what.partition("#")
    if word and word not in RHYTHMS:
        raise SettingError(
            f"A file cannot be expected to change {word!r}.",
            hint=f"Write #{' or #'.join(RHYTHMS)} after the address, or nothing.",
        )
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise SettingError(
            f"A jsonl source needs an address, not {what!r}.",
            hint="Write jsonl:https://host/papers.jsonl.",
        )
    return JsonLines(_slug(address), address, RHYTHMS.get(word))


def _slug(address: str) -> str:
    """A name for what is at an address: its host and path, and a digest of the whole."""
    parts = urlsplit(address)
    words = re.findall(r"[A-Za-z0-9]+", f"{parts.hostname} {parts.path}")
    digest = hashlib.blake2b(address.encode(), digest_size=3).hexdigest()
    return f"{'-'.join(words)[:_LONGEST_NAME].strip('-')}-{digest}"


def _place(cursor: Mapping[str, str] | None, address: str) -> tuple[str, int, str]:
    """The address, the entry and the digest of what stands before it, where a cursor says."""
    if not cursor:
        return address, 0, ""
    entry = cursor.get("entry", "0")
    return (
        cursor.get("url", address),
        int(entry) if entry.isdecimal() else 0,
        cursor.get("digest", ""),
    )


def _digest(content: bytes, entries: int) -> str:
    """What tells the lines that hold the first so many entries from others."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    filled = (line for line in content.splitlines() if line.strip())
    for line in islice(filled, entries):
        digest.update(line + b"\n")
    return digest.hexdigest()


def _following(answer: Answer) -> str:
    """The address of the next page, empty if this is the last."""
    found = _NEXT.search(answer.headers.get("link", ""))
    return urljoin(answer.url, found[1].strip()) if found else ""


def _changed(headers: Mapping[str, str]) -> datetime | None:
    """When the file was last changed, as its server says."""
    try:
        return parsedate_to_datetime(headers.get("last-modified", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
