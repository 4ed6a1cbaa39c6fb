"""Papers like one paper: near to it in meaning, and alike in their telling words."""

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index, WordQuery, Words
from broadsheet.papers import Paper
from broadsheet.ranking.formulas import NORMALISED_OVER, joined, normalised
from broadsheet.text import plain

WEIGHT = 0.3
"""The share of nearness: on papers that cite each other in CACM, 0.25 to 0.4 are best."""


def related(
    catalogue: Catalogue, index: Index, key: int, paper: Paper, limit: int
) -> list[tuple[int, Paper]]:
    """The `limit` papers most like one, best first, without itself, with their keys.

    Raises SearchIndexError if there is no index.
    """
    engine = index.reader()
    encoder = index.encoders[0]
    depth = NORMALISED_OVER
    text = f"{plain(paper.title)} {plain(paper.abstract)}"
    alike = engine.words(WordQuery(wanted=(Words(text),)), "some", depth)
    vector = engine.vector(encoder.identity, key)
    near = [] if vector is None else engine.nearest(encoder.identity, vector, depth, WordQuery())
    lists = [
        dict(zip([hit.key for hit in hits], normalised([hit.score for hit in hits]), strict=True))
        for hits in ([hit for hit in found if hit.key != key] for found in (alike, near))
    ]
    order = joined(lists[0], lists[1], WEIGHT)[:limit]
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys(order)
    return [(one, papers[one]) for one in order if one in papers]
