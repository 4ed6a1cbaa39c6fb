"""One leads at a time, and whoever slept through the end of its lease leads no more."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.faces.scheduler.lease import Lead, LostError, Pace, leading

PACE = Pace(lease=timedelta(minutes=2), beat=timedelta(milliseconds=10))


class Now:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_second_does_not_lead_beside_the_first(catalogue: Catalogue) -> None:
    clock = Now()
    with leading(catalogue, clock, PACE) as first:
        assert first is not None
        assert first.is_held()
        with leading(catalogue, clock, PACE) as second:
            assert second is None
    with leading(catalogue, clock, PACE) as third:
        assert third is not None
        assert third.holder != first.holder


def test_a_lease_is_renewed_while_it_is_held(sqlite_catalogue: Catalogue) -> None:
    clock = Now()
    with leading(sqlite_catalogue, clock, PACE) as lead:
        assert lead is not None
        for _ in range(5):
            clock.now += PACE.lease / 2
            seen = clock.now + PACE.lease
            for _ in range(500):
                with sqlite_catalogue.reading() as desk:
                    if desk.rounds.leader(seen - timedelta(seconds=1)):
                        break
                threading.Event().wait(0.01)
            assert lead.is_held()


def test_one_that_wakes_after_its_lease_writes_nothing(catalogue: Catalogue) -> None:
    clock = Now()
    lead, other = Lead(catalogue, clock, PACE), Lead(catalogue, clock, PACE)
    assert lead.take()
    with lead.writing() as (_, now):
        assert now == clock.now
    clock.now += PACE.lease
    assert not lead.is_held()
    with pytest.raises(LostError), lead.writing():
        raise AssertionError("it leads no more")
    # Going back in time does not bring it back.
    clock.now -= PACE.lease
    with pytest.raises(LostError), lead.writing():
        raise AssertionError("it leads no more")
    clock.now += PACE.lease
    assert other.take()
    lead.give_back()
    assert not lead.take()
    assert other.is_held()
