"""Votes are cast, withdrawn, counted and held, on both stores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, Desk
from broadsheet.community import voting
from broadsheet.errors import ForbiddenError, NotFoundError, TooOftenError
from broadsheet.people import Reader, Role
from tests.library import BEES, LIBRARY, TIDES
from tests.library.claiming import claim
from tests.library.people import JOINED, enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
YESTERDAY = NOW - timedelta(days=1)
MANY = 1000


def newcomers(catalogue: Catalogue, count: int, joined: datetime = JOINED) -> list[Reader]:
    """Readers who joined at a moment."""
    found = [replace(enrol(catalogue, f"reader{place}"), joined=joined) for place in range(count)]
    with catalogue.writing() as desk:
        for reader in found:
            desk.readers.replace(reader)
    return found


def cast(desk: Desk, paper: int, reader: Reader, now: datetime, limit: int = MANY) -> str:
    """Vote; why the vote is held."""
    return voting.cast(desk, paper, reader, now, limit=limit).held


def test_a_vote_is_cast_once_and_withdrawn(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann")
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        before = desk.changes.stirs()
        first = voting.cast(desk, tides, ann, NOW, limit=MANY)
        assert desk.changes.stirs() == before + 1
        assert voting.cast(desk, tides, ann, NOW + MINUTE, limit=MANY) == first
        assert desk.changes.stirs() == before + 1
        assert desk.votes.count([tides]) == {tides: 1}
        assert voting.withdraw(desk, tides, ann)
        assert desk.changes.stirs() == before + 2
        assert not voting.withdraw(desk, tides, ann)
        assert desk.votes.count([tides]) == {tides: 0}


def test_ones_own_paper_cannot_be_voted_for(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann")
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        claim(desk, tides, ann.key, NOW, "verified")
        with pytest.raises(ForbiddenError, match="your own"):
            voting.cast(desk, tides, ann, NOW, limit=MANY)
        assert desk.votes.get(tides, ann.key) is None


def test_votes_of_an_hour_are_limited(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann")
    with catalogue.writing() as desk:
        papers = shelve(desk)
        for place, paper in enumerate(papers[:3]):
            cast(desk, paper, ann, NOW + place * MINUTE, limit=3)
        with pytest.raises(TooOftenError) as caught:
            cast(desk, papers[3], ann, NOW + 3 * MINUTE, limit=3)
        assert caught.value.retry_after == 57 * 60
        # What is there already is no further vote.
        assert cast(desk, papers[0], ann, NOW + 3 * MINUTE, limit=3) == ""
        cast(desk, papers[3], ann, NOW + 60 * MINUTE, limit=3)
        assert len(desk.votes.of_readers([ann.key])[ann.key]) == 4


def test_a_burst_is_held_until_a_moderator_lets_it_go(catalogue: Catalogue) -> None:
    crowd = newcomers(catalogue, 6, YESTERDAY)
    moss = enrol(catalogue, "moss", Role.MODERATOR)
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        held = [cast(desk, tides, one, NOW + at * MINUTE) for at, one in enumerate(crowd[:5])]
        why = "5 votes within 10 minutes from accounts younger than 3 days."
        assert held == ["", "", "", "", why]
        assert desk.votes.count([tides]) == {tides: 0}
        assert [vote.held for vote in desk.votes.held()] == [why] * 5
        later = NOW + 5 * MINUTE
        assert voting.settle(desk, tides, moss, later, release=True, why="A class.") == 5
        assert desk.votes.count([tides]) == {tides: 5}
        (deed,) = desk.moderation.about(voting.subject_of(tides))
        assert (deed.actor, deed.action) == ("moss", "release votes")
        assert deed.why == f"5 held: {why} A class."
        # The sixth is held by itself; those that were let go are not held again.
        assert cast(desk, tides, crowd[5], later + MINUTE).startswith("6 votes")
        assert desk.votes.count([tides]) == {tides: 5}
        assert voting.settle(desk, tides, moss, later + 2 * MINUTE, release=False) == 1
        assert desk.votes.get(tides, crowd[5].key) is None
        with pytest.raises(NotFoundError):
            voting.settle(desk, tides, moss, later, release=True)


def test_a_ring_is_held(catalogue: Catalogue) -> None:
    crowd = newcomers(catalogue, 4)
    with catalogue.writing() as desk:
        papers = shelve(desk)
        for paper in papers[:5]:
            for place, one in enumerate(crowd):
                assert cast(desk, paper, one, NOW + place * MINUTE) == ""
        sixth = papers[5]
        assert [cast(desk, sixth, one, NOW) for one in crowd[:2]] == ["", ""]
        assert cast(desk, sixth, crowd[2], NOW).startswith("3 accounts that vote alike")
        assert desk.votes.count(papers[:6]) == dict.fromkeys(papers[:5], 4) | {sixth: 0}
        assert cast(desk, sixth, crowd[3], NOW).startswith("4 accounts that vote alike")
        assert len(desk.votes.held()) == 4


def test_readers_who_differ_are_no_ring(catalogue: Catalogue) -> None:
    crowd = newcomers(catalogue, 3)
    with catalogue.writing() as desk:
        papers = shelve(desk)
        assert len(papers) == len(LIBRARY) >= 12
        for place, one in enumerate(crowd):
            # Six in common, and two of one's own each: 6 of 10 is less than 0.8.
            for paper in [*papers[:6], *papers[6 + 2 * place : 8 + 2 * place]]:
                assert cast(desk, paper, one, NOW) == ""
        assert desk.votes.held() == []


def test_votes_for_one_paper_say_nothing_of_another(catalogue: Catalogue) -> None:
    crowd = newcomers(catalogue, 5, YESTERDAY)
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        for one in crowd[:3]:
            assert cast(desk, tides, one, NOW) == ""
        for one in crowd[3:]:
            assert cast(desk, bees, one, NOW) == ""
        assert desk.votes.count([tides, bees]) == {tides: 3, bees: 2}
