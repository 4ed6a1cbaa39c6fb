"""A source walked from its first page, and again from every cursor it gave."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from broadsheet.errors import SourceError
from broadsheet.papers import Record
from broadsheet.sources.remote import Cursor, Page, Remote, Tally, Wanted
from tests.library.servers.replying import client

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def walked(
    source: Remote,
    *,
    since: date | None = None,
    until: date | None = None,
    cursor: Cursor | None = None,
) -> list[Page]:
    """All pages of a source, at a fixed moment."""
    wanted = Wanted(now=NOW, since=since, until=until, cursor=cursor)
    with client() as asking:
        return list(source.pages(asking, wanted))


def ids(pages: Sequence[Page]) -> list[str]:
    """The native ids of the records, in order."""
    return [
        entry.native_id or ""
        for page in pages
        for entry in page.entries
        if isinstance(entry, Record)
    ]


def records(pages: Sequence[Page]) -> list[Record]:
    """The records of pages."""
    return [entry for page in pages for entry in page.entries if isinstance(entry, Record)]


def tallies(pages: Sequence[Page]) -> list[Tally]:
    """What was counted of papers."""
    return [entry for page in pages for entry in page.entries if isinstance(entry, Tally)]


def faults(pages: Sequence[Page]) -> list[str]:
    """What is said of the records that could not be read."""
    return [
        entry.reason for page in pages for entry in page.entries if isinstance(entry, SourceError)
    ]


def resumed_everywhere(source: Remote, pages: Sequence[Page], **days: date) -> list[list[str]]:
    """What is had in all, in order, where a harvest is broken off after each page in turn."""
    return [
        ids(pages[: number + 1]) + ids(walked(source, cursor=page.cursor, **days))
        for number, page in enumerate(pages)
        if page.cursor is not None
    ]
