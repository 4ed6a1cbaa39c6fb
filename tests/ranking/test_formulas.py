"""The arithmetic of ranking, by hand and by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ranking.formulas import (
    NORMALISED_OVER,
    fused,
    joined,
    normalised,
    shares_of_best,
    smoothed,
    tiered,
    with_room,
)

falling = st.lists(st.floats(-1e6, 1e6), max_size=250).map(lambda scores: sorted(scores)[::-1])
keys = st.lists(st.integers(1, 60), unique=True, max_size=40)
shares = st.floats(0, 1)


def test_normalised() -> None:
    assert normalised([8.0, 5.0, 4.0]) == [1.0, 0.25, 0.0]
    assert normalised([3.0]) == [1.0]
    assert normalised([2.0, 2.0]) == [1.0, 1.0]
    assert normalised([]) == []


def test_shares_of_the_best() -> None:
    assert shares_of_best({1: 4.0, 2: 1.0, 3: -2.0}, 4.0) == {1: 1.0, 2: 0.25, 3: 0.0}
    assert shares_of_best({1: 4.0}, 0.0) == {1: 0.0}
    assert shares_of_best({}, 1.0) == {}


def test_normalised_over_the_first_hundred() -> None:
    scores = [float(200 - place) for place in range(150)]
    brought = normalised(scores)
    assert NORMALISED_OVER == 100
    assert brought[:2] == [1.0, pytest.approx(98 / 99)]
    assert brought[98] > 0
    assert brought[99:] == [0.0] * 51


def test_tiered() -> None:
    assert tiered([3.0, 1.0], [4.0, 2.0]) == [6.0, 4.0, 4.0, 2.0]
    assert tiered([9.0], [4.0]) == [9.0, 4.0]
    assert tiered([], [4.0]) == [4.0]
    assert tiered([3.0], []) == [3.0]


def test_fused_and_joined() -> None:
    assert fused(0.8, 0.4, 0.25) == pytest.approx(0.7)
    # 1: 0.75; 2: 0.375 + 0.25; 3: 0.25; 4: 0.25.
    assert joined({1: 1.0, 2: 0.5}, {2: 1.0, 4: 1.0, 3: 1.0}, 0.25) == [1, 2, 3, 4]
    assert joined({}, {}, 0.5) == []


def test_with_room() -> None:
    assert with_room([1, 2, 3, 4, 5, 6], [9, 1, 8, 7], 4, 2) == [1, 2, 9, 8, 3, 4, 5, 6]
    assert with_room([1, 2, 3, 4, 5], [5, 2], 4, 1) == [1, 2, 3, 5, 4]
    assert with_room([], [9, 8, 7], 10, 2) == [9, 8]
    assert with_room([1, 2], [], 1, 2) == [1, 2]


@given(falling)
def test_normalised_stays_between_and_in_order(scores: list[float]) -> None:
    brought = normalised(scores)
    assert len(brought) == len(scores)
    assert all(0 <= score <= 1 for score in brought)
    assert brought == sorted(brought, reverse=True)
    assert not scores or brought[0] == 1


@given(falling, falling)
def test_tiers_never_cross(first: list[float], second: list[float]) -> None:
    lifted = tiered(first, second)
    assert lifted[len(first) :] == second
    if first and second:
        assert min(lifted[: len(first)]) >= second[0] - 1e-6


@given(shares, shares, shares)
def test_a_fused_score_lies_between_both(lexical: float, semantic: float, weight: float) -> None:
    low, high = sorted((lexical, semantic))
    assert low - 1e-9 <= fused(lexical, semantic, weight) <= high + 1e-9


@given(st.dictionaries(st.integers(), shares), st.dictionaries(st.integers(), shares), shares)
def test_joined_holds_every_key_once(
    lexical: dict[int, float], semantic: dict[int, float], weight: float
) -> None:
    order = joined(lexical, semantic, weight)
    assert sorted(order) == sorted({*lexical, *semantic})
    scores = [fused(lexical.get(key, 0), semantic.get(key, 0), weight) for key in order]
    assert scores == sorted(scores, reverse=True)


@given(keys, keys, st.integers(0, 20), st.integers(0, 5))
def test_room_loses_and_repeats_nothing(
    ranked: list[int], near: list[int], places: int, room: int
) -> None:
    order = with_room(ranked, near, places, room)
    assert len(order) == len(set(order))
    assert set(ranked) <= set(order) <= {*ranked, *near}
    assert order[: max(0, places - room)][: len(ranked)] == ranked[: max(0, places - room)]
    assert set(near[:room]) <= set(order)


def test_scores_are_drawn_towards_those_of_neighbours() -> None:
    scores = np.array([1.0, 0.0, 0.5])
    places = np.array([[1, 2], [0, 1], [0, 2]])
    likeness = np.array([[0.5, 0.5], [1.0, 0.0], [-0.2, 0.0]])
    assert smoothed(scores, places, likeness, 0.4).tolist() == pytest.approx([0.7, 0.4, 0.5])
    assert smoothed(scores, places, likeness, 0.0).tolist() == scores.tolist()
    none = np.empty((3, 0))
    assert smoothed(scores, none.astype(int), none, 0.4).tolist() == scores.tolist()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10), st.floats(0, 1), st.data())
def test_drawn_scores_stay_within_the_scores(
    scores: list[float], share: float, data: st.DataObject
) -> None:
    count = len(scores)
    row = st.lists(st.tuples(st.integers(0, count - 1), st.floats(-1, 1)), min_size=3, max_size=3)
    near = np.array(data.draw(st.lists(row, min_size=count, max_size=count)))
    drawn = smoothed(np.array(scores), near[..., 0].astype(int), near[..., 1], share)
    assert min(scores) - 1e-9 <= drawn.min() <= drawn.max() <= max(scores) + 1e-9


def test_a_likeness_that_is_only_rounding_weighs_nothing() -> None:
    near = np.array([[0.0, 5e-324]])
    assert smoothed(np.array([0.5]), np.array([[0, 0]]), near, 0.5).tolist() == [0.5]
