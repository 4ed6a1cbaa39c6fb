"""Which papers make an edition that nobody picks: worth having, unlike each other, no duplicates.

The value of a set is the weighed sum of its papers' scores and of how well it stands for all
candidates: each candidate counts by its likeness to the chosen paper that is most like it. That is
facility location, as INGENIOUS (Renduchintala et al., Findings of EMNLP 2023) chooses texts by. It
is monotone and submodular, so taking the paper with the greatest gain each time reaches at least
1 - 1/e of the best value (Nemhauser, Wolsey and Fisher, Mathematical Programming, 1978), but for
the near-duplicates that are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from broadsheet.ranking.formulas import Floats

NEAR_DUPLICATE = 0.92
"""A cosine from which two papers are told apart by details only."""
_DIGITS = 12
"""Gains that agree so far are equal: the lower key comes first whatever the order of summing."""


class Candidate(NamedTuple):
    """A paper that could be chosen, with scores of 0..1.

    `votes` joins those expected and received (`votes_score`), `novelty` is distance from what was
    published lately (`novelties`), `interest` what readers keep (`ranking.interests`).
    """

    key: int
    relevance: float
    votes: float
    novelty: float
    interest: float = 0.0


class Shares(NamedTuple):
    """How much each reason counts; `interest` depends on how many vote (`interest_share`)."""

    relevance: float = 0.25
    votes: float = 0.35
    novelty: float = 0.1
    spread: float = 0.3
    interest: float = 0.0


class Reason(NamedTuple):
    """What a paper added to the edition's value, by one reason."""

    name: str
    gain: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen paper, what it added when it was chosen, and what was left out as its like."""

    key: int
    reasons: tuple[Reason, ...]
    duplicates: tuple[int, ...]

    @property
    def gain(self) -> float:
        """What it added in all."""
        return sum(reason.gain for reason in self.reasons)


DEFAULT_SHARES = Shares()
_SCORED = Candidate._fields[1:]


def choose(
    candidates: Sequence[Candidate],
    vectors: Floats,
    count: int,
    shares: Shares = DEFAULT_SHARES,
    near_duplicate: float = NEAR_DUPLICATE,
) -> list[Choice]:
    """At most `count` papers, the greatest gain first; equal gains by rising key.

    `vectors` (len(candidates), d) are unit rows or zeros. The order of the candidates plays no
    part. Raises ValueError if the numbers of candidates and vectors differ.
    """
    if len(candidates) != len(vectors):
        raise ValueError(f"{len(candidates)} candidates, but {len(vectors)} vectors")
    order = sorted(range(len(candidates)), key=lambda place: candidates[place].key)
    papers = [candidates[place] for place in order]
    cosines = np.asarray(vectors[order] @ vectors[order].T, np.float64)
    return _greedy(papers, cosines, count, shares, near_duplicate)


def _greedy(
    papers: Sequence[Candidate], cosines: Floats, count: int, shares: Shares, near: float
) -> list[Choice]:
    weights = [getattr(shares, name) for name in _SCORED]
    scores = np.array([paper[1:] for paper in papers]).reshape(-1, len(_SCORED)) * weights
    likeness, stands_for = np.maximum(cosines, 0.0), _weights(scores.sum(axis=1))
    reached, free = np.zeros(len(papers)), np.ones(len(papers), bool)
    chosen: list[Choice] = []
    while free.any() and len(chosen) < count:
        spread = shares.spread * (np.maximum(likeness - reached, 0.0) @ stands_for)
        gains = np.where(free, np.round(scores.sum(axis=1) + spread, _DIGITS), -np.inf)
        best = int(np.argmax(gains))
        free[best] = False
        likes = free & (cosines[best] >= near)
        free &= ~likes
        reached = np.maximum(reached, likeness[best])
        values = (*scores[best].tolist(), float(spread[best]))
        reasons = tuple(map(Reason, (*_SCORED, "spread"), values))
        duplicates = tuple(papers[place].key for place in np.flatnonzero(likes).tolist())
        chosen.append(Choice(papers[best].key, reasons, duplicates))
    return chosen


def _weights(worth: Floats) -> Floats:
    """How much each candidate wants to be stood for: its share of all worth, or alike."""
    positive = np.maximum(worth, 0.0)
    total = positive.sum()
    weights: Floats = positive / total if total > 0 else np.full(len(worth), 1 / max(1, len(worth)))
    return weights


def novelties(vectors: Floats, past: Floats) -> Floats:
    """How far each paper (n, d) is from the nearest of those published lately (m, d), 0..1."""
    if not len(past):
        return np.ones(len(vectors))
    far: Floats = 1.0 - np.clip((vectors @ past.T).max(axis=1), 0.0, 1.0)
    return far


def votes_score(multiplier: float, surprise: float) -> float:
    """Votes expected and received as one score, 0..1; 1/2 for a typical paper.

    `multiplier` is what text lets expect as a share of a typical paper's votes, `surprise` how many
    doublings the votes are beyond that. Their product is the estimate of what the paper is worth
    here, r; the score is r / (1 + r), so that none outweighs everything else.
    """
    worth = float(multiplier * np.exp2(surprise))
    return worth / (1 + worth)
