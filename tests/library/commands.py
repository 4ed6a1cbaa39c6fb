"""The command, run as a user runs it."""

import os
import subprocess
import sys
from pathlib import Path

Run = subprocess.CompletedProcess[str]


def broadsheet(
    home: Path, *words: str, code: int = 0, given: str | None = None, **environment: str
) -> Run:
    """Run the command with a home of its own; the test fails on another exit code.

    `given` is its standard input; settings of ours in the environment do not count, `environment`
    does.
    """
    clean = {k: v for k, v in os.environ.items() if not k.startswith("BROADSHEET_")}
    done = subprocess.run(
        [sys.executable, "-m", "broadsheet", "--home", str(home), *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        env=clean | environment,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done
