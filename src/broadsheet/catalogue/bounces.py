"""The shelf of bounces: what came back of letters, and the addresses that get none any more."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, func, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import BOUNCES, SUPPRESSED, UNKNOWN_MAIL
from broadsheet.catalogue.statements import AnyRow, among, insert_new, next_numbers


class BounceKind(StrEnum):
    """What came back: for good, for now, or that somebody called it spam."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Bounce:
    """One thing that came back for an address; `origin` names the mail or event that told of it."""

    email: str
    kind: BounceKind
    origin: str
    detail: str
    at: datetime
    letter_key: int | None = None


@dataclass(frozen=True, slots=True)
class BounceShelf:
    """What came back; addresses are kept in lower case, and `now` is the caller's clock."""

    connection: Connection

    def add(self, bounce: Bounce) -> bool:
        """Keep a bounce, whether it is new: one that was told of before counts once."""
        if self._is_known(bounce.origin):
            return False
        row = {
            "key": next_numbers(self.connection, "bounce", 1),
            "email": bounce.email.lower(),
            "kind": str(bounce.kind),
            "origin": bounce.origin,
            "detail": bounce.detail,
            "letter_key": bounce.letter_key,
            "at": to_micros(bounce.at),
        }
        insert_new(self.connection, BOUNCES, [row])
        return True

    def count(self, email: str, kind: BounceKind, since: datetime) -> int:
        """How many of a kind came back for an address since a moment."""
        question = (
            select(func.count())
            .select_from(BOUNCES)
            .where(
                BOUNCES.c.email == email.lower(),
                BOUNCES.c.kind == str(kind),
                BOUNCES.c.at >= to_micros(since),
            )
        )
        return self.connection.execute(question).scalar_one()

    def counts(self) -> dict[BounceKind, int]:
        """How many of each kind came back; every kind is there."""
        question = select(BOUNCES.c.kind, func.count()).group_by(BOUNCES.c.kind)
        found = {row[0]: row[1] for row in self.connection.execute(question)}
        return {kind: found.get(str(kind), 0) for kind in BounceKind}

    def latest(self, limit: int) -> list[Bounce]:
        """The last bounces, the latest first."""
        question = select(BOUNCES).order_by(BOUNCES.c.key.desc()).limit(limit)
        return [_bounce(row) for row in self.connection.execute(question)]

    def suppress(self, email: str, why: str, now: datetime) -> None:
        """Let no letter go to an address any more; why it was first told stays."""
        row = {"email": email.lower(), "why": why, "at": to_micros(now)}
        insert_new(self.connection, SUPPRESSED, [row])

    def allow(self, email: str) -> bool:
        """Let letters go to an address again; whether they did not."""
        gone = delete(SUPPRESSED).where(SUPPRESSED.c.email == email.lower())
        return self.connection.execute(gone).rowcount == 1

    def suppressed(self, emails: Iterable[str]) -> dict[str, str]:
        """Which of some addresses are to get none, each with why."""
        lower = [email.lower() for email in emails]
        rows = among(self.connection, select(SUPPRESSED), SUPPRESSED.c.email, lower)
        return {row.email: row.why for row in rows}

    def suppressed_count(self) -> int:
        """How many addresses are to get none."""
        return self.connection.execute(select(func.count()).select_from(SUPPRESSED)).scalar_one()

    def keep_unknown(self, raw: bytes, why: str, now: datetime) -> None:
        """Keep a mail that nobody understood, once."""
        row = {
            "digest": hashlib.sha256(raw).digest(),
            "why": why,
            "raw": raw,
            "at": to_micros(now),
        }
        insert_new(self.connection, UNKNOWN_MAIL, [row])

    def unknown(self, limit: int) -> list[tuple[datetime, str, bytes]]:
        """The last mails that nobody understood: when, why, and the whole of each."""
        question = select(UNKNOWN_MAIL).order_by(UNKNOWN_MAIL.c.at.desc()).limit(limit)
        rows = self.connection.execute(question)
        return [(from_micros(row.at), row.why, row.raw) for row in rows]

    def unknown_count(self) -> int:
        """How many mails nobody understood."""
        return self.connection.execute(select(func.count()).select_from(UNKNOWN_MAIL)).scalar_one()

    def prune(self, before: datetime) -> int:
        """Forget what came back before a moment; how much. Suppressed addresses stay so."""
        micros = to_micros(before)
        gone = self.connection.execute(delete(BOUNCES).where(BOUNCES.c.at < micros)).rowcount
        old = delete(UNKNOWN_MAIL).where(UNKNOWN_MAIL.c.at < micros)
        return gone + self.connection.execute(old).rowcount

    def _is_known(self, origin: str) -> bool:
        question = select(BOUNCES.c.key).where(BOUNCES.c.origin == origin)
        return self.connection.execute(question).first() is not None


def _bounce(row: AnyRow) -> Bounce:
    return Bounce(
        row.email,
        BounceKind(row.kind),
        row.origin,
        row.detail,
        from_micros(row.at),
        row.letter_key,
    )
