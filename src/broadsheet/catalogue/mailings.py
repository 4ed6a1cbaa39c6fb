"""The shelf of mailings: letters counted by kind, and regular ones by the day that they are of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, distinct, func, literal_column, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.letters import Fate, Posted, posted_of
from broadsheet.catalogue.schema import BOUNCES, OUTBOX
from broadsheet.catalogue.subscriptions import DIGEST

_DAY_LENGTH = len("2026-11-21")


@dataclass(frozen=True, slots=True)
class Mailing:
    """The regular letters of one local day by their fate, and of how many something came back."""

    day: date
    counts: Mapping[Fate, int]
    returned: int

    @property
    def letters(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """How many are yet to be handed over for the first time, or are just being."""
        return sum(self.counts[fate] for fate in (Fate.QUEUED, Fate.LEASED, Fate.HANDED))


@dataclass(frozen=True, slots=True)
class MailingShelf:
    """What the outbox says of many letters at once; nothing is kept here.

    The subject of a regular letter ends with the local day that it is of.
    """

    connection: Connection

    def by_kind(self) -> dict[str, dict[Fate, int]]:
        """How many letters of each kind have which fate; every fate is there."""
        question = select(OUTBOX.c.kind, OUTBOX.c.state, func.count())
        found: dict[str, dict[Fate, int]] = {}
        for kind, state, count in self.connection.execute(
            question.group_by(OUTBOX.c.kind, OUTBOX.c.state).order_by(OUTBOX.c.kind)
        ):
            found.setdefault(kind, dict.fromkeys(Fate, 0))[Fate(state)] = count
        return found

    def longest_due(self, now: datetime) -> datetime | None:
        """Since when the letter is due that waits the longest for its first try."""
        waiting = (OUTBOX.c.state == str(Fate.QUEUED)) & (OUTBOX.c.due <= to_micros(now))
        first = self.connection.execute(
            select(func.min(OUTBOX.c.due)).where(waiting)
        ).scalar_one_or_none()
        return None if first is None else from_micros(first)

    def days(self, since: datetime) -> list[Mailing]:
        """The days of the regular letters that were made since a moment, the last first."""
        regular = (OUTBOX.c.kind == DIGEST) & (OUTBOX.c.made >= to_micros(since))
        day = _day()
        question = select(day, OUTBOX.c.state, func.count()).where(regular)
        counts: dict[str, dict[Fate, int]] = {}
        for name, state, count in self.connection.execute(question.group_by(day, OUTBOX.c.state)):
            counts.setdefault(name, dict.fromkeys(Fate, 0))[Fate(state)] = count
        came_back = (
            select(day, func.count(distinct(OUTBOX.c.key)))
            .select_from(BOUNCES.join(OUTBOX, BOUNCES.c.letter_key == OUTBOX.c.key))
            .where(regular)
            .group_by(day)
        )
        returned = {row[0]: row[1] for row in self.connection.execute(came_back)}
        return [
            Mailing(date.fromisoformat(name), counts[name], returned.get(name, 0))
            for name in sorted(counts, reverse=True)
        ]

    def letters(
        self, day: date, state: Fate | None, limit: int, before: int | None = None
    ) -> list[Posted]:
        """At most `limit` regular letters of a day with lower keys, the last first."""
        question = select(OUTBOX).where(OUTBOX.c.kind == DIGEST, _day() == day.isoformat())
        if state is not None:
            question = question.where(OUTBOX.c.state == str(state))
        if before is not None:
            question = question.where(OUTBOX.c.key < before)
        rows = self.connection.execute(question.order_by(OUTBOX.c.key.desc()).limit(limit))
        return [posted_of(row) for row in rows]


def _day() -> ColumnElement[str]:
    """The end of a letter's subject; written so that both stores understand it."""
    subject = OUTBOX.c.subject
    # Written out, since PostgreSQL takes expressions with parameters for different ones.
    return func.substr(subject, func.length(subject) - literal_column(str(_DAY_LENGTH - 1)))
