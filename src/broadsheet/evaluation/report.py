"""What is told of a measured set: each run's figures, kinds of queries, and where it goes wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from broadsheet.evaluation.measures import MEASURES, Judged, paired
from broadsheet.evaluation.robustness import robustness, worst_queries, worst_tenth
from broadsheet.evaluation.runs import Run
from broadsheet.evaluation.sets import JudgedSet
from broadsheet.evaluation.slices import slices

REFERENCE = "bm25s"
SEED = 20261121
_EXAMPLES = 10
_DIGITS = 4


def report(judged: JudgedSet, figures: Sequence[Judged], runs: Mapping[str, Run]) -> dict[str, Any]:
    """The figures of all runs as JSON has them; one of the runs is the reference.

    `runs` holds for each run `ndcg@10` and the other measures with a 95 % interval, the chance of
    the difference to the reference, the mean of its worst tenth and nDCG@10 by kind of query;
    `worst` are examples of what hybrid search got most wrong.
    """
    reference = next(one for one in figures if one.run == REFERENCE)
    kinds = slices(judged)
    return {
        "set": judged.name,
        "documents": len(judged.documents),
        "queries": len(judged.queries),
        "slices": {kind: len(names) for kind, names in kinds.items()},
        "runs": [_row(one, reference, kinds) for one in figures],
        "worst": _examples(judged, figures[0], runs[figures[0].run]),
    }


def robustness_rows(
    figures: Sequence[Judged], changed: Mapping[str, Sequence[Judged]]
) -> list[dict[str, Any]]:
    """For each change of the queries and each run, what is left; first without any change."""
    before = {one.run: one for one in figures}
    measured = next(iter(changed.values()), ())
    rows = [("none", before[one.run]) for one in measured]
    rows += [(change, one) for change, others in changed.items() for one in others]
    shaped = []
    for change, after in rows:
        found = robustness(before[after.run], after)
        values = {"ndcg@10": found.mean, "fall": found.fall, "spread": found.spread}
        values["worst_tenth"] = found.worst
        rounded = {name: round(value, _DIGITS) for name, value in values.items()}
        shaped.append({"change": change, "run": after.run, **rounded})
    return shaped


def _row(one: Judged, reference: Judged, kinds: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    low, high = one.interval("ndcg@10", SEED)
    chance = paired(one.values("ndcg@10"), reference.values("ndcg@10"), SEED)
    return {
        "run": one.run,
        **{measure: round(one.mean(measure), _DIGITS) for measure in MEASURES},
        "ndcg@10_interval": [round(low, _DIGITS), round(high, _DIGITS)],
        "chance": round(chance, _DIGITS),
        "worst_tenth": round(worst_tenth(one), _DIGITS),
        "slices": {
            kind: round(float(np.mean([one.by_query[name]["ndcg@10"] for name in names])), _DIGITS)
            for kind, names in kinds.items()
        },
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
