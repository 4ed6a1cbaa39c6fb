"""Papers that curation flags as made to be found, listed lower than they would be."""

from collections.abc import Sequence
from typing import Final

from broadsheet.catalogue import Catalogue
from broadsheet.curation import LOWERING
from broadsheet.ranking.formulas import set_back

PLACES: Final = 20
"""How many places lower such a paper is listed: two pages, where honest papers fill them."""
LOOKED_AT: Final = 200
"""Places of the order whose papers are looked up; further down it makes no difference."""


def lowered(catalogue: Catalogue, order: Sequence[int]) -> list[int]:
    """The keys in the order of relevance, stuffed and repetitive papers twenty places lower."""
    first = order[:LOOKED_AT]
    with catalogue.reading() as desk:
        found = desk.findings.of(first)
    flagged = {key for key, all_of in found.items() if any(one.name in LOWERING for one in all_of)}
    return [*set_back(first, flagged, PLACES), *order[LOOKED_AT:]]
