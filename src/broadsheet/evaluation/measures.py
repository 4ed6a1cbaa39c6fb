"""Measures of a run against judgements, with intervals and paired tests over the queries."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from broadsheet.errors import SettingError
from broadsheet.evaluation.runs import DEPTH, Run
from broadsheet.evaluation.sets import JudgedSet

MEASURES = ("ndcg@10", "map", "mrr@10", "recall@10", "recall@100")
RESAMPLED = 5_000
"""How often the queries are drawn again for an interval, and signs flipped for a test."""
_NAMES = {
    "ndcg@10": "nDCG@10",
    "map": "AP",
    "mrr@10": "RR@10",
    "recall@10": "R@10",
    "recall@100": "R@100",
}
Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """The figures of one run: `by_query` holds, for each query, a value for each measure (0..1)."""

    run: str
    by_query: Mapping[str, Mapping[str, float]]

    def values(self, measure: str) -> Figures:
        """A measure for each query, in the order of their names."""
        return np.array([self.by_query[name][measure] for name in sorted(self.by_query)])

    def mean(self, measure: str) -> float:
        """The mean over the queries."""
        return float(self.values(measure).mean())

    def interval(self, measure: str, seed: int) -> tuple[float, float]:
        """A 95 % interval of the mean by the percentile bootstrap over queries (Efron, 1979)."""
        return interval(self.values(measure), seed)


def judge(name: str, run: Run, judged: JudgedSet) -> Judged:
    """The measures of a run for every judged query; a query without an answer counts 0.

    Computed by ir-measures; SettingError where it is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise SettingError(
            "Evaluation needs ir-measures.", hint="Install broadsheet[evaluate]."
        ) from error
    wanted = {ir_measures.parse_measure(spelt): ours for ours, spelt in _NAMES.items()}
    grades = [
        ir_measures.Qrel(query, document, grade)
        for query, graded in judged.grades.items()
        for document, grade in graded.items()
    ]
    scored = [
        ir_measures.ScoredDoc(query, document, float(DEPTH - rank))
        for query, documents in run.items()
        for rank, document in enumerate(documents)
    ]
    by_query = {query: dict.fromkeys(MEASURES, 0.0) for query in judged.queries}
    for one in ir_measures.iter_calc(list(wanted), grades, scored):
        by_query[one.query_id][wanted[one.measure]] = float(one.value)
    return Judged(name, by_query)


def interval(values: Figures, seed: int) -> tuple[float, float]:
    """A 95 % interval of the mean of at least one value, by the percentile bootstrap."""
    draw = np.random.default_rng(seed)
    means = values[draw.integers(0, len(values), (RESAMPLED, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def difference(ours: Figures, theirs: Figures, seed: int) -> tuple[float, float, float]:
    """The mean difference over the same queries, and its 95 % interval by the paired bootstrap.

    Queries are drawn again with both their values (Sakai, SIGIR 2006).
    """
    differences = ours - theirs
    return float(differences.mean()), *interval(differences, seed)


def paired(ours: Figures, theirs: Figures, seed: int) -> float:
    """The chance (0..1) of a mean difference at least as large if the signs were a coin's.

    A two-sided randomisation test over the queries (Smucker, Allan and Carterette, CIKM 2007).
    """
    differences = ours - theirs
    draw = np.random.default_rng(seed)
    signs = draw.choice([-1.0, 1.0], (RESAMPLED, len(differences)))
    flipped = np.abs((signs * differences).mean(axis=1))
    as_large = int((flipped >= abs(differences.mean()) - 1e-12).sum())
    return (as_large + 1) / (RESAMPLED + 1)
