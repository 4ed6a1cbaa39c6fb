"""What is told of a measured set: each run's figures, kinds of queries, and where it goes wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from broadsheet.evaluation.measures import MEASURES, Judged, difference, judge, paired
from broadsheet.evaluation.robustness import (
    Spoilt,
    decoyed,
    robustness,
    worst_queries,
    worst_tenth,
)
from broadsheet.evaluation.runs import REFERENCE, Run
from broadsheet.evaluation.sets import JudgedSet
from broadsheet.evaluation.slices import slices

AGAINST = (REFERENCE, "lexical")
"""Runs that each other run is compared with, query by query, where they are there."""
COMPARED = ("ndcg@10", "recall@100")
SEED = 20261121
_EXAMPLES = 10
_DIGITS = 4


def report(judged: JudgedSet, figures: Sequence[Judged], runs: Mapping[str, Run]) -> dict[str, Any]:
    """The figures of all runs as JSON has them; one of the runs is the reference.

    `runs` holds for each run `ndcg@10` and the other measures with a 95 % interval, the chance of
    the difference to the reference, `against` it and our own search by words the differences of
    nDCG@10 and recall@100 with their intervals, the mean of its worst tenth and nDCG@10 by kind of
    query;
    `worst` are examples of what hybrid search got most wrong.
    """
    against = [one for name in AGAINST for one in figures if one.run == name]
    kinds = slices(judged)
    return {
        "set": judged.name,
        "documents": len(judged.documents),
        "queries": len(judged.queries),
        "slices": {kind: len(names) for kind, names in kinds.items()},
        "runs": [_row(one, against, kinds) for one in figures],
        "worst": _examples(judged, figures[0], runs[figures[0].run]),
    }


def robustness_rows(
    judged: JudgedSet, figures: Sequence[Judged], spoilt: Sequence[Spoilt]
) -> list[dict[str, Any]]:
    """For each change and each run, what is left; first without any change.

    `queries` counts those that the change touched; `decoyed` is there where papers were stuffed.
    """
    before = {one.run: one for one in figures}
    again = next((set(one.runs) for one in spoilt), set[str]())
    none = Spoilt("none", {name: {} for name in before if name in again}, frozenset())
    rows = [_robust(none, before[name], before[name]) for name in none.runs]
    for one in spoilt:
        after = [judge(name, found, judged) for name, found in one.runs.items()]
        rows += [_robust(one, before[each.run], each) for each in after]
    return rows


def _robust(spoilt: Spoilt, before: Judged, after: Judged) -> dict[str, Any]:
    found = robustness(before, after, spoilt.touched)
    values = {
        "ndcg@10": found.mean,
        "fall": found.fall,
        "spread": found.spread,
        "worst_tenth": found.worst,
        "worst_quarter": found.worst_quarter,
        "worst_tenth_recall@100": found.worst_recall,
        "fall_of_changed": found.fall_of_changed,
    }
    if spoilt.decoys:
        values["decoyed"] = decoyed(spoilt, after.run)
    rounded = {name: round(value, _DIGITS) for name, value in values.items()}
    return {
        "change": spoilt.change,
        "run": after.run,
        "queries": len(spoilt.touched),
        **rounded,
    }


def _row(
    one: Judged, against: Sequence[Judged], kinds: Mapping[str, frozenset[str]]
) -> dict[str, Any]:
    low, high = one.interval("ndcg@10", SEED)
    chance = paired(one.values("ndcg@10"), against[0].values("ndcg@10"), SEED)
    return {
        "run": one.run,
        **{measure: round(one.mean(measure), _DIGITS) for measure in MEASURES},
        "ndcg@10_interval": [round(low, _DIGITS), round(high, _DIGITS)],
        "chance": round(chance, _DIGITS),
        "against": {other.run: _against(one, other) for other in against if other is not one},
        "worst_tenth": round(worst_tenth(one), _DIGITS),
        "slices": {
            kind: round(float(np.mean([one.by_query[name]["ndcg@10"] for name in names])), _DIGITS)
            for kind, names in kinds.items()
        },
    }


def _against(one: Judged, other: Judged) -> dict[str, list[float]]:
    """For each compared measure the difference over the same queries, and its 95 % interval."""
    return {
        measure: [
            round(value, _DIGITS)
            for value in difference(one.values(measure), other.values(measure), SEED)
        ]
        for measure in COMPARED
    }


def _examples(judged: JudgedSet, one: Judged, run: Run) -> list[dict[str, Any]]:
    """The queries that fared worst, what came first, and where the first right answer was."""
    titles = {document.id: document.title or document.text[:80] for document in judged.documents}
    shaped = []
    for name in worst_queries(one)[:_EXAMPLES]:
        found = list(run.get(name, ()))
        right = {id for id, grade in judged.grades[name].items() if grade > 0 and id in titles}
        ranks = [rank for rank, id in enumerate(found, 1) if id in right]
        shaped.append(
            {
                "query": name,
                "text": judged.queries[name],
                "ndcg@10": round(one.by_query[name]["ndcg@10"], _DIGITS),
                "first": titles.get(found[0]) if found else None,
                "relevant": len(right),
                "rank_of_first_relevant": ranks[0] if ranks else None,
            }
        )
    return shaped
