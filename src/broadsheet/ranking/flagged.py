"""Papers that curation flags as made to be found, listed lower than they would be."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from broadsheet.catalogue import Catalogue
from broadsheet.curation import LOWERING
from broadsheet.ranking.formulas import set_back

PLACES: Final = 20
"""How many places lower such a paper is listed: two pages, where honest papers fill them."""
LOOKED_AT: Final = 200
"""Places of the order that are looked at; further down it makes no difference."""
_REMEMBERED: Final = 4


def lowered(catalogue: Catalogue, watermark: int, order: Sequence[int]) -> list[int]:
    """The keys in the order of relevance, stuffed and repetitive papers twenty places lower.

    `watermark` is that of the index, which moves whenever the findings of a paper change.
    """
    first = order[:LOOKED_AT]
    flagged = _flagged(catalogue, watermark).intersection(first)
    return [*set_back(first, flagged, PLACES), *order[LOOKED_AT:]]


@lru_cache(_REMEMBERED)
def _flagged(catalogue: Catalogue, _watermark: int) -> frozenset[int]:
    """All papers to be listed lower: they are few, and a question a search would cost more."""
    with catalogue.reading() as desk:
        return desk.findings.having(LOWERING)
