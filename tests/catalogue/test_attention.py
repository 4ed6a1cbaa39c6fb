"""The shelf of attention, on both stores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import Catalogue, Claim, ClaimState
from broadsheet.papers import PartialDate, Signal, SignalKind
from broadsheet.people import Vote
from tests.library import BEES, TIDES
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_what_came_is_found_with_its_last_moment(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    third = replace(BEES, title="Kettles", native_id="kettles", arxiv_id=None, doi=None)
    with catalogue.writing() as desk:
        tides, bees, kettles = shelve(desk, [TIDES, BEES, third])
        desk.votes.cast(Vote(tides, ann, NOW - 3 * HOUR))
        desk.votes.cast(Vote(tides, ben, NOW - HOUR))
        desk.votes.cast(Vote(bees, ann, NOW - HOUR, "Too many at once."))
        hidden = desk.comments.add(kettles, ann, "Buy kettles.", NOW - HOUR)
        desk.comments.hide(hidden.key, "mo", "An advertisement.", NOW)
        week = desk.attention.since(NOW - 7 * DAY, NOW, 10)
        assert week == {tides: NOW - HOUR}
        stars = Signal(SignalKind.STARS, 12, at=NOW - 2 * DAY)
        nothing = Signal(SignalKind.CITATIONS, 0, at=NOW - HOUR)
        day = Signal(SignalKind.EDITION_DAY, text="2026-03-01", at=NOW - HOUR)
        desk.signals.add([(bees, "hub", stars), (kettles, "hub", nothing), (kettles, "hub", day)])
        assert desk.attention.since(NOW - 7 * DAY, NOW, 10) == week | {bees: NOW - 2 * DAY}
        assert desk.attention.since(NOW - DAY, NOW, 10) == week
        assert desk.attention.since(NOW - 7 * DAY, NOW - 2 * HOUR, 10) == {
            tides: NOW - 3 * HOUR,
            bees: NOW - 2 * DAY,
        }


def test_of_many_papers_those_with_the_most_are_taken(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        for key, value in ((tides, 3), (bees, 4)):
            desk.signals.add([(key, "hub", Signal(SignalKind.VOTES, value, at=NOW))])
        assert list(desk.attention.since(NOW - DAY, NOW, 1)) == [bees]


def test_comments_count_once_for_a_reader_while_they_are_shown(catalogue: Catalogue) -> None:
    ann, ben = enrol(catalogue, "ann").key, enrol(catalogue, "ben").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        first = desk.comments.add(tides, ann, "Read it at night.", NOW)
        desk.comments.add(tides, ann, "And by day.", NOW + HOUR)
        desk.comments.add(tides, ann, "And again.", NOW + 3 * HOUR)
        assert desk.attention.commented([tides, bees]) == {tides: [NOW], bees: []}
        assert desk.attention.since(NOW - DAY, NOW + DAY, 10) == {tides: NOW}
        desk.comments.add(tides, ben, "I did.", NOW + 2 * HOUR)
        assert desk.attention.commented([tides]) == {tides: [NOW, NOW + 2 * HOUR]}
        desk.comments.hide(first.key, "mo", "Off topic.", NOW + HOUR)
        assert desk.attention.commented([tides]) == {tides: [NOW + HOUR, NOW + 2 * HOUR]}


def test_what_authors_do_on_their_own_paper_is_no_attention(catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann").key
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        for key in (tides, bees):
            desk.comments.add(key, ann, "A word.", NOW)
            desk.votes.cast(Vote(key, ann, NOW))
        author = TIDES.authors[0].name
        desk.claims.put(Claim(tides, ann, author, NOW, ClaimState.VERIFIED))
        assert desk.attention.commented([tides, bees]) == {tides: [], bees: [NOW]}
        assert desk.attention.since(NOW - DAY, NOW, 10) == {bees: NOW}


def test_papers_that_were_taken_back_are_left_out(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, replace(BEES, retracted=True)])
        desk.changes.mark([tides])
        found = desk.attention.dated([tides, bees])
        assert list(found) == [tides]
        assert found[tides].announced == PartialDate(2025, 2, 11)
        assert found[tides].change == desk.changes.latest() > 0
