"""Editions of days that sources told of: their papers by votes, then as they were placed."""

from collections.abc import Mapping, Sequence

from broadsheet.catalogue import Desk, Pick
from broadsheet.ranking import votes_of


def told_picks(desk: Desk, day: str) -> list[Pick]:
    """The papers that sources name for a day's edition, in order; none if no source tells of it."""
    keys = desk.candidates.told_of(day)
    return by_votes(keys, votes_of(desk, keys))


def by_votes(paper_keys: Sequence[int], votes: Mapping[int, int]) -> list[Pick]:
    """The papers by falling votes, equals in the order given."""
    ordered = sorted(dict.fromkeys(paper_keys), key=lambda key: -votes.get(key, 0))
    return [
        Pick(paper_key=key, place=place, votes=votes.get(key, 0))
        for place, key in enumerate(ordered, 1)
    ]
