"""Keeping the index level with the catalogue, in this process or in one of its own."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from broadsheet.errors import BroadsheetError, BusyError, SearchIndexError
from broadsheet.index import IndexProgress
from broadsheet.service import Service

MANY = 20_000
"""Changes from which on the index is caught up in a process of its own."""
EVERY_SECONDS = 1.0
INTERRUPTED = 130
Stop = Callable[[], bool]


def bring_level(service: Service, tell: Callable[[IndexProgress], None], stop: Stop) -> int:
    """Catch the index up in this process; the number of changes."""
    return service.index.catch_up(tell, stop) if service.index.behind() else 0


def bring_level_apart(service: Service) -> None:
    """Catch the index up in a process of its own, whose memory is then free again.

    SearchIndexError if it could not.
    """
    home = str(service.settings.home)
    command = [sys.executable, "-m", "broadsheet", "--home", home, "index", "catch-up"]
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, BusyError.exit_code, INTERRUPTED):
        raise SearchIndexError(
            "The papers are in the catalogue, but the index could not take them in.",
            hint="Run `broadsheet index catch-up`.",
        )


@contextmanager
def kept_level(service: Service) -> Iterator[None]:
    """While this is open, what any process files is found within seconds."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=(service, stop), name="level", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep(service: Service, stop: threading.Event) -> None:
    log = structlog.get_logger()
    said = ""
    while not stop.is_set():
        try:
            if service.index.behind() >= MANY:
                bring_level_apart(service)
            elif changes := bring_level(service, lambda _: None, stop.is_set):
                log.info("indexed", changes=changes)
            said = ""
        except BusyError:
            # Another worker, or an import, is at it.
            pass
        except BroadsheetError as error:
            if error.message != said:
                log.error("index", problem=error.message)
            said = error.message
        stop.wait(EVERY_SECONDS)
