"""Saved searches are matched with the papers that came since they were last looked at."""

from collections.abc import Callable
from datetime import datetime

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.index import Index
from broadsheet.ranking import read_query


def match_searches(
    catalogue: Catalogue,
    index: Index,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Match every saved search with the papers that came since; how many matches there are.

    A paper matches if it holds all the words of the query and fits its filters. Nothing is done
    while the index is behind, and a query that cannot be searched for any more matches nothing.
    """
    with catalogue.reading() as desk:
        kept, newest = desk.watches.all(), desk.watches.newest()
    waiting = [one for one in kept if one.seen < newest]
    if not waiting or index.behind():
        return 0
    found, engine = 0, index.reader()
    for one in waiting:
        if stop():
            break
        try:
            hits = engine.words(read_query(one.query).words, "all", engine.count())
        except QueryError:
            continue
        matches = [hit.key for hit in hits if one.seen < hit.key <= newest]
        with catalogue.writing() as desk:
            # A paper may have been folded into another meanwhile.
            there = desk.papers.by_keys(matches)
            desk.watches.match(one.key, there, newest, now)
        found += len(there)
    return found
