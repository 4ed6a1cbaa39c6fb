"""What readers keep as interests, as one score of a paper that tells of nobody in particular.

Votes say little where ten people read: most papers have none. What the same people save, ask more
or less of and search for says more, and says it of papers that nobody has seen yet. A reader is
a vector as in relevance feedback (Rocchio, The SMART Retrieval System, 1971): what they asked for
less what they asked to be spared. Each reader weighs the same, however much they keep.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from broadsheet.ranking.formulas import Floats

LEAST_READERS = 3
"""Of fewer readers nothing is said: an order would tell what one of them reads."""
INTEREST_SHARE = 0.35
"""How much interests count in the choice of an edition before anybody here has voted."""
HALVING_VOTES = 2.0
"""Local votes for each paper at which interests count half as much."""
_STEPS = 10
"""Scores are rounded to tenths: finer ones would show what one reader of many keeps."""


class Tastes(NamedTuple):
    """What one reader keeps: unit rows (n, d) of papers that they asked for, or to be spared.

    `matched` are the keys of the papers that one of their saved searches found.
    """

    wanted: Floats
    spared: Floats
    matched: frozenset[int]


def interests(keys: Sequence[int], vectors: Floats, readers: Sequence[Tastes]) -> Floats:
    """How much of each paper's readership here wants it, (papers,), 0..1 in tenths.

    The mean over readers of 1 for a paper that one of their searches found, else of its likeness to
    what they asked for, less what they asked to be spared; 0 for all of too few readers.
    `vectors` (papers, d) are unit rows or zeros.
    """
    if len(readers) < LEAST_READERS or not len(keys):
        return np.zeros(len(keys))
    middles = np.stack([_middle(one, vectors.shape[1]) for one in readers])
    wanting = np.clip(vectors @ middles.T, 0.0, 1.0)
    places = {key: place for place, key in enumerate(keys)}
    for column, one in enumerate(readers):
        wanting[[places[key] for key in one.matched if key in places], column] = 1.0
    tenths: Floats = np.round(wanting.mean(axis=1) * _STEPS) / _STEPS
    return tenths


def interest_share(votes_a_paper: float) -> float:
    """How much interests count where papers get so many votes of readers here on average."""
    return INTEREST_SHARE * HALVING_VOTES / (HALVING_VOTES + votes_a_paper)


def _middle(one: Tastes, width: int) -> Floats:
    """The direction of what a reader wants, a unit vector (d,); zeros where nothing was wanted."""
    if not len(one.wanted):
        return np.zeros(width)
    middle: Floats = one.wanted.sum(axis=0) - one.spared.sum(axis=0)
    length = float(np.linalg.norm(middle))
    return middle / length if length else np.zeros(width)
