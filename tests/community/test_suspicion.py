"""Which votes are held back, by exact numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.community.suspicion import (
    ALIKE_WITHIN,
    BURST_WITHIN,
    YOUNG,
    burst,
    burst_told,
    of_late,
    overlap,
    ring,
    ring_told,
)
from broadsheet.people import Vote

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEW = NOW - timedelta(days=1)
OLD = NOW - timedelta(days=40)


def votes(*minutes: float) -> list[Vote]:
    """A vote for each, cast so many minutes ago by the readers 1, 2, 3..."""
    return [Vote(7, place, NOW - ago * MINUTE) for place, ago in enumerate(minutes, 1)]


def test_five_young_accounts_in_ten_minutes_are_a_burst() -> None:
    cast = votes(9, 8, 5, 2, 0)
    joined = dict.fromkeys(range(1, 6), NEW)
    assert burst(cast, joined, NOW) == cast
    assert burst_told(cast) == "5 votes within 10 minutes from accounts younger than 3 days."


def test_four_are_none() -> None:
    assert burst(votes(9, 8, 5, 2), dict.fromkeys(range(1, 5), NEW), NOW) == []


def test_accounts_that_are_not_young_make_no_burst() -> None:
    cast = votes(4, 3, 2, 1, 0)
    assert burst(cast, dict.fromkeys(range(1, 6), NEW) | {3: OLD}, NOW) == []
    # An account of three days to the microsecond is not younger than three days.
    of_age = {3: cast[2].at - YOUNG}
    assert burst(cast, dict.fromkeys(range(1, 6), NEW) | of_age, NOW) == []
    nearly = {3: cast[2].at - YOUNG + timedelta(microseconds=1)}
    assert burst(cast, dict.fromkeys(range(1, 6), NEW) | nearly, NOW) == cast


def test_votes_further_apart_make_no_burst() -> None:
    assert burst(votes(10, 8, 5, 2, 0), dict.fromkeys(range(1, 6), NEW), NOW) == []
    assert timedelta(minutes=10) == BURST_WITHIN


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [({1, 2, 3, 4}, {2, 3, 4, 5}, 0.6), ({1}, {1}, 1.0), ({1}, {2}, 0.0), (set(), set(), 0.0)],
)
def test_overlap_is_the_share_of_what_either_voted_for(
    one: set[int], other: set[int], share: float
) -> None:
    assert overlap(one, other) == share


def test_three_accounts_that_vote_alike_are_a_ring() -> None:
    same = set(range(8))
    # 8 of the 10 papers that either voted for is 0.8, and counts; 8 of 11 does not.
    papers = {1: same, 2: same | {20, 21}, 3: same | {30, 31, 32}, 4: same - {7}}
    assert ring(1, papers) == {1, 2, 4}
    assert ring(3, papers) == set()
    assert ring_told({1, 2, 4}) == (
        "3 accounts that vote alike: 6 papers or more in common, 80% of all they voted for "
        "within 30 days."
    )


def test_two_accounts_or_five_papers_are_no_ring() -> None:
    six, five = set(range(6)), set(range(5))
    assert ring(1, {1: six, 2: six}) == set()
    assert ring(1, {1: six, 2: six, 3: six}) == {1, 2, 3}
    assert ring(1, {1: five, 2: five, 3: five}) == set()


def test_only_late_votes_tell_who_votes_alike() -> None:
    cast = [Vote(1, 1, NOW - ALIKE_WITHIN), Vote(2, 1, NOW - ALIKE_WITHIN + MINUTE)]
    assert of_late(cast, NOW) == {2}
