"""Whose turn it is to ask a service: one pace for all threads and processes of a home."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path

from filelock import FileLock, Timeout

from broadsheet.errors import StoreError
from broadsheet.fetch.paces import USUAL_INTERVAL, Pace, pace_for
from broadsheet.fetch.waiting import LONGEST_WAIT

FAILURES = 8
"""After so many tries in vain, one after the other, a service is left alone for a while."""
_FIRST_REST = 60.0
_LONGEST_REST = 3600.0
_NOTES_SECONDS = 30.0
"""Notes are held for an instant; who waits longer waits for a process that hangs."""


class NotNowError(Exception):
    """The service is not to be asked for `seconds`; `failures` tries were in vain."""

    def __init__(self, seconds: float, failures: int = 0) -> None:
        super().__init__(seconds)
        self.seconds, self.failures = seconds, failures


@dataclass(slots=True)
class Note:
    """What is known of a service: when it may be asked, failures in a row, when this was noted.

    Moments are seconds since 1970.
    """

    free: float = 0.0
    failures: int = 0
    noted: float = 0.0

    def set_to(self, now: float) -> None:
        """Hold against a clock that was set back, and against moments that cannot be meant."""
        self.free -= max(0.0, self.noted - now)
        self.free = min(self.free, now + LONGEST_WAIT)
        self.noted = now

    @property
    def resting(self) -> bool:
        """Whether the service has failed so often that only single tries are made."""
        return self.failures >= FAILURES

    @property
    def rest(self) -> float:
        """Seconds to leave it alone after its last failure."""
        doublings = min(self.failures - FAILURES, 16)
        return min(_FIRST_REST * 2.0**doublings, _LONGEST_REST) if self.resting else 0.0


class Turns:
    """The services that were asked, each with its pace and its note."""

    def __init__(
        self,
        folder: Path | None,
        paces: Iterable[Pace],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        patience: float,
    ) -> None:
        """Notes lie in `folder`, for all who name the same one; without it they are our own."""
        self._folder, self._paces = folder, tuple(paces)
        self._clock, self._sleep, self._patience = clock, sleep, patience
        self._services: dict[str, PacedService] = {}
        self._lock = threading.Lock()

    def at(self, host: str, port: int | None, *, own: bool) -> "PacedService":
        """The service that a host belongs to.

        A host of the operator's `own` has no pace but one that names it; its note is this client's.
        """
        pace = pace_for(host, self._paces, 0.0 if own else USUAL_INTERVAL)
        name = f"{pace.name}:{port}" if own and pace.interval == 0 else pace.name
        with self._lock:
            if name not in self._services:
                shared = self._folder if pace.interval else None
                kept = _Shared(shared, name, self._patience) if shared else _Own()
                self._services[name] = PacedService(
                    pace, kept, self._clock, self._sleep, self._patience
                )
            return self._services[name]


class PacedService:
    """One service: its turns are waited for, and what came of them is noted."""

    def __init__(
        self,
        pace: Pace,
        kept: "_Own | _Shared",
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        patience: float,
    ) -> None:
        self.pace, self._kept, self._reserved_to = pace, kept, 0.0
        self._clock, self._sleep, self._patience = clock, sleep, patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and have it; NotNowError if that takes longer than the patience."""
        if not self.pace.alone:
            self._wait()
            yield
            return
        with self._kept.alone():
            self._wait()
            try:
                yield
            finally:
                self._ended()

    def succeeded(self, pause: float) -> None:
        """Note a good answer after which `pause` seconds are asked for."""
        with self._noting() as note:
            if note.resting:
                note.free = note.noted + self.pace.interval
            note.failures = 0
            note.free = max(note.free, note.noted + pause if pause else 0.0)

    def failed(self, wait: float) -> tuple[float, bool]:
        """Note a try in vain after which `wait` seconds are to pass.

        Returned are the seconds that will pass, and whether nothing else is tried meanwhile.
        """
        with self._noting() as note:
            note.failures += 1
            pause = max(wait, note.rest, self.pace.interval)
            note.free = max(note.free, note.noted + pause)
            return pause, note.resting

    def _wait(self) -> None:
        begun = self._clock()
        while (wait := self._taken(begun)) > 0:
            self._sleep(wait)

    def _taken(self, begun: float) -> float:
        """Take a turn, and 0; or the seconds until one may be had."""
        with self._noting() as note:
            wait = note.free - note.noted
            if wait <= 0:
                # A service at rest is asked once; the others wait for what comes of it.
                note.free = note.noted + max(self._reserved, note.rest)
                self._reserved_to = note.free
                return 0.0
            if note.resting:
                raise NotNowError(wait, note.failures)
            if note.free - begun > self._patience:
                raise NotNowError(wait)
            return wait

    @property
    def _reserved(self) -> float:
        """Seconds to the next turn, if nothing is heard of this one any more.

        A request takes its time to arrive, after which the interval is to be kept.
        """
        return self.pace.interval * (2 if self.pace.alone else 1)

    def _ended(self) -> None:
        """Let the interval begin: when it was asked is certain once it has answered."""
        with self._noting() as note:
            if note.free == self._reserved_to:
                note.free = 0.0
            note.free = max(note.free, note.noted + self.pace.interval)

    @contextmanager
    def _noting(self) -> Iterator[Note]:
        with self._kept.locked():
            note = self._kept.read()
            note.set_to(self._clock())
            yield note
            self._kept.write(note)


class _Own:
    """A note of this client alone."""

    def __init__(self) -> None:
        self._note = Note()
        self._notes, self._alone = threading.Lock(), threading.Lock()

    def locked(self) -> AbstractContextManager[object]:
        return self._notes

    def alone(self) -> AbstractContextManager[object]:
        return self._alone

    def read(self) -> Note:
        return self._note

    def write(self, note: Note) -> None:
        self._note = note


class _Shared:
    """A note in a file, for all processes; the locks of one that was killed are free again."""

    def __init__(self, folder: Path, name: str, patience: float) -> None:
        self._folder, self._name, self._patience = folder, name, patience
        # A host's name need not be one for a file.
        self._file = folder / f"{hashlib.sha256(name.encode()).hexdigest()[:20]}.json"

    def locked(self) -> AbstractContextManager[object]:
        return self._hold(".lock", _NOTES_SECONDS, 0.005)

    def alone(self) -> AbstractContextManager[object]:
        return self._hold(".alone", self._patience, 0.02)

    def read(self) -> Note:
        """The note; a new one if there is none that can be read."""
        try:
            said = json.loads(self._file.read_bytes())
            note = Note(float(said["free"]), int(said["failures"]), float(said["noted"]))
        except FileNotFoundError:
            return Note()
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            return Note()
        return note if isfinite(note.free) and isfinite(note.noted) else Note()

    def write(self, note: Note) -> None:
        """Replace the note; a kill leaves the old one or the new one."""
        new = self._file.with_suffix(".new")
        try:
            new.write_text(json.dumps({"service": self._name, **asdict(note)}), "utf-8")
            new.replace(self._file)
        except OSError as error:
            raise self._unwritable(error) from error

    @contextmanager
    def _hold(self, ending: str, seconds: float, poll: float) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._file.with_suffix(ending), timeout=seconds, poll_interval=poll)
            lock.acquire()
        except Timeout:
            raise NotNowError(seconds) from None
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"The folder {self._folder} cannot be written: {error.strerror}.",
            hint="Choose a home that may be written to.",
        )
