"""Papers near to a text in meaning, as each encoder that has read them sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from broadsheet.index import Index, Scored, WordQuery
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine, Neighbours, Rows, Vector, products
from broadsheet.ranking.formulas import Floats, parts_of_best, smoothed

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
        cosines = np.array([hit.score for hit in found[0]])
        return _joined([_Seen([hit.key for hit in found[0]], cosines, cosines)], depth)
    keys = list({hit.key: None for hits in found for hit in hits})
    return seen(sights, rows_of(engine, sights, keys), depth)


def rows_of(engine: Engine, sights: Sequence[Sight], keys: Sequence[int]) -> list[Rows]:
    """The vectors of some papers by the encoder of each sight; without those it has not read."""
    return [engine.rows(sight.encoder.identity, keys) for sight in sights]


def seen(
    sights: Sequence[Sight], rows: Sequence[Rows], depth: int, near: Sequence[Neighbours] = ()
) -> Nearness:
    """Some papers as the sights see them, by the `rows` of each, the `depth` nearest.

    The share of each is drawn towards those of its neighbours, if `near` tells them for each sight.
    """
    found = []
    for place, (sight, of) in enumerate(zip(sights, rows, strict=True)):
        cosines = products(of.vectors, sight.vector).astype(float) if of.keys else np.empty(0)
        drawn = cosines
        if near:
            likeness = near[place].places, near[place].cosines
            drawn = smoothed(cosines, *likeness, NEIGHBOURS_WEIGHT)
        found.append(_Seen(of.keys, cosines, drawn))
    return _joined(found, depth)


def neighbours_of(engine: Engine, rows: Sequence[Rows]) -> list[Neighbours]:
    """The nearest others of each paper, by the rows of each sight."""
    return [engine.neighbours(of, NEIGHBOURS) for of in rows]


class _Seen(NamedTuple):
    """Papers with their cosines, and those drawn towards their neighbours'."""

    keys: Sequence[int]
    cosines: Floats
    drawn: Floats


def _joined(found: Sequence[_Seen], depth: int) -> Nearness:
    """What each sight sees as one list; the shares are those of all papers, listed or not."""
    keys = np.concatenate([np.array(one.keys, np.int64) for one in found])
    cosines = np.concatenate([one.cosines for one in found])
    shares = np.concatenate([parts_of_best(one.drawn) for one in found])
    if len(found) > 1:
        keys, first = np.unique(keys, return_index=True)
        cosines, shares = cosines[first], shares[first]
    order = np.lexsort((keys, -cosines, -shares))[:depth]
    hits = zip(keys[order].tolist(), cosines[order].tolist(), strict=True)
    by_key = dict(zip(keys.tolist(), shares.tolist(), strict=True))
    return Nearness([Scored(key, cosine) for key, cosine in hits], by_key)


def moved(
    sights: Sequence[Sight], rows: Sequence[Rows], keys: Sequence[int], weight: float
) -> list[Sight]:
    """The sights moved towards some papers of the rows: pseudo-relevance feedback on vectors.

    To the text's vector the mean of theirs is added, `weight` times, after Rocchio (1971).
    """
    shifted = []
    for sight, of in zip(sights, rows, strict=True):
        theirs = of.vectors[[place for place, key in enumerate(of.keys) if key in keys]]
        vector = sight.vector
        if len(theirs) and vector.any():
            vector = vector + weight * np.mean(theirs, axis=0)
            vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        shifted.append(Sight(sight.encoder, vector))
    return shifted
