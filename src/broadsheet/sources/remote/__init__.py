"""Sources asked over the network: the protocol that each adapter keeps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from broadsheet.errors import SourceError
from broadsheet.fetch import Client
from broadsheet.papers import Paper, PaperId, Record, Signal

__all__ = ["Cursor", "Entry", "Gone", "Options", "Page", "Remote", "Tally", "Wanted"]

Cursor = Mapping[str, str]
"""Where a harvest goes on, in the adapter's own words; kept as JSON between runs."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What the source has deleted or withdrawn, by its own id without the source's name."""

    native_id: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What a source counted about a paper that the catalogue may have, by any of its ids."""

    paper: PaperId
    signals: tuple[Signal, ...]


Entry = Record | Gone | Tally | SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one request brought, filed in one transaction together with its cursor.

    `cursor` says where to go on after this page, None after the last. `announced` is the newest
    batch that the source has announced, as far as this page shows; `through` the moment, by the
    source's own clock, up to which all is known once the last page is filed (both aware UTC).
    `total` is how many entries there are in all, where the source says.
    """

    entries: tuple[Entry, ...]
    cursor: Cursor | None = None
    announced: datetime | None = None
    through: datetime | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a harvest asks for: the days from `since` to `until`, both inclusive, None for open.

    `cursor` is that of the last page filed, to go on behind it. `papers` gives the catalogue's
    papers, newest first: only sources that add to papers already there ask for them.
    """

    now: datetime
    since: date | None = None
    until: date | None = None
    cursor: Cursor | None = None
    papers: Callable[[], Iterator[Paper]] = lambda: iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the operator set for a source: another address than its own, a key, who to write to."""

    base: str | None = None
    key: str | None = None
    contact: str = ""


class Remote(Protocol):
    """One source over the network; `name` is what its records and its harvests are filed under."""

    @property
    def name(self) -> str:
        """The name, of letters, digits, hyphens and underscores."""
        ...

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The pages of what is wanted, in an order in which a cursor makes sense.

        A broken record is a SourceError among a page's entries; FetchError or SourceError is
        raised where the source cannot be read on.
        """
        ...

    def expected(self, now: datetime) -> datetime | None:
        """The latest moment before `now` by which the source should have announced something.

        None where it keeps no rhythm that is known.
        """
        ...
