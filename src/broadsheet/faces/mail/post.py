"""The post: takes letters from the outbox and hands them over, whoever else does so at once."""

import math
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from broadsheet.catalogue import Bounce, Catalogue, Desk, Fate, Posted
from broadsheet.digests import take_back
from broadsheet.errors import BroadsheetError, InputError
from broadsheet.faces.guard import present
from broadsheet.faces.mail.letterhead import Letterhead
from broadsheet.faces.mail.letters import compose
from broadsheet.faces.mail.transports import Outcome, Transport
from broadsheet.faces.threads import done_beside

PERSISTENT_TRIES = 8
"""Tries of a letter from which on it counts that an address never took it: over 10 hours."""
_BEAT_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease lasts, how many letters are taken at once, and how often one looks.

    `connections` letters are handed over side by side, of them at most `to_domain` to the same
    domain. After a failure one waits `pause`, and twice as long each time up to `longest_pause`.
    Letters under way when the program ends are given `ending`; they are uncertain if that is not
    enough.
    """

    lease: timedelta = timedelta(minutes=15)
    batch: int = 40
    look: timedelta = timedelta(seconds=2)
    connections: int = 2
    to_domain: int = 2
    pause: timedelta = timedelta(seconds=15)
    longest_pause: timedelta = timedelta(minutes=10)
    ending: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Post:
    """Hands over what is due; any number may do so over one catalogue.

    `tidy` removes what is kept of letters that the outbox has forgotten: it is called at the
    beginning, and when one was forgotten while it was handed over.
    """

    catalogue: Catalogue
    head: Letterhead
    transport: Callable[[], Transport]
    clock: Callable[[], datetime] = present
    pace: Pace = field(default_factory=Pace)
    tidy: Callable[[], None] = lambda: None

    def work(self, stop: threading.Event) -> None:
        """Hand over what becomes due, until told to stop; what fails is tried again, later."""
        log, said, failures = structlog.get_logger(), "", 0
        with self._connections() as connections:
            self._tidy()
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
            self._tidy()
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
        queue = LetterQueue(letters, self.pace.to_domain)
        try:
            self._side_by_side(queue, connections, holder, stop)
        finally:
            with suppress(BroadsheetError), self.catalogue.writing() as desk:
                desk.outbox.let_go(holder)
        return len(letters) - queue.left

    def _side_by_side(
        self, queue: "LetterQueue", connections: list[Transport], holder: str, stop: threading.Event
    ) -> None:
        """See to letters over several connections at once; the first error of any is raised.

        Some servers serve fewer connections than we have: one that cannot be opened is an error
        only if no other took a letter. Such ones are put last, for next time.
        """
        errors: list[Exception] = []
        unopened: dict[Transport, BroadsheetError] = {}
        used = connections[: queue.left]

        def work(transport: Transport) -> None:
            try:
                self._hand_over(queue, transport, holder, stop)
            except _UnopenedError as error:
                unopened[transport] = error.why
            except Exception as error:
                errors.append(error)
                queue.end()

        # Daemons: a server that does not answer must not keep the program from ending.
        threads = [
            threading.Thread(target=work, args=(one,), name="letters", daemon=True) for one in used
        ]
        for thread in threads:
            thread.start()
        self._wait_for(threads, stop)
        connections.sort(key=lambda one: one in unopened)
        if errors or len(unopened) == len(used):
            raise (errors or list(unopened.values()))[0]

    def _wait_for(self, threads: list[threading.Thread], stop: threading.Event) -> None:
        """Wait until all threads have ended; once it is to stop, no longer than that may take."""
        ends = math.inf
        for thread in threads:
            while thread.is_alive() and time.monotonic() < ends:
                thread.join(_BEAT_SECONDS)
                if stop.is_set():
                    ends = min(ends, time.monotonic() + self.pace.ending.total_seconds())

    def _hand_over(
        self, queue: "LetterQueue", transport: Transport, holder: str, stop: threading.Event
    ) -> None:
        """See to letters one after the other, until there are none left or it is to stop.

        How one went is noted together with the hand-over of the next: half as many commits.
        """
        ended: _Ended | None = None
        try:
            while not stop.is_set():
                posted = queue.take(wait=ended is None)
                if posted is None:
                    if ended is None:
                        return
                    self._note(holder, ended)
                    ended = None
                    continue
                try:
                    self._open(queue, transport, posted)
                    before, ended = ended, None
                    ended = self._see_to(posted, transport, holder, before)
                finally:
                    queue.give_back(posted)
        finally:
            if ended is not None:
                self._note(holder, ended)

    def _open(self, queue: "LetterQueue", transport: Transport, posted: Posted) -> None:
        """Open a connection for a letter; if that fails, another one may take the letter."""
        try:
            transport.open()
        except BroadsheetError as error:
            queue.put_back(posted)
            raise _UnopenedError(error) from error

    def _see_to(
        self, posted: Posted, transport: Transport, holder: str, before: "_Ended | None"
    ) -> "_Ended | None":
        """Write one letter, note that it is handed over, and hand it over; how it went."""
        try:
            message = compose(posted, self.head, self.clock())
        except Exception as error:
            # One letter that cannot be written must not keep the others from being sent.
            self._note(holder, before)
            told = error.message if isinstance(error, InputError) else type(error).__name__
            return _Ended(posted, Outcome(Fate.REJECTED, told))
        if not self._note(holder, before, posted):
            return None
        try:
            return _Ended(posted, transport.send(message))
        except Exception as error:
            # What nobody foresaw: it may have been sent.
            structlog.get_logger().error("letter", number=posted.key, exc_info=error)
            told = f"{type(error).__name__} while it was handed over."
            return _Ended(posted, Outcome(Fate.UNCERTAIN, told))

    def _note(
        self, holder: str, ended: "_Ended | None" = None, following: Posted | None = None
    ) -> bool:
        """Note how one letter went, and that another is handed over; whether that may be sent."""
        is_ours, is_known = False, True
        with self.catalogue.writing() as desk:
            now = self.clock()
            if ended is not None:
                is_known = _settle(desk, ended, holder, now)
            if following is not None:
                is_ours = desk.outbox.hand_over(following.key, holder, now, now + self.pace.lease)
        if ended is not None:
            log = structlog.get_logger().bind(number=ended.posted.key)
            log.info("letter", kind=ended.posted.letter.kind, fate=str(ended.outcome.fate))
        if not is_known:
            self._tidy()
        return is_ours

    def _tidy(self) -> None:
        """Remove what is left of forgotten letters; where that fails, others are still sent."""
        try:
            self.tidy()
        except BroadsheetError as error:
            structlog.get_logger().error("letters", problem=error.message)


class _UnopenedError(Exception):
    """A connection could not be opened, and `why`."""

    def __init__(self, why: BroadsheetError) -> None:
        super().__init__(why.message)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Ended:
    """A letter that was seen to, and how it went."""

    posted: Posted
    outcome: Outcome


def _settle(desk: Desk, ended: _Ended, holder: str, now: datetime) -> bool:
    """Note how a letter went, unless it was forgotten meanwhile; whether it was not.

    An address that was refused is one that a letter came back from.
    """
    posted, outcome = ended.posted, ended.outcome
    desk.outbox.settle(posted.key, holder, now, outcome.fate, outcome.detail)
    found = desk.outbox.get(posted.key)
    if found is None:
        return False
    if outcome.bounce is not None and _came_back(desk, found, outcome):
        recipient, origin = posted.letter.recipient, f"refusal {posted.key}"
        detail = outcome.detail if outcome.fate is Fate.REJECTED else found.detail
        take_back(desk, Bounce(recipient, outcome.bounce, origin, detail, now, posted.key))
    return True


def _came_back(desk: Desk, found: Posted, outcome: Outcome) -> bool:
    """Whether a refusal of an address is final: said to be so, or repeated until it was given up.

    The latter is what a mail server reports as 4.4.7 (RFC 3463, delivery time expired). Where no
    letter to anybody else was accepted meanwhile, the fault is the server's.
    """
    if outcome.fate is Fate.REJECTED:
        return True
    is_given_up = found.state is Fate.REJECTED and found.tries >= PERSISTENT_TRIES
    return is_given_up and desk.outbox.accepted_since(found.made, but=found.letter.recipient)


class LetterQueue:
    """Letters to be handed over, in order, with few to one domain at a time."""

    def __init__(self, letters: list[Posted], to_domain: int) -> None:
        """At most `to_domain` letters to one domain are out at a time."""
        self._left, self._most = list(letters), to_domain
        self._out: Counter[str] = Counter()
        self._changed = threading.Condition()

    def take(self, *, wait: bool) -> Posted | None:
        """The next letter whose domain has room; None if none are left, or without a `wait` now."""
        with self._changed:
            while self._left:
                for at, posted in enumerate(self._left):
                    if self._out[_domain(posted)] < self._most:
                        self._out[_domain(posted)] += 1
                        return self._left.pop(at)
                if not wait:
                    return None
                self._changed.wait()
            return None

    @property
    def left(self) -> int:
        """How many letters nobody has taken."""
        return len(self._left)

    def put_back(self, posted: Posted) -> None:
        """Let somebody else take a letter that is still to be given back."""
        with self._changed:
            self._left.insert(0, posted)

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


def letters_sent(post: Post) -> AbstractContextManager[None]:
    """While this is open, letters are handed over by a thread of this process."""
    return done_beside(post.work, "post", seconds=2 * post.pace.ending.total_seconds())


def _domain(posted: Posted) -> str:
    return posted.letter.recipient.rpartition("@")[2].lower()
