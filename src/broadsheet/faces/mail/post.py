"""The post: takes letters from the outbox and hands them over, whoever else does so at once."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from broadsheet.catalogue import Catalogue, Fate, Posted
from broadsheet.errors import BroadsheetError, InputError
from broadsheet.faces.guard import present
from broadsheet.faces.mail.letterhead import Letterhead
from broadsheet.faces.mail.letters import compose
from broadsheet.faces.mail.transports import Outcome, Transport

_ENDING_SECONDS = 15
"""What a letter under way is given when the program ends; it is uncertain if that is not enough."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease lasts, how many letters are taken at once, and how often one looks.

    `connections` letters are handed over side by side, of them at most `to_domain` to the same
    domain. After a failure one waits `pause`, and twice as long each time up to `longest_pause`.
    """

    lease: timedelta = timedelta(minutes=15)
    batch: int = 40
    look: timedelta = timedelta(seconds=2)
    connections: int = 2
    to_domain: int = 2
    pause: timedelta = timedelta(seconds=15)
    longest_pause: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Post:
    """Hands over what is due; any number may do so over one catalogue."""

    catalogue: Catalogue
    head: Letterhead
    transport: Callable[[], Transport]
    clock: Callable[[], datetime] = present
    pace: Pace = field(default_factory=Pace)

    def work(self, stop: threading.Event) -> None:
        """Hand over what becomes due, until told to stop; what fails is tried again, later."""
        log, said, failures = structlog.get_logger(), "", 0
        with self._connections() as connections:
            while not stop.is_set():
                try:
                    done, said, failures = self._pass(connections, stop), "", 0
                except Exception as error:
                    done, failures = 0, failures + 1
                    problem = getattr(error, "message", "") or repr(error)
                    if problem != said:
                        log.error("post", problem=problem)
                    said = problem
                if not done:
                    stop.wait(self._wait(failures).total_seconds())

    def _wait(self, failures: int) -> timedelta:
        """How long to wait before one looks again, after so many failures in a row."""
        if not failures:
            return self.pace.look
        return min(self.pace.longest_pause, self.pace.pause * (1 << min(failures - 1, 9)))

    def do_due(self, stop: threading.Event) -> int:
        """Hand over all that is due now; how many letters were seen to.

        Raises OutsideError or StoreError if the transport cannot be opened, and what the catalogue
        raises: what was not handed over is then back in the outbox.
        """
        total = 0
        with self._connections() as connections:
            while not stop.is_set() and (done := self._pass(connections, stop)):
                total += done
        return total

    @contextmanager
    def _connections(self) -> Iterator[list[Transport]]:
        """The transports of this post, each used by one thread at a time, closed afterwards."""
        connections = [self.transport() for _ in range(self.pace.connections)]
        try:
            yield connections
        finally:
            for one in connections:
                one.close()

    def _pass(self, connections: list[Transport], stop: threading.Event) -> int:
        """Take some letters that are due and see to them; how many."""
        with self.catalogue.reading() as desk:
            if not desk.outbox.is_due(self.clock()):
                return 0
        holder = uuid.uuid4().hex
        with self.catalogue.writing() as desk:
            now = self.clock()
            swept = desk.outbox.sweep(now)
            letters = desk.outbox.lease(holder, now, now + self.pace.lease, self.pace.batch)
        if not letters:
            return swept
        turns = Turns(letters, self.pace.to_domain)
        try:
            self._side_by_side(turns, connections[: len(letters)], holder, stop)
        finally:
            with suppress(BroadsheetError), self.catalogue.writing() as desk:
                desk.outbox.let_go(holder)
        return len(letters)

    def _side_by_side(
        self, turns: "Turns", connections: list[Transport], holder: str, stop: threading.Event
    ) -> None:
        """See to letters over several connections at once; the first error of any is raised."""
        errors: list[Exception] = []

        def work(transport: Transport) -> None:
            try:
                self._hand_over(turns, transport, holder, stop)
            except Exception as error:
                errors.append(error)
                turns.end()

        # Daemons: a server that does not answer must not keep the program from ending.
        threads = [
            threading.Thread(target=work, args=(one,), name="letters", daemon=True)
            for one in connections
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def _hand_over(
        self, turns: "Turns", transport: Transport, holder: str, stop: threading.Event
    ) -> None:
        """See to letters one after the other, until there are none left or it is to stop."""
        while posted := turns.take():
            try:
                if stop.is_set():
                    return
                transport.open()
                self._see_to(posted, transport, holder)
            finally:
                turns.give_back(posted)

    def _see_to(self, posted: Posted, transport: Transport, holder: str) -> None:
        """Write one letter, note that it is handed over, hand it over, and note how it went."""
        try:
            message = compose(posted, self.head, self.clock())
        except Exception as error:
            # One letter that cannot be written must not keep the others from being sent.
            structlog.get_logger().error("letter", key=posted.key, problem=str(error))
            told = error.message if isinstance(error, InputError) else type(error).__name__
            with self.catalogue.writing() as desk:
                desk.outbox.reject_unsent(posted.key, holder, self.clock(), told)
            return
        with self.catalogue.writing() as desk:
            now = self.clock()
            is_ours = desk.outbox.hand_over(posted.key, holder, now, now + self.pace.lease)
        if not is_ours:
            return
        try:
            outcome = transport.send(message)
        except Exception as error:
            # What nobody foresaw: it may have been sent.
            structlog.get_logger().error("letter", key=posted.key, exc_info=error)
            outcome = Outcome(Fate.UNCERTAIN, f"{type(error).__name__} while it was handed over.")
        with self.catalogue.writing() as desk:
            desk.outbox.settle(posted.key, holder, self.clock(), outcome.fate, outcome.detail)
        structlog.get_logger().info(
            "letter", key=posted.key, kind=posted.letter.kind, fate=str(outcome.fate)
        )


class Turns:
    """Letters to be handed over, in order, with few to one domain at a time."""

    def __init__(self, letters: list[Posted], to_domain: int) -> None:
        """At most `to_domain` letters to one domain are out at a time."""
        self._left, self._most = list(letters), to_domain
        self._out: Counter[str] = Counter()
        self._changed = threading.Condition()

    def take(self) -> Posted | None:
        """The next letter whose domain has room, after waiting for it; None if none are left."""
        with self._changed:
            while self._left:
                for at, posted in enumerate(self._left):
                    if self._out[_domain(posted)] < self._most:
                        self._out[_domain(posted)] += 1
                        return self._left.pop(at)
                self._changed.wait()
            return None

    def give_back(self, posted: Posted) -> None:
        """Say that a letter is out no more."""
        with self._changed:
            self._out[_domain(posted)] -= 1
            self._changed.notify_all()

    def end(self) -> None:
        """Let nobody take another letter."""
        with self._changed:
            self._left.clear()
            self._changed.notify_all()


@contextmanager
def letters_sent(post: Post) -> Iterator[None]:
    """While this is open, letters are handed over by a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=post.work, args=(stop,), name="post", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_ENDING_SECONDS)


def _domain(posted: Posted) -> str:
    return posted.letter.recipient.rpartition("@")[2].lower()
