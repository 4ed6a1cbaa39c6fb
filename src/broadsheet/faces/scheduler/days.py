"""Local days and the moment of each one's round: pure functions of a clock and a time zone."""

from datetime import date, datetime, time, timedelta, tzinfo

from broadsheet.editions import exists, moment_of

_DAY = timedelta(days=1)
_FAR = 4
"""More days than any change of clocks has left out or repeated."""


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
