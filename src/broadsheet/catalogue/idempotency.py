"""The shelf of answers to writes that may be asked for again (Idempotency-Key)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from broadsheet.catalogue.encoding import to_micros
from broadsheet.catalogue.schema import ANSWERED
from broadsheet.catalogue.statements import insert_all


@dataclass(frozen=True, slots=True)
class Answered:
    """The digest of a request, and the status and JSON text of its answer."""

    request: bytes
    status: int
    body: str


@dataclass(frozen=True, slots=True)
class AnsweredShelf:
    """The answers by reader and key."""

    connection: Connection

    def get(self, reader_key: int, key: str) -> Answered | None:
        """What was answered to a reader's request with a key."""
        question = select(ANSWERED.c.request, ANSWERED.c.status, ANSWERED.c.body).where(
            ANSWERED.c.reader_key == reader_key, ANSWERED.c.idempotency_key == key
        )
        row = self.connection.execute(question).one_or_none()
        return None if row is None else Answered(*row)

    def keep(
        self, reader_key: int, key: str, request: bytes, status: int, body: str, now: datetime
    ) -> None:
        """Keep an answer, in the transaction of its write."""
        row = {
            "reader_key": reader_key,
            "idempotency_key": key,
            "request": request,
            "status": status,
            "body": body,
            "at": to_micros(now),
        }
        insert_all(self.connection, ANSWERED, [row])

    def prune(self, before: datetime) -> int:
        """Forget the answers from before a moment; how many."""
        return self.connection.execute(
            delete(ANSWERED).where(ANSWERED.c.at < to_micros(before))
        ).rowcount
