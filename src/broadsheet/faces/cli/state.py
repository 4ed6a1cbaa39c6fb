"""What all commands share: the home, the opened service, and how to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from broadsheet.logs import set_up
from broadsheet.service import Service
from broadsheet.settings import Settings, read_settings


class State:
    """The settings of one run of the command line, read when they are first needed."""

    def __init__(self, home: Path | None) -> None:
        """`home` as given on the command line, or None."""
        self._home = home

    def settings(self) -> Settings:
        """The settings, with logging set up as they say."""
        settings = read_settings(self._home)
        set_up(settings.log_format)
        return settings

    @contextmanager
    def service(self, *, create: bool = False, reading_threads: int = 1) -> Iterator[Service]:
        """The opened service, closed afterwards."""
        service = Service.open(self.settings(), create=create, reading_threads=reading_threads)
        try:
            yield service
        finally:
            service.index.close()
            service.catalogue.close()


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, so that work stops between two steps.

    A second Ctrl-C interrupts at once; that, too, loses nothing that was committed.
    """
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
