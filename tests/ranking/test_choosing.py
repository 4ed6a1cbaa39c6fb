"""Choosing an edition: by hand, and what holds for all candidates."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ranking.choosing import (
    Candidate,
    Reason,
    Shares,
    choose,
    novelties,
    votes_score,
)
from broadsheet.ranking.formulas import Floats

NEAR = 0.9
SHARES = Shares(0.5, 0.25, 0.25, 1.0)
scores = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@st.composite
def papers(draw: st.DrawFn) -> tuple[list[Candidate], Floats]:
    """Up to ten candidates in a plane, some of them alike in everything."""
    size = draw(st.integers(1, 10))
    keys = draw(st.lists(st.integers(1, 99), min_size=size, max_size=size, unique=True))
    angles = np.array([draw(st.integers(0, 12)) for _ in keys]) * np.pi / 6
    candidates = [Candidate(key, draw(scores), draw(scores), draw(scores)) for key in keys]
    return candidates, np.stack([np.cos(angles), np.sin(angles)], axis=1)


def value(chosen: list[int], candidates: list[Candidate], vectors: Floats) -> float:
    """What a set of candidates, by place, is worth: as the module's text says it, one by one."""
    worth = [0.5 * one.relevance + 0.25 * one.votes + 0.25 * one.novelty for one in candidates]
    total = sum(worth)
    stood = 0.0
    for place, vector in enumerate(vectors):
        nearest = max((max(0.0, float(vector @ vectors[one])) for one in chosen), default=0.0)
        stood += nearest * (worth[place] / total if total else 1 / len(candidates))
    return sum(worth[one] for one in chosen) + stood


def test_by_hand() -> None:
    candidates = [
        Candidate(1, 1.0, 1.0, 0.0),
        Candidate(2, 1.0, 0.0, 0.0),
        Candidate(3, 0.5, 0.0, 0.0),
    ]
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    # Worth is 3/4, 1/2 and 1/4, so the candidates stand for 1/2, 1/3 and 1/6 of it all.
    first, second, third = choose(candidates, vectors, 3, SHARES, NEAR)
    assert first.key == 1
    assert first.reasons[:4] == (
        Reason("relevance", 0.5),
        Reason("votes", 0.25),
        Reason("novelty", 0.0),
        Reason("interest", 0.0),
    )
    assert tuple(first.reasons[4]) == ("spread", pytest.approx(1 / 2 + 0.8 / 3))
    assert (second.key, third.key) == (2, 3)
    assert second.gain == pytest.approx(0.5 + 0.2 / 3 + 0.6 / 6)
    assert third.gain == pytest.approx(0.25 + 0.4 / 6)
    assert [one.duplicates for one in (first, second, third)] == [(), (), ()]


def test_interest_counts_as_much_as_its_share() -> None:
    candidates = [Candidate(1, 0.5, 0.5, 0.5), Candidate(2, 0.5, 0.5, 0.5, interest=0.4)]
    vectors = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert [one.key for one in choose(candidates, vectors, 2)] == [1, 2]
    first, second = choose(candidates, vectors, 2, Shares(interest=0.25))
    assert (first.key, second.key) == (2, 1)
    assert first.reasons[3] == Reason("interest", 0.1)
    assert second.reasons[3] == Reason("interest", 0.0)


def test_a_near_duplicate_is_left_out_and_named() -> None:
    candidates = [Candidate(key, 0.5, 0.5, 0.5) for key in (7, 4, 9)]
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    chosen = choose(candidates, vectors, 3)
    assert [(one.key, one.duplicates) for one in chosen] == [(4, (7,)), (9, ())]


def test_spread_can_outweigh_worth() -> None:
    candidates = [
        Candidate(1, 1.0, 0.0, 0.0),
        Candidate(2, 0.9, 0.0, 0.0),
        Candidate(3, 0.8, 0.0, 0.0),
    ]
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    assert [one.key for one in choose(candidates, vectors, 2, Shares(1, 0, 0, 0))] == [1, 2]
    assert [one.key for one in choose(candidates, vectors, 2, Shares(0.1, 0, 0, 1))] == [2, 3]


def test_nothing_to_choose() -> None:
    assert choose([], np.empty((0, 4)), 5) == []
    assert choose([Candidate(1, 1, 1, 1)], np.ones((1, 1)), 0) == []
    with pytest.raises(ValueError, match="1 candidates, but 2 vectors"):
        choose([Candidate(1, 1, 1, 1)], np.ones((2, 1)), 1)


@given(papers(), st.integers(1, 10))
def test_each_choice_has_the_greatest_gain(
    given_papers: tuple[list[Candidate], Floats], count: int
) -> None:
    candidates, vectors = given_papers
    places = {one.key: place for place, one in enumerate(candidates)}
    taken: list[int] = []
    out: set[int] = set()
    for choice in choose(candidates, vectors, count, SHARES, NEAR):
        before = value(taken, candidates, vectors)
        gains = {
            key: value([*taken, place], candidates, vectors) - before
            for key, place in places.items()
            if place not in taken and key not in out
        }
        assert choice.gain == pytest.approx(max(gains.values()), abs=1e-9)
        assert choice.gain == pytest.approx(gains[choice.key], abs=1e-9)
        equal = [key for key, gain in gains.items() if gain > choice.gain - 1e-14]
        assert choice.key <= min(equal, default=choice.key)
        taken.append(places[choice.key])
        out |= set(choice.duplicates)
    assert len(taken) == count or len(taken) + len(out) == len(candidates)


@given(papers(), st.integers(1, 10))
def test_no_two_of_the_chosen_are_near_duplicates_and_gains_fall(
    given_papers: tuple[list[Candidate], Floats], count: int
) -> None:
    candidates, vectors = given_papers
    of = {one.key: vector for one, vector in zip(candidates, vectors, strict=True)}
    chosen = choose(candidates, vectors, count, SHARES, NEAR)
    keys = [one.key for one in chosen]
    assert all(
        of[one] @ of[other] < NEAR for place, one in enumerate(keys) for other in keys[:place]
    )
    gains = [one.gain for one in chosen]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(gains))
    for one in chosen:
        assert all(of[one.key] @ of[other] >= NEAR for other in one.duplicates)


@given(papers(), st.integers(1, 9), st.randoms())
def test_the_order_of_candidates_plays_no_part_and_more_only_adds(
    given_papers: tuple[list[Candidate], Floats], count: int, draw: Random
) -> None:
    candidates, vectors = given_papers
    shuffled = list(range(len(candidates)))
    draw.shuffle(shuffled)
    chosen = choose(candidates, vectors, count, SHARES, NEAR)
    again = choose([candidates[one] for one in shuffled], vectors[shuffled], count, SHARES, NEAR)
    assert chosen == again
    assert choose(candidates, vectors, count + 1, SHARES, NEAR)[:count] == chosen


def test_novelty_is_distance_from_the_nearest_published() -> None:
    vectors = np.array([[1.0, 0.0], [0.6, 0.8], [-1.0, 0.0]])
    past = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert novelties(vectors, past).tolist() == pytest.approx([0.0, 0.2, 1.0])
    assert novelties(vectors, past[:0]).tolist() == [1.0, 1.0, 1.0]


def test_votes_expected_and_received_as_one_score() -> None:
    assert votes_score(1.0, 0.0) == 0.5
    assert votes_score(3.0, 0.0) == 0.75
    assert votes_score(0.5, 1.0) == 0.5
    assert votes_score(0.5, -1.0) == 0.2
