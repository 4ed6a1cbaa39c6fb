"""The shelf of quarantine: records that cannot be papers, each with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from broadsheet.catalogue.encoding import from_micros, pack, to_micros, unpack
from broadsheet.catalogue.schema import QUARANTINE
from broadsheet.catalogue.statements import AnyRow, among, upsert
from broadsheet.papers import Record


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record kept apart: `reason` says why, `place` where it was read (`file:line` or empty).

    `key` comes from `RecordShelf.allocate`, so that a released record may keep it.
    """

    key: int
    source: str
    identity: str
    fingerprint: bytes
    received_at: datetime
    reason: str
    place: str
    record: Record


@dataclass(frozen=True, slots=True)
class QuarantineShelf:
    """The records in quarantine, by key and by (source, identity)."""

    connection: Connection

    def count(self) -> int:
        """How many records are in quarantine."""
        return self.connection.execute(select(func.count()).select_from(QUARANTINE)).scalar_one()

    def known(self, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """The fingerprints of those of the records named (source, identity) that are here."""
        of_source: dict[str, list[str]] = defaultdict(list)
        for source, identity in identities:
            of_source[source].append(identity)
        columns = QUARANTINE.c.identity, QUARANTINE.c.fingerprint
        found = {}
        for source, named in of_source.items():
            question = select(*columns).where(QUARANTINE.c.source == source)
            rows = among(self.connection, question, QUARANTINE.c.identity, named)
            found.update({(source, identity): fingerprint for identity, fingerprint in rows})
        return found

    def put(self, rows: Sequence[Quarantined]) -> None:
        """Put records into quarantine; one that is here already keeps its key and is renewed."""
        upsert(
            self.connection,
            QUARANTINE,
            [_columns(row) for row in rows],
            by=("source", "identity"),
            keep=("key",),
        )

    def list(self, limit: int, after: int = 0) -> Sequence[Quarantined]:
        """At most `limit` records with keys above `after`, by key."""
        rows = self.connection.execute(
            select(QUARANTINE)
            .where(QUARANTINE.c.key > after)
            .order_by(QUARANTINE.c.key)
            .limit(limit)
        )
        return [_quarantined(row) for row in rows]

    def get(self, key: int) -> Quarantined | None:
        """The record with this key, None if there is none."""
        rows = self.connection.execute(select(QUARANTINE).where(QUARANTINE.c.key == key))
        return next((_quarantined(row) for row in rows), None)

    def remove(self, key: int) -> None:
        """Take a record out of quarantine, if it is there."""
        self.connection.execute(delete(QUARANTINE).where(QUARANTINE.c.key == key))

    def drop(self, identities: Iterable[tuple[str, str]]) -> None:
        """Take the records named (source, identity) out of quarantine, those that are there."""
        for source, identity in identities:
            self.connection.execute(
                delete(QUARANTINE).where(
                    QUARANTINE.c.source == source, QUARANTINE.c.identity == identity
                )
            )


def _columns(row: Quarantined) -> dict[str, object]:
    """The row of a record in quarantine."""
    return {
        "key": row.key,
        "source": row.source,
        "identity": row.identity,
        "fingerprint": row.fingerprint,
        "received_at": to_micros(row.received_at),
        "reason": row.reason,
        "place": row.place,
        "payload": pack(row.record),
    }


def _quarantined(row: AnyRow) -> Quarantined:
    """The record that a row holds."""
    return Quarantined(
        key=row.key,
        source=row.source,
        identity=row.identity,
        fingerprint=row.fingerprint,
        received_at=from_micros(row.received_at),
        reason=row.reason,
        place=row.place,
        record=unpack(row.payload, row.source),
    )
