"""Checks that need no judgements, on any catalogue: a paper's own text should lead back to it.

A title, and one sentence of an abstract, should find their paper; and papers that are alike should
share a category more often than chance has it.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index
from broadsheet.papers import Paper
from broadsheet.ranking import Mode, Weights, related, search
from broadsheet.text import plain, sentences

SAMPLED = 200
"""Papers that are asked for; fewer if the catalogue has fewer."""
NEIGHBOURS = 10
CUTS = (1, 5, 10)
_LEAST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Recall:
    """The share of papers (0..1) that are among the first 1, 5 and 10 hits for their own text."""

    asked_by: str
    mode: str
    papers: int
    recall: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the nearest papers share a category with a paper, and how many any two do."""

    papers: int
    near: float
    by_chance: float


def own_text(
    catalogue: Catalogue, index: Index, weights: Weights, *, seed: int, sampled: int = SAMPLED
) -> list[Recall]:
    """How well titles, and sentences of abstracts, find their own papers, in each mode."""
    papers = _sample(catalogue, seed, sampled)
    draw = random.Random(seed)
    asked = {
        "title": [(key, plain(paper.title)) for key, paper in papers],
        "sentence": [
            (key, draw.choice(whole)) for key, paper in papers if (whole := _sentences(paper))
        ],
    }
    return [
        _recall(catalogue, index, weights, kind, mode, texts)
        for kind, texts in asked.items()
        for mode in get_args(Mode)
        if texts
    ]


def agreement(
    catalogue: Catalogue, index: Index, *, seed: int, sampled: int = SAMPLED
) -> Agreement | None:
    """How far similar papers share categories; None if fewer than two papers have any."""
    papers = [(key, one) for key, one in _sample(catalogue, seed, sampled) if one.categories]
    if len(papers) < 2:
        return None
    near = [
        bool(set(paper.categories) & set(other.categories))
        for key, paper in papers
        for _, other in related(catalogue, index, key, paper, NEIGHBOURS)
        if other.categories
    ]
    chance = [
        bool(set(first.categories) & set(second.categories))
        for at, (_, first) in enumerate(papers)
        for _, second in papers[:at]
    ]
    return Agreement(len(papers), _share(near), _share(chance))


def _recall(
    catalogue: Catalogue,
    index: Index,
    weights: Weights,
    kind: str,
    mode: Mode,
    texts: Sequence[tuple[int, str]],
) -> Recall:
    ranks = []
    for key, text in texts:
        page = search(catalogue, index, text, mode=mode, limit=max(CUTS), weights=weights)
        found = [hit.key for hit in page.hits]
        ranks.append(found.index(key) + 1 if key in found else None)
    recall = {cut: _share([rank is not None and rank <= cut for rank in ranks]) for cut in CUTS}
    return Recall(kind, mode, len(texts), recall)


def _sample(catalogue: Catalogue, seed: int, sampled: int) -> list[tuple[int, Paper]]:
    """Some papers by chance, the same each time."""
    with catalogue.reading() as desk:
        keys = sorted(desk.papers.newest_first())
        chosen = random.Random(seed).sample(keys, min(sampled, len(keys)))
        papers = desk.papers.by_keys(chosen)
    return [(key, papers[key]) for key in chosen if key in papers]


def _sentences(paper: Paper) -> list[str]:
    """The sentences of an abstract that are long enough to tell papers apart."""
    return [one for one in sentences(plain(paper.abstract)) if len(one.split()) >= _LEAST_WORDS]


def _share(which: Sequence[bool]) -> float:
    return sum(which) / len(which) if which else 0.0
