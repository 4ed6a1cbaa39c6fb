"""The sections of a letter in order; a new one is a file and an entry here."""

from broadsheet.digests.sections import edition, rising, searches
from broadsheet.digests.sections.section import Item, Matter, Part, Section, Shared

SECTIONS = (
    Section("edition", edition.gather, one_in=1),
    Section("searches", searches.gather, one_in=4),
    Section("rising", rising.gather, one_in=6, prepare=rising.prepare),
)
"""A paper that several name is in the first of them."""

__all__ = ["SECTIONS", "Item", "Matter", "Part", "Section", "Shared"]
