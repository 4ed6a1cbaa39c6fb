"""A scheduler in a process of its own, by a clock and with steps that a test controls.

In its folder, `clock` holds the moment it is; a step that begins, ends or stops adds a line to
`log`; the step `slow` ends once there is a file `go`.
"""

import os
import sys
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from broadsheet.faces.cli.state import State, stopping
from broadsheet.faces.scheduler import Errand, Pace, Scheduler, Step, StoppedError

LEASE = timedelta(minutes=2)
PACE = Pace(lease=LEASE, beat=timedelta(seconds=0.1), look=timedelta(seconds=0.05))
NAMES = ("first", "slow", "last")


def set_clock(folder: Path, moment: datetime) -> None:
    """Let it be this moment for all processes."""
    new = folder / "clock.new"
    new.write_text(moment.isoformat())
    new.replace(folder / "clock")


def read_clock(folder: Path) -> datetime:
    """The moment that it is."""
    return datetime.fromisoformat((folder / "clock").read_text())


def lines(folder: Path) -> list[tuple[str, str, str, int]]:
    """What was logged so far: what happened, the day, the step and the process."""
    log = folder / "log"
    if not log.exists():
        return []
    words = [line.split() for line in log.read_text().splitlines()]
    return [(what, day, step, int(process)) for what, day, step, process in words]


def steps(folder: Path) -> list[Step]:
    """Steps that say what happens to them."""

    def note(what: str, errand: Errand, step: str) -> None:
        with (folder / "log").open("a") as log:
            log.write(f"{what} {errand.day} {step} {os.getpid()}\n")
            log.flush()
            os.fsync(log.fileno())

    def work(step: str, errand: Errand) -> str:
        note("begins", errand, step)
        while step == "slow" and not (folder / "go").exists():
            if errand.stop():
                note("stops", errand, step)
                raise StoppedError
            time.sleep(0.02)
        note("ends", errand, step)
        return "Done."

    return [Step(name, "A step.", partial(work, name)) for name in NAMES]


def main() -> None:
    """Do the rounds until SIGTERM, over the home and the folder that the command line names."""
    home, folder = map(Path, sys.argv[1:])
    with State(home).service() as service, stopping() as stop:
        scheduler = Scheduler(service, steps(folder), lambda: read_clock(folder), PACE)
        (folder / f"ready.{os.getpid()}").touch()
        scheduler.work(stop)
