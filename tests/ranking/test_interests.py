"""What readers keep as one score of a paper: by hand, and that it tells of nobody."""

import numpy as np
import pytest

from broadsheet.ranking.interests import (
    HALVING_VOTES,
    INTEREST_SHARE,
    Tastes,
    interest_share,
    interests,
)

EAST, NORTH, NOBODY = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), np.zeros((0, 2))
NONE: frozenset[int] = frozenset()
KEYS = (7, 8, 9)
VECTORS = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 0.0]])


def test_by_hand() -> None:
    readers = [
        Tastes(EAST, NOBODY, NONE),
        Tastes(NORTH, NOBODY, NONE),
        Tastes(NOBODY, EAST, frozenset({8, 99})),
    ]
    # 7 is like what one of three wants: 1/3. Of 8 the likenesses are 0.6 and 0.8, and a search
    # found it: 2.4/3. 9 has no words.
    assert interests(KEYS, VECTORS, readers).tolist() == [0.3, 0.8, 0.0]


def test_what_is_to_be_spared_is_taken_off_and_a_reader_weighs_one_whatever_they_keep() -> None:
    often = np.repeat(EAST, 50, axis=0)
    wanting = [Tastes(often, NOBODY, NONE), Tastes(NORTH, NOBODY, NONE)]
    # Of the third the middle is (1, -1): 7 is like it by 1/sqrt(2), 8 is on its far side.
    readers = [*wanting, Tastes(EAST, NORTH, NONE)]
    assert interests(KEYS, VECTORS, readers).tolist() == [0.6, 0.5, 0.0]


def test_a_search_that_found_it_does_not_count_beside_likeness() -> None:
    readers = [Tastes(EAST, NOBODY, frozenset({7}))] * 3
    assert interests(KEYS, VECTORS, readers)[0] == 1.0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_few_readers_nothing_is_said(count: int) -> None:
    readers = [Tastes(EAST, NOBODY, frozenset({8}))] * count
    assert interests(KEYS, VECTORS, readers).tolist() == [0.0, 0.0, 0.0]
    assert interests((), VECTORS[:0], [*readers, *[Tastes(EAST, NOBODY, NONE)] * 3]).size == 0


def test_one_reader_of_many_does_not_show() -> None:
    others = [Tastes(NORTH, NOBODY, NONE)] * 30
    with_one = interests(KEYS, VECTORS, [*others, Tastes(EAST, NOBODY, frozenset({7}))])
    assert with_one.tolist() == interests(KEYS, VECTORS, others).tolist()


def test_they_count_the_less_the_more_is_voted() -> None:
    assert interest_share(0.0) == INTEREST_SHARE == 0.35
    assert interest_share(HALVING_VOTES) == 0.175
    assert interest_share(10.0) == pytest.approx(0.35 / 6)


def test_searches_count_where_nobody_said_anything_of_a_paper() -> None:
    readers = [Tastes(np.zeros((0, 1)), np.zeros((0, 1)), frozenset({8}))] * 3
    assert interests(KEYS, VECTORS, readers).tolist() == [0.0, 1.0, 0.0]
