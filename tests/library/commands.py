"""The command, run as a user runs it."""

import faulthandler
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from pathlib import Path

from broadsheet.faces.cli import main

Run = subprocess.CompletedProcess[str]


COMMAND = (sys.executable, "-m", "broadsheet")
PATIENCE_SECONDS = 120
_READY = multiprocessing.get_context("forkserver")
"""Processes that begin with the program read already, which is most of what a short one does."""
_READY.set_forkserver_preload(["broadsheet.faces.cli", "broadsheet.faces.app", "alembic.command"])
_STREAMS = ("in", "out", "err")


class Running:
    """The command at work in a process of its own, asked as a `subprocess.Popen` is."""

    def __init__(
        self,
        arguments: list[str],
        environment: Mapping[str, str],
        *,
        given: str = "",
        anew: bool = False,
        main: Callable[[], None] = main,
    ) -> None:
        """Begin the command, or another `main` of a module; `given` is its standard input.

        `anew` reads the command from the beginning, for an environment that is heeded only then.
        """
        self._arguments = arguments
        # Files and not pipes, which nobody would empty.
        self._folder = Path(tempfile.mkdtemp(prefix="broadsheet-run-"))
        weakref.finalize(self, shutil.rmtree, self._folder)
        (self._folder / "in").write_text(given, "utf-8")
        self._process = _READY.Process(
            target=_run, args=(arguments, dict(environment), Path.cwd(), self._folder, anew, main)
        )
        # Two threads may ask at once whether it has ended, which only one may hear.
        self._lock = threading.Lock()
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, below 0 if a signal ended it; None while it runs."""
        with self._lock:
            return self._process.exitcode

    def wait(self, timeout: float = PATIENCE_SECONDS) -> int:
        """Wait for the end; the exit code.

        Raises AssertionError if it does not end in so many seconds: it is ended, and says where
        it was.
        """
        wait([self._process.sentinel], timeout)
        code = self.returncode
        if code is None:
            self.send_signal(signal.SIGABRT)
            wait([self._process.sentinel], PATIENCE_SECONDS)
            raise AssertionError(f"{self._arguments} went on and on:\n{self.told()}")
        return code

    def communicate(self, timeout: float = PATIENCE_SECONDS) -> tuple[str, str]:
        """Wait for the end as `wait` does; what it wrote to standard output and standard error."""
        self.wait(timeout)
        return self._written("out"), self.told()

    def told(self) -> str:
        """What it has written to standard error so far."""
        return self._written("err")

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def _written(self, stream: str) -> str:
        file = self._folder / stream
        # One that is killed at once has not come to open it.
        return file.read_text("utf-8") if file.exists() else ""


def broadsheet(
    home: Path, *words: str, code: int = 0, given: str | None = None, **environment: str
) -> Run:
    """Run the command with a home of its own; the test fails on another exit code.

    `given` is its standard input; settings of ours in the environment do not count, `environment`
    does.
    """
    arguments = ["--home", str(home), *words]
    running = Running(arguments, _without_ours() | environment, given=given or "")
    out, err = running.communicate()
    done = Run(arguments, running.wait(), out, err)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def started(home: Path, *words: str, **environment: str) -> Running:
    """Begin the command as `broadsheet` does, and leave it running."""
    return Running(["--home", str(home), *words], _without_ours() | environment)


def started_anew(home: Path, *words: str, **environment: str) -> Running:
    """Begin the command from the beginning, for an environment that is heeded only then."""
    return Running(["--home", str(home), *words], _without_ours() | environment, anew=True)


def _run(
    arguments: list[str],
    environment: Mapping[str, str],
    place: Path,
    folder: Path,
    anew: bool,
    main: Callable[[], None],
) -> None:
    """Be the command: with its arguments, its environment, its folder and its streams."""
    for number, stream in enumerate(_STREAMS):
        file = os.open(folder / stream, os.O_RDWR | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    faulthandler.enable(2)
    os.chdir(place)
    if anew:
        os.execve(sys.executable, [*COMMAND, *arguments], environment)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(0, "r"),
        os.fdopen(1, "w"),
        os.fdopen(2, "w", buffering=1),
    )
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["broadsheet", *arguments]
    main()


def _without_ours() -> dict[str, str]:
    """The environment without settings of ours."""
    return {k: v for k, v in os.environ.items() if not k.startswith("BROADSHEET_")}
