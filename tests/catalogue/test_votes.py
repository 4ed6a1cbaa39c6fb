"""The shelf of votes, on both stores."""

from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue
from broadsheet.people import Vote
from tests.library import BEES, TIDES
from tests.library.claiming import claim
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_reader_has_one_vote_for_a_paper(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        first = Vote(tides, ann, NOW)
        assert desk.votes.cast(first)
        assert not desk.votes.cast(Vote(tides, ann, NOW + MINUTE, "again"))
        assert desk.votes.cast(Vote(tides, ben, NOW - MINUTE))
        assert desk.votes.count([tides, bees]) == {tides: 2, bees: 0}
        assert desk.votes.get(tides, ann) == first
        assert desk.votes.of_papers([tides, bees]) == {
            tides: [Vote(tides, ben, NOW - MINUTE), first],
            bees: [],
        }
        assert desk.votes.voted(ann, [tides, bees]) == {tides}
        assert desk.votes.withdraw(tides, ann)
        assert not desk.votes.withdraw(tides, ann)
        assert desk.votes.count([tides]) == {tides: 1}
        assert desk.votes.get(tides, ann) is None
    assert catalogue.check() == []


def test_a_vote_that_is_held_counts_once_it_is_let_go(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann").key
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        held = Vote(tides, ann, NOW, "Too many at once.")
        desk.votes.cast(held)
        assert desk.votes.held() == [held]
        assert desk.votes.count([tides]) == {tides: 0}
        desk.votes.hold(tides, ann, "")
        assert desk.votes.held() == []
        assert desk.votes.count([tides]) == {tides: 1}
        desk.votes.hold(tides, ann, "After all.")
        assert desk.votes.count([tides]) == {tides: 0}


def test_an_authors_vote_counts_as_none_once_the_claim_is_verified(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        for paper in (tides, bees):
            desk.votes.cast(Vote(paper, ann, NOW))
        desk.votes.cast(Vote(tides, ben, NOW, "held"))
        claim(desk, bees, ann, NOW, "open")
        assert desk.votes.count([tides, bees]) == {tides: 1, bees: 1}
        claim(desk, tides, ann, NOW, "verified")
        claim(desk, tides, ben, NOW, "verified")
        assert desk.votes.authors([tides, bees]) == {tides: {ann, ben}, bees: set()}
        assert desk.votes.count([tides, bees]) == {tides: 0, bees: 1}
        assert desk.votes.of_papers([tides]) == {tides: []}
        assert desk.votes.of_readers([ann]) == {ann: [Vote(bees, ann, NOW)]}
        assert desk.votes.held() == []


def test_votes_of_a_time_are_told(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        desk.votes.cast(Vote(tides, ann, NOW))
        desk.votes.cast(Vote(bees, ann, NOW - 2 * MINUTE))
        desk.votes.cast(Vote(bees, ben, NOW))
        assert desk.votes.cast_since(ann, NOW - 2 * MINUTE) == [NOW - 2 * MINUTE, NOW]
        assert desk.votes.cast_since(ann, NOW - MINUTE) == [NOW]


def test_votes_follow_a_paper_that_is_folded_into_another(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        for reader, paper in ((ann, tides), (ann, bees), (ben, bees)):
            desk.votes.cast(Vote(paper, reader, NOW))
        desk.papers.absorb(bees, tides)
        assert desk.votes.count([tides]) == {tides: 2}
    assert catalogue.check() == []
