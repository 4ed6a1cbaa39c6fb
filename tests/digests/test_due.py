"""A letter is due once on each local day of its cadence, in every zone, through every change."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import Cadence, Wishes
from broadsheet.digests import LOOK_BACK, ZONES, comes_on, due_day, last_hour

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
_STEP = timedelta(minutes=30)
_REST = timedelta(hours=6)


def offsets(zone: str) -> tuple[tuple[datetime, timedelta | None], ...]:
    """The changes of a zone's offset over the two years, to half an hour; the first one first."""
    info, found = ZoneInfo(zone), list[tuple[datetime, timedelta | None]]()
    moment = FIRST
    while moment < LAST:
        offset = moment.astimezone(info).utcoffset()
        if not found or found[-1][1] != offset:
            if found:
                moment -= _REST
                while moment.astimezone(info).utcoffset() == found[-1][1]:
                    moment += _STEP
            found.append((moment, offset))
        moment += _REST
    return tuple(found)


@cache
def kinds_of_zones() -> dict[tuple[tuple[datetime, timedelta | None], ...], str]:
    """One zone of each kind: those whose clocks changed alike are alike."""
    return {offsets(zone): zone for zone in ZONES}


def moments(changes: tuple[tuple[datetime, timedelta | None], ...]) -> list[datetime]:
    """Moments of two years at which somebody looks: often around a change, six-hourly else."""
    found, moment = [], FIRST
    while moment < LAST:
        found.append(moment)
        near = any(abs(moment - at) < timedelta(days=2) for at, _ in changes[1:])
        moment += _STEP if near else _REST
    return found


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 7, 23])
def test_each_local_day_of_two_years_has_one_letter_in_every_zone(hour: int) -> None:
    zones = kinds_of_zones()
    # Every zone is one of these, and there are far fewer.
    assert 30 < len(zones) < len(ZONES)
    for changes, zone in zones.items():
        wishes = Wishes(cadence=Cadence.DAILY, hour=hour, zone=zone)
        sent, last = list[date](), None
        for now in moments(changes):
            day = due_day(now, wishes)
            if day is not None and day != last:
                assert last is None or now - _at(day, hour, zone) <= _REST
                sent.append(day)
                last = day
        begun = FIRST.astimezone(ZoneInfo(zone)).date()
        days = [sent[0] + timedelta(days=number) for number in range(len(sent))]
        assert sent == days, zone
        assert sent[0] - begun <= timedelta(days=1), zone
        assert LAST.astimezone(ZoneInfo(zone)).date() - sent[-1] <= timedelta(days=2), zone


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Kwajalein"])
def test_a_day_that_a_zone_left_out_has_no_letter(zone: str) -> None:
    wishes = Wishes(cadence=Cadence.DAILY, hour=7, zone=zone)
    year = 2011 if zone == "Pacific/Apia" else 1993
    month, left_out = (12, date(2011, 12, 30)) if year == 2011 else (8, date(1993, 8, 21))
    moment, sent = datetime(year, month, 1, tzinfo=UTC), list[date]()
    while moment < datetime(year, month, 1, tzinfo=UTC) + timedelta(days=45):
        day = due_day(moment, wishes)
        if day is not None and day not in sent[-1:]:
            sent.append(day)
        moment += timedelta(hours=1)
    assert sent == sorted(set(sent))
    assert left_out not in sent
    assert {left_out - timedelta(days=1), left_out + timedelta(days=1)} < set(sent)


def test_letters_come_on_the_days_of_their_cadence() -> None:
    days = [date(2026, 11, 1) + timedelta(days=number) for number in range(60)]
    weekdays = [day for day in days if comes_on(day, Cadence.WEEKDAYS)]
    assert {day.weekday() for day in weekdays} == {0, 1, 2, 3, 4}
    assert {day.weekday() for day in days if comes_on(day, Cadence.WEEKLY)} == {0}
    assert [day for day in days if comes_on(day, Cadence.MONTHLY)] == [
        date(2026, 11, 1),
        date(2026, 12, 1),
    ]


def test_a_paused_subscription_begins_again_on_its_day() -> None:
    wishes = Wishes(cadence=Cadence.DAILY, hour=7, paused_until=date(2026, 11, 23))
    assert due_day(datetime(2026, 11, 22, 12, tzinfo=UTC), wishes) is None
    assert due_day(datetime(2026, 11, 23, 6, 59, tzinfo=UTC), wishes) is None
    assert due_day(datetime(2026, 11, 23, 7, tzinfo=UTC), wishes) == date(2026, 11, 23)


def test_what_nobody_made_in_time_is_left_out() -> None:
    wishes = Wishes(cadence=Cadence.WEEKLY, hour=7)
    monday = datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert due_day(monday + LOOK_BACK, wishes) == monday.date()
    assert due_day(monday + LOOK_BACK + timedelta(seconds=1), wishes) is None


@given(
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    cadence=st.sampled_from(Cadence),
)
def test_a_due_day_is_the_last_whose_hour_has_come(
    moment: datetime, zone: str, hour: int, cadence: Cadence
) -> None:
    now, wishes = moment.replace(tzinfo=UTC), Wishes(cadence=cadence, hour=hour, zone=zone)
    day = due_day(now, wishes)
    assert day in (None, last_hour(now, wishes))
    assert _at(last_hour(now, wishes), hour, zone) <= now
    if day is not None:
        assert now - _at(day, hour, zone) <= LOOK_BACK


def _at(day: date, hour: int, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
