"""Votes: one of each person for a paper, withdrawable, and held back where they look arranged."""

from datetime import datetime, timedelta

from broadsheet.catalogue import Desk
from broadsheet.community.pacing import pace
from broadsheet.community.suspicion import (
    BURST_WITHIN,
    burst,
    burst_told,
    of_late,
    ring,
    ring_told,
)
from broadsheet.errors import ForbiddenError, NotFoundError
from broadsheet.people import Reader, Vote

RELEASED = "release votes"
DROPPED = "drop votes"
_LOOKED_AT = 200
"""Of so many voters of a paper, the latest, it is asked whether they vote alike."""


def cast(desk: Desk, paper_key: int, reader: Reader, now: datetime, *, limit: int) -> Vote:
    """Give a reader's vote to a paper; the vote as it stands, held if it has to wait for the desk.

    A vote that is there already stays as it is. Raises ForbiddenError for a paper of the reader's
    own, TooOftenError after `limit` votes in an hour.
    """
    if reader.key in desk.votes.authors([paper_key])[paper_key]:
        raise ForbiddenError(
            "This paper is your own, as your profile says: a vote for it would not count.",
            hint="Others may vote for it.",
        )
    there = desk.votes.get(paper_key, reader.key)
    if there is not None:
        return there
    pace("votes", desk.votes.cast_since(reader.key, now - timedelta(hours=1)), limit, now)
    desk.votes.cast(Vote(paper_key, reader.key, now))
    _look(desk, paper_key, reader.key, now)
    desk.changes.stir()
    return desk.votes.get(paper_key, reader.key) or Vote(paper_key, reader.key, now)


def withdraw(desk: Desk, paper_key: int, reader: Reader) -> bool:
    """Take a reader's vote for a paper away; whether there was one."""
    was_there = desk.votes.withdraw(paper_key, reader.key)
    if was_there:
        desk.changes.stir()
    return was_there


def settle(
    desk: Desk, paper_key: int, moderator: Reader, now: datetime, *, release: bool, why: str = ""
) -> int:
    """Let the held votes of a paper count, or drop them; how many. The log says so.

    Raises NotFoundError if none of them is held.
    """
    held = [vote for vote in desk.votes.of_papers([paper_key])[paper_key] if vote.held]
    if not held:
        raise NotFoundError("None of the votes for this paper is held any more.")
    for vote in held:
        if release:
            desk.votes.hold(paper_key, vote.reader_key, "")
        else:
            desk.votes.withdraw(paper_key, vote.reader_key)
    reasons = " ".join(dict.fromkeys(vote.held for vote in held))
    told = f"{len(held)} held: {reasons} {why}".strip()
    action = RELEASED if release else DROPPED
    desk.moderation.note(moderator.name, action, subject_of(paper_key), told, now)
    desk.changes.stir()
    return len(held)


def subject_of(paper_key: int) -> str:
    """How the log names the votes of a paper."""
    return f"votes:{paper_key}"


def _look(desk: Desk, paper_key: int, reader_key: int, now: datetime) -> None:
    """Hold the votes for a paper that its newest one shows to be a burst or a ring."""
    votes = desk.votes.of_papers([paper_key])[paper_key][-_LOOKED_AT:]
    recent = [vote for vote in votes if vote.at > now - BURST_WITHIN]
    readers = desk.readers.by_keys(vote.reader_key for vote in recent)
    rushed = burst(recent, {key: reader.joined for key, reader in readers.items()}, now)
    late = {
        reader: of_late(theirs, now)
        for reader, theirs in desk.votes.of_readers(vote.reader_key for vote in votes).items()
    }
    banded = ring(reader_key, late)
    why = {vote.reader_key: burst_told(rushed) for vote in rushed}
    why |= dict.fromkeys(banded, ring_told(banded))
    released = _released(desk, paper_key)
    for vote in votes:
        # What a moderator has let go is not held for the same again.
        if vote.reader_key in why and (released is None or vote.at > released):
            desk.votes.hold(paper_key, vote.reader_key, why[vote.reader_key])


def _released(desk: Desk, paper_key: int) -> datetime | None:
    """When a moderator last let the votes for a paper go."""
    deeds = desk.moderation.about(subject_of(paper_key))
    return max((deed.at for deed in deeds if deed.action == RELEASED), default=None)
