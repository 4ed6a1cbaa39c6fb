"""How well given papers fit a query, by words and meaning joined as search joins them."""

from collections.abc import Sequence

from broadsheet.index import Index, WordQuery
from broadsheet.ranking.formulas import Weights, fused, shares_of_best
from broadsheet.ranking.nearness import read_share, rows_of, seen, sights_of
from broadsheet.ranking.query import Query
from broadsheet.text import plain


def fitting(index: Index, query: Query, keys: Sequence[int], weights: Weights) -> dict[int, float]:
    """Those of some papers that hold all the words of a query, with their fit (0..1, the best 1).

    The fit joins BM25 and the cosine, each as a share of the best of these papers, by the `weights`
    of hybrid search. Which papers fit is told by words alone: a cosine has no place at which a
    paper stops being of a subject. Of a query without words all that its filters let through are
    alike. Raises SearchIndexError if there is no index.
    """
    engine, words = index.reader(), query.words
    asked = (*words.wanted, *words.required)
    found = engine.scores(WordQuery(asked, asked, words.excluded), keys)
    best = max(found.values(), default=0.0)
    if not words.wanted or best <= 0:
        return dict.fromkeys(found, 1.0)
    by_words = shares_of_best(found, best)
    sights = sights_of(engine, index, plain(query.meaning)) if query.meaning else []
    if not sights:
        return by_words
    near = seen(sights, rows_of(engine, sights, list(found)), len(found)).shares
    weight = weights.at(read_share(engine, index))
    joined = {key: fused(share, near.get(key, 0.0), weight) for key, share in by_words.items()}
    return shares_of_best(joined, max(joined.values()))
