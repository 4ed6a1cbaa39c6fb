"""The command, run as a user runs it."""

import os
import subprocess
import sys
from pathlib import Path

Run = subprocess.CompletedProcess[str]


COMMAND = (sys.executable, "-m", "broadsheet")


def broadsheet(
    home: Path, *words: str, code: int = 0, given: str | None = None, **environment: str
) -> Run:
    """Run the command with a home of its own; the test fails on another exit code.

    `given` is its standard input; settings of ours in the environment do not count, `environment`
    does.
    """
    done = subprocess.run(
        [*COMMAND, "--home", str(home), *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        env=_without_ours() | environment,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def started(home: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    """Begin the command as `broadsheet` does, and leave it running."""
    return subprocess.Popen(
        [*COMMAND, "--home", str(home), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_without_ours() | environment,
    )


def _without_ours() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("BROADSHEET_")}
