"""Two schedulers at once: each step once for each local day, also when the leader is cut off."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue, StepOutcome
from tests.library.commands import Running
from tests.library.rounds import LEASE, NAMES, PACE, lines, set_clock
from tests.library.rounds import main as scheduling

ENVIRONMENT = {
    "BROADSHEET_ROUND_AT": "02:30",
    "BROADSHEET_TIME_ZONE": "Europe/Berlin",
    "BROADSHEET_CONTEXTUAL": "false",
}
LONGEST_SECONDS = 60
Processes = list[Running]


def until(is_so: Callable[[], object], what: str) -> None:
    """Wait for something to be so."""
    for _ in range(LONGEST_SECONDS * 50):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError(f"it never came: {what}")


@contextmanager
def schedulers(count: int, url: str, folder: Path) -> Iterator[Processes]:
    """So many processes over one catalogue, all ready; they end by SIGTERM, with exit code 0."""
    # Processes that share a catalogue share a home with its locks.
    home = folder / "home"
    environment = {**os.environ, **ENVIRONMENT, "BROADSHEET_DATABASE_URL": url}
    begun = [Running([str(home), str(folder)], environment, main=scheduling) for _ in range(count)]
    try:
        for process in begun:
            until((folder / f"ready.{process.pid}").exists, f"process {process.pid}")
        yield begun
    finally:
        for process in begun:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
        ended = [process.wait() for process in begun]
    assert set(ended) <= {0, -signal.SIGKILL}


def happened(folder: Path) -> Counter[tuple[str, str, str]]:
    """How often each thing happened, by whomever."""
    return Counter((what, day, step) for what, day, step, _ in lines(folder))


def until_over(catalogue: Catalogue, day: date) -> None:
    """Wait until all steps of a day's round have ended."""

    def is_over() -> bool:
        with catalogue.reading() as desk:
            runs = desk.rounds.of_day(day)
        return len(runs) == len(NAMES) and all(run.finished for run in runs.values())

    until(is_over, f"the end of the round of {day}")


def at_work(folder: Path, step: str) -> int:
    """The process that has begun a step."""
    return next(process for what, _, name, process in lines(folder) if name == step)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_two_do_each_step_once_a_day_through_both_changes_of_the_clocks(
    catalogue: Catalogue, catalogue_url: str, tmp_path: Path
) -> None:
    rounds = {
        "2026-03-28": utc("2026-03-28T01:30"),
        # 02:30 is left out that day.
        "2026-03-29": utc("2026-03-29T01:30"),
        "2026-03-30": utc("2026-03-30T00:30"),
        # 02:30 comes twice that day.
        "2026-10-25": utc("2026-10-25T00:30"),
        "2026-10-26": utc("2026-10-26T01:30"),
    }
    (tmp_path / "go").touch()
    set_clock(tmp_path, rounds["2026-03-28"])
    with schedulers(2, catalogue_url, tmp_path):
        for day, moment in rounds.items():
            for later in (timedelta(0), timedelta(hours=1), timedelta(hours=22)):
                set_clock(tmp_path, moment + later)
                until_over(catalogue, date.fromisoformat(day))
                # Both look at the clock several times before it goes on.
                time.sleep(4 * PACE.look.total_seconds())
    found = happened(tmp_path)
    assert found == Counter(
        (what, day, step) for what in ("begins", "ends") for day in rounds for step in NAMES
    )


def test_what_a_killed_leader_had_begun_is_taken_up_by_the_other(
    catalogue: Catalogue, catalogue_url: str, tmp_path: Path
) -> None:
    day, moment = "2026-03-29", utc("2026-03-29T01:30")
    set_clock(tmp_path, moment)
    with schedulers(2, catalogue_url, tmp_path):
        until(lambda: ("begins", day, "slow") in happened(tmp_path), "the slow step")
        leader = at_work(tmp_path, "slow")
        os.kill(leader, signal.SIGKILL)
        set_clock(tmp_path, moment + LEASE / 2)
        time.sleep(0.5)
        # Its lease has not ended: nobody may know yet that it is gone.
        assert happened(tmp_path)["begins", day, "slow"] == 1
        set_clock(tmp_path, moment + 2 * LEASE)
        until(lambda: happened(tmp_path)["begins", day, "slow"] == 2, "another leader")
        (tmp_path / "go").touch()
        until_over(catalogue, date.fromisoformat(day))
    found = happened(tmp_path)
    assert [found["begins", day, step] for step in NAMES] == [1, 2, 1]
    assert [found["ends", day, step] for step in NAMES] == [1, 1, 1]
    with catalogue.reading() as desk:
        runs = desk.rounds.of_day(date.fromisoformat(day))
    assert [runs[step].tries for step in NAMES] == [1, 2, 1]
    assert {run.outcome for run in runs.values()} == {StepOutcome.DONE}


def test_a_leader_that_slept_through_the_end_of_its_lease_does_not_go_on(
    catalogue: Catalogue, catalogue_url: str, tmp_path: Path
) -> None:
    day, moment = "2026-03-29", utc("2026-03-29T01:30")
    set_clock(tmp_path, moment)
    with schedulers(2, catalogue_url, tmp_path):
        until(lambda: ("begins", day, "slow") in happened(tmp_path), "the slow step")
        leader = at_work(tmp_path, "slow")
        os.kill(leader, signal.SIGSTOP)
        set_clock(tmp_path, moment + 2 * LEASE)
        time.sleep(0.5)
        # What it had begun may still be half done, so that nobody else begins it beside.
        assert happened(tmp_path)["begins", day, "slow"] == 1
        os.kill(leader, signal.SIGCONT)
        until(lambda: ("stops", day, "slow") in happened(tmp_path), "the one that slept")
        (tmp_path / "go").touch()
        until_over(catalogue, date.fromisoformat(day))
    told = [(what, step) for what, _, step, _ in lines(tmp_path)]
    assert told == [
        ("begins", "first"),
        ("ends", "first"),
        ("begins", "slow"),
        ("stops", "slow"),
        ("begins", "slow"),
        ("ends", "slow"),
        ("begins", "last"),
        ("ends", "last"),
    ]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(20))
def test_kills_at_any_moment_never_do_a_step_that_was_done(
    seed: int, catalogue: Catalogue, catalogue_url: str, tmp_path: Path
) -> None:
    first, moment = date(2026, 3, 28), utc("2026-03-28T03:00")
    (tmp_path / "go").touch()
    for days in range(8):
        set_clock(tmp_path, moment + timedelta(days=days, hours=seed % 3))
        with schedulers(2, catalogue_url, tmp_path) as begun:
            time.sleep(0.013 * ((seed * 7 + days * 5) % 11))
            begun[days % 2].kill()
            set_clock(tmp_path, moment + timedelta(days=days, hours=5))
            until_over(catalogue, first + timedelta(days=days))
    found = happened(tmp_path)
    ends = {key: count for key, count in found.items() if key[0] == "ends"}
    # A step that was killed between its last line and its record is done again: no other is.
    with catalogue.reading() as desk:
        for (_, day, step), count in ends.items():
            assert 1 <= count <= desk.rounds.of_day(date.fromisoformat(day))[step].tries
    assert len(ends) == 8 * len(NAMES)
