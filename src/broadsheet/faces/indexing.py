"""Keeping the index level with the catalogue and deepening it, here or in a process apart."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import structlog

from broadsheet.errors import BroadsheetError, BusyError, SearchIndexError
from broadsheet.faces.threads import done_beside
from broadsheet.index import IndexProgress
from broadsheet.index.progress import Stop
from broadsheet.service import Service

MANY = 20_000
"""Changes from which on the index is caught up in a process of its own."""
EVERY_SECONDS = 1.0
INTERRUPTED = 130
_WELL = (0, BusyError.exit_code, INTERRUPTED)
_AGAIN_SECONDS = 300.0
"""What a process that failed to read papers is given until the next is begun."""


def bring_level(service: Service, tell: Callable[[IndexProgress], None], stop: Stop) -> int:
    """Catch the index up in this process; the number of changes."""
    return service.index.catch_up(tell, stop) if service.index.behind() else 0


def bring_level_apart(service: Service) -> None:
    """Catch the index up in a process of its own, whose memory is then free again.

    SearchIndexError if it could not.
    """
    done = subprocess.run(_command(service, "catch-up"), check=False, stdin=subprocess.DEVNULL)
    if done.returncode not in _WELL:
        raise SearchIndexError(
            "The papers are in the catalogue, but the index could not take them in.",
            hint="Run `broadsheet index catch-up`.",
        )


def kept_level(service: Service) -> AbstractContextManager[None]:
    """While this is open, what any process files is found within seconds."""
    return done_beside(partial(_keep, service), "level")


def _keep(service: Service, stop: threading.Event) -> None:
    log = structlog.get_logger()
    said = ""
    deepening = _Deepening(service)
    while not stop.is_set():
        try:
            if service.index.behind() >= MANY:
                bring_level_apart(service)
            elif changes := bring_level(service, lambda _: None, stop.is_set):
                log.info("indexed", changes=changes)
            deepening.begin()
            said = ""
        except BusyError:
            # Another worker, or an import, is at it.
            pass
        except BroadsheetError as error:
            if error.message != said:
                log.error("index", problem=error.message)
            said = error.message
        stop.wait(EVERY_SECONDS)
    deepening.end()


class _Deepening:
    """The process apart that reads papers for the index, while there are any to read."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._process: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def begin(self) -> None:
        """Begin, unless it runs, here or elsewhere, or has just failed."""
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None and self._process.returncode not in _WELL:
            self._not_before = time.monotonic() + _AGAIN_SECONDS
        self._process = None
        index = self._service.index
        if time.monotonic() >= self._not_before and index.lacking() and not index.is_deepening():
            command = _command(self._service, "deepen")
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end(self) -> None:
        """Ask it to stop, and wait; what it has read so far is kept."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def _command(service: Service, what: str) -> list[str]:
    home = str(service.settings.home)
    return [sys.executable, "-m", "broadsheet", "--home", home, "index", what]
