"""The outbox: a letter is there once, is one holder's at a time, and ends in one way."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import Catalogue, Fate, Letter, Posted, restore
from broadsheet.catalogue.outbox import FIRST_WAIT, LONGEST_WAIT, LOOK_BACK, MOST_TRIES, wait_after

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
LETTER = Letter(
    kind="sign-in",
    subject="one",
    recipient="ada@example.org",
    values={"link": "https://papers.example.org/enter?secret=s3cret"},
    due=NOW,
)


def add(catalogue: Catalogue, *letters: Letter) -> None:
    """Put letters into the outbox."""
    with catalogue.writing() as desk:
        assert all(desk.outbox.add(letter, NOW) for letter in letters)


def lease(catalogue: Catalogue, holder: str = "one", now: datetime = NOW) -> list[Posted]:
    """What a holder gets."""
    with catalogue.writing() as desk:
        return desk.outbox.lease(holder, now, now + LEASE, 10)


def hand_over(catalogue: Catalogue, holder: str = "one", now: datetime = NOW) -> Posted:
    """Lease one letter and hand it over."""
    (posted,) = lease(catalogue, holder, now)
    with catalogue.writing() as desk:
        assert desk.outbox.hand_over(posted.key, holder, now, now + LEASE)
    return posted


def only(catalogue: Catalogue) -> Posted:
    """The one letter that there is."""
    with catalogue.reading() as desk:
        (posted,) = desk.outbox.listed(None, 10)
    return posted


def test_a_letter_that_is_asked_for_twice_is_there_once(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        assert desk.outbox.add(LETTER, NOW)
        assert not desk.outbox.add(replace(LETTER, values={}), NOW + LEASE)
        assert desk.outbox.add(replace(LETTER, subject="two"), NOW)
        assert desk.outbox.add(replace(LETTER, recipient="bob@example.org"), NOW)
        assert desk.outbox.add(replace(LETTER, kind="invitation"), NOW)
        assert desk.outbox.counts() == dict.fromkeys(Fate, 0) | {Fate.QUEUED: 4}
        first = desk.outbox.listed(Fate.QUEUED, 10)[-1]
    assert first.letter == LETTER
    assert catalogue.check() == []


def test_a_message_id_is_a_letters_own_and_tells_nothing_of_it(catalogue: Catalogue) -> None:
    others = [replace(LETTER, subject=f"{at}") for at in range(3)]
    add(catalogue, *others)
    ids = {posted.message_id for posted in lease(catalogue)}
    assert len(ids) == 3
    assert all(len(one) == 40 and int(one, 16) for one in ids)
    with catalogue.writing() as desk:
        # Forgotten and asked for again, it is the same message.
        desk.outbox.connection.exec_driver_sql("DELETE FROM outbox")
        assert all(desk.outbox.add(letter, NOW) for letter in others)
    assert {posted.message_id for posted in lease(catalogue, "two")} == ids


def test_what_no_store_takes_in_a_text_is_replaced(catalogue: Catalogue) -> None:
    add(catalogue, replace(LETTER, subject="a\0b", values={"title": "x\0\ud800y", "more": "\n"}))
    (posted,) = lease(catalogue)
    assert posted.letter.subject == "a\ufffdb"
    assert posted.letter.values == {"title": "x\0?y", "more": "\n"}


def test_a_letter_is_leased_when_it_is_due_and_to_one_holder(catalogue: Catalogue) -> None:
    add(catalogue, replace(LETTER, due=NOW + LEASE), replace(LETTER, subject="two"))
    assert [posted.letter.subject for posted in lease(catalogue)] == ["two"]
    assert lease(catalogue, "two") == []
    assert [p.letter.subject for p in lease(catalogue, "two", NOW + LEASE)] == ["one"]
    with catalogue.reading() as desk:
        assert desk.outbox.counts()[Fate.LEASED] == 2


def test_letters_are_leased_in_the_order_in_which_they_are_due(catalogue: Catalogue) -> None:
    for minutes in (5, 1, 3):
        due = NOW - timedelta(minutes=minutes)
        add(catalogue, replace(LETTER, subject=f"{minutes}", due=due))
    with catalogue.writing() as desk:
        first = desk.outbox.lease("one", NOW, NOW + LEASE, 2)
        rest = desk.outbox.lease("two", NOW, NOW + LEASE, 2)
    assert [[p.letter.subject for p in some] for some in (first, rest)] == [["5", "3"], ["1"]]


def test_many_workers_at_once_get_each_letter_once(catalogue: Catalogue) -> None:
    add(catalogue, *(replace(LETTER, subject=f"{at}") for at in range(60)))
    got: Counter[int] = Counter()
    begin = threading.Barrier(4)

    def work(name: int) -> None:
        begin.wait()
        for turn in range(10):
            with catalogue.writing() as desk:
                some = desk.outbox.lease(f"{name}-{turn}", NOW, NOW + LEASE, 7)
            got.update(posted.key for posted in some)

    workers = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(got) == 60
    assert set(got.values()) == {1}


@pytest.mark.parametrize("fate", [Fate.ACCEPTED, Fate.REJECTED])
def test_a_letter_that_ended_is_not_sent_again_and_its_secrets_are_gone(
    catalogue: Catalogue, fate: Fate
) -> None:
    add(catalogue, LETTER)
    posted = hand_over(catalogue)
    assert only(catalogue).state is Fate.HANDED
    with catalogue.writing() as desk:
        assert not desk.outbox.hand_over(posted.key, "one", NOW, NOW + LEASE)
        assert not desk.outbox.settle(posted.key, "two", NOW, fate, "of another")
        assert desk.outbox.settle(posted.key, "one", NOW + LEASE, fate, "250 2.0.0 Ok")
        assert not desk.outbox.add(LETTER, NOW)
        desk.outbox.sweep(NOW + 2 * LEASE)
    ended = only(catalogue)
    assert (ended.state, ended.detail, ended.tries) == (fate, "250 2.0.0 Ok", 1)
    assert (ended.handed, ended.settled) == (NOW, NOW + LEASE)
    assert ended.letter.values == {}
    assert lease(catalogue, "three", NOW + LEASE) == []


def test_what_was_leased_and_not_handed_over_goes_back(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    (posted,) = lease(catalogue)
    with catalogue.writing() as desk:
        assert desk.outbox.sweep(NOW + LEASE / 2) == 0
        assert not desk.outbox.hand_over(posted.key, "one", NOW + LEASE, NOW + 2 * LEASE)
        assert desk.outbox.is_due(NOW + LEASE)
        assert desk.outbox.sweep(NOW + LEASE) == 1
    assert [p.tries for p in lease(catalogue, "two", NOW + LEASE)] == [0]
    with catalogue.writing() as desk:
        assert not desk.outbox.hand_over(posted.key, "one", NOW + LEASE, NOW + 2 * LEASE)
        assert desk.outbox.let_go("one") == 0
        assert desk.outbox.let_go("two") == 1
    assert only(catalogue).state is Fate.QUEUED


def test_what_was_handed_over_and_cut_off_is_uncertain_for_good(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    hand_over(catalogue)
    with catalogue.writing() as desk:
        assert desk.outbox.let_go("one") == 0
        assert desk.outbox.sweep(NOW + LEASE) == 1
        assert desk.outbox.sweep(NOW + 10 * LEASE) == 0
    assert only(catalogue).state is Fate.UNCERTAIN
    assert lease(catalogue, "two", NOW + LEASE) == []
    # It stays so however long it takes, and keeps what it needs to be sent again.
    with catalogue.writing() as desk:
        desk.outbox.sweep(NOW + 10 * LOOK_BACK)
        assert desk.outbox.prune(NOW + 10 * LOOK_BACK) == 0
    assert only(catalogue).letter.values == LETTER.values


def test_what_is_learnt_late_of_an_uncertain_letter_counts(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    posted = hand_over(catalogue)
    with catalogue.writing() as desk:
        desk.outbox.sweep(NOW + LEASE)
        assert desk.outbox.settle(posted.key, "one", NOW + LEASE, Fate.ACCEPTED, "250 Ok")
    assert only(catalogue).state is Fate.ACCEPTED


@pytest.mark.parametrize(("again", "fate"), [(True, Fate.QUEUED), (False, Fate.DROPPED)])
def test_the_operator_decides_on_an_uncertain_letter(
    catalogue: Catalogue, again: bool, fate: Fate
) -> None:
    add(catalogue, LETTER)
    posted = hand_over(catalogue)
    with catalogue.writing() as desk:
        assert not desk.outbox.decide(posted.key, NOW, again=again)
        assert desk.outbox.settle(posted.key, "one", NOW, Fate.UNCERTAIN, "no answer")
        assert desk.outbox.decide(posted.key, NOW, again=again)
        assert not desk.outbox.settle(posted.key, "one", NOW, Fate.ACCEPTED, "too late")
    assert only(catalogue).state is fate
    assert bool(lease(catalogue, "two")) is again


def test_an_uncertain_letter_that_is_over_can_only_be_dropped(catalogue: Catalogue) -> None:
    add(catalogue, replace(LETTER, expires=NOW + LEASE))
    posted = hand_over(catalogue)
    with catalogue.writing() as desk:
        desk.outbox.sweep(NOW + LEASE)
        desk.outbox.sweep(NOW + LEASE)
        assert not desk.outbox.decide(posted.key, NOW, again=True)
    assert only(catalogue).state is Fate.UNCERTAIN
    assert only(catalogue).letter.values == {}


def test_a_deferred_letter_waits_longer_each_time_and_is_given_up(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    now, waits = NOW, []
    for _ in range(MOST_TRIES):
        posted = hand_over(catalogue, f"holder {now}", now)
        with catalogue.writing() as desk:
            holder = f"holder {now}"
            assert desk.outbox.settle(posted.key, holder, now, Fate.DEFERRED, "451 Later")
            found = only_of(desk.outbox.listed(None, 1))
            if found.state is Fate.DEFERRED:
                waits.append(found.letter.due - now)
                assert desk.outbox.lease("early", now, now + LEASE, 1) == []
                now = found.letter.due
            assert desk.outbox.sweep(now) == 0
    given_up = only(catalogue)
    assert (given_up.state, given_up.letter.values) == (Fate.REJECTED, {})
    assert given_up.detail == f"Given up after {MOST_TRIES} tries: 451 Later"
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (FIRST_WAIT, LONGEST_WAIT)
    assert timedelta(days=4) < sum(waits, timedelta()) < timedelta(days=5)


def test_one_that_would_be_too_late_is_given_up_at_once(catalogue: Catalogue) -> None:
    add(catalogue, replace(LETTER, expires=NOW + FIRST_WAIT))
    posted = hand_over(catalogue)
    with catalogue.writing() as desk:
        assert desk.outbox.settle(posted.key, "one", NOW, Fate.DEFERRED, "451 Later")
    given_up = only(catalogue)
    assert (given_up.state, given_up.detail) == (Fate.REJECTED, "Given up after 1 try: 451 Later")


def test_whether_others_got_their_letters_is_known(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    posted = hand_over(catalogue)
    later = NOW + timedelta(seconds=1)
    with catalogue.writing() as desk:
        assert not desk.outbox.accepted_since(NOW, but="eve@example.org")
        assert desk.outbox.settle(posted.key, "one", NOW, Fate.ACCEPTED, "250")
        assert desk.outbox.accepted_since(NOW, but="eve@example.org")
        assert not desk.outbox.accepted_since(later, but="eve@example.org")
        assert not desk.outbox.accepted_since(NOW, but=LETTER.recipient)


def only_of(some: list[Posted]) -> Posted:
    """The one that there is."""
    (one,) = some
    return one


@given(tries=st.integers(1, 10_000))
def test_no_wait_is_shorter_or_longer_than_it_may_be(tries: int) -> None:
    assert FIRST_WAIT <= wait_after(tries) <= LONGEST_WAIT


def test_a_letter_that_cannot_be_written_is_rejected_unsent(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    (posted,) = lease(catalogue)
    with catalogue.writing() as desk:
        assert not desk.outbox.settle(posted.key, "two", NOW, Fate.REJECTED, "not mine")
        assert not desk.outbox.settle(posted.key, "one", NOW, Fate.ACCEPTED, "never handed over")
        assert desk.outbox.settle(posted.key, "one", NOW, Fate.REJECTED, "No such kind.")
    assert only(catalogue).state is Fate.REJECTED


def test_what_is_over_is_dropped_and_never_handed_over(catalogue: Catalogue) -> None:
    add(catalogue, replace(LETTER, expires=NOW + LEASE / 2), replace(LETTER, subject="two"))
    (first, _) = lease(catalogue)
    later = NOW + LEASE / 2
    with catalogue.writing() as desk:
        assert not desk.outbox.hand_over(first.key, "one", later, later + LEASE)
        assert desk.outbox.let_go("one") == 2
        assert [p.letter.subject for p in desk.outbox.lease("two", later, later + LEASE, 9)] == [
            "two"
        ]
        assert desk.outbox.sweep(later) == 1
        found = desk.outbox.get(first.key)
    assert found is not None
    assert (found.state, found.letter.values) == (Fate.DROPPED, {})
    assert "no longer of use" in found.detail


def test_a_clock_that_was_wrong_floods_nobody(catalogue: Catalogue) -> None:
    add(catalogue, *(replace(LETTER, subject=f"{at}") for at in range(3)))
    future = NOW + timedelta(days=3650)
    assert lease(catalogue, now=future) == []
    with catalogue.writing() as desk:
        assert desk.outbox.sweep(future) == 3
        assert desk.outbox.counts()[Fate.DROPPED] == 3
        assert all("after it was due" in p.detail for p in desk.outbox.listed(None, 9))


def test_what_a_wrong_clock_put_off_is_put_right(catalogue: Catalogue) -> None:
    add(catalogue, LETTER, replace(LETTER, subject="two", due=NOW + timedelta(minutes=1)))
    future = NOW + timedelta(days=1)
    with catalogue.writing() as desk:
        first, second = desk.outbox.lease("one", future, future + LEASE, 2)
        assert desk.outbox.hand_over(first.key, "one", future, future + LEASE)
        assert desk.outbox.settle(first.key, "one", future, Fate.DEFERRED, "421")
        # Back to the true time: neither waits for a day that is far.
        later = NOW + timedelta(minutes=2)
        assert desk.outbox.sweep(later) >= 1
        assert second.key in [p.key for p in desk.outbox.lease("two", later, later + LEASE, 2)]


def test_how_many_wait_for_too_long_is_told(catalogue: Catalogue) -> None:
    add(catalogue, LETTER, replace(LETTER, subject="two", due=NOW + LEASE))
    with catalogue.reading() as desk:
        assert desk.outbox.overdue(NOW + 2 * LEASE, LEASE) == 2
        assert desk.outbox.overdue(NOW + LEASE, LEASE) == 1
        assert desk.outbox.overdue(NOW, LEASE) == 0


def test_letters_are_withdrawn_up_to_the_hand_over(catalogue: Catalogue) -> None:
    kinds = [replace(LETTER, kind="digest", subject=f"{at}") for at in range(3)]
    add(catalogue, *kinds, LETTER)
    first, *_ = lease(catalogue)
    with catalogue.writing() as desk:
        assert desk.outbox.hand_over(first.key, "one", NOW, NOW + LEASE)
        gone = desk.outbox.withdraw("digest", "ada@example.org", NOW, "Unsubscribed.")
        assert gone == 2
        counts = desk.outbox.counts()
        assert (counts[Fate.HANDED], counts[Fate.DROPPED], counts[Fate.LEASED]) == (1, 2, 1)
        for posted in desk.outbox.listed(Fate.DROPPED, 9):
            assert not desk.outbox.hand_over(posted.key, "one", NOW, NOW + LEASE)


def test_letters_are_known_by_their_ids(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    there = only(catalogue).message_id
    with catalogue.reading() as desk:
        assert desk.outbox.known({there, "ab" * 20}) == {there}
        assert desk.outbox.known([]) == set()


def test_old_letters_are_forgotten_once_they_are_settled(catalogue: Catalogue) -> None:
    add(catalogue, LETTER)
    posted = hand_over(catalogue)
    add(catalogue, replace(LETTER, subject="two"))
    with catalogue.writing() as desk:
        desk.outbox.settle(posted.key, "one", NOW, Fate.ACCEPTED, "")
        assert desk.outbox.prune(NOW) == 0
        assert desk.outbox.prune(NOW + LEASE) == 1
    assert only(catalogue).letter.subject == "two"


@pytest.fixture
def copied(catalogue: Catalogue, tmp_path: Path) -> Path:
    """A copy of the catalogue with letters in each state that is not settled; all then went out."""
    add(catalogue, *(replace(LETTER, subject=f"{at}") for at in range(4)))
    first, second, *_ = lease(catalogue)
    with catalogue.writing() as desk:
        assert desk.outbox.hand_over(first.key, "one", NOW, NOW + LEASE)
        assert desk.outbox.hand_over(second.key, "one", NOW, NOW + LEASE)
        assert desk.outbox.settle(second.key, "one", NOW, Fate.DEFERRED, "421")
    catalogue.backup(tmp_path / "copy.db", progress=lambda _: None)
    return tmp_path / "copy.db"


@pytest.mark.parametrize(
    ("days", "fate"), [(1, Fate.UNCERTAIN), (LOOK_BACK.days + 1, Fate.DROPPED)]
)
def test_a_restored_copy_sends_nothing_by_itself(
    catalogue: Catalogue, catalogue_url: str, locks: Path, copied: Path, days: int, fate: Fate
) -> None:
    catalogue.close()
    restore(copied, catalogue_url, locks=locks, replace=True, now=NOW, progress=lambda _: None)
    again = Catalogue.open(catalogue_url, locks=locks)
    later = NOW + timedelta(days=days)
    with again.writing() as desk:
        # What is asked for after the restore is sent, whoever comes first.
        assert desk.outbox.add(replace(LETTER, subject="new", due=later), later)
    assert [posted.letter.subject for posted in lease(again, "two", later)] == ["new"]
    with again.reading() as desk:
        counts = desk.outbox.counts()
        assert (counts[fate], counts[Fate.LEASED]) == (4, 1)
        assert "restored" in desk.outbox.listed(fate, 1)[0].detail
    again.close()
