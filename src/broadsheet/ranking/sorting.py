"""The most relevant papers in another order: the newest, the most voted, the most cited first."""

from collections.abc import Mapping, Sequence
from typing import Literal

from broadsheet.catalogue import Catalogue
from broadsheet.papers import SignalKind

Sort = Literal["relevance", "date", "votes", "citations"]
SORTED_OVER = 500
"""Papers, the most relevant first, that are brought into another order."""
_COUNTED = {"votes": SignalKind.VOTES, "citations": SignalKind.CITATIONS}


def resorted(catalogue: Catalogue, keys: Sequence[int], sort: Sort) -> list[int]:
    """The first SORTED_OVER of some papers by falling date, votes or citations, then as they were.

    Papers of which none is known come last. Votes and citations are the greatest that any source
    reported.
    """
    if sort == "relevance":
        return list(keys)
    first = keys[:SORTED_OVER]
    with catalogue.reading() as desk:
        values: Mapping[int, int]
        if sort == "date":
            papers = desk.papers.by_keys(first)
            values = {
                key: one.announced.year * 10_000 + one.announced.month * 100 + one.announced.day
                for key, one in papers.items()
                if one.announced
            }
        else:
            values = desk.signals.greatest(_COUNTED[sort], first)
    return sorted(first, key=lambda key: -values.get(key, -1))
