"""How papers are ordered: the query language, the formulas, and the search that joins them."""

from broadsheet.ranking.alike import Alike, AlikeHit, alike
from broadsheet.ranking.formulas import Weights
from broadsheet.ranking.fusion import Mode, Parts
from broadsheet.ranking.listing import Listing, listed
from broadsheet.ranking.nearness import read_share
from broadsheet.ranking.query import Filters, Query, read_query
from broadsheet.ranking.related import related
from broadsheet.ranking.search import Hit, Page, search
from broadsheet.ranking.sorting import Sort
from broadsheet.ranking.suggesting import suggested
from broadsheet.ranking.understanding import Understood

__all__ = [
    "Alike",
    "AlikeHit",
    "Filters",
    "Hit",
    "Listing",
    "Mode",
    "Page",
    "Parts",
    "Query",
    "Sort",
    "Understood",
    "Weights",
    "alike",
    "listed",
    "read_query",
    "read_share",
    "related",
    "search",
    "suggested",
]
