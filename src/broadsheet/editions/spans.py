"""What days an edition is of, and when it closes: pure functions of labels, clocks and zones."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from broadsheet.catalogue import EditionKind
from broadsheet.errors import InputError

_DAY = timedelta(days=1)
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SPECIAL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_YEARS = (1900, 2999)
_SHIFTS = 4
"""More days than any change of clocks has left out or repeated."""
_HINTS = {
    EditionKind.DAY: "Write the day as YYYY-MM-DD, as in 2026-11-21.",
    EditionKind.WEEK: "Write the week as YYYY-Www, as in 2026-W47.",
    EditionKind.MONTH: "Write the month as YYYY-MM, as in 2026-11.",
    EditionKind.SPECIAL: "A special edition's name has 1 to 64 of a-z, 0-9 and inner hyphens.",
}


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Where special editions open and close: no paper comes before it, and every zone can tell it."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of an edition, both included, and what it is called in addresses."""

    kind: EditionKind
    label: str
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Each day, the first first."""
        return [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]


def read_label(kind: EditionKind, label: str) -> Span:
    """The days that a label names; InputError, with how to write it, for one that names none.

    Those of a special edition are not told by its name: it is of no day but 0001-01-01.
    """
    try:
        if kind is EditionKind.SPECIAL and _SPECIAL.fullmatch(label):
            return Span(kind, label, date.min, date.min)
        first = _first_day(kind, label)
        # Leaves room for the days around it.
        if _YEARS[0] <= first.year <= _YEARS[1]:
            return span_of(kind, first)
    except ValueError:
        pass
    raise InputError(f"There is no {kind} {label!r}.", hint=_HINTS[kind])


def span_of(kind: EditionKind, day: date) -> Span:
    """The day, ISO week (ISO 8601, from Monday on) or month that a day is in."""
    match kind:
        case EditionKind.DAY:
            return Span(kind, day.isoformat(), day, day)
        case EditionKind.WEEK:
            year, week, weekday = day.isocalendar()
            first = day - (weekday - 1) * _DAY
            return Span(kind, f"{year:04}-W{week:02}", first, first + 6 * _DAY)
        case EditionKind.MONTH:
            days = calendar.monthrange(day.year, day.month)[1]
            return Span(kind, f"{day:%Y-%m}", day.replace(day=1), day.replace(day=days))
    raise ValueError(f"no day tells of a {kind} edition")


def window(span: Span, at: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a span opens and closes, aware UTC: what comes at its close is of the next one.

    A day closes at its cut-off `at` and opens at that of the last day before it which the zone
    had; a day that the zone never had has the window of the day after it. A special edition is
    of no day and awaits no papers: it opens and closes at the start of 1970.
    """
    if span.kind is EditionKind.SPECIAL:
        return _NEVER, _NEVER
    before = _last_there(span.first - _DAY, zone)
    closes = moment_of(span.last, at, zone)
    return moment_of(before, at, zone), closes


def open_day(moment: datetime, at: time, zone: tzinfo) -> date:
    """The day whose edition is being filled at a moment (aware)."""
    day = moment.astimezone(zone).date() - _DAY
    for _ in range(2 * _SHIFTS):
        if exists(day, zone) and moment < moment_of(day, at, zone):
            return day
        day += _DAY
    raise AssertionError("a cut-off comes every few days")


def closed_day(moment: datetime, at: time, zone: tzinfo) -> date:
    """The last day whose cut-off has come by a moment (aware)."""
    return _last_there(open_day(moment, at, zone) - _DAY, zone)


def closed(kind: EditionKind, moment: datetime, at: time, zone: tzinfo) -> Span:
    """The last day, week or month whose last day's cut-off has come by a moment (aware)."""
    day = closed_day(moment, at, zone)
    span = span_of(kind, day)
    return span if span.last <= day else span_of(kind, span.first - _DAY)


def following(span: Span) -> Span:
    """The day, week or month after another."""
    return span_of(span.kind, span.last + _DAY)


def preceding(span: Span) -> Span:
    """The day, week or month before another."""
    return span_of(span.kind, span.first - _DAY)


def moment_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment of a time on a local day, aware UTC.

    A time that the clocks leave out is read with the offset before the change (02:30 becomes
    03:30), one that comes twice is the first of the two (RFC 5545, 3.3.5).
    """
    return datetime.combine(day, at, zone).astimezone(UTC)


def exists(day: date, zone: tzinfo) -> bool:
    """Whether the zone had or has this day: one that crossed the date line has left one out."""
    edges = (datetime.combine(day, edge, zone) for edge in (time.min, time.max))
    return any(edge.astimezone(UTC).astimezone(zone).date() == day for edge in edges)


def _last_there(day: date, zone: tzinfo) -> date:
    """A day, or the last one before it that the zone had."""
    for _ in range(_SHIFTS):
        if exists(day, zone):
            break
        day -= _DAY
    return day


def _first_day(kind: EditionKind, label: str) -> date:
    """The first day that a label names; ValueError if there is none."""
    if kind is EditionKind.DAY and (found := _DATE.fullmatch(label)):
        return date(*map(int, found.groups()))
    if kind is EditionKind.WEEK and (found := _WEEK.fullmatch(label)):
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    if kind is EditionKind.MONTH and (found := _MONTH.fullmatch(label)):
        return date(int(found[1]), int(found[2]), 1)
    raise ValueError(label)
