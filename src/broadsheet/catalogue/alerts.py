"""The shelf of alerts: what somebody should look at, each said once until it clears."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import ALERTS, FREE_SPACE
from broadsheet.catalogue.statements import insert_all, insert_new, next_numbers
from broadsheet.text import storable


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition that holds since `raised` (aware UTC); `sent` once somebody was told of it."""

    key: int
    condition: str
    message: str
    raised: datetime
    sent: datetime | None = None


@dataclass(frozen=True, slots=True)
class Space:
    """The free bytes where the home is, at a moment (aware UTC)."""

    at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class AlertShelf:
    """The alerts, and the free space over time that one of them is drawn from."""

    connection: Connection

    def open(self) -> list[Alert]:
        """The alerts that have not cleared, the oldest first."""
        question = select(ALERTS).where(ALERTS.c.cleared.is_(None)).order_by(ALERTS.c.key)
        return [
            Alert(
                key=row.key,
                condition=row.condition,
                message=row.message,
                raised=from_micros(row.raised),
                sent=None if row.sent is None else from_micros(row.sent),
            )
            for row in self.connection.execute(question)
        ]

    def settle(self, found: Mapping[str, str], now: datetime) -> None:
        """Open an alert for each condition (with its message) that is new; clear those not found.

        One that is open already stays as it was raised, and as it was sent.
        """
        known = {alert.condition: alert.key for alert in self.open()}
        over = [key for condition, key in known.items() if condition not in found]
        self.connection.execute(
            update(ALERTS).where(ALERTS.c.key.in_(over)).values(cleared=to_micros(now))
        )
        for condition in (one for one in found if one not in known):
            row = {
                "key": next_numbers(self.connection, "alert", 1),
                "condition": condition,
                "message": storable(found[condition]),
                "raised": to_micros(now),
                "sent": None,
                "cleared": None,
            }
            insert_all(self.connection, ALERTS, [row])

    def mark_sent(self, key: int, now: datetime) -> None:
        """Note that somebody was told."""
        self.connection.execute(
            update(ALERTS).where(ALERTS.c.key == key).values(sent=to_micros(now))
        )

    def add_space(self, space: Space) -> None:
        """Note the free space at a moment; the first one noted for a moment counts."""
        row = {"at": to_micros(space.at), "free": space.free}
        insert_new(self.connection, FREE_SPACE, [row])

    def space(self, since: datetime) -> list[Space]:
        """The free space from a moment on, in order."""
        question = select(FREE_SPACE).where(FREE_SPACE.c.at >= to_micros(since))
        rows = self.connection.execute(question.order_by(FREE_SPACE.c.at))
        return [Space(from_micros(row.at), row.free) for row in rows]

    def prune(self, before: datetime) -> int:
        """Forget the alerts that cleared, and the space noted, before a moment; how many."""
        moment = to_micros(before)
        gone = self.connection.execute(delete(ALERTS).where(ALERTS.c.cleared < moment)).rowcount
        return (
            gone
            + self.connection.execute(delete(FREE_SPACE).where(FREE_SPACE.c.at < moment)).rowcount
        )
