"""The daily round at the command line, and within `serve`."""

import json
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.library.commands import broadsheet, started
from tests.library.site import fill, served

STEPS = "harvest index edition letters bounces backup clean check alert ping".split()


def status(home: Path, **environment: Any) -> Any:
    """What the command says of the rounds."""
    return json.loads(
        broadsheet(home, "scheduler", "status", "--format", "json", **environment).stdout
    )


def outcomes(home: Path) -> list[str | None]:
    """How each step ended the last time."""
    return [one["last"] and one["last"]["outcome"] for one in status(home)["steps"]]


def until_done(home: Path) -> None:
    """Wait until every step was done."""
    for _ in range(400):
        if outcomes(home) == ["done"] * len(STEPS):
            return
        time.sleep(0.05)
    raise AssertionError(status(home))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty catalogue."""
    broadsheet(tmp_path / "home", "init")
    return tmp_path / "home"


def test_the_status_is_told_in_the_operators_zone(home: Path) -> None:
    zone: dict[str, Any] = {
        "BROADSHEET_TIME_ZONE": "Asia/Kathmandu",
        "BROADSHEET_ROUND_AT": "04:45",
    }
    found = status(home, **zone)
    following = datetime.fromisoformat(found["next_round"])
    assert following.strftime("%H:%M %z") == "04:45 +0545"
    assert [one["step"] for one in found["steps"]] == STEPS
    assert outcomes(home) == [None] * len(STEPS)
    told = broadsheet(home, "scheduler", "status", **zone).stdout.splitlines()
    assert [line.split("\t")[0] for line in told] == STEPS


def test_a_step_is_done_at_once(home: Path, tmp_path: Path) -> None:
    told = broadsheet(home, "scheduler", "run-now", "check", "--format", "json")
    done = json.loads(told.stdout)
    assert (done["step"], done["outcome"], done["day"]) == ("check", "done", None)
    folder: dict[str, Any] = {"BROADSHEET_BACKUP_FOLDER": str(tmp_path / "backups")}
    assert "\tdone\t" in broadsheet(home, "scheduler", "run-now", "backup", **folder).stdout
    assert len(list((tmp_path / "backups").iterdir())) == 1
    wrong: dict[str, Any] = {"BROADSHEET_SOURCES": "pigeon:coop"}
    told = broadsheet(home, "scheduler", "run-now", "harvest", code=1, **wrong)
    assert "harvest\tfailed\tpigeon:coop: There is no source" in told.stdout
    broadsheet(home, "scheduler", "run-now", "alert", **wrong)
    assert "Alert since" in broadsheet(home, "scheduler", "status").stderr
    assert "no step 'nothing'" in broadsheet(home, "scheduler", "run-now", "nothing", code=2).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIME_ZONE", "Europe/Nowhere"),
        ("TIME_ZONE", "../etc/passwd"),
        ("ROUND_AT", "24:00"),
        ("ROUND_AT", "6:00"),
        ("OPERATOR_ADDRESSES", "127.0.0.1/7"),
        ("KEEP_DAYS", "0"),
    ],
)
def test_a_setting_that_cannot_be_is_named(home: Path, name: str, value: str) -> None:
    setting: dict[str, Any] = {f"BROADSHEET_{name}": value}
    told = broadsheet(home, "scheduler", "status", code=2, **setting)
    assert f"BROADSHEET_{name}" in told.stderr


def test_a_process_of_its_own_does_the_round_and_ends_when_asked(home: Path) -> None:
    running = started(home, "scheduler", "run", BROADSHEET_CONTEXTUAL="false")
    until_done(home)
    running.send_signal(signal.SIGTERM)
    _, told = running.communicate()
    assert running.returncode == 0, told
    events = [json.loads(line) for line in told.splitlines()]
    steps = [event["step"] for event in events if event["event"] == "step"]
    assert steps == STEPS


def test_serve_does_the_round_in_one_of_its_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_SCHEDULER", "true")
    home = tmp_path / "home"
    fill(home)
    with served(home, "--workers", "2", anew=True) as live:
        until_done(home)
        told = live.told()
    done = [json.loads(line)["step"] for line in told.splitlines() if '"event": "step"' in line]
    assert done == STEPS
