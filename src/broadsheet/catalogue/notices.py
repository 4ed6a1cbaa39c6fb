"""The shelf of notices: what the site tells a reader, whether or not letters reach them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import NOTICES
from broadsheet.catalogue.statements import AnyRow, insert_all, next_numbers


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence to a reader and the path it leads to; `read` once they saw it, aware UTC."""

    key: int
    reader_key: int
    kind: str
    text: str
    path: str
    at: datetime
    read: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticeShelf:
    """The notices of each reader."""

    connection: Connection

    def add(self, reader_key: int, kind: str, text: str, path: str, now: datetime) -> int:
        """File a notice to a reader; its key."""
        key = next_numbers(self.connection, "notice", 1)
        row = {
            "key": key,
            "reader_key": reader_key,
            "kind": kind,
            "text": text,
            "path": path,
            "at": to_micros(now),
            "read": None,
        }
        insert_all(self.connection, NOTICES, [row])
        return key

    def of(self, reader_key: int, limit: int) -> list[Notice]:
        """The latest notices to a reader, at most `limit`, the latest first."""
        question = select(NOTICES).where(NOTICES.c.reader_key == reader_key)
        rows = self.connection.execute(question.order_by(NOTICES.c.key.desc()).limit(limit))
        return [_notice(row) for row in rows]

    def unread(self, reader_key: int) -> int:
        """How many notices a reader has not seen."""
        question = select(func.count()).where(
            NOTICES.c.reader_key == reader_key, NOTICES.c.read.is_(None)
        )
        return self.connection.execute(question).scalar_one()

    def mark_read(self, reader_key: int, up_to: int, now: datetime) -> None:
        """Note that a reader saw their notices up to one's key."""
        seen = update(NOTICES).where(
            NOTICES.c.reader_key == reader_key, NOTICES.c.key <= up_to, NOTICES.c.read.is_(None)
        )
        self.connection.execute(seen.values(read=to_micros(now)))

    def prune(self, before: datetime) -> int:
        """Forget the notices that were read before a moment; how many."""
        gone = delete(NOTICES).where(NOTICES.c.read < to_micros(before))
        return self.connection.execute(gone).rowcount


def _notice(row: AnyRow) -> Notice:
    return Notice(
        key=row.key,
        reader_key=row.reader_key,
        kind=row.kind,
        text=row.text,
        path=row.path,
        at=from_micros(row.at),
        read=None if row.read is None else from_micros(row.read),
    )
