"""A list of papers to its end, for whoever takes it away: not one page, but all there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from broadsheet.catalogue import Catalogue, Spot
from broadsheet.index import Index
from broadsheet.papers import Paper
from broadsheet.ranking.formulas import Weights
from broadsheet.ranking.fusion import Mode
from broadsheet.ranking.query import Filters, read_query
from broadsheet.ranking.search import MOST_HITS, check, meant, search, today_utc
from broadsheet.ranking.sorting import Sort
from broadsheet.ranking.understanding import Understood

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """The papers of a list, one after another, and how the query was read."""

    papers: Iterator[Paper]
    notes: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()


def listed(
    catalogue: Catalogue,
    index: Index,
    text: str,
    *,
    mode: Mode,
    filters: Filters,
    sort: Sort,
    weights: Weights,
    literal: bool,
    limit: int | None,
) -> Listing:
    """The papers that a search lists, at most `limit`; all papers without a query or filter.

    Without words, and in lexical mode, these are all papers that hold all the words and fit the
    filters, however many; else the best that `search` pages through. Without words the newest come
    first. Another order than by relevance is that of `search`, and as long. Raises what `search`
    does.
    """
    check(mode, sort, MOST_HITS)
    if not text.strip() and filters == Filters():
        return Listing(islice(_all(catalogue), limit))
    query = read_query(text, filters)
    if sort == "relevance" and query.reference is None:
        engine = index.reader()
        day = None if literal else today_utc()
        query, understood = meant(catalogue, engine, query, filters, day)
        if mode == "lexical" or not query.words.wanted:
            count = engine.count_words(query.words)
            most = count if limit is None else min(count, limit)
            keys = [hit.key for hit in engine.words(query.words, "all", most)]
            return Listing(_of(catalogue, keys), query.notes, understood)
    return _paged(catalogue, index, text, mode, filters, sort, weights, literal, limit)


def _all(catalogue: Catalogue) -> Iterator[Paper]:
    """All papers, the last announced first, as one moment has them."""
    with catalogue.reading() as desk:
        spot = None
        while page := desk.papers.latest(spot, _AT_A_TIME):
            yield from (paper for _, paper in page)
            key, last = page[-1]
            spot = Spot(str(last.announced) if last.announced else None, key)


def _of(catalogue: Catalogue, keys: Sequence[int]) -> Iterator[Paper]:
    """The papers with these keys, in this order; some may be gone by now."""
    for start in range(0, len(keys), _AT_A_TIME):
        chunk = keys[start : start + _AT_A_TIME]
        with catalogue.reading() as desk:
            papers = desk.papers.by_keys(chunk)
        yield from (papers[key] for key in chunk if key in papers)


def _paged(
    catalogue: Catalogue,
    index: Index,
    text: str,
    mode: Mode,
    filters: Filters,
    sort: Sort,
    weights: Weights,
    literal: bool,
    limit: int | None,
) -> Listing:
    """What the pages of a search hold, one after another."""
    papers: list[Paper] = []
    cursor = None
    while True:
        left = MOST_HITS if limit is None else min(MOST_HITS, limit - len(papers))
        page = search(
            catalogue,
            index,
            text,
            mode=mode,
            sort=sort,
            filters=filters,
            limit=left,
            cursor=cursor,
            weights=weights,
            literal=literal,
        )
        papers += [hit.paper for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None or len(papers) == limit:
            return Listing(iter(papers), page.notes, page.understood)
