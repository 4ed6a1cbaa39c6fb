"""What each run loses when queries are changed, or decoys are put among the papers.

After Wu et al., "Are Neural Ranking Models Robust?", TOIS 2022: what counts is not the mean alone
but how far it falls, how much single queries vary, and how the worst tenth fares.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from broadsheet.evaluation.changes import changed, changes, decoys
from broadsheet.evaluation.measures import Figures, Judged
from broadsheet.evaluation.runs import REFERENCE, Run, Shelved, Tell, bm25s_run
from broadsheet.evaluation.sets import JudgedSet

STUFFED = "keyword-stuffed papers"
"""The change that leaves the queries alone and adds decoys to the papers."""
WORST_SHARE = 0.1
WORST_QUARTER = 0.25
_FIRST = 10


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What each run finds after a change of the queries, or of the papers.

    `touched` are the queries that it changed or made a decoy for, `decoys` the ids of those.
    """

    change: str
    runs: Mapping[str, Run]
    touched: frozenset[str]
    decoys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Robustness:
    """How a run fares after a change, by nDCG@10 (0..1).

    `fall` is the mean before minus the mean after, `fall_of_changed` the same over the queries
    that the change touched (0 if none), `spread` the standard deviation of the change of single
    queries, `worst` the mean of the worst tenth after the change. That is often 0 for every run;
    `worst_quarter`, after Voorhees, "Overview of the TREC 2003 Robust Retrieval Track", and
    `worst_recall`, the mean recall@100 of the tenth that fares worst by it, tell more.
    """

    mean: float
    fall: float
    fall_of_changed: float
    spread: float
    worst: float
    worst_quarter: float
    worst_recall: float


def spoilt_runs(
    judged: JudgedSet, shelf: Shelved, runs: Mapping[str, Run], tell: Tell, seed: int
) -> Iterator[Spoilt]:
    """Ask again with each change, then with decoys among the papers, which stay in the shelf.

    `runs` are those without any change: a query that a change leaves alone is not asked again.
    """
    for name, change in changes(judged.documents).items():
        queries = changed(judged, change, seed).queries
        asked = {query: text for query, text in queries.items() if text != judged.queries[query]}
        again = _runs(replace(judged, queries=asked), shelf, tell) if asked else {}
        merged = {run: {**found, **again.get(run, {})} for run, found in runs.items()}
        yield Spoilt(name, merged, frozenset(asked))
    made = decoys(judged, seed)
    shelf.add(tuple(made.values()), tell)
    among = replace(judged, documents=(*judged.documents, *made.values()))
    ids = frozenset(decoy.id for decoy in made.values())
    yield Spoilt(STUFFED, _runs(among, shelf, tell), frozenset(made), ids)


def _runs(judged: JudgedSet, shelf: Shelved, tell: Tell) -> dict[str, Run]:
    return shelf.runs(judged.queries, tell) | {REFERENCE: bm25s_run(judged)}


def robustness(before: Judged, after: Judged, touched: Collection[str]) -> Robustness:
    """How much a run lost by a change that touched these queries."""
    first, second = before.values("ndcg@10"), after.values("ndcg@10")
    places = [at for at, name in enumerate(sorted(after.by_query)) if name in touched]
    lost = first - second
    return Robustness(
        mean=float(second.mean()),
        fall=float(lost.mean()),
        fall_of_changed=float(lost[places].mean()) if places else 0.0,
        spread=float(lost.std()),
        worst=worst_tenth(after),
        worst_quarter=worst_share(second, WORST_QUARTER),
        worst_recall=worst_share(after.values("recall@100"), WORST_SHARE),
    )


def decoyed(spoilt: Spoilt, run: str) -> float:
    """The share (0..1) of the queries with a decoy whose first ten hold one."""
    found = spoilt.runs[run]
    return float(
        np.mean([not spoilt.decoys.isdisjoint(found[name][:_FIRST]) for name in spoilt.touched])
    )


def worst_queries(judged: Judged) -> list[str]:
    """The tenth of the queries with the lowest nDCG@10, at least one, the worst first."""
    ranked = sorted(judged.by_query, key=lambda name: (judged.by_query[name]["ndcg@10"], name))
    return ranked[: max(1, round(len(ranked) * WORST_SHARE))]


def worst_tenth(judged: Judged) -> float:
    """The mean nDCG@10 of the worst tenth of the queries."""
    return worst_share(judged.values("ndcg@10"), WORST_SHARE)


def worst_share(values: Figures, share: float) -> float:
    """The mean of the lowest of these values, so many of them as `share` (0..1), at least one."""
    return float(np.sort(values)[: max(1, round(len(values) * share))].mean())
