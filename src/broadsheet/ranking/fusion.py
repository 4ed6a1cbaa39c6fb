"""The list by words and the list by nearness as one order, with the parts of every score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from broadsheet.index import Scored, WordQuery
from broadsheet.index.engine import Engine
from broadsheet.ranking.budget import Budget
from broadsheet.ranking.formulas import fused, joined, shares_of_best, tiered, with_room
from broadsheet.ranking.nearness import (
    NOTHING_NEAR,
    Nearness,
    Sight,
    moved,
    nearest,
    neighbours_of,
    rows_of,
    seen,
)

Mode = Literal["hybrid", "lexical", "semantic"]
FUSED_OVER = 100
"""How many of each list are joined; further papers follow in the order of the list by words."""
CANDIDATES = 200
"""The nearest papers, of which feedback may bring any into the list that is joined."""
FEEDBACK_PAPERS = 3
"""The best papers of the first joining, towards which the query's vectors are moved."""
FEEDBACK_WEIGHT = 0.4
"""How far they are moved, as a share of those papers' mean (docs/decisions.md)."""
FIRST_PAGE = 10
ROOM_FOR_NEAR = 2
"""Places of the first page that are kept for papers near in meaning."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Why a hit is where it is; ranks count from 1, None where a list does not hold the paper.

    `lexical_score` is BM25 with title and phrase evidence, `semantic_score` a cosine, `fused` the
    score of hybrid search (0 to 1); `all_words` says that the paper holds all the words.
    """

    lexical_rank: int | None
    lexical_score: float | None
    all_words: bool
    semantic_rank: int | None
    semantic_score: float | None
    fused: float | None


@dataclass(frozen=True, slots=True)
class WordList:
    """Papers by words, best first; the first `first_tier` of them hold all the words."""

    hits: Sequence[Scored] = ()
    first_tier: int = 0

    def lifted(self) -> list[float]:
        """The scores, those of papers that hold all the words above the others."""
        scores = [hit.score for hit in self.hits]
        return tiered(scores[: self.first_tier], scores[self.first_tier :])


@dataclass(frozen=True, slots=True)
class Fusion:
    """Both lists; `words` and `nearness` are the shares (0..1) of the papers that are joined."""

    by_words: WordList
    near: Nearness
    words: Mapping[int, float]
    nearness: Mapping[int, float]
    weight: float

    def order(self, mode: Mode) -> list[int]:
        """The keys in the order of a mode."""
        lexical = [hit.key for hit in self.by_words.hits]
        semantic = [hit.key for hit in self.near.hits]
        if mode == "lexical" or not semantic:
            return lexical
        if mode == "semantic":
            return semantic
        order = self.best()
        order += [key for key in lexical if key not in self.words and key not in self.nearness]
        return with_room(order, semantic, FIRST_PAGE, ROOM_FOR_NEAR) if lexical else order

    def holding_all(self) -> list[int]:
        """The keys of the papers that hold all the words, the best first."""
        return [hit.key for hit in self.by_words.hits[: self.by_words.first_tier]]

    def best(self) -> list[int]:
        """The keys of the papers that are joined, by falling joined score."""
        return joined(self.words, self.nearness, self.weight)

    def score(self, key: int) -> float:
        """The joined score of a paper, 0 for one that is not joined."""
        return fused(self.words.get(key, 0.0), self.nearness.get(key, 0.0), self.weight)

    def parts(self) -> "PartsOf":
        """What the parts of each hit are looked up in."""
        return PartsOf(
            {hit.key: (rank, hit.score) for rank, hit in enumerate(self.by_words.hits, 1)},
            {hit.key: (rank, hit.score) for rank, hit in enumerate(self.near.hits, 1)},
            set(self.holding_all()),
            self,
        )


@dataclass(frozen=True, slots=True)
class PartsOf:
    """The parts of the scores of all hits, by their keys."""

    lexical: Mapping[int, tuple[int, float]]
    semantic: Mapping[int, tuple[int, float]]
    holding_all: set[int]
    fusion: Fusion

    def of(self, key: int, mode: Mode) -> Parts:
        """The parts of one hit."""
        word_rank, word_score = self.lexical.get(key, (None, None))
        near_rank, near_score = self.semantic.get(key, (None, None))
        return Parts(
            lexical_rank=word_rank,
            lexical_score=word_score,
            all_words=key in self.holding_all,
            semantic_rank=near_rank,
            semantic_score=near_score,
            fused=self.fusion.score(key) if mode == "hybrid" else None,
        )


def one_list(by_words: WordList, near: Nearness = NOTHING_NEAR) -> Fusion:
    """A fusion of which only one list is looked at."""
    return Fusion(by_words, near, {}, {}, 0.0)


def join(
    engine: Engine,
    query: WordQuery,
    by_words: WordList,
    sights: Sequence[Sight],
    weight: float,
    budget: Budget,
) -> Fusion:
    """Join the best of both lists; a paper of one gets its true score by the other as well.

    Both scores become shares of the best of their list before they are added. Then the sights are
    moved towards the best papers, and the nearest are joined once more as they look from there,
    each together with its neighbours.
    """
    among = WordQuery(required=query.required, excluded=query.excluded)
    near = nearest(engine, sights, CANDIDATES, among)
    lifted = by_words.lifted()
    words = {hit.key: score for hit, score in zip(by_words.hits[:FUSED_OVER], lifted, strict=False)}
    own = list(words)
    words |= engine.scores(query, [hit.key for hit in near.hits if hit.key not in words])
    words = shares_of_best(words, lifted[0] if lifted else 0.0)
    rows = rows_of(engine, sights, list({**words, **near.shares}))

    def fusion(near: Nearness) -> Fusion:
        both = {**dict.fromkeys(own), **dict.fromkeys(hit.key for hit in near.hits)}
        return Fusion(
            by_words,
            near,
            {key: words[key] for key in both if key in words},
            {key: near.shares[key] for key in both if key in near.shares},
            weight,
        )

    first = fusion(seen(sights, rows, FUSED_OVER))
    if budget.is_spent():
        return first
    sights = moved(sights, rows, first.best()[:FEEDBACK_PAPERS], FEEDBACK_WEIGHT)
    return fusion(seen(sights, rows, FUSED_OVER, neighbours_of(engine, rows)))
