"""Which votes are held back for the desk: bursts of young accounts, and rings. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from broadsheet.people import Vote

YOUNG = timedelta(days=3)
"""An account that joined less than this before it voted is young."""
BURST = 5
"""So many votes of young accounts for one paper..."""
BURST_WITHIN = timedelta(minutes=10)
"""...within this time are a burst."""
RING = 3
"""So many accounts that vote alike, for one paper, are a ring."""
ALIKE_PAPERS = 6
"""Two accounts vote alike if they share at least so many papers..."""
ALIKE_SHARE = 0.8
"""...which are at least this share of all that either voted for (Jaccard)..."""
ALIKE_WITHIN = timedelta(days=30)
"""...counting the votes of this time before the latest."""


def burst(votes: Sequence[Vote], joined: Mapping[int, datetime], now: datetime) -> list[Vote]:
    """The votes for one paper up to `now` that make a burst; none if there are fewer than BURST.

    Those of accounts that were young when they voted, in the last BURST_WITHIN. `joined` says when
    each voter's account was made.
    """
    found = [
        vote
        for vote in votes
        if now - BURST_WITHIN < vote.at <= now and vote.at - joined[vote.reader_key] < YOUNG
    ]
    return found if len(found) >= BURST else []


def overlap(one: AbstractSet[int], other: AbstractSet[int]) -> float:
    """The share of the papers of two accounts that both voted for (Jaccard); 0 without papers."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def ring(reader: int, papers: Mapping[int, AbstractSet[int]]) -> set[int]:
    """The accounts that vote like a reader, with the reader; none if they are fewer than RING.

    `papers` are those that each of the voters of one paper voted for, of late.
    """
    own = papers[reader]
    alike = {
        other
        for other, theirs in papers.items()
        if len(own & theirs) >= ALIKE_PAPERS and overlap(own, theirs) >= ALIKE_SHARE
    }
    found = alike | {reader}
    return found if len(found) >= RING else set()


def of_late(votes: Iterable[Vote], now: datetime) -> set[int]:
    """The papers of the votes that are young enough to tell who votes alike."""
    return {vote.paper_key for vote in votes if vote.at > now - ALIKE_WITHIN}


def burst_told(votes: Sequence[Vote]) -> str:
    """Why the votes of a burst are held."""
    return (
        f"{len(votes)} votes within {BURST_WITHIN.seconds // 60} minutes from accounts younger "
        f"than {YOUNG.days} days."
    )


def ring_told(readers: AbstractSet[int]) -> str:
    """Why the votes of a ring are held."""
    return (
        f"{len(readers)} accounts that vote alike: {ALIKE_PAPERS} papers or more in common, "
        f"{ALIKE_SHARE:.0%} of all they voted for within {ALIKE_WITHIN.days} days."
    )
