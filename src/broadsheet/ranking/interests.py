"""What readers keep as interests, as one score of a paper that tells of nobody in particular.

Votes say little where ten people read: most papers have none. What the same people save, ask more
or less of and search for says more, and says it of papers that nobody has seen yet. A reader is
a vector as in relevance feedback (Rocchio, The SMART Retrieval System, 1971): what they asked for
less what they asked to be spared. Each reader weighs the same, however much they keep.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
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
    wanting = np.zeros(len(keys))
    for one in readers:
        found = np.array([key in one.matched for key in keys])
        wanting += np.where(found, 1.0, _likeness(vectors, one))
    tenths: Floats = np.round(wanting / len(readers) * _STEPS) / _STEPS
    return tenths


def interest_share(votes_a_paper: float) -> float:
    """How much interests count where papers get so many votes of readers here on average."""
    return INTEREST_SHARE * HALVING_VOTES / (HALVING_VOTES + votes_a_paper)


def _likeness(vectors: Floats, one: Tastes) -> Floats:
    """How near each paper is to a reader, (papers,), 0..1; all 0 where nothing was asked for."""
    middle = one.wanted.sum(axis=0) - one.spared.sum(axis=0)
    length = float(np.linalg.norm(middle))
    if not length or not len(one.wanted):
        return np.zeros(len(vectors))
    near: Floats = np.clip(vectors @ (middle / length), 0.0, 1.0)
    return near
