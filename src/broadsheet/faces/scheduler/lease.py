"""Who leads: a lease in the catalogue, renewed while it is held, and gone once it has ended."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadsheet.catalogue import Catalogue, Desk
from broadsheet.errors import BroadsheetError

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease lasts, and how often it is renewed and the clock looked at."""

    lease: timedelta = timedelta(minutes=2)
    beat: timedelta = timedelta(seconds=20)
    look: timedelta = timedelta(seconds=30)


class LostError(Exception):
    """The lease has ended: another may lead by now."""


class Lead:
    """A lease that is held; `holder` is its name, which no other lease ever has."""

    def __init__(self, catalogue: Catalogue, clock: Clock, pace: Pace) -> None:
        """Hold nothing yet."""
        self.holder = uuid.uuid4().hex
        self._catalogue, self._clock, self._pace = catalogue, clock, pace
        self._until: datetime | None = None

    def take(self) -> bool:
        """Take the lease, if nobody has it."""
        now = self._clock()
        until = now + self._pace.lease
        with self._catalogue.writing() as desk:
            taken = desk.rounds.take(self.holder, now, until)
        self._until = until if taken else None
        return taken

    def is_held(self) -> bool:
        """Whether it has not ended, by the clock alone: true even right after a long pause."""
        return self._until is not None and self._clock() < self._until

    @contextmanager
    def writing(self) -> Iterator[tuple[Desk, datetime]]:
        """A transaction of the one that leads, and its moment; LostError if it leads no more."""
        with self._catalogue.writing() as desk:
            now = self._clock()
            until = now + self._pace.lease
            if self._until is None or not desk.rounds.renew(self.holder, now, until):
                self._until = None
                raise LostError
            yield desk, now
        self._until = until

    def keep(self, stop: threading.Event) -> None:
        """Renew it again and again, until told to stop or it is lost."""
        while not stop.wait(self._pace.beat.total_seconds()):
            try:
                with self.writing():
                    pass
            except LostError:
                return
            except BroadsheetError:
                # The next beat comes before the lease ends; if that fails too, it does end.
                continue

    def give_back(self) -> None:
        """Let another lead at once."""
        with suppress(BroadsheetError), self._catalogue.writing() as desk:
            desk.rounds.release(self.holder)


@contextmanager
def leading(catalogue: Catalogue, clock: Clock, pace: Pace) -> Iterator[Lead | None]:
    """The lease, renewed while this is open and then given back; None if another has it."""
    lead = Lead(catalogue, clock, pace)
    if not lead.take():
        yield None
        return
    stop = threading.Event()
    thread = threading.Thread(target=lead.keep, args=(stop,), name="lease", daemon=True)
    thread.start()
    try:
        yield lead
    finally:
        stop.set()
        thread.join()
        lead.give_back()
