"""Papers like one paper: near to it in meaning, and alike in their telling words."""

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index, WordQuery, Words
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine
from broadsheet.papers import Paper
from broadsheet.ranking.formulas import NORMALISED_OVER, Weights, joined, normalised
from broadsheet.ranking.nearness import read_share
from broadsheet.text import plain

WEIGHTS = Weights(0.3, 0.6)
"""The shares of nearness that are best on papers that cite each other in CACM (decisions.md)."""
READ_BY_MOST = 0.9
"""Papers that the contextual encoder has not read cannot be near to others in its eyes."""


def related(
    catalogue: Catalogue, index: Index, key: int, paper: Paper, limit: int
) -> list[tuple[int, Paper]]:
    """The `limit` papers most like one, best first, without itself, with their keys.

    Raises SearchIndexError if there is no index.
    """
    engine = index.reader()
    encoder = _reader_of(engine, index, key)
    depth = NORMALISED_OVER
    text = f"{plain(paper.title)} {plain(paper.abstract)}"
    alike = engine.words(WordQuery(wanted=(Words(text),)), "some", depth)
    own = engine.rows(encoder.identity, [key]).vectors
    near = engine.nearest(encoder.identity, own[0], depth, WordQuery()) if len(own) else []
    lists = [
        dict(zip([hit.key for hit in hits], normalised([hit.score for hit in hits]), strict=True))
        for hits in ([hit for hit in found if hit.key != key] for found in (alike, near))
    ]
    weight = WEIGHTS.at(1.0 if encoder is index.contextual else 0.0)
    order = joined(lists[0], lists[1], weight)[:limit]
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys(order)
    return [(one, papers[one]) for one in order if one in papers]


def _reader_of(engine: Engine, index: Index, key: int) -> Encoder:
    """The contextual encoder if it has read the paper and most others, else the first."""
    deep = index.contextual
    if deep is None or read_share(engine, index) < READ_BY_MOST:
        return index.encoders[0]
    return deep if engine.holding(deep.identity, [key]) else index.encoders[0]
