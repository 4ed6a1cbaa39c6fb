"""How well text alone foresees which papers of an edition get votes, beside simpler orders."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from broadsheet.evaluation.editions import PastEdition, Voted, kendall, ndcg, read_editions
from broadsheet.evaluation.measures import interval
from broadsheet.ranking.expected import open_predictor, weighed
from broadsheet.ranking.wording import MARKS, marks, runs, wording

HERE = Path(__file__).resolve().parents[1]
sys.path.append(str(HERE / "training"))
# What the weights were trained by, so that the reference is given the same texts.
training: Any = import_module("expected")
SEED = 20261121
Row = npt.NDArray[np.float64]

PART = """## Votes foreseen

Written by `python bench/trending.py` on `hf_daily`: {trained:,} papers of the editions before
{until} for training, {tested} later editions of eight papers or more ({papers:,} papers) for
testing. A paper belongs to its first edition; gains are its votes, linear, ties averaged. Means
over editions.

| order before any vote is cast | nDCG@10 | Kendall's tau |
| --- | --- | --- |
{rows}

Ours has a 95 % interval of {low:.3f} to {high:.3f} (bootstrap over editions). The orders below
it in the table are for comparison only: nothing that readers see knows authors or organisations.

Expected against received, as shares of an edition's mean, by fifths of the papers in the order of
what was expected: {calibration}.
"""


def part(data: Path) -> str:
    """The part of the page."""
    editions = read_editions(data / training.DATA)
    early = [one for one in editions if one.day < training.UNTIL]
    late = [
        one
        for one in editions
        if one.day >= training.UNTIL and len(one.papers) >= training.FEWEST_PAPERS
    ]
    papers = [paper for one in late for paper in one.papers]
    multipliers = open_predictor().multipliers([paper.facts for paper in papers])
    rows = []
    for name, scores in orders(early, papers, multipliers).items():
        found = _by_edition(late, scores)
        bold = "**" if name == "**ours**" else ""
        rows.append(
            f"| {name} | " + " | ".join(f"{bold}{x:.3f}{bold}" for x in found.mean(0)) + " |"
        )
    low, high = interval(_by_edition(late, multipliers)[:, 0], SEED)
    return PART.format(
        trained=sum(len(one.papers) for one in early),
        until=training.UNTIL,
        tested=len(late),
        papers=len(papers),
        rows="\n".join(rows),
        low=low,
        high=high,
        calibration=calibration(late, multipliers),
    )


def orders(early: list[PastEdition], papers: list[Voted], ours: Row) -> dict[str, Row]:
    """The scores of the test papers by each order."""
    words = tfidf(early, papers)
    told = np.array([marks(wording(paper.facts)) for paper in papers])[:, list(MARKS).index("code")]
    authors = np.array([float(paper.authors) for paper in papers])
    organised = np.array([float(paper.organised) for paper in papers])
    length = np.array([float(len(paper.facts.abstract)) for paper in papers])
    everybody = _standard(np.log1p(authors)) + 0.5 * _standard(organised)
    return {
        "random": np.zeros(len(papers)),
        "longest abstract": length,
        "has code": told,
        "TF-IDF ridge": words,
        "TF-IDF and code": _standard(words) + _standard(told),
        "**ours**": ours,
        "number of authors": authors,
        "TF-IDF, code and authors": _standard(words) + _standard(told) + _standard(authors),
        "ours, with authors and organisation": _standard(np.log(ours)) + everybody,
    }


def tfidf(early: list[PastEdition], papers: list[Voted]) -> Row:
    """Ridge regression of log votes on runs of words, the usual reference."""
    texts, _ = training.read(early)
    kernel = sum(block @ block.T for block in training.blocks(texts))
    goal = np.log1p(texts.votes)
    weights = np.linalg.solve(kernel + np.eye(len(goal), dtype=np.float32), goal - goal.mean())
    of_runs = np.zeros(len(texts.known))
    for weight, (places, counted) in zip(weights, texts.runs, strict=True):
        of_runs[places] += weight * counted
    found = (weighed(runs(wording(one.facts)), texts.known, texts.rarity) for one in papers)
    return np.array([float(counted @ of_runs[places]) for places, counted in found])


def calibration(late: list[PastEdition], multipliers: Row) -> str:
    """Expected and received of each fifth of the papers."""
    expected, received, start = [], [], 0
    for one in late:
        mine = multipliers[start : start + len(one.papers)]
        votes = np.array([float(paper.votes) for paper in one.papers])
        start += len(one.papers)
        expected.append(mine / mine.mean())
        received.append(votes / votes.mean())
    ahead, came = np.concatenate(expected), np.concatenate(received)
    fifths = np.array_split(np.argsort(ahead), 5)
    return ", ".join(f"{ahead[one].mean():.2f} and {came[one].mean():.2f}" for one in fifths)


def _by_edition(late: list[PastEdition], scores: Row) -> Row:
    """nDCG@10 and tau of each edition, (editions, 2)."""
    found, start = [], 0
    for one in late:
        mine = scores[start : start + len(one.papers)]
        votes = np.array([float(paper.votes) for paper in one.papers])
        start += len(one.papers)
        found.append((ndcg(mine, votes), kendall(mine, votes)))
    return np.array(found)


def _standard(values: Row) -> Row:
    scored: Row = (values - values.mean()) / values.std()
    return scored
