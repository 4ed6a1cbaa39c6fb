"""Saved searches are matched with the papers that came since they were last looked at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from broadsheet.catalogue import Catalogue, SavedSearch
from broadsheet.errors import QueryError
from broadsheet.index import Engine, Index, Later
from broadsheet.ranking import read_query

_AT_A_TIME = 200
"""Searches whose matches are filed in one transaction."""


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
    for first in range(0, len(waiting), _AT_A_TIME):
        if stop():
            break
        some = waiting[first : first + _AT_A_TIME]
        matched = {one.key: _later(engine, one, newest) for one in some}
        with catalogue.writing() as desk:
            # A paper may have been folded into another meanwhile.
            there = desk.papers.by_keys({key for keys in matched.values() for key in keys})
            for search, keys in matched.items():
                desk.watches.match(search, [key for key in keys if key in there], newest, now)
                found += sum(key in there for key in keys)
    return found


def _later(engine: Engine, one: SavedSearch, newest: int) -> list[int]:
    """The papers that a search matches of those it has not seen."""
    try:
        words = read_query(one.query).words
        asked = replace(words, required=(*words.required, Later(one.seen)))
        hits = engine.words(asked, "all", engine.count())
    except QueryError:
        return []
    return [hit.key for hit in hits if one.seen < hit.key <= newest]
