"""When a disk will be full: exact on lines, and indifferent to units."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import Space
from broadsheet.faces.scheduler.disk import days_until_full

START = datetime(2026, 3, 1, 6, tzinfo=UTC)


def samples(free: list[int], hours: float = 24) -> list[Space]:
    """One sample after the other, so many hours apart."""
    return [Space(START + timedelta(hours=hours * at), one) for at, one in enumerate(free)]


@pytest.mark.parametrize(
    ("free", "days"),
    [
        ([1000, 900, 800], 8.0),
        ([1000, 900, 800, 700], 7.0),
        # The least-squares slope of 10, 6, 8, 4 is -1.6 a day.
        ([10, 6, 8, 4], 2.5),
        ([10, 5, 0], 0.0),
        ([5, 5, 5], None),
        ([1, 2, 3], None),
        ([1000, 900], None),
        ([1000], None),
        ([], None),
    ],
)
def test_days_until_full(free: list[int], days: float | None) -> None:
    assert days_until_full(samples(free)) == (pytest.approx(days) if days is not None else None)


def test_two_days_are_the_least() -> None:
    assert days_until_full(samples([9, 8, 7, 6], hours=15)) is None
    assert days_until_full(samples([9, 8, 7, 6], hours=16)) == pytest.approx(6 * 16 / 24)


@given(
    start=st.integers(1, 10**13),
    fall=st.integers(1, 10**9),
    gaps=st.lists(st.integers(1, 100), min_size=3, max_size=30),
)
def test_a_straight_fall_is_drawn_on_exactly(start: int, fall: int, gaps: list[int]) -> None:
    hours = [0]
    for gap in gaps:
        hours.append(hours[-1] + 16 + gap)
    free = [start + fall * (hours[-1] - hour) for hour in hours]
    line = [
        Space(START + timedelta(hours=hour), one) for hour, one in zip(hours, free, strict=True)
    ]
    assert days_until_full(line) == pytest.approx(start / fall / 24)


@given(
    free=st.lists(st.integers(0, 10**12), min_size=3, max_size=20),
    unit=st.sampled_from([2, 10, 1024]),
)
def test_the_unit_of_space_does_not_matter(free: list[int], unit: int) -> None:
    plain = days_until_full(samples(free))
    scaled = days_until_full(samples([one * unit for one in free]))
    # Nothing left to fall is as good as falling for ever.
    paces = [0.0 if days is None else 1 / max(days, 1e-9) for days in (plain, scaled)]
    assert paces[1] == pytest.approx(paces[0], rel=1e-6, abs=1e-9)
