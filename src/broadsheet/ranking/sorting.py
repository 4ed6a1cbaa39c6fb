"""The most relevant papers in another order: the newest, the most voted, the most cited first."""

from collections.abc import Mapping, Sequence
from typing import Literal

from broadsheet.catalogue import Catalogue, Desk
from broadsheet.papers import SignalKind

Sort = Literal["relevance", "date", "votes", "citations"]
SORTED_OVER = 500
"""Papers, the most relevant first, that are brought into another order."""


def resorted(catalogue: Catalogue, keys: Sequence[int], sort: Sort) -> list[int]:
    """The first SORTED_OVER of some papers by falling date, votes or citations, then as they were.

    Papers of which none is known come last. Votes and citations are those that pages show.
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
        elif sort == "votes":
            values = votes_of(desk, first)
        else:
            values = desk.signals.latest(SignalKind.CITATIONS, first)
    return sorted(first, key=lambda key: -values.get(key, -1))


def votes_of(desk: Desk, paper_keys: Sequence[int]) -> dict[int, int]:
    """The votes that pages show of each of the papers; one that nobody voted for is left out.

    Those of our readers that count, and what sources last counted, of several the greatest.
    """
    told, here = desk.signals.latest(SignalKind.VOTES, paper_keys), desk.votes.count(paper_keys)
    votes = {key: told.get(key, 0) + here.get(key, 0) for key in paper_keys}
    return {key: count for key, count in votes.items() if count or key in told}
