"""How papers are ordered: the query language, the formulas, and the search that joins them."""

from broadsheet.ranking.alike import Alike, AlikeHit, alike
from broadsheet.ranking.attention import (
    Explained,
    Order,
    Trending,
    Window,
    explained,
    trending,
)
from broadsheet.ranking.choosing import Candidate, Choice, Shares, choose
from broadsheet.ranking.expected import Predictor, expected_votes, open_predictor, typical_votes
from broadsheet.ranking.fitting import fitting
from broadsheet.ranking.formulas import Weights
from broadsheet.ranking.fusion import Mode, Parts
from broadsheet.ranking.listing import Listing, listed
from broadsheet.ranking.nearness import read_share
from broadsheet.ranking.query import Filters, Query, read_query
from broadsheet.ranking.related import related
from broadsheet.ranking.search import Hit, Page, search
from broadsheet.ranking.sorting import Sort, votes_of
from broadsheet.ranking.suggesting import suggested
from broadsheet.ranking.trending import Pulse, Term, Trend, gained, ordered, pulse_of, trend
from broadsheet.ranking.understanding import Understood

__all__ = [
    "Alike",
    "AlikeHit",
    "Candidate",
    "Choice",
    "Explained",
    "Filters",
    "Hit",
    "Listing",
    "Mode",
    "Order",
    "Page",
    "Parts",
    "Predictor",
    "Pulse",
    "Query",
    "Shares",
    "Sort",
    "Term",
    "Trend",
    "Trending",
    "Understood",
    "Weights",
    "Window",
    "alike",
    "choose",
    "expected_votes",
    "explained",
    "fitting",
    "gained",
    "listed",
    "open_predictor",
    "ordered",
    "pulse_of",
    "read_query",
    "read_share",
    "related",
    "search",
    "suggested",
    "trend",
    "trending",
    "typical_votes",
    "votes_of",
]
