"""Which papers belong to a section: those that its saved query finds."""

from collections.abc import Mapping

from broadsheet.catalogue import Catalogue, EditionKind, Section
from broadsheet.editions.making import candidates_of
from broadsheet.editions.spans import Span
from broadsheet.index import Index, WordQuery
from broadsheet.ranking import read_query


def matching(
    catalogue: Catalogue, index: Index, section: Section, span: Span
) -> Mapping[int, float] | None:
    """Those of a day's candidates that a section's query finds, with their fit (0..1).

    None for a section without a query. Of a query with words those that hold them all, each as fit
    as its share of the best BM25; of one with filters alone all that they let through are alike.
    Every candidate is looked at, however many papers of other days fit better. Weeks and months
    have the papers of their days: nothing is found for them. Raises what `read_query` does, and
    SearchIndexError if there is no index.
    """
    if not section.query:
        return None
    if span.kind is not EditionKind.DAY:
        return {}
    words = read_query(section.query).words
    with catalogue.reading() as desk:
        keys = list(candidates_of(desk, section, span))
    asked = (*words.wanted, *words.required)
    scores = index.reader().scores(WordQuery(asked, asked, words.excluded), keys)
    best = max(scores.values(), default=0.0)
    has_words = bool(words.wanted) and best > 0
    return {key: score / best if has_words else 1.0 for key, score in scores.items()}
