"""What a scheduler does when a round is due: in order, once, and whatever the steps do."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import StepOutcome, StepRun
from broadsheet.errors import BusyError, FetchError, InputError
from broadsheet.faces.scheduler import (
    Errand,
    Pace,
    Scheduler,
    Step,
    StoppedError,
    round_status,
    status_json,
)
from broadsheet.service import Service
from broadsheet.settings import read_settings
from tests.library.site import open_new

START = datetime(2026, 3, 29, 5, tzinfo=UTC)
DAY = date(2026, 3, 29)


@dataclass
class Day:
    """A scheduler whose clock a test sets, and what its steps did."""

    service: Service
    now: datetime = START
    done: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def scheduler(self, **works: Callable[[Errand], str]) -> Scheduler:
        """One with these steps, each noting that it was begun."""

        def noted(name: str) -> Step:
            def work(errand: Errand) -> str:
                self.done.append(f"{errand.day:%d} {name}")
                return works[name](errand)

            return Step(name, f"Does {name}.", work)

        pace = Pace(look=timedelta(milliseconds=10))
        return Scheduler(self.service, [noted(name) for name in works], lambda: self.now, pace)

    def runs(self, day: date = DAY) -> dict[str, StepRun]:
        """What became of the steps of a day."""
        with self.service.catalogue.reading() as desk:
            return desk.rounds.of_day(day)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A new catalogue, an hour before its round in Berlin."""
    settings = read_settings(tmp_path).model_copy(
        update={"round_at": "08:00", "time_zone": "Europe/Berlin"}
    )
    service = open_new(settings)
    yield Day(service)
    service.index.close()
    service.catalogue.close()


def well(_errand: Errand) -> str:
    return "Done."


def test_a_round_is_done_once_in_order_when_its_time_has_come(day: Day) -> None:
    scheduler = day.scheduler(harvest=well, index=well)
    scheduler.do_due(day.stop)
    # Yesterday's was missed: it is made up once.
    assert day.done == ["28 harvest", "28 index"]
    day.now = datetime(2026, 3, 29, 5, 59, 59, tzinfo=UTC)
    scheduler.do_due(day.stop)
    assert len(day.done) == 2
    day.now += timedelta(seconds=1)
    for _ in range(3):
        scheduler.do_due(day.stop)
    assert day.done[2:] == ["29 harvest", "29 index"]
    day.now += timedelta(days=40)
    scheduler.do_due(day.stop)
    assert day.done[4:] == ["08 harvest", "08 index"]


def test_a_step_that_fails_keeps_no_other_from_being_done(day: Day) -> None:
    def fails(_errand: Errand) -> str:
        raise FetchError("Nobody is there.", hint="Try again later.")

    def breaks(_errand: Errand) -> str:
        raise ZeroDivisionError("by zero")

    day.now += timedelta(hours=1)
    scheduler = day.scheduler(one=fails, two=breaks, three=well)
    scheduler.do_due(day.stop)
    told = {name: (run.outcome, run.detail) for name, run in day.runs().items()}
    assert told == {
        "one": (StepOutcome.FAILED, "Nobody is there. Try again later."),
        "two": (StepOutcome.FAILED, "ZeroDivisionError: by zero"),
        "three": (StepOutcome.DONE, "Done."),
    }
    scheduler.do_due(day.stop)
    assert len(day.done) == 3


def test_a_step_that_is_asked_to_stop_is_taken_up_again(day: Day) -> None:
    def stops(errand: Errand) -> str:
        assert not errand.stop()
        day.stop.set()
        assert errand.stop()
        raise StoppedError

    day.now += timedelta(hours=1)
    day.scheduler(one=well, two=stops, three=well).do_due(day.stop)
    assert day.done == ["29 one", "29 two"]
    assert day.runs()["two"].finished is None
    day.stop.clear()
    day.scheduler(one=well, two=well, three=well).do_due(day.stop)
    assert day.done[2:] == ["29 two", "29 three"]
    assert day.runs()["two"].tries == 1


def test_a_step_that_is_new_is_done_with_the_round_of_the_day(day: Day) -> None:
    day.scheduler(one=well).do_due(day.stop)
    day.scheduler(one=well, new=well).do_due(day.stop)
    assert day.done == ["28 one", "28 new"]


def test_no_step_goes_on_once_the_lease_has_ended(day: Day) -> None:
    def sleeps(errand: Errand) -> str:
        day.now += timedelta(minutes=3)
        assert errand.stop()
        return "Done at last."

    day.now += timedelta(hours=1)
    day.scheduler(one=sleeps, two=well).do_due(day.stop)
    assert day.done == ["29 one"]
    # What was done was done, and is not done again.
    assert day.runs()["one"].outcome is StepOutcome.DONE
    day.scheduler(one=well, two=well).do_due(day.stop)
    assert day.done == ["29 one", "29 two"]


def test_a_step_by_hand_counts_for_no_round_and_is_not_done_beside_one(day: Day) -> None:
    scheduler = day.scheduler(one=well)
    run = scheduler.run_now("one", lambda: False)
    assert (run.day, run.outcome, run.detail) == (None, StepOutcome.DONE, "Done.")
    with day.service.catalogue.alone("step:one"):
        with pytest.raises(BusyError):
            scheduler.run_now("one", lambda: False)
        with pytest.raises(BusyError):
            scheduler.do_due(day.stop)
    scheduler.do_due(day.stop)
    assert day.done == ["28 one", "28 one"]
    with pytest.raises(InputError, match="no step 'other'"):
        scheduler.run_now("other", lambda: False)


def test_a_step_by_hand_that_is_stopped_fails(day: Day) -> None:
    def stops(_errand: Errand) -> str:
        raise StoppedError

    run = day.scheduler(one=stops).run_now("one", lambda: True)
    assert (run.outcome, run.detail) == (StepOutcome.FAILED, "Stopped before its end.")


def test_a_thread_does_the_round_until_it_is_told_to_stop(day: Day) -> None:
    begun = threading.Event()

    def says(_errand: Errand) -> str:
        begun.set()
        return ""

    scheduler = day.scheduler(one=says)
    thread = threading.Thread(target=scheduler.work, args=(day.stop,))
    thread.start()
    assert begun.wait(30)
    day.stop.set()
    thread.join(30)
    assert not thread.is_alive()


def test_the_status_says_when_each_step_comes_and_what_came_of_it(day: Day) -> None:
    scheduler = day.scheduler(one=well, two=well)
    scheduler.run_now("two", lambda: False)
    before = status_json(round_status(day.service, scheduler.steps, day.now))
    assert before["next_round"] == "2026-03-29T08:00:00+02:00"
    assert before["time_zone"] == "Europe/Berlin"
    assert [one["next"] for one in before["steps"]] == [day.now.isoformat()] * 2
    assert [one["last"] and one["last"]["day"] for one in before["steps"]] == [None, None]
    scheduler.do_due(day.stop)
    after = status_json(round_status(day.service, scheduler.steps, day.now))
    assert [one["next"] for one in after["steps"]] == ["2026-03-29T06:00:00+00:00"] * 2
    assert [one["last"]["day"] for one in after["steps"]] == ["2026-03-28"] * 2
    assert [one["last"]["outcome"] for one in after["steps"]] == ["done"] * 2
    assert after["alerts"] == []
