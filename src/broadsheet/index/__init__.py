"""How papers are found: the derived index, its engines, and what keeps it level."""

from broadsheet.index.build import Index, Status
from broadsheet.index.clauses import (
    Clause,
    Either,
    Later,
    Phrase,
    Tagged,
    WordQuery,
    Words,
    Years,
)
from broadsheet.index.engine import Document, Engine, Facets, Scored
from broadsheet.index.progress import IndexProgress

__all__ = [
    "Clause",
    "Document",
    "Either",
    "Engine",
    "Facets",
    "Index",
    "IndexProgress",
    "Later",
    "Phrase",
    "Scored",
    "Status",
    "Tagged",
    "WordQuery",
    "Words",
    "Years",
]
