"""The shelf of records: what each source said of each paper, as it was received."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from broadsheet.catalogue.encoding import from_micros, pack, to_micros, unpack
from broadsheet.catalogue.schema import RECORDS
from broadsheet.catalogue.statements import among, insert_all, next_numbers, upsert
from broadsheet.papers import Record


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """Where a record is filed, and the fingerprint of what it said."""

    key: int
    paper_key: int
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record read back from the shelf; `received_at` is aware UTC.

    `as_received` says that people want none of its texts repaired.
    """

    key: int
    identity: str
    received_at: datetime
    record: Record
    as_received: bool = False


@dataclass(frozen=True, slots=True)
class FiledRecord:
    """A record as it is put on the shelf: `identity` names it within its source.

    `payload` is what `pack` makes of the record, where somebody has done that already.
    """

    key: int
    paper_key: int
    identity: str
    fingerprint: bytes
    received_at: datetime
    record: Record
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many records a source has, and when the last of them was received (aware UTC)."""

    source: str
    count: int
    last_received: datetime


@dataclass(frozen=True, slots=True)
class RecordShelf:
    """The records of papers, by key, by paper and by (source, identity)."""

    connection: Connection

    def count(self) -> int:
        """How many records there are."""
        return self.connection.execute(select(func.count()).select_from(RECORDS)).scalar_one()

    def known(self, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], KnownRecord]:
        """Those of the records named (source, identity) that are filed."""
        of_source: dict[str, list[str]] = defaultdict(list)
        for source, identity in identities:
            of_source[source].append(identity)
        columns = RECORDS.c.identity, RECORDS.c.key, RECORDS.c.paper_key, RECORDS.c.fingerprint
        found = {}
        for source, named in of_source.items():
            question = select(*columns).where(RECORDS.c.source == source)
            for identity, *filed in among(self.connection, question, RECORDS.c.identity, named):
                found[source, identity] = KnownRecord(*filed)
        return found

    def of(self, paper_keys: Iterable[int]) -> dict[int, list[StoredRecord]]:
        """The records of each of the papers, the first received first; every key has a list."""
        found: dict[int, list[StoredRecord]] = {key: [] for key in paper_keys}
        for row in among(self.connection, select(RECORDS), RECORDS.c.paper_key, list(found)):
            stored = StoredRecord(
                key=row.key,
                identity=row.identity,
                received_at=from_micros(row.received_at),
                record=unpack(row.payload, row.source),
                as_received=row.as_received,
            )
            found[row.paper_key].append(stored)
        for records in found.values():
            records.sort(key=lambda stored: (stored.received_at, stored.key))
        return found

    def papers_of_sources(self) -> dict[str, int]:
        """How many papers each source that has records speaks of."""
        papers = func.count(RECORDS.c.paper_key.distinct())
        rows = self.connection.execute(select(RECORDS.c.source, papers).group_by(RECORDS.c.source))
        return {row[0]: row[1] for row in rows}

    def allocate(self, count: int) -> int:
        """Take `count` new keys; the first of them."""
        return next_numbers(self.connection, "record", count)

    def add(self, records: Sequence[FiledRecord]) -> None:
        """File new records; CatalogueError if one with its source and identity is filed already."""
        insert_all(self.connection, RECORDS, [_columns(filed) for filed in records])

    def replace(self, records: Sequence[FiledRecord]) -> None:
        """Write records over those filed under their keys; what people decided of them stays."""
        rows = [_columns(filed) for filed in records]
        upsert(self.connection, RECORDS, rows, keep=("as_received",))

    def leave_as_received(self, paper_key: int, wanted: bool) -> None:
        """Decide whether the texts of a paper's records are left as they were received."""
        self.connection.execute(
            update(RECORDS).where(RECORDS.c.paper_key == paper_key).values(as_received=wanted)
        )

    def sources(self) -> list[SourceCount]:
        """Every source that has records, by name."""
        rows = self.connection.execute(
            select(RECORDS.c.source, func.count(), func.max(RECORDS.c.received_at))
            .group_by(RECORDS.c.source)
            .order_by(RECORDS.c.source)
        )
        return [SourceCount(source, count, from_micros(last)) for source, count, last in rows]


def _columns(filed: FiledRecord) -> dict[str, object]:
    """The row of a record."""
    return {
        "key": filed.key,
        "paper_key": filed.paper_key,
        "source": filed.record.source,
        "identity": filed.identity,
        "fingerprint": filed.fingerprint,
        "received_at": to_micros(filed.received_at),
        "payload": pack(filed.record) if filed.payload is None else filed.payload,
    }
