"""Which papers belong to a section: those that its saved query finds."""

from collections.abc import Mapping

from broadsheet.catalogue import Catalogue, EditionKind, Section
from broadsheet.editions.spans import Span
from broadsheet.index import Index
from broadsheet.ranking import Filters, Weights, read_query, search
from broadsheet.ranking.search import MOST_HITS


def matching(
    catalogue: Catalogue, index: Index, section: Section, span: Span, weights: Weights
) -> Mapping[int, float] | None:
    """The papers that a section's query finds, each with its fit (0..1); None for no query.

    Of a query with words those that hold them all, among the papers of a day's year and the one
    before; of one with filters alone the newest. Raises what `search` does.
    """
    if not section.query:
        return None
    if span.kind is not EditionKind.DAY:
        return {}
    years = Filters((span.first.year - 1, span.first.year))
    page = search(
        catalogue,
        index,
        section.query,
        filters=years,
        limit=MOST_HITS,
        weights=weights,
        literal=True,
    )
    has_words = bool(read_query(section.query).words.wanted)
    hits = [hit for hit in page.hits if hit.parts.all_words or not has_words]
    best = max((hit.score for hit in hits), default=0.0)
    return {hit.key: max(0.0, hit.score / best) if best > 0 else 1.0 for hit in hits}
