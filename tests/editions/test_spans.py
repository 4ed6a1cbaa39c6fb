"""The days of editions and their cut-offs, in every time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import EditionKind
from broadsheet.editions import (
    Span,
    closed,
    closed_day,
    exists,
    following,
    open_day,
    preceding,
    read_label,
    span_of,
    window,
)
from broadsheet.errors import InputError

ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
DAYS = st.dates(date(1970, 1, 2), date(2037, 12, 1))
MOMENTS = st.datetimes(datetime(1970, 1, 5), datetime(2037, 12, 1), timezones=st.just(UTC))
KINDS = st.sampled_from([EditionKind.DAY, EditionKind.WEEK, EditionKind.MONTH])
SEVEN = time(7)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "label", "first", "last"),
    [
        (EditionKind.DAY, "2026-11-21", date(2026, 11, 21), date(2026, 11, 21)),
        (EditionKind.DAY, "2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        (EditionKind.WEEK, "2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        (EditionKind.WEEK, "2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        (EditionKind.WEEK, "2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
        (EditionKind.MONTH, "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        (EditionKind.MONTH, "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_label_names_its_days(kind: EditionKind, label: str, first: date, last: date) -> None:
    assert read_label(kind, label) == Span(kind, label, first, last)
    assert len(read_label(kind, label).days) == (last - first).days + 1


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (EditionKind.DAY, "2026-02-29"),
        (EditionKind.DAY, "2026-2-9"),
        (EditionKind.DAY, "today"),
        (EditionKind.DAY, "0000-01-01"),
        (EditionKind.DAY, "9999-12-31"),
        (EditionKind.DAY, "２０２６-11-21"),  # noqa: RUF001
        (EditionKind.WEEK, "2026-W54"),
        (EditionKind.WEEK, "2025-W53"),
        (EditionKind.WEEK, "2026-47"),
        (EditionKind.MONTH, "2026-13"),
        (EditionKind.MONTH, "2026-11-01"),
        (EditionKind.SPECIAL, "NeurIPS 2026"),
        (EditionKind.SPECIAL, "-x"),
        (EditionKind.SPECIAL, ""),
    ],
)
def test_a_label_of_nothing_says_how_to_write_it(kind: EditionKind, label: str) -> None:
    with pytest.raises(InputError) as refused:
        read_label(kind, label)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("zone", "at", "day", "opens", "closes"),
    [
        ("UTC", SEVEN, "2026-11-21", "2026-11-20T07:00", "2026-11-21T07:00"),
        ("Europe/Berlin", SEVEN, "2026-03-29", "2026-03-28T06:00", "2026-03-29T05:00"),
        ("Europe/Berlin", time(2, 30), "2026-03-29", "2026-03-28T01:30", "2026-03-29T01:30"),
        ("America/New_York", time(1, 30), "2026-11-01", "2026-10-31T05:30", "2026-11-01T05:30"),
        # Samoa had no 30 December 2011: the 31st goes on from the 29th.
        ("Pacific/Apia", SEVEN, "2011-12-31", "2011-12-29T17:00", "2011-12-30T17:00"),
        ("Pacific/Apia", SEVEN, "2011-12-30", "2011-12-29T17:00", "2011-12-30T17:00"),
    ],
)
def test_the_window_of_a_day(zone: str, at: time, day: str, opens: str, closes: str) -> None:
    found = window(read_label(EditionKind.DAY, day), at, ZoneInfo(zone))
    assert [moment.strftime("%Y-%m-%dT%H:%M") for moment in found] == [opens, closes]


def test_the_windows_of_a_week_and_a_month_are_those_of_their_days() -> None:
    zone = ZoneInfo("Europe/Berlin")
    week = window(read_label(EditionKind.WEEK, "2026-W13"), SEVEN, zone)
    assert week == (datetime(2026, 3, 22, 6, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC))
    month = window(read_label(EditionKind.MONTH, "2026-03"), SEVEN, zone)
    assert month == (datetime(2026, 2, 28, 6, tzinfo=UTC), datetime(2026, 3, 31, 5, tzinfo=UTC))


def test_a_cut_off_belongs_to_the_next_day() -> None:
    moment = datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert open_day(moment, SEVEN, UTC) == date(2026, 11, 22)
    assert closed_day(moment, SEVEN, UTC) == date(2026, 11, 21)
    before = moment - timedelta(microseconds=1)
    assert open_day(before, SEVEN, UTC) == date(2026, 11, 21)
    assert closed_day(before, SEVEN, UTC) == date(2026, 11, 20)


def test_a_week_and_a_month_close_with_their_last_day() -> None:
    sunday = datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert closed(EditionKind.WEEK, sunday, SEVEN, UTC).label == "2026-W47"
    assert closed(EditionKind.WEEK, sunday - DAY, SEVEN, UTC).label == "2026-W46"
    assert closed(EditionKind.MONTH, sunday, SEVEN, UTC).label == "2026-10"
    last = datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert closed(EditionKind.MONTH, last, SEVEN, UTC).label == "2026-11"


@given(KINDS, DAYS)
def test_labels_and_days_lead_to_each_other(kind: EditionKind, day: date) -> None:
    span = span_of(kind, day)
    assert read_label(kind, span.label) == span
    assert span.first <= day <= span.last
    assert preceding(following(span)) == span
    assert following(span).first == span.last + DAY


@given(MOMENTS, TIMES, ZONES)
def test_each_moment_is_in_the_window_of_one_day(
    moment: datetime, at: time, zone: ZoneInfo
) -> None:
    day = open_day(moment, at, zone)
    opens, closes = window(span_of(EditionKind.DAY, day), at, zone)
    assert exists(day, zone)
    assert opens <= moment < closes
    assert closes - opens <= timedelta(hours=50)
    before = closed_day(moment, at, zone)
    assert window(span_of(EditionKind.DAY, before), at, zone)[1] == opens


@given(KINDS, MOMENTS, TIMES, ZONES)
def test_what_is_closed_is_closed_and_the_next_is_not(
    kind: EditionKind, moment: datetime, at: time, zone: ZoneInfo
) -> None:
    span = closed(kind, moment, at, zone)
    assert window(span, at, zone)[1] <= moment
    after = following(span)
    while not exists(after.last, zone):
        after = following(after)
    assert window(after, at, zone)[1] > moment
