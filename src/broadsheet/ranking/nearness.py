"""Papers near to a text in meaning, as each encoder that has read them sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.index import Index, Scored, WordQuery
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine, Vector
from broadsheet.ranking.formulas import shares_of_best


@dataclass(frozen=True, slots=True)
class Sight:
    """A text as one encoder sees it: a unit vector, or zeros."""

    encoder: Encoder
    vector: Vector


@dataclass(frozen=True, slots=True)
class Nearness:
    """The nearest papers, best first, with a cosine each.

    `shares` are the cosines as shares of the best of their list, `bests` those of each sight.
    """

    hits: Sequence[Scored]
    shares: Mapping[int, float]
    bests: Sequence[float]


NOTHING_NEAR = Nearness((), {}, ())


def sights_of(engine: Engine, index: Index, text: str) -> list[Sight]:
    """The text by the contextual encoder, if that has read anything, and by the first one.

    The first is left out once the other has read every paper.
    """
    share = read_share(engine, index)
    encoders = [index.contextual] if index.contextual is not None and share > 0 else []
    if share < 1:
        encoders.append(index.encoders[0])
    return [Sight(encoder, encoder.encode_query(text)) for encoder in encoders]


def read_share(engine: Engine, index: Index) -> float:
    """How much of the index the contextual encoder has read, from 0 to 1."""
    if index.contextual is None:
        return 0.0
    return min(1.0, engine.vector_count(index.contextual.identity) / max(1, engine.count()))


def nearest(engine: Engine, sights: Sequence[Sight], depth: int, among: WordQuery) -> Nearness:
    """The papers nearest to a text among those that fulfil what `among` asks, at most `depth`.

    A paper counts by the first sight whose encoder has read it. The cosines of two encoders do not
    compare, but as shares of the best of their lists they do.
    """
    hits: list[Scored] = []
    shares: dict[int, float] = {}
    bests: list[float] = []
    for place, sight in enumerate(sights):
        found = engine.nearest(sight.encoder.identity, sight.vector, depth, among)
        # The best of all, be they counted here or not, so that a poor best is not taken for a good.
        bests.append(found[0].score if found else 0.0)
        for other in sights[:place]:
            held = engine.holding(other.encoder.identity, [hit.key for hit in found])
            found = [hit for hit in found if hit.key not in held]
        hits += found
        shares |= shares_of_best({hit.key: hit.score for hit in found}, bests[-1])
    hits.sort(key=lambda hit: -shares[hit.key])
    return Nearness(hits[:depth], shares, bests)


def further_shares(
    engine: Engine, sights: Sequence[Sight], near: Nearness, keys: Sequence[int]
) -> dict[int, float]:
    """The shares of some papers, be they among the nearest or not; 0 for those nobody has read."""
    found: dict[int, float] = {}
    for sight, best in zip(sights, near.bests, strict=True):
        left = [key for key in keys if key not in found]
        cosines = engine.cosines(sight.encoder.identity, sight.vector, left)
        found |= shares_of_best(cosines, best)
    return found


def moved(
    engine: Engine, sights: Sequence[Sight], keys: Sequence[int], weight: float
) -> list[Sight]:
    """The sights moved towards some papers: pseudo-relevance feedback on vectors.

    To the text's vector the mean of theirs is added, `weight` times, after Rocchio (1971).
    """
    shifted = []
    for sight in sights:
        theirs = list(engine.vectors(sight.encoder.identity, keys).values())
        vector = sight.vector
        if theirs and vector.any():
            vector = vector + weight * np.mean(theirs, axis=0)
            vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        shifted.append(Sight(sight.encoder, vector))
    return shifted
