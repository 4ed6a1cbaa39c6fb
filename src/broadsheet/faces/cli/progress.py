"""Progress of long work: a bar in a terminal, log lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

LINE_EVERY_SECONDS = 1.0

Tell = Callable[[str, int, int], None]
"""What is done, how much of it, of how much in all (0 if that is not known)."""


@contextmanager
def told(event: str) -> Iterator[Tell]:
    """How work on `event` is to tell how far it is."""
    if sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines(event)


@contextmanager
def _bar() -> Iterator[Tell]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield tell


def _lines(event: str) -> Tell:
    """A line at the first and last step, at most one a second between, and all phases' firsts."""
    log = structlog.get_logger()
    last: tuple[float, str] = (0.0, "")
    begun: dict[str, tuple[float, int]] = {}

    def tell(what: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        began, first = begun.setdefault(what, (now, done))
        if what != last[1] or done == total or now - last[0] >= LINE_EVERY_SECONDS:
            last = (now, what)
            left = left_seconds(now - began, done - first, total - done)
            estimate = {} if left is None else {"seconds_left": left}
            log.info(event, phase=what, done=done, total=total, **estimate)

    return tell


def left_seconds(took: float, done: int, left: int) -> int | None:
    """How many seconds the rest takes at the pace so far; None while that cannot be told."""
    return round(took * left / done) if took > 0 and done > 0 and left > 0 else None
