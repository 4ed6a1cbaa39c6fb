"""The lease of the daily round and its steps, in both stores."""

from datetime import UTC, date, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, StepOutcome
from broadsheet.catalogue.rounds import MOST_TRIES

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
LEASE = timedelta(minutes=2)
DAY = date(2026, 3, 29)


def test_one_holds_the_lease_until_it_ends(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        assert desk.rounds.leader(NOW) is None
        assert desk.rounds.take("one", NOW, NOW + LEASE)
        assert not desk.rounds.take("two", NOW + LEASE / 2, NOW + 2 * LEASE)
    with catalogue.writing() as desk:
        assert desk.rounds.leader(NOW) == "one"
        assert desk.rounds.renew("one", NOW + LEASE / 2, NOW + 2 * LEASE)
        assert not desk.rounds.renew("two", NOW, NOW + LEASE)
        assert not desk.rounds.take("two", NOW + LEASE, NOW + 3 * LEASE)
        assert desk.rounds.take("two", NOW + 2 * LEASE, NOW + 3 * LEASE)
        assert desk.rounds.leader(NOW + 2 * LEASE) == "two"
        assert desk.rounds.leader(NOW + 3 * LEASE) is None


def test_a_lease_that_has_ended_is_not_renewed_even_if_nobody_took_it(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        assert desk.rounds.take("one", NOW, NOW + LEASE)
        assert not desk.rounds.renew("one", NOW + LEASE, NOW + 2 * LEASE)


def test_only_its_holder_gives_a_lease_back(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        desk.rounds.take("one", NOW, NOW + LEASE)
        desk.rounds.release("two")
        assert desk.rounds.leader(NOW) == "one"
        desk.rounds.release("one")
        assert desk.rounds.leader(NOW) is None
        assert desk.rounds.take("two", NOW, NOW + LEASE)


def test_a_step_is_claimed_once_for_each_day(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        run = desk.rounds.claim(DAY, "index", "one", NOW)
        assert run is not None
        desk.rounds.finish(run, NOW + LEASE, StepOutcome.DONE, "all\0well")
    with catalogue.writing() as desk:
        assert desk.rounds.claim(DAY, "index", "two", NOW) is None
        (known,) = desk.rounds.of_day(DAY).values()
        assert (known.tries, known.outcome, known.detail) == (1, StepOutcome.DONE, "all\ufffdwell")
        assert (known.started, known.finished) == (NOW, NOW + LEASE)
        following = desk.rounds.claim(DAY + timedelta(days=1), "index", "two", NOW)
        assert following is not None
        assert desk.rounds.last("index") == following
        assert desk.rounds.last("harvest") is None


def test_a_step_that_was_cut_off_is_taken_up_again_but_not_for_ever(catalogue: Catalogue) -> None:
    first = None
    for tries in range(1, MOST_TRIES + 1):
        with catalogue.writing() as desk:
            run = desk.rounds.claim(DAY, "index", f"holder {tries}", NOW + tries * LEASE)
            first = first or run
            assert run is not None
            assert first is not None
            assert (run.key, run.tries) == (first.key, tries)
    with catalogue.writing() as desk:
        assert first is not None
        # The one that was cut off comes back too late to say how it went.
        desk.rounds.finish(first, NOW, StepOutcome.DONE, "late")
        assert desk.rounds.of_day(DAY)["index"].outcome is StepOutcome.RUNNING
        assert desk.rounds.claim(DAY, "index", "another", NOW) is None
        given_up = desk.rounds.of_day(DAY)["index"]
        assert given_up.outcome is StepOutcome.FAILED
        assert "Begun 3 times" in given_up.detail


def test_a_try_that_was_asked_to_stop_does_not_count(catalogue: Catalogue) -> None:
    for _ in range(2 * MOST_TRIES):
        with catalogue.writing() as desk:
            run = desk.rounds.claim(DAY, "index", "one", NOW)
            assert run is not None
            assert run.tries == 1
            desk.rounds.let_go(run)


def test_what_is_run_by_hand_belongs_to_no_day(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        for holder in ("one", "two"):
            desk.rounds.begin_by_hand("index", holder, NOW)
        assert desk.rounds.of_day(DAY) == {}
        last = desk.rounds.last("index")
        assert last is not None
        assert (last.day, last.holder) == (None, "two")


def test_the_last_run_that_ended_says_whether_a_step_fails(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        for at, outcome in enumerate((StepOutcome.DONE, StepOutcome.FAILED)):
            for step in ("index", "check"):
                run = desk.rounds.claim(DAY + timedelta(days=at), step, "one", NOW)
                assert run is not None
                desk.rounds.finish(run, NOW, outcome, "so")
        by_hand = desk.rounds.begin_by_hand("check", "two", NOW)
        assert [run.step for run in desk.rounds.failing()] == ["check", "index"]
        desk.rounds.finish(by_hand, NOW, StepOutcome.DONE, "again")
        assert [run.step for run in desk.rounds.failing()] == ["index"]


@pytest.mark.parametrize(("days", "gone"), [(0, 0), (1, 1), (2, 2)])
def test_old_steps_are_forgotten(catalogue: Catalogue, days: int, gone: int) -> None:
    with catalogue.writing() as desk:
        for at in range(2):
            moment = NOW + timedelta(days=at)
            run = desk.rounds.claim(moment.date(), "index", "one", moment)
            assert run is not None
            desk.rounds.finish(run, moment, StepOutcome.DONE, "")
        desk.rounds.claim(DAY, "check", "one", NOW)
        assert desk.rounds.prune(NOW + timedelta(days=days)) == gone
        # What runs stays.
        assert "check" in desk.rounds.of_day(DAY)
