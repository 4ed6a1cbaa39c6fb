"""A source without a network: its pages are given, and it can fail before any of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from broadsheet.fetch import Client
from broadsheet.ingest import NamedSource
from broadsheet.papers import Record
from broadsheet.sources.remote import Entry, Page, Wanted

THROUGH = datetime(2026, 5, 3, 20, tzinfo=UTC)


@dataclass
class Listed:
    """The entries of each page, and what goes wrong before the page of a number (from 0).

    `wanted` keeps what was asked for, `begun` the number of the first page that each try was given.
    """

    lists: Sequence[Sequence[Entry]]
    faults: dict[int, Exception] = field(default_factory=dict)
    name: str = "toy"
    announced: datetime | None = None
    through: datetime | None = THROUGH
    due: datetime | None = None
    wanted: list[Wanted] = field(default_factory=list)

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The pages from where the cursor says."""
        self.wanted.append(wanted)
        begun = _number(wanted.cursor)
        for number, entries in enumerate(self.lists):
            if number < begun:
                continue
            if number in self.faults:
                raise self.faults[number]
            is_last = number + 1 == len(self.lists)
            yield Page(
                entries=tuple(entries),
                cursor=None if is_last else {"page": str(number + 1)},
                announced=self.announced,
                through=self.through,
                total=sum(map(len, self.lists)),
            )

    def expected(self, now: datetime) -> datetime | None:
        """What the test says."""
        return self.due

    def asked(self, secret: str = "") -> NamedSource:
        """The source as an operator named it."""
        return NamedSource(f"listed:{self.name}", self, secret=secret)


def toy_record(number: int, **facts: object) -> Record:
    """An invented paper of the source `toy`."""
    plain = Record(
        source="toy",
        format="toy",
        raw=f"record {number}",
        native_id=str(number),
        title=f"Kettle number {number} of the series {number * 7}",
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def toy_lists(pages: int, entries: int = 3) -> list[list[Entry]]:
    """So many pages of invented papers."""
    return [
        [toy_record(page * entries + entry) for entry in range(entries)] for page in range(pages)
    ]


def _number(cursor: Mapping[str, str] | None) -> int:
    return int(cursor["page"]) if cursor else 0
