"""When a letter is due: pure functions of a clock, a time zone and what a subscriber chose."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from broadsheet.catalogue import Cadence, Wishes
from broadsheet.editions import closed_day, moment_of

LOOK_BACK = timedelta(hours=20)
"""A letter that nobody made for so long is left out: the next one has what it would have had."""
_SATURDAY = 5


def due_day(now: datetime, wishes: Wishes) -> date | None:
    """The local day whose letter is due at `now` (aware), None if there is none.

    It is the last local day whose hour has come, so that however far a clock jumps there is one
    letter, not one for each day in between.
    """
    day = last_hour(now, wishes)
    late = now - moment_of(day, time(wishes.hour), ZoneInfo(wishes.zone))
    if _precedes_end(day, wishes) or late > LOOK_BACK or not comes_on(day, wishes.cadence):
        return None
    return day


def last_hour(now: datetime, wishes: Wishes) -> date:
    """The last local day whose hour for letters has come, whether there is one on it or not."""
    return closed_day(now, time(wishes.hour), ZoneInfo(wishes.zone))


def is_paused(now: datetime, wishes: Wishes) -> bool:
    """Whether the local day of a moment (aware) is before the day that letters go on at."""
    return _precedes_end(now.astimezone(ZoneInfo(wishes.zone)).date(), wishes)


def _precedes_end(day: date, wishes: Wishes) -> bool:
    return wishes.paused_until is not None and day < wishes.paused_until


def comes_on(day: date, cadence: Cadence) -> bool:
    """Whether letters come on a local day: weekly ones on Mondays, monthly ones on the first."""
    match cadence:
        case Cadence.DAILY:
            return True
        case Cadence.WEEKDAYS:
            return day.weekday() < _SATURDAY
        case Cadence.WEEKLY:
            return day.weekday() == 0
        case Cadence.MONTHLY:
            return day.day == 1
