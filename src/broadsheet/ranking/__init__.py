"""How papers are ordered: the query language, the formulas, and the search that joins them."""

from broadsheet.ranking.query import Filters, Query, read_query
from broadsheet.ranking.related import related
from broadsheet.ranking.search import Hit, Mode, Page, Parts, search

__all__ = ["Filters", "Hit", "Mode", "Page", "Parts", "Query", "read_query", "related", "search"]
