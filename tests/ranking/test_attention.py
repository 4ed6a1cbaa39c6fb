"""What is trending, from facts in a catalogue to the order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.papers import PartialDate, Record, Signal, SignalKind
from broadsheet.people import Vote
from broadsheet.ranking import Window, explained, open_predictor, trending
from broadsheet.ranking.trending import pulse_of, trend
from tests.library import BEES, TIDES
from tests.library.claiming import claim
from tests.library.people import enrol
from tests.library.shelving import shelve, toy_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = PartialDate(2026, 3, 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def young(record: Record, announced: PartialDate = TODAY) -> Record:
    """A record of the toy library as if it had just been announced."""
    return replace(record, announced=announced, signals=())


def vote(catalogue: Catalogue, paper: int, name: str, at: datetime, held: str = "") -> int:
    """Let a new reader vote; the reader's key."""
    reader = enrol(catalogue, name).key
    with catalogue.writing() as desk:
        desk.votes.cast(Vote(paper, reader, at, held))
    return reader


def test_the_number_is_that_of_the_formula(sqlite_catalogue: Catalogue) -> None:
    ben = enrol(sqlite_catalogue, "ben").key
    with sqlite_catalogue.writing() as desk:
        (tides,) = shelve(desk, [young(TIDES)])
        desk.comments.add(tides, ben, "Read it at night.", NOW - 2 * HOUR)
        desk.signals.add([(tides, "hub", Signal(SignalKind.STARS, 40, at=NOW - HOUR))])
        signals = desk.signals.of(tides)
        paper = desk.papers.by_keys([tides])[tides]
    vote(sqlite_catalogue, tides, "ann", NOW - HOUR)
    (one,) = trending(sqlite_catalogue, NOW).papers
    multiplier = float(open_predictor().multipliers([paper])[0])
    announced = datetime(2026, 3, 1, tzinfo=UTC)
    by_hand = pulse_of(announced, signals, [NOW - HOUR], [NOW - 2 * HOUR], multiplier)
    # Without settled papers a typical one is expected to get one vote.
    assert one.trend.score == pytest.approx(trend(by_hand, NOW).score)
    assert one.last == NOW - HOUR
    told = explained(sqlite_catalogue, tides, NOW)
    assert told.trend == one.trend
    assert told.multiplier == pytest.approx(multiplier)
    assert told.typical == 1.0


def test_only_votes_that_count_are_counted(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.writing() as desk:
        tides, bees = shelve(desk, [young(TIDES), young(BEES)])
    vote(sqlite_catalogue, tides, "ann", NOW - HOUR, held="Too many at once.")
    author = vote(sqlite_catalogue, bees, "ben", NOW - HOUR)
    with sqlite_catalogue.writing() as desk:
        claim(desk, bees, author, NOW, "verified")
    assert trending(sqlite_catalogue, NOW).papers == ()
    with sqlite_catalogue.writing() as desk:
        desk.votes.hold(tides, desk.votes.held()[0].reader_key, "")
    assert [one.key for one in trending(sqlite_catalogue, NOW).papers] == [tides]


def test_windows_are_cut_by_the_last_thing_that_came(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.writing() as desk:
        tides, bees = shelve(desk, [young(TIDES), young(BEES, PartialDate(2026, 2, 20))])
    vote(sqlite_catalogue, tides, "ann", NOW - HOUR)
    vote(sqlite_catalogue, bees, "ben", NOW - 9 * DAY)
    order = trending(sqlite_catalogue, NOW)
    assert [one.key for one in order.papers] == [tides, bees]
    assert [len(order.of(window)) for window in Window] == [1, 1, 2]
    assert [order.place(bees, window) for window in Window] == [None, None, 2]
    assert order.place(tides, Window.TODAY) == 1


def test_of_an_old_paper_nothing_is_expected(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.writing() as desk:
        (tides,) = shelve(desk, [young(TIDES, PartialDate(2020, 1, 1))])
    told = explained(sqlite_catalogue, tides, NOW)
    assert (told.multiplier, told.pulse.expected, told.trend.score) == (None, 0.0, 0.0)


def test_a_revised_text_lets_expect_something_else(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.writing() as desk:
        (tides,) = shelve(desk, [young(TIDES)])
        desk.changes.mark([tides])
    before = explained(sqlite_catalogue, tides, NOW).multiplier
    with sqlite_catalogue.writing() as desk:
        shorter = replace(desk.papers.by_keys([tides])[tides], abstract="Much shorter.")
        desk.papers.replace([FiledPaper(tides, shorter, toy_key(shorter.title))])
        desk.changes.mark([tides])
    assert explained(sqlite_catalogue, tides, NOW).multiplier != before


def test_typical_votes_are_those_of_settled_papers_here(sqlite_catalogue: Catalogue) -> None:
    settled = PartialDate(2026, 2, 10)
    with sqlite_catalogue.writing() as desk:
        tides, bees = shelve(desk, [young(TIDES), young(BEES, settled)])
        told = Signal(SignalKind.VOTES, 400, at=datetime(2026, 2, 12, tzinfo=UTC))
        desk.signals.add([(bees, "hub", told)])
        paper = desk.papers.by_keys([bees])[bees]
    multiplier = float(open_predictor().multipliers([paper])[0])
    # Ten papers with one vote each, and one with a hundred: a quarter of those elsewhere.
    expected = (10 + 100) / (10 + multiplier)
    assert explained(sqlite_catalogue, tides, NOW).typical == pytest.approx(expected)
