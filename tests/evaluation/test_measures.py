"""Measures, intervals and tests, with numbers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.evaluation.measures import MEASURES, difference, interval, judge, paired
from broadsheet.evaluation.sets import JudgedSet, Text

JUDGED = JudgedSet(
    "toy",
    tuple(Text(f"d{number}", "", "") for number in range(1, 5)),
    {"q1": "a", "q2": "b"},
    {"q1": {"d1": 2, "d2": 1}, "q2": {"d3": 1}},
)


def test_the_measures_of_a_run() -> None:
    figures = judge("toy", {"q1": ["d2", "d1"], "q2": ["d4", "d3"]}, JUDGED).by_query
    gained = 1 + 2 / math.log2(3)
    ideal = 2 + 1 / math.log2(3)
    assert figures["q1"]["ndcg@10"] == pytest.approx(gained / ideal)
    assert figures["q1"]["map"] == 1.0
    assert figures["q2"]["mrr@10"] == 0.5
    assert figures["q2"]["recall@10"] == 1.0


def test_a_query_without_an_answer_counts_nothing() -> None:
    judged = judge("toy", {"q1": ["d1", "d2"]}, JUDGED)
    assert judged.by_query["q2"] == dict.fromkeys(MEASURES, 0.0)
    assert judged.mean("ndcg@10") == 0.5


def test_intervals_hold_the_mean_and_narrow_with_more_queries() -> None:
    few = np.array([0.0, 1.0] * 5)
    many = np.array([0.0, 1.0] * 500)
    low, high = interval(few, seed=1)
    assert low < 0.5 < high
    assert interval(many, seed=1)[1] - interval(many, seed=1)[0] < (high - low) / 5
    assert interval(few, seed=1) == interval(few, seed=1)


def test_a_difference_on_every_query_is_hardly_chance() -> None:
    draw = np.random.default_rng(2)
    theirs = draw.random(60)
    assert paired(theirs + 0.1, theirs, seed=1) < 0.001
    assert paired(theirs, theirs, seed=1) == 1.0


def test_a_paired_difference_is_surer_than_two_means() -> None:
    draw = np.random.default_rng(3)
    theirs = draw.random(60)
    mean, low, high = difference(theirs + 0.1, theirs, seed=1)
    assert (mean, low, high) == pytest.approx((0.1, 0.1, 0.1))
    apart = difference(draw.permutation(theirs) + 0.1, theirs, seed=1)
    assert apart[0] == pytest.approx(0.1)
    assert apart[1] < 0.1 < apart[2]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.integers(0, 9))
def test_chances_are_chances_and_do_not_depend_on_the_side(values: list[float], seed: int) -> None:
    ours = np.array(values)
    theirs = ours[::-1].copy()
    assert 0 < paired(ours, theirs, seed) <= 1
    assert paired(ours, theirs, seed) == paired(theirs, ours, seed)
