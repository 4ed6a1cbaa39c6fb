"""The shelf of signals, on both stores."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, DatedSignal
from broadsheet.papers import Signal, SignalKind
from tests.library import LIBRARY, TIDES
from tests.library.shelving import shelve

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_signals_are_kept_once_and_come_back_by_date(catalogue: Catalogue) -> None:
    votes = Signal(SignalKind.VOTES, value=0, at=NOON)
    more = Signal(SignalKind.VOTES, value=-3, at=NOON + timedelta(microseconds=1))
    day = Signal(SignalKind.EDITION_DAY, at=NOON - timedelta(days=400))
    who = Signal(SignalKind.ORGANIZATION, text="Institut für Moos", at=NOON)
    with catalogue.writing() as desk:
        (key,) = shelve(desk, [TIDES])
        desk.signals.add([(key, "toy", signal) for signal in (votes, more, day, who, votes)])
        desk.signals.add([(key, "toy", day), (key, "other", day)])
    with catalogue.reading() as desk:
        assert desk.signals.of(key) == [
            DatedSignal("other", day),
            DatedSignal("toy", day),
            DatedSignal("toy", who),
            DatedSignal("toy", votes),
            DatedSignal("toy", more),
        ]
        assert desk.signals.of(99) == []


def test_two_values_at_one_moment_are_two_facts(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        (key,) = shelve(desk, [TIDES])
        desk.signals.add([(key, "toy", Signal(SignalKind.STARS, n, None, NOON)) for n in (5, 7)])
        assert [dated.signal.value for dated in desk.signals.of(key)] == [5, 7]


def test_a_signal_needs_an_aware_moment(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        (key,) = shelve(desk, [TIDES])
        with pytest.raises(ValueError, match="without a moment"):
            desk.signals.add([(key, "toy", Signal(SignalKind.VOTES, 1))])
        naive = NOON.replace(tzinfo=None)
        with pytest.raises(ValueError, match="without a time zone"):
            desk.signals.add([(key, "toy", Signal(SignalKind.VOTES, 1, None, naive))])


def test_the_latest_count_of_many_papers_is_that_of_the_greatest_source(
    catalogue: Catalogue,
) -> None:
    def votes(value: int, hours: int) -> Signal:
        return Signal(SignalKind.VOTES, value, None, NOON + timedelta(hours=hours))

    with catalogue.writing() as desk:
        first, second, third = shelve(desk, LIBRARY[:3])
        rows = [(first, "toy", votes(5, 0)), (first, "toy", votes(3, 1))]
        rows += [(first, "other", votes(4, 0)), (second, "toy", votes(0, 0))]
        desk.signals.add([*rows, (third, "toy", Signal(SignalKind.STARS, 9, None, NOON))])
    with catalogue.reading() as desk:
        found = desk.signals.latest(SignalKind.VOTES, [first, second, third])
        assert found == {first: 4, second: 0}
