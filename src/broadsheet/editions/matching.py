"""Which papers belong to a section: those that its saved query finds."""

from collections.abc import Mapping

from broadsheet.catalogue import Catalogue, EditionKind, Section
from broadsheet.editions.making import candidates_of
from broadsheet.editions.spans import Span
from broadsheet.index import Index
from broadsheet.ranking import Weights, fitting, read_query


def matching(
    catalogue: Catalogue, index: Index, section: Section, span: Span, weights: Weights
) -> Mapping[int, float] | None:
    """Those of a day's candidates that a section's query finds, with their fit (0..1).

    None for a section without a query. Of a query with words those that hold them all, as fit as
    words and meaning say, by the `weights` of hybrid search; of one with filters alone all that
    they let through are alike. Every candidate is looked at, however many papers of other days fit
    better. Weeks and months have the papers of their days: nothing is found for them. Raises what
    `read_query` does, and SearchIndexError if there is no index.
    """
    if not section.query:
        return None
    if span.kind is not EditionKind.DAY:
        return {}
    with catalogue.reading() as desk:
        keys = list(candidates_of(desk, section, span))
    return fitting(index, read_query(section.query), keys, weights)
