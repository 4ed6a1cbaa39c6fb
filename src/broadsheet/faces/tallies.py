"""How many votes and comments papers have: those given here, and those that sources counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from broadsheet.catalogue import DatedSignal, Desk
from broadsheet.faces.shapes import counts_of


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes and comments of one paper, here and, as last counted, elsewhere.

    `has_author` says whether one of its verified authors comments here.
    """

    votes_here: int = 0
    votes_elsewhere: int = 0
    comments_here: int = 0
    comments_elsewhere: int = 0
    has_author: bool = False

    @property
    def votes(self) -> int:
        """All votes that are shown."""
        return self.votes_here + self.votes_elsewhere

    @property
    def comments(self) -> int:
        """All comments that are counted."""
        return self.comments_here + self.comments_elsewhere


def tallies(desk: Desk, signals: Mapping[int, list[DatedSignal]]) -> dict[int, Tally]:
    """The tally of each paper whose signals are given, by key: counted now, as nothing is kept."""
    keys = list(signals)
    votes, comments = desk.votes.count(keys), desk.comments.count(keys)
    talked = [key for key in keys if comments[key]]
    authors, speakers = desk.votes.authors(talked), desk.comments.authors(talked)
    found = {}
    for key in keys:
        elsewhere = counts_of(signals[key])
        found[key] = Tally(
            votes_here=votes[key],
            votes_elsewhere=elsewhere.votes or 0,
            comments_here=comments[key],
            comments_elsewhere=elsewhere.comments or 0,
            has_author=bool(authors.get(key, set()) & speakers.get(key, set())),
        )
    return found


def tallies_by_id(desk: Desk, ids: Iterable[str]) -> dict[str, Tally]:
    """The tally of each of the papers with these ids, of those that are there."""
    keys = desk.papers.resolve(ids)
    found = tallies(desk, desk.signals.of_papers(keys.values()))
    return {id: found[key] for id, key in keys.items()}


def tally_json(tally: Tally) -> dict[str, Any]:
    """The votes and comments of a paper as JSON values."""
    return {
        "votes": {"here": tally.votes_here, "elsewhere": tally.votes_elsewhere},
        "comments": {"here": tally.comments_here, "elsewhere": tally.comments_elsewhere},
    }
