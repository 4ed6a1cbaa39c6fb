"""The post over a real catalogue: what is due goes out, once, and nothing keeps the rest back."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import (
    BounceKind,
    Cadence,
    Catalogue,
    Fate,
    Letter,
    Posted,
    Subscription,
    Wishes,
)
from broadsheet.catalogue import SubscriptionState as State
from broadsheet.catalogue.outbox import wait_after
from broadsheet.digests import subscribing
from broadsheet.digests.sending import EXPIRES_AFTER
from broadsheet.errors import OutsideError
from broadsheet.faces.mail import (
    LetterQueue,
    Message,
    Outcome,
    Pace,
    Post,
    Relay,
    Smtp,
    Transport,
    letters_sent,
)
from broadsheet.faces.mail.post import PERSISTENT_TRIES
from tests.library.letters import HEAD, NOW, ask_for, letter, letter_to, posted
from tests.library.servers.smtp import mail_server
from tests.library.site import free_port

QUICK = Pace(look=timedelta(milliseconds=10), pause=timedelta(milliseconds=10))
ALONE = replace(QUICK, connections=1)


class Line:
    """A transport in the hands of a test."""

    def __init__(self, send: Callable[[Message], Outcome] | None = None) -> None:
        self.sent: list[str] = []
        self.closed = 0
        self._send = send or (lambda _: Outcome(Fate.ACCEPTED, "250"))

    def open(self) -> None:
        """It always is."""

    def send(self, message: Message) -> Outcome:
        self.sent.append(message.recipient)
        return self._send(message)

    def close(self) -> None:
        self.closed += 1


def post(catalogue: Catalogue, transport: Callable[[], Transport], pace: Pace = QUICK) -> Post:
    """A post by a clock that stands still."""
    return Post(catalogue, HEAD, transport, lambda: NOW, pace)


def relay(port: int) -> Callable[[], Smtp]:
    """What makes transports to a server of ours."""
    return lambda: Smtp(Relay("smtp", "localhost", port), name="papers.example.org")


def counts(catalogue: Catalogue) -> dict[Fate, int]:
    """How many letters have which fate, of those that there are."""
    with catalogue.reading() as desk:
        return {fate: count for fate, count in desk.outbox.counts().items() if count}


def add(catalogue: Catalogue, *letters: Letter, at: datetime = NOW) -> None:
    """Ask for letters."""
    with catalogue.writing() as desk:
        for one in letters:
            assert desk.outbox.add(one, at)


def test_what_is_due_goes_out_once(sqlite_catalogue: Catalogue) -> None:
    ask_for(sqlite_catalogue, 100, NOW)
    add(sqlite_catalogue, replace(letter(recipient="later@example.org"), due=NOW + QUICK.lease))
    with mail_server() as (port, taken):
        sending = post(sqlite_catalogue, relay(port))
        assert sending.do_due(threading.Event()) == 100
        assert sending.do_due(threading.Event()) == 0
    assert sorted(taken_by for taken_by, _, _ in taken.letters) == sorted(
        f"reader{at}@example.org" for at in range(100)
    )
    assert counts(sqlite_catalogue) == {Fate.ACCEPTED: 100, Fate.QUEUED: 1}


def test_each_letter_has_its_own_fate(sqlite_catalogue: Catalogue) -> None:
    names = ("ada", "before", "later", "closing", "full", "nobody", "gone", "eve")
    add(sqlite_catalogue, *(letter(recipient=f"{name}@example.org") for name in names))
    add(sqlite_catalogue, letter("pigeon"))
    with mail_server() as (port, _):
        post(sqlite_catalogue, relay(port), ALONE).do_due(threading.Event())
    assert counts(sqlite_catalogue) == {
        Fate.ACCEPTED: 2,
        Fate.UNCERTAIN: 1,
        Fate.DEFERRED: 3,
        Fate.REJECTED: 3,
    }
    with sqlite_catalogue.reading() as desk:
        rejected = {p.letter.kind: p.detail for p in desk.outbox.listed(Fate.REJECTED, 9)}
        assert rejected["pigeon"] == "There is no kind of letter named 'pigeon'."
        deferred = desk.outbox.listed(Fate.DEFERRED, 9)
        assert all(p.letter.due >= NOW + timedelta(minutes=5) for p in deferred)


def test_an_address_that_is_refused_for_good_gets_no_more_regular_letters(
    sqlite_catalogue: Catalogue,
) -> None:
    wishes = Wishes(cadence=Cadence.DAILY)
    names = ("nobody", "full", "later", "ada")
    with sqlite_catalogue.writing() as desk:
        for name in names:
            subscribing.add(desk, f"{name}@example.org", "", wishes, NOW)
    add(sqlite_catalogue, *(letter(recipient=f"{name}@example.org") for name in names))
    with mail_server() as (port, _):
        post(sqlite_catalogue, relay(port), ALONE).do_due(threading.Event())
    with sqlite_catalogue.reading() as desk:
        states = {name: desk.subscriptions.of_address(f"{name}@example.org") for name in names}
        bounces = {one.email: one.kind for one in desk.bounces.latest(9)}
    stopped = [name for name, found in states.items() if found[0].state is not State.ACTIVE]
    assert stopped == ["nobody"]
    assert bounces == {"nobody@example.org": BounceKind.HARD, "full@example.org": BounceKind.SOFT}


@pytest.mark.parametrize("others", [True, False])
def test_an_address_that_is_never_taken_counts_once_for_each_letter_that_is_given_up(
    sqlite_catalogue: Catalogue, others: bool
) -> None:
    """4xx at RCPT until a letter is of no use; a server that takes nothing says nothing of it."""
    names, clock = ["grey", "later", *(["ada"] if others else [])], [NOW]
    with sqlite_catalogue.writing() as desk:
        subscribing.add(desk, "grey@example.org", "", Wishes(cadence=Cadence.DAILY), NOW)
    with mail_server() as (port, _):
        sending = Post(sqlite_catalogue, HEAD, relay(port), lambda: clock[0], ALONE)
        for number in range(subscribing.SOFT_LIMIT):
            assert subscription(sqlite_catalogue, "grey").state is State.ACTIVE
            ends = clock[0] + EXPIRES_AFTER
            wanted = replace(letter(), subject=f"{number}", due=clock[0], expires=ends)
            each = (replace(wanted, recipient=f"{name}@example.org") for name in names)
            add(sqlite_catalogue, *each, at=clock[0])
            for tries in range(1, PERSISTENT_TRIES + 1):
                assert sending.do_due(threading.Event()) >= 2
                clock[0] += wait_after(tries)
            assert clock[0] >= ends
    assert clock[0] - NOW < subscribing.SOFT_WINDOW
    state = subscription(sqlite_catalogue, "grey").state
    assert state is (State.STOPPED if others else State.ACTIVE)
    with sqlite_catalogue.reading() as desk:
        told = [(one.email, one.kind, one.detail) for one in desk.bounces.latest(99)]
    # Not the one whose letter was refused after its address was taken.
    given_up = f"Given up after {PERSISTENT_TRIES} tries: 450 4.2.0 Greylisted"
    each_time = subscribing.SOFT_LIMIT if others else 0
    assert told == [("grey@example.org", BounceKind.SOFT, given_up)] * each_time


def subscription(catalogue: Catalogue, name: str) -> Subscription:
    """The one of an address."""
    with catalogue.reading() as desk:
        (found,) = desk.subscriptions.of_address(f"{name}@example.org")
    return found


def test_without_a_server_nothing_is_tried_and_nothing_lost(sqlite_catalogue: Catalogue) -> None:
    ask_for(sqlite_catalogue, 5, NOW)
    with pytest.raises(OutsideError, match="Connection refused"):
        post(sqlite_catalogue, relay(free_port())).do_due(threading.Event())
    assert counts(sqlite_catalogue) == {Fate.QUEUED: 5}
    with sqlite_catalogue.reading() as desk:
        assert all(p.tries == 0 for p in desk.outbox.listed(None, 9))


def test_a_server_that_serves_one_connection_at_a_time_gets_all_letters(
    sqlite_catalogue: Catalogue,
) -> None:
    ask_for(sqlite_catalogue, 100, NOW)
    with mail_server() as (port, taken):
        taken.most_open = 1
        taken.seconds = 0.01
        assert post(sqlite_catalogue, relay(port)).do_due(threading.Event()) == 100
    assert counts(sqlite_catalogue) == {Fate.ACCEPTED: 100}


def test_when_the_server_comes_back_letters_go_out(sqlite_catalogue: Catalogue) -> None:
    ask_for(sqlite_catalogue, 3, NOW)
    opened = threading.Event()
    failures: list[None] = []

    class Late(Line):
        def open(self) -> None:
            if not opened.is_set():
                failures.append(None)
                raise OutsideError("Not there.")

    line = Late()
    with letters_sent(post(sqlite_catalogue, lambda: line, ALONE)):
        wait_until(lambda: len(failures) >= 3)
        assert counts(sqlite_catalogue).get(Fate.ACCEPTED) is None
        opened.set()
        wait_until(lambda: counts(sqlite_catalogue) == {Fate.ACCEPTED: 3})
    assert line.closed == 1


def test_what_nobody_foresaw_while_a_letter_was_handed_over_leaves_it_uncertain(
    sqlite_catalogue: Catalogue,
) -> None:
    ask_for(sqlite_catalogue, 3, NOW)

    def send(message: Message) -> Outcome:
        if message.recipient.startswith("reader1@"):
            raise ZeroDivisionError
        return Outcome(Fate.ACCEPTED, "250")

    post(sqlite_catalogue, lambda: Line(send), ALONE).do_due(threading.Event())
    assert counts(sqlite_catalogue) == {Fate.ACCEPTED: 2, Fate.UNCERTAIN: 1}


def test_it_stops_between_two_letters_and_puts_the_rest_back(sqlite_catalogue: Catalogue) -> None:
    ask_for(sqlite_catalogue, 5, NOW)
    stop = threading.Event()

    def send(message: Message) -> Outcome:
        stop.set()
        return Outcome(Fate.ACCEPTED, "250")

    line = Line(send)
    post(sqlite_catalogue, lambda: line, ALONE).do_due(stop)
    assert len(line.sent) == 1
    assert counts(sqlite_catalogue) == {Fate.ACCEPTED: 1, Fate.QUEUED: 4}


def test_a_server_that_does_not_answer_keeps_nobody_from_stopping(
    sqlite_catalogue: Catalogue,
) -> None:
    ask_for(sqlite_catalogue, 3, NOW)
    stop, answered = threading.Event(), threading.Event()

    def send(message: Message) -> Outcome:
        stop.set()
        answered.wait()
        return Outcome(Fate.ACCEPTED, "250")

    pace = replace(ALONE, ending=timedelta(milliseconds=50))
    sending = post(sqlite_catalogue, lambda: Line(send), pace)
    thread = threading.Thread(target=sending.do_due, args=(stop,), daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert counts(sqlite_catalogue) == {Fate.HANDED: 1, Fate.QUEUED: 2}
    answered.set()
    wait_until(lambda: counts(sqlite_catalogue) == {Fate.ACCEPTED: 1, Fate.QUEUED: 2})


def test_what_is_withdrawn_meanwhile_is_not_sent(sqlite_catalogue: Catalogue) -> None:
    add(sqlite_catalogue, *(letter_to(at, NOW) for at in range(5)))

    def send(message: Message) -> Outcome:
        with sqlite_catalogue.writing() as desk:
            desk.outbox.withdraw("notice", "reader3@example.org", NOW, "Unsubscribed.")
        return Outcome(Fate.ACCEPTED, "250")

    line = Line(send)
    post(sqlite_catalogue, lambda: line, ALONE).do_due(threading.Event())
    assert line.sent == [f"reader{at}@example.org" for at in (0, 1, 2, 4)]
    assert counts(sqlite_catalogue) == {Fate.ACCEPTED: 4, Fate.DROPPED: 1}


def test_few_go_to_one_domain_at_a_time(sqlite_catalogue: Catalogue) -> None:
    pace = replace(QUICK, connections=4, to_domain=1)
    ask_for(sqlite_catalogue, 6, NOW, "one.example")
    with mail_server() as (port, taken):
        taken.seconds = 0.05
        post(sqlite_catalogue, relay(port), pace).do_due(threading.Event())
        assert (len(taken.letters), taken.most_at_once) == (6, 1)
        for domain in ("two.example", "three.example", "four.example"):
            ask_for(sqlite_catalogue, 4, NOW, domain)
        post(sqlite_catalogue, relay(port), pace).do_due(threading.Event())
    assert len(taken.letters) == 18
    assert 1 < taken.most_at_once <= 3


@given(domains=st.lists(st.sampled_from("abc"), max_size=12), most=st.integers(1, 3))
def test_turns_come_in_order_as_far_as_domains_have_room(domains: list[str], most: int) -> None:
    letters = [
        replace(posted(letter(recipient=f"x@{domain}")), key=at)
        for at, domain in enumerate(domains)
    ]
    queue = LetterQueue(letters, most)
    out: list[Posted] = []
    order: list[Posted] = []
    while (one := queue.take(wait=False)) or out:
        if one is None:
            queue.give_back(out.pop(0))
            continue
        out.append(one)
        order.append(one)
        held = [other.letter.recipient for other in out]
        assert max(held.count(name) for name in held) <= most
    assert sorted(one.key for one in order) == list(range(len(domains)))
    for domain in "abc":
        keys = [one.key for one in order if one.letter.recipient == f"x@{domain}"]
        assert keys == sorted(keys)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    for _ in range(3000):
        if is_so():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it never came")
