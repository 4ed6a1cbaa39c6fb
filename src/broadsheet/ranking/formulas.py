"""The arithmetic of ranking: pure functions of scores."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.int64]

NORMALISED_OVER = 100
"""How many of each list decide what 0 and 1 are."""


class Weights(NamedTuple):
    """The shares of nearness in hybrid scores, 0..1: by the first encoder, by the contextual."""

    first: float
    contextual: float

    def at(self, share: float) -> float:
        """The share of nearness where the contextual encoder has read this share of the papers."""
        return self.first + share * (self.contextual - self.first)


def normalised(scores: Sequence[float]) -> list[float]:
    """Falling scores brought to 0..1: the first is 1, the hundredth (or last) 0, later ones 0.

    A single score, or equal ones, are all 1. Min-max normalisation before a convex combination:
    Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023.
    """
    if not scores:
        return []
    high, low = scores[0], scores[min(len(scores), NORMALISED_OVER) - 1]
    if high <= low:
        return [1.0] * len(scores)
    return [max(0.0, (score - low) / (high - low)) for score in scores]


def shares_of_best(scores: Mapping[int, float], best: float) -> dict[int, float]:
    """Scores divided by the best one; all 0 if that is not above 0.

    Unlike min-max normalisation it keeps apart what is a little worse from what is far worse, also
    where a list has few papers or all are alike.
    """
    return {key: max(0.0, score / best) if best > 0 else 0.0 for key, score in scores.items()}


def parts_of_best(scores: Floats) -> Floats:
    """As `shares_of_best`, of scores (n,) by the greatest of them."""
    best = scores.max(initial=0.0)
    shares: Floats = np.maximum(scores / best, 0.0) if best > 0 else np.zeros(len(scores))
    return shares


LEAST_LIKENESS = 1e-9
"""A likeness that is less is rounding, and too small to weigh a mean by."""


def smoothed(scores: Floats, places: Places, likeness: Floats, share: float) -> Floats:
    """Scores (n,) drawn towards those of each one's neighbours, by `share` (0..1).

    Neighbours are `places` (n, m) in the scores; their mean is weighted by `likeness` (n, m), where
    what is not above `LEAST_LIKENESS` does not count. A score without neighbours stays. That what
    is near to each other is relevant together is van Rijsbergen's cluster hypothesis; after Diaz,
    "Regularizing Ad Hoc Retrieval Scores", CIKM 2005.
    """
    weights = np.where(likeness > LEAST_LIKENESS, likeness, 0.0)
    total = weights.sum(axis=1)
    means = (scores[places] * weights).sum(axis=1) / np.where(total > 0, total, 1.0)
    drawn: Floats = np.where(total > 0, (1 - share) * scores + share * means, scores)
    return drawn


def tiered(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Scores of two tiers as one falling list: the first is lifted, if need be, above the second.

    The distances within each tier stay; between the tiers there is none if they had to be moved.
    """
    lift = max(0.0, second[0] - first[-1]) if first and second else 0.0
    return [score + lift for score in first] + list(second)


def fused(lexical: float, semantic: float, weight: float) -> float:
    """The convex combination of two normalised scores; `weight` (0..1) is the semantic share."""
    return (1.0 - weight) * lexical + weight * semantic


def with_room(ranked: Sequence[int], near: Sequence[int], places: int, room: int) -> list[int]:
    """`ranked`, with the last `room` of its first `places` kept for the best of `near`.

    Those of `near` that are within the first `places - room` anyway need no room, and what has
    to make way follows right behind. Nothing is lost and nothing repeated.
    """
    kept = list(ranked[: max(0, places - room)])
    inside = set(kept)
    guests = [key for key in near if key not in inside][:room]
    placed = inside | set(guests)
    return [*kept, *guests, *(key for key in ranked if key not in placed)]


def joined(lexical: Mapping[int, float], semantic: Mapping[int, float], weight: float) -> list[int]:
    """The keys of both lists by falling fused score, then rising key; a missing score is 0."""
    scores = {
        key: fused(lexical.get(key, 0.0), semantic.get(key, 0.0), weight)
        for key in {**lexical, **semantic}
    }
    return sorted(scores, key=lambda key: (-scores[key], key))


def set_back(order: Sequence[int], flagged: Collection[int], places: int) -> list[int]:
    """The keys with each flagged one behind so many more of the others, or behind all there are.

    The others keep their order, and so do the flagged ones among themselves.
    """
    ranked: list[tuple[int, bool, int]] = []
    others = 0
    for key in order:
        if key in flagged:
            ranked.append((others + places, False, key))
        else:
            ranked.append((others, True, key))
            others += 1
    return [key for _, _, key in sorted(ranked, key=lambda one: one[:2])]
