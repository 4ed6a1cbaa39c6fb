"""Local days and the moment of each one's round: pure functions of a clock and a time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)
_FAR = 4
"""More days than any change of clocks has left out or repeated."""


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment of a local day's round, aware UTC.

    A time that the clocks leave out is read with the offset before the change (02:30 becomes
    03:30), one that comes twice is the first of the two (RFC 5545, 3.3.5).
    """
    return datetime.combine(day, at, zone).astimezone(UTC)


def exists(day: date, zone: tzinfo) -> bool:
    """Whether the zone had or has this day: one that crossed the date line has left one out."""
    edges = (datetime.combine(day, edge, zone) for edge in (time.min, time.max))
    return any(edge.astimezone(UTC).astimezone(zone).date() == day for edge in edges)


def due_day(now: datetime, at: time, zone: tzinfo) -> date:
    """The last local day whose round has come; `now` is aware."""
    day = now.astimezone(zone).date() + _DAY
    for _ in range(2 * _FAR):
        if moment_of(day, at, zone) <= now and exists(day, zone):
            return day
        day -= _DAY
    raise AssertionError("a round comes every few days")


def next_round(now: datetime, at: time, zone: tzinfo) -> tuple[date, datetime]:
    """The next round after `now` (aware): its local day and its moment (aware UTC)."""
    day = now.astimezone(zone).date() - _DAY
    for _ in range(2 * _FAR):
        if (moment := moment_of(day, at, zone)) > now and exists(day, zone):
            return day, moment
        day += _DAY
    raise AssertionError("a round comes every few days")
