"""The shelf of passes, which work once, and of how often a secret was given wrongly."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import PASSES, TRIES
from broadsheet.catalogue.statements import AnyRow, insert_all, upsert
from broadsheet.people import Pass, Purpose, Role


@dataclass(frozen=True, slots=True)
class PassShelf:
    """The passes under the digests of their secrets; `now` is the caller's clock."""

    connection: Connection

    def add(self, digest: bytes, given: Pass) -> None:
        """Keep a new pass."""
        row = {
            "digest": digest,
            "purpose": str(given.purpose),
            "email": given.email.lower(),
            "reader_key": given.reader_key,
            "role": str(given.role),
            "made": to_micros(given.made),
            "ends": to_micros(given.ends),
            "used": None,
        }
        insert_all(self.connection, PASSES, [row])

    def get(self, digest: bytes, now: datetime) -> Pass | None:
        """The pass of a secret, None if there is none that still works."""
        question = select(PASSES).where(PASSES.c.digest == digest, _is_open(now))
        row = self.connection.execute(question).one_or_none()
        return None if row is None else _pass(row)

    def use(self, digest: bytes, now: datetime) -> bool:
        """Use a pass up; whether it still worked."""
        used = update(PASSES).where(PASSES.c.digest == digest, _is_open(now))
        return bool(self.connection.execute(used.values(used=to_micros(now))).rowcount)

    def latest(self, email: str, *, moves: bool = True) -> datetime | None:
        """When a pass was last made for an address.

        Without `moves` those do not count by which somebody tried to take an address that is
        another's: no letter went there.
        """
        question = select(func.max(PASSES.c.made)).where(PASSES.c.email == email.lower())
        if not moves:
            is_try = (PASSES.c.purpose == str(Purpose.NOTHING)) & PASSES.c.reader_key.is_not(None)
            question = question.where(~is_try)
        micros = self.connection.execute(question).scalar_one()
        return None if micros is None else from_micros(micros)

    def waiting(self, purpose: Purpose, now: datetime) -> list[tuple[bytes, Pass]]:
        """The passes for a purpose that still work, the oldest first, with their digests."""
        question = select(PASSES).where(PASSES.c.purpose == str(purpose), _is_open(now))
        rows = self.connection.execute(question.order_by(PASSES.c.made, PASSES.c.digest))
        return [(row.digest, _pass(row)) for row in rows]

    def drop(self, digest: bytes) -> bool:
        """Forget a pass; whether there was one."""
        gone = delete(PASSES).where(PASSES.c.digest == digest)
        return bool(self.connection.execute(gone).rowcount)

    def void_of(self, reader_key: int, now: datetime) -> None:
        """Let no pass of a reader work any more; when each was made stays known."""
        open_ = (PASSES.c.reader_key == reader_key) & _is_open(now)
        self.connection.execute(update(PASSES).where(open_).values(used=to_micros(now)))

    def prune(self, before: datetime) -> int:
        """Forget the passes that ended, and the tries that were made, before a moment; how many."""
        micros = to_micros(before)
        passes = self.connection.execute(delete(PASSES).where(PASSES.c.ends < micros))
        tries = self.connection.execute(delete(TRIES).where(TRIES.c.latest < micros))
        return passes.rowcount + tries.rowcount

    def failures(self, subject: bytes) -> tuple[int, datetime] | None:
        """How often in a row a secret was given wrongly, and when last."""
        row = self.connection.execute(select(TRIES).where(TRIES.c.subject == subject)).one_or_none()
        return None if row is None else (row.failures, from_micros(row.latest))

    def set_failures(self, subject: bytes, count: int, now: datetime) -> None:
        """Keep how often it was; 0 forgets it."""
        if count > 0:
            row = {"subject": subject, "failures": count, "latest": to_micros(now)}
            upsert(self.connection, TRIES, [row])
        else:
            self.connection.execute(delete(TRIES).where(TRIES.c.subject == subject))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return PASSES.c.used.is_(None) & (PASSES.c.ends > to_micros(now))


def _pass(row: AnyRow) -> Pass:
    return Pass(
        purpose=Purpose(row.purpose),
        email=row.email,
        made=from_micros(row.made),
        ends=from_micros(row.ends),
        reader_key=row.reader_key,
        role=Role(row.role),
    )
