"""One round for each local day, in every time zone, whatever its clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.editions import exists, moment_of
from broadsheet.faces.scheduler.days import due_day, next_round

ZONES = sorted(available_timezones())
TIMES = [time(2, 30), time(0), time(23, 59), time(0, 30), time(6), time(1, 59)]
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MOMENTS = st.datetimes(datetime(1975, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))
LEFT_OUT = {
    # Those that went over the date line between 1975 and 2036 left out a day.
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Fakaofo", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Pacific/Kiritimati", date(1994, 12, 31)),
    ("Pacific/Enderbury", date(1994, 12, 31)),
}


@pytest.mark.parametrize("part", range(8))
def test_each_local_day_of_two_years_has_one_round_in_every_zone(part: int) -> None:
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    every = [first + at * DAY for at in range((last - first).days + 1)]
    for number, name in enumerate(ZONES[part::8]):
        zone, at = ZoneInfo(name), TIMES[number % len(TIMES)]
        now = moment_of(first, at, zone) - SECOND
        days: list[date] = []
        before = now
        for _ in every:
            assert due_day(now, at, zone) == (days[-1] if days else first - DAY)
            day, moment = next_round(now, at, zone)
            assert before < moment <= before + timedelta(hours=26)
            assert due_day(moment, at, zone) == day
            days.append(day)
            now = before = moment
        assert days == every, name


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "day", "moment"),
    [
        # 02:00 to 03:00 is left out: 02:30 by the old offset is 03:30.
        ("Europe/Berlin", time(2, 30), date(2026, 3, 29), "2026-03-29T01:30"),
        ("America/New_York", time(2, 30), date(2026, 3, 8), "2026-03-08T07:30"),
        # 02:00 to 03:00 comes twice: the first counts.
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25), "2026-10-25T00:30"),
        ("America/New_York", time(1, 30), date(2026, 11, 1), "2026-11-01T05:30"),
        # Half an hour, and a change at midnight.
        ("Australia/Lord_Howe", time(2, 15), date(2026, 10, 4), "2026-10-03T15:45"),
        ("Asia/Beirut", time(0, 30), date(2026, 3, 29), "2026-03-28T22:30"),
        # The last hour of the day is left out: the round of Saturday comes early on Sunday.
        ("America/Nuuk", time(23, 30), date(2026, 3, 28), "2026-03-29T01:30"),
        ("America/Nuuk", time(23, 30), date(2026, 3, 29), "2026-03-30T00:30"),
        ("UTC", time(6), date(2026, 1, 1), "2026-01-01T06:00"),
    ],
)
def test_the_moment_of_a_round(zone: str, at: time, day: date, moment: str) -> None:
    assert moment_of(day, at, ZoneInfo(zone)) == utc(moment)
    assert next_round(utc(moment) - SECOND, at, ZoneInfo(zone)) == (day, utc(moment))
    assert due_day(utc(moment), at, ZoneInfo(zone)) == day


def test_the_second_time_of_an_hour_brings_no_second_round() -> None:
    zone, at = ZoneInfo("Europe/Berlin"), time(2, 30)
    again = utc("2026-10-25T01:30")
    assert again.astimezone(zone).strftime("%d %H:%M") == "25 02:30"
    assert due_day(again, at, zone) == date(2026, 10, 25)
    assert next_round(again, at, zone) == (date(2026, 10, 26), utc("2026-10-26T01:30"))


def test_a_day_that_a_zone_left_out_has_no_round() -> None:
    zone = ZoneInfo("Pacific/Apia")
    for at in TIMES:
        now, days = moment_of(date(2011, 12, 28), at, zone), []
        for _ in range(3):
            day, now = next_round(now, at, zone)
            days.append(day.day)
        assert days == [29, 31, 1]


@given(
    name=st.sampled_from(ZONES),
    at=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    now=MOMENTS,
)
def test_the_next_round_follows_the_one_that_is_due(name: str, at: time, now: datetime) -> None:
    zone = ZoneInfo(name)
    due, (day, moment) = due_day(now, at, zone), next_round(now, at, zone)
    assert moment_of(due, at, zone) <= now < moment
    following = due + DAY
    while (name, following) in LEFT_OUT or not exists(following, zone):
        assert not exists(following, zone)
        following += DAY
    assert day == following
    assert next_round(moment - SECOND, at, zone) == (day, moment)
