"""Papers near to a text in meaning, as each encoder that has read them sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.index import Index, Scored, WordQuery
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine, Vector
from broadsheet.ranking.formulas import shares_of_best, smoothed

NEIGHBOURS = 4
"""Of so many others among the candidates a paper is drawn to the scores."""
NEIGHBOURS_WEIGHT = 0.4
"""How far (docs/decisions.md)."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A text as one encoder sees it: a unit vector, or zeros."""

    encoder: Encoder
    vector: Vector


@dataclass(frozen=True, slots=True)
class Nearness:
    """Papers, the nearest first, with a cosine each; `shares` are those as shares of the best."""

    hits: Sequence[Scored]
    shares: Mapping[int, float]


NOTHING_NEAR = Nearness((), {})


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
    compare, but as shares of the best that each sees they do.
    """
    found = [engine.nearest(sight.encoder.identity, sight.vector, depth, among) for sight in sights]
    if len(found) == 1:
        alone = {hit.key: hit.score for hit in found[0]}
        return _joined([alone], [alone], depth)
    keys = list({hit.key: None for hits in found for hit in hits})
    return seen(engine, sights, keys, depth)


def seen(
    engine: Engine,
    sights: Sequence[Sight],
    keys: Sequence[int],
    depth: int,
    *,
    smooth: bool = False,
) -> Nearness:
    """Some papers as the sights see them, the `depth` nearest; without those nobody has read.

    With `smooth` the share of each is drawn towards those of its neighbours among them.
    """
    cosines, drawn = [], []
    for sight in sights:
        found = engine.cosines(sight.encoder.identity, sight.vector, keys)
        cosines.append(found)
        drawn.append(_drawn(engine, sight, found) if smooth else found)
    return _joined(cosines, drawn, depth)


def _drawn(engine: Engine, sight: Sight, cosines: Mapping[int, float]) -> dict[int, float]:
    """Cosines drawn towards those of neighbours, by the vectors of the same encoder."""
    near = engine.neighbours(sight.encoder.identity, list(cosines), NEIGHBOURS)
    own = np.array([cosines[key] for key in near.keys])
    drawn = smoothed(own, near.places, near.cosines, NEIGHBOURS_WEIGHT)
    return dict(zip(near.keys, drawn.tolist(), strict=True))


def _joined(
    by_sight: Sequence[Mapping[int, float]], drawn: Sequence[Mapping[int, float]], depth: int
) -> Nearness:
    """The cosines of all sights as one list; the shares are those of all papers, listed or not."""
    cosines: dict[int, float] = {}
    shares: dict[int, float] = {}
    for each, scores in zip(by_sight, drawn, strict=True):
        by_share = shares_of_best(scores, max(scores.values(), default=0.0))
        cosines = {**each, **cosines}
        shares = {**by_share, **shares}
    first = sorted(shares, key=lambda key: (-shares[key], -cosines[key], key))[:depth]
    return Nearness([Scored(key, cosines[key]) for key in first], shares)


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
