"""The command, run as a user runs it."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

Run = subprocess.CompletedProcess[str]


COMMAND = (sys.executable, "-m", "broadsheet")
PATIENCE_SECONDS = 120
_READY = multiprocessing.get_context("forkserver")
"""Processes that begin with the program read already, which is most of what a short one does."""
_READY.set_forkserver_preload(["broadsheet.faces.cli"])
_STREAMS = ("in", "out", "err")


def broadsheet(
    home: Path, *words: str, code: int = 0, given: str | None = None, **environment: str
) -> Run:
    """Run the command with a home of its own; the test fails on another exit code.

    `given` is its standard input; settings of ours in the environment do not count, `environment`
    does.
    """
    arguments = ["--home", str(home), *words]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").write_text(given or "")
        process = _READY.Process(
            target=_run, args=(arguments, _without_ours() | environment, Path.cwd(), folder)
        )
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, PATIENCE_SECONDS)
        out, err = ((folder / stream).read_text() for stream in _STREAMS[1:])
        done = Run(arguments, process.exitcode, out, err)
        process.close()
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def _run(arguments: list[str], environment: Mapping[str, str], place: Path, folder: Path) -> None:
    """Be the command: with its arguments, its environment, its folder and its streams."""
    for number, stream in enumerate(_STREAMS):
        file = os.open(folder / stream, os.O_RDWR | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(0, "r"),
        os.fdopen(1, "w"),
        os.fdopen(2, "w", buffering=1),
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(place)
    sys.argv = ["broadsheet", *arguments]
    from broadsheet.faces.cli import main

    main()


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
    """The environment without settings of ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith("BROADSHEET_")}
