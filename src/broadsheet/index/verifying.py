"""Whether an index holds what the catalogue does, and vectors that are those of their texts."""

import numpy as np

from broadsheet.catalogue import Catalogue
from broadsheet.index.clauses import WordQuery
from broadsheet.index.documents import paper_text
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine

_SAMPLED = 20
_LEAST_COSINE = 0.99


def differences(what: str, filed: np.ndarray, held: np.ndarray) -> list[str]:
    """Papers that only one of the two has."""
    problems = []
    for keys, words in (
        (np.setdiff1d(filed, held), "not in the index"),
        (np.setdiff1d(held, filed), "only in the index"),
    ):
        if len(keys):
            problems.append(f"{what}: {len(keys)} papers are {words} (first key {keys[0]})")
    return problems


def wrong_vectors(
    catalogue: Catalogue, engine: Engine, encoder: Encoder, filed: np.ndarray
) -> list[str]:
    """Papers of a sample that are not nearest to their own text."""
    if not len(filed):
        return []
    sample = filed[np.linspace(0, len(filed) - 1, min(_SAMPLED, len(filed))).astype(int)]
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys([int(key) for key in sample])
    problems = []
    for key, paper in papers.items():
        vector = encoder.encode_papers([paper_text(paper)])[0]
        near = engine.nearest(encoder.identity, vector, 1, WordQuery())
        if vector.any() and (not near or near[0].score < _LEAST_COSINE):
            problems.append(f"paper {paper.id} (key {key}) has another vector than its text")
    return problems
