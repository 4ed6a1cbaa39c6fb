"""The release gate: which queries became worse from one version to another, and is it too many."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from broadsheet.evaluation.measures import interval, paired

WORSE_BY = 0.05
"""A query is a negative flip if its nDCG@10 falls by more than this."""
LARGEST_DROP = 0.005
"""The mean may fall by this much before a release is refused."""
MOST_FLIPS = 0.10
"""The share of queries that may become worse, whatever the mean does."""
_SEED = 20261121


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions on the same queries; `flips` are those that became worse, the worst first.

    `difference` is the mean of the second minus that of the first, `low` and `high` its 95 %
    interval, `chance` that of the paired test; `refused` says why, and is empty if all is well.
    """

    queries: int
    before: float
    after: float
    low: float
    high: float
    chance: float
    flips: tuple[tuple[str, float, float], ...]
    better: int
    refused: str

    @property
    def difference(self) -> float:
        """How much the mean changed."""
        return self.after - self.before


def compare(
    before: Mapping[str, float],
    after: Mapping[str, float],
    *,
    largest_drop: float = LARGEST_DROP,
    most_flips: float = MOST_FLIPS,
) -> Comparison:
    """Compare nDCG@10 by query of two versions over the queries that both have (at least one).

    Negative flips after Yan et al., "Positive-Congruent Training", CVPR 2021. Raises ValueError
    if no query is in both.
    """
    shared = sorted(before.keys() & after.keys())
    if not shared:
        raise ValueError("the two have no query in common")
    first = np.array([before[name] for name in shared])
    second = np.array([after[name] for name in shared])
    low, high = interval(second - first, _SEED)
    fallen = [name for name in shared if after[name] < before[name] - WORSE_BY]
    fallen.sort(key=lambda name: (after[name] - before[name], name))
    risen = sum(after[name] > before[name] + WORSE_BY for name in shared)
    return Comparison(
        queries=len(shared),
        before=float(first.mean()),
        after=float(second.mean()),
        low=low,
        high=high,
        chance=paired(second, first, _SEED),
        flips=tuple((name, before[name], after[name]) for name in fallen),
        better=risen,
        refused=_refused(
            float(second.mean() - first.mean()), len(fallen) / len(shared), largest_drop, most_flips
        ),
    )


def _refused(change: float, flips: float, largest_drop: float, most_flips: float) -> str:
    if change < -largest_drop:
        return f"the mean nDCG@10 fell by {-change:.4f}, and {largest_drop:.4f} is allowed"
    if flips > most_flips:
        return f"{flips:.1%} of the queries became worse, and {most_flips:.1%} are allowed"
    return ""
