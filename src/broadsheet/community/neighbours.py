"""What a paper has around it here: how near its neighbours are to it, and these to theirs."""

from dataclasses import dataclass

import numpy as np

from broadsheet.errors import SearchIndexError
from broadsheet.index import Index, WordQuery
from broadsheet.index.documents import paper_text
from broadsheet.papers import Paper

NEIGHBOURS = 5
FEWEST = 50
"""A catalogue of fewer papers has no subject yet."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Mean cosines, by the first encoder, to the five nearest papers.

    `near` is a paper's own, `usual` the mean of those of its five neighbours. After the local
    outlier factor (Breunig et al. 2000), with cosines in place of distances.
    """

    near: float
    usual: float

    @property
    def share(self) -> float:
        """How near its neighbours are, as a share of what is usual where they are."""
        return self.near / self.usual if self.usual > 0 else 1.0


def neighbourhood(index: Index, paper: Paper) -> Neighbourhood | None:
    """The neighbourhood of a paper that is not in the index.

    None where there is no index, where it holds fewer than 50 papers, or where no word of the
    paper is known.
    """
    try:
        engine = index.reader()
    except SearchIndexError:
        return None
    encoder = index.encoders[0]
    if engine.count() < FEWEST:
        return None
    vector = encoder.encode_papers([paper_text(paper)])[0]
    if not vector.any():
        return None
    near = engine.nearest(encoder.identity, vector, NEIGHBOURS, WordQuery())
    rows = engine.rows(encoder.identity, [hit.key for hit in near])
    theirs = []
    for key, row in zip(rows.keys, rows.vectors, strict=True):
        found = engine.nearest(encoder.identity, row, NEIGHBOURS + 1, WordQuery())
        theirs.append(np.mean([hit.score for hit in found if hit.key != key][:NEIGHBOURS]))
    if not theirs:
        return None
    return Neighbourhood(float(np.mean([hit.score for hit in near])), float(np.mean(theirs)))
