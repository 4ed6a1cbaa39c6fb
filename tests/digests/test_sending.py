"""Letters are composed once for each local day, of papers that were not sent; and one may leave."""

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import (
    Bounce,
    BounceKind,
    Cadence,
    Catalogue,
    Desk,
    EditionKind,
    Fate,
    FiledPaper,
    OnEmpty,
    Pick,
    Subscription,
    SubscriptionState,
    Wishes,
)
from broadsheet.digests import (
    ASK_WINDOW,
    SECTIONS,
    SOFT_LIMIT,
    Item,
    Made,
    Part,
    Section,
    Shared,
    add,
    ask,
    compose,
    confirm,
    due_day,
    preview,
    send_due,
    sending,
    stop,
    take_back,
)
from broadsheet.editions import span_of, window
from broadsheet.people import Vote
from tests.library.people import enrol
from tests.library.shelving import shelve, toy_key

KEY = b"k" * 32
SATURDAY = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
MONDAY = SATURDAY + timedelta(days=2)
DAY = timedelta(days=1)
DAILY = Wishes(cadence=Cadence.DAILY, hour=7, zone="UTC")


def publish(desk: Desk, day: date, papers: Sequence[int], section: str = "") -> None:
    """An edition of a day."""
    span = span_of(EditionKind.DAY, day)
    edition = desk.editions.begin(section, span.kind, span.label, window(span, time(6), UTC))
    desk.editions.put(
        edition.key, [Pick(paper_key=key, place=place) for place, key in enumerate(papers, 1)]
    )
    desk.editions.publish(edition.key, datetime(day.year, day.month, day.day, 6, tzinfo=UTC))


def subscribed(catalogue: Catalogue, email: str, wishes: Wishes = DAILY) -> Subscription:
    """A confirmed subscription since the day before."""
    with catalogue.writing() as desk:
        return add(desk, email, "", wishes, SATURDAY - DAY)


def letters(catalogue: Catalogue) -> list[tuple[str, str, Fate]]:
    """The recipient, subject and fate of every letter, the first made first."""
    with catalogue.reading() as desk:
        found = desk.outbox.listed(None, 1000)
    return [(one.letter.recipient, one.letter.subject, one.state) for one in reversed(found)]


def held(catalogue: Catalogue, subscription: Subscription, now: datetime) -> list[int]:
    """The papers that a letter would hold."""
    with catalogue.reading() as desk:
        fresh = desk.subscriptions.get(subscription.key)
    assert fresh is not None
    return list(preview(catalogue, fresh, now).fingerprints())


def settle(catalogue: Catalogue, state: Fate, now: datetime) -> None:
    """Hand everything over, and let it end so."""
    with catalogue.writing() as desk:
        for posted in desk.outbox.lease("one", now, now + timedelta(minutes=5), 100):
            assert desk.outbox.hand_over(posted.key, "one", now, now + timedelta(minutes=5))
            desk.outbox.settle(posted.key, "one", now, state, "told")


def test_a_letter_is_made_once_for_a_local_day(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, SATURDAY.date(), keys[:3])
    assert send_due(catalogue, KEY, SATURDAY) == Made(letters=1)
    assert send_due(catalogue, KEY, SATURDAY + timedelta(hours=1)) == Made()
    assert letters(catalogue) == [
        ("ada@example.org", f"{one.key}:2026-11-21", Fate.QUEUED),
    ]


def test_several_schedulers_make_one_letter_each(catalogue: Catalogue) -> None:
    for number in range(20):
        subscribed(catalogue, f"reader{number}@example.org")
    with catalogue.writing() as desk:
        publish(desk, SATURDAY.date(), shelve(desk)[:3])
    barrier, made = threading.Barrier(4), list[Made]()

    def work() -> None:
        barrier.wait(timeout=30)
        made.append(send_due(catalogue, KEY, SATURDAY))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sum(one.letters for one in made) == 20
    assert len({recipient for recipient, _, _ in letters(catalogue)}) == 20


def test_no_paper_comes_twice_unless_it_changed(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, SATURDAY.date(), keys[:3])
    send_due(catalogue, KEY, SATURDAY)
    settle(catalogue, Fate.ACCEPTED, SATURDAY)
    with catalogue.writing() as desk:
        publish(desk, (SATURDAY + DAY).date(), [keys[1], keys[4]])
    assert held(catalogue, one, SATURDAY + DAY) == [keys[4]]
    with catalogue.writing() as desk:
        paper = replace(desk.papers.by_keys([keys[1]])[keys[1]], retracted=True)
        desk.papers.replace([FiledPaper(keys[1], paper, toy_key(paper.title))])
    assert held(catalogue, one, SATURDAY + DAY) == [keys[1], keys[4]]


@pytest.mark.parametrize(
    ("fate", "comes_again"),
    [
        (Fate.ACCEPTED, False),
        (Fate.DEFERRED, False),
        (Fate.REJECTED, True),
        (Fate.UNCERTAIN, True),
    ],
)
def test_what_did_not_arrive_for_certain_comes_again(
    catalogue: Catalogue, fate: Fate, comes_again: bool
) -> None:
    one = subscribed(catalogue, "ada@example.org")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, SATURDAY.date(), keys[:2])
    send_due(catalogue, KEY, SATURDAY)
    settle(catalogue, fate, SATURDAY)
    assert held(catalogue, one, SATURDAY + DAY) == (keys[:2] if comes_again else [])


def test_leaving_drops_what_is_not_handed_over(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org")
    other = subscribed(catalogue, "bob@example.org")
    with catalogue.writing() as desk:
        publish(desk, SATURDAY.date(), shelve(desk)[:2])
    send_due(catalogue, KEY, SATURDAY)
    with catalogue.writing() as desk:
        leased = desk.outbox.lease("one", SATURDAY, SATURDAY + DAY / 100, 10)
        assert len(leased) == 2
    with catalogue.writing() as desk:
        stop(desk, one.key, "Left.", SATURDAY)
    with catalogue.writing() as desk:
        handed = [
            posted.letter.recipient
            for posted in leased
            if desk.outbox.hand_over(posted.key, "one", SATURDAY, SATURDAY + DAY)
        ]
    assert handed == ["bob@example.org"]
    assert send_due(catalogue, KEY, SATURDAY + DAY).letters == 0
    with catalogue.reading() as desk:
        stopped = desk.subscriptions.get(one.key)
        assert stopped is not None
        assert (stopped.state, stopped.why) == (SubscriptionState.STOPPED, "Left.")
        assert desk.subscriptions.counts()[SubscriptionState.ACTIVE] == 1
    assert other.state is SubscriptionState.ACTIVE


def test_an_empty_day_has_a_letter_only_where_one_is_wished_for(catalogue: Catalogue) -> None:
    subscribed(catalogue, "quiet@example.org")
    subscribed(catalogue, "all@example.org", replace(DAILY, on_empty=OnEmpty.SEND))
    assert send_due(catalogue, KEY, SATURDAY) == Made(letters=1, empty=1)
    assert [recipient for recipient, _, _ in letters(catalogue)] == ["all@example.org"]


def test_wishes_choose_what_comes(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, SATURDAY.date(), keys)
    physics = subscribed(catalogue, "one@example.org", replace(DAILY, categories=("cs.DS",)))
    words = subscribed(catalogue, "two@example.org", replace(DAILY, topics=("SWARM", "waves")))
    few = subscribed(catalogue, "three@example.org", replace(DAILY, size=2))
    with catalogue.reading() as desk:
        papers = desk.papers.by_keys(keys)
    assert held(catalogue, physics, SATURDAY) == [
        key for key in keys if "cs.DS" in papers[key].categories
    ]
    found = held(catalogue, words, SATURDAY)
    assert found
    assert all("swarm" in papers[key].abstract or "waves" in papers[key].abstract for key in found)
    assert held(catalogue, few, SATURDAY) == keys[:2]


def test_what_rose_and_saved_searches_have_their_parts(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org")
    voter = enrol(catalogue, "voter")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, SATURDAY.date(), keys[:2])
        search = desk.watches.keep("bees", SATURDAY - DAY, subscription_key=one.key)
        desk.watches.match(search, [keys[2], keys[0]], max(keys), SATURDAY)
        desk.votes.cast(Vote(keys[3], voter.key, SATURDAY - DAY))
    with catalogue.reading() as desk:
        fresh = desk.subscriptions.get(one.key)
    assert fresh is not None
    digest = preview(catalogue, fresh, SATURDAY)
    parts = {
        passage.name: [(item.paper_key, item.reason) for item, _ in passage.items]
        for passage in digest.passages
    }
    assert parts == {
        "edition": [(keys[0], ""), (keys[1], "")],
        "searches": [(keys[2], "Matches \u201cbees\u201d")],
        "rising": [(keys[3], "Number 1 this week: 1 vote")],
    }


def test_editions_of_chosen_sections_come_in_place_of_the_main_one(catalogue: Catalogue) -> None:
    wishes = replace(DAILY, size=6, sections=("bees", "gone", "tides"))
    with catalogue.writing() as desk:
        keys = shelve(desk)
        for name, title in (("bees", "Bees & Swarms"), ("tides", "")):
            desk.sections.add(
                name, title=title, query=name, cutoff="06:00", zone="UTC", size=5, made=SATURDAY
            )
        publish(desk, SATURDAY.date(), keys[:2])
        publish(desk, SATURDAY.date(), keys[2:6], "bees")
        publish(desk, SATURDAY.date(), keys[5:8], "tides")
        one = add(desk, "ada@example.org", "", wishes, SATURDAY - DAY)
        assert desk.subscriptions.get(one.key) == one
    found = preview(catalogue, one, SATURDAY)
    assert [(each.title, each.path, len(each.items)) for each in found.passages] == [
        ("Bees & Swarms: Today\u2019s edition", "/sections/bees/date/2026-11-21", 3),
        ("tides: Today\u2019s edition", "/sections/tides/date/2026-11-21", 3),
    ]


def test_no_paper_comes_twice_by_two_subscriptions_of_a_reader(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk)
        desk.sections.add(
            "bees", title="", query="bees", cutoff="06:00", zone="UTC", size=5, made=SATURDAY
        )
        publish(desk, SATURDAY.date(), keys[:3])
        publish(desk, SATURDAY.date(), keys[1:4], "bees")
        one = add(desk, "ada@example.org", "", DAILY, SATURDAY - DAY)
        other = add(desk, "ada@example.org", "bees", DAILY, SATURDAY - DAY)
    assert held(catalogue, one, SATURDAY) == keys[:3]
    assert send_due(catalogue, KEY, SATURDAY) == Made(letters=2)
    with catalogue.reading() as desk:
        sent = desk.subscriptions.were_sent([one.key, other.key])
        told = [json.loads(each.letter.values["passages"]) for each in desk.outbox.listed(None, 9)]
    assert sent[one.key] == sent[other.key]
    came = [item["key"] for passages in told for part in passages for item in part["items"]]
    assert sorted(came) == sorted(str(key) for key in keys[:4])


def test_nor_by_two_processes_in_the_same_moment(
    catalogue: Catalogue, catalogue_url: str, locks: Path
) -> None:
    """Each composes one letter of an address; the second does not begin before the first ended."""
    with catalogue.writing() as desk:
        keys = shelve(desk)
        desk.sections.add(
            "bees", title="", query="bees", cutoff="06:00", zone="UTC", size=5, made=SATURDAY
        )
        publish(desk, SATURDAY.date(), keys[:3])
        publish(desk, SATURDAY.date(), keys[1:4], "bees")
        both = [add(desk, "ada@example.org", it, DAILY, SATURDAY - DAY) for it in ("", "bees")]
    asked, begun = threading.Event(), threading.Event()

    def work() -> None:
        """What another process does: nothing but the catalogue is shared."""
        other = Catalogue.open(catalogue_url, locks=locks)
        asked.set()
        with other.writing() as desk:
            begun.set()
            sending._make(desk, both[1:], KEY, SATURDAY, Shared())
        other.close()

    thread = threading.Thread(target=work, daemon=True)
    with catalogue.writing() as desk:
        thread.start()
        assert asked.wait(60)
        assert sending._make(desk, both[:1], KEY, SATURDAY, Shared()) == Made(letters=1)
        # Long enough to begin, were it let.
        assert not begun.wait(0.5)
    thread.join(60)
    assert begun.is_set()
    with catalogue.reading() as desk:
        told = [json.loads(each.letter.values["passages"]) for each in desk.outbox.listed(None, 9)]
    came = [item["key"] for passages in told for part in passages for item in part["items"]]
    assert len(told) == 2
    assert sorted(came) == sorted(str(key) for key in keys[:4])


def test_every_section_has_room_in_a_full_letter(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org", replace(DAILY, size=5))
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, SATURDAY.date(), keys[:5])
        search = desk.watches.keep("bees", SATURDAY - DAY, subscription_key=one.key)
        desk.watches.match(search, [keys[0], keys[5], keys[6]], max(keys), SATURDAY)
        shared = Shared()
        found = [Item(key) for key in keys]
        further = Section("more", lambda _: [Part("More", "", "/", found)], 2)
        digest = compose(desk, one, SATURDAY.date(), SATURDAY, shared, (), (*SECTIONS, further))
    parts = {
        passage.name: [item.paper_key for item, _ in passage.items] for passage in digest.passages
    }
    # One of five for the searches, two of five for what has a half; the edition has the rest, and
    # what a section before it has is no paper of a later one.
    assert parts == {"edition": keys[:2], "searches": [keys[6]], "more": keys[2:4]}


def test_a_new_section_is_a_function_and_a_name(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        further = Section(
            "first", lambda _: [Part("First", "", "/", [Item(keys[5], "said so")])], 2
        )
        digest = compose(desk, one, SATURDAY.date(), SATURDAY, Shared(), (), (*SECTIONS, further))
    assert [(one.name, one.items[0][0].reason) for one in digest.passages] == [("first", "said so")]


def test_a_weekly_letter_has_the_week_before(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org", replace(DAILY, cadence=Cadence.WEEKLY))
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, date(2026, 11, 16), keys[:2])
        publish(desk, date(2026, 11, 20), keys[2:3])
        publish(desk, date(2026, 11, 23), keys[3:4])
    assert due_day(SATURDAY, one.wishes) is None
    assert set(held(catalogue, one, MONDAY)) == set(keys[:3])
    assert send_due(catalogue, KEY, MONDAY).letters == 1


def asked(catalogue: Catalogue, email: str, now: datetime, section: str = "") -> bool:
    with catalogue.writing() as desk:
        return ask(desk, email, section, DAILY, now, KEY)


def test_an_address_is_asked_once_in_a_while(catalogue: Catalogue) -> None:
    assert asked(catalogue, "ada@example.org", SATURDAY)
    for number in range(200):
        later = SATURDAY + ASK_WINDOW * number / 200
        assert not asked(catalogue, "ADA@example.org".lower(), later, "" if number % 2 else "ml")
    assert len(letters(catalogue)) == 1
    assert asked(catalogue, "ada@example.org", SATURDAY + ASK_WINDOW)


def test_nobody_is_asked_who_has_letters_or_gets_none(catalogue: Catalogue) -> None:
    subscribed(catalogue, "ada@example.org")
    with catalogue.writing() as desk:
        desk.bounces.suppress("bob@example.org", "Spam.", SATURDAY)
    assert not asked(catalogue, "ada@example.org", SATURDAY)
    assert not asked(catalogue, "bob@example.org", SATURDAY)
    assert letters(catalogue) == []


def test_nothing_is_sent_before_it_is_confirmed_nor_for_the_day_before(
    catalogue: Catalogue,
) -> None:
    asked(catalogue, "ada@example.org", SATURDAY)
    with catalogue.writing() as desk:
        publish(desk, SATURDAY.date(), shelve(desk)[:2])
    assert send_due(catalogue, KEY, SATURDAY) == Made()
    with catalogue.writing() as desk:
        (one,) = desk.subscriptions.of_address("ada@example.org")
        assert confirm(desk, one.key, SATURDAY).state is SubscriptionState.ACTIVE
        assert confirm(desk, one.key, SATURDAY).state is SubscriptionState.ACTIVE
    # Its hour had come on that day before it was confirmed.
    assert send_due(catalogue, KEY, SATURDAY) == Made()
    assert send_due(catalogue, KEY, SATURDAY + DAY) == Made(letters=1)


def bounce(kind: BounceKind, number: int, now: datetime) -> Bounce:
    return Bounce("ada@example.org", kind, f"mail {number}", "550 5.1.1 no such user", now)


@pytest.mark.parametrize("kind", [BounceKind.HARD, BounceKind.COMPLAINT])
def test_what_comes_back_for_good_ends_letters(catalogue: Catalogue, kind: BounceKind) -> None:
    one = subscribed(catalogue, "ada@example.org")
    with catalogue.writing() as desk:
        assert take_back(desk, bounce(kind, 1, SATURDAY))
        assert not take_back(desk, bounce(kind, 1, SATURDAY))
        stopped = desk.subscriptions.get(one.key)
        assert stopped is not None
        assert stopped.state is SubscriptionState.STOPPED
        assert list(desk.bounces.suppressed(["ADA@example.org"])) == ["ada@example.org"]
    assert send_due(catalogue, KEY, SATURDAY) == Made()


def test_what_comes_back_for_now_ends_letters_when_it_comes_often(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org")

    def state() -> SubscriptionState:
        with catalogue.reading() as desk:
            found = desk.subscriptions.get(one.key)
            assert found is not None
            return found.state

    for number in range(SOFT_LIMIT):
        assert state() is SubscriptionState.ACTIVE
        with catalogue.writing() as desk:
            # The same mail twice is one.
            take_back(desk, bounce(BounceKind.SOFT, number, SATURDAY))
            take_back(desk, bounce(BounceKind.SOFT, number, SATURDAY))
    assert state() is SubscriptionState.STOPPED


@pytest.mark.parametrize(
    ("cadence", "days", "letters"),
    [(Cadence.WEEKLY, 7, SOFT_LIMIT), (Cadence.MONTHLY, 31, 3), (Cadence.DAILY, 4, None)],
)
def test_letters_that_come_seldom_and_always_come_back_end_too(
    catalogue: Catalogue, cadence: Cadence, days: int, letters: int | None
) -> None:
    one = subscribed(catalogue, "ada@example.org", replace(DAILY, cadence=cadence))
    ended = None
    for number in range(1, 9):
        with catalogue.writing() as desk:
            take_back(desk, bounce(BounceKind.SOFT, number, SATURDAY + number * days * DAY))
            found = desk.subscriptions.get(one.key)
        if ended is None and found and not found.is_active:
            ended = number
    assert ended == letters


def test_a_clock_that_ran_ahead_stops_nothing_and_floods_nobody(catalogue: Catalogue) -> None:
    subscribed(catalogue, "ada@example.org", replace(DAILY, on_empty=OnEmpty.SEND))
    ahead = SATURDAY + timedelta(days=4000)
    assert send_due(catalogue, KEY, ahead).letters == 1
    for hour in range(48):
        send_due(catalogue, KEY, SATURDAY + timedelta(hours=hour))
        send_due(catalogue, KEY, ahead)
    subjects = [subject for _, subject, _ in letters(catalogue)]
    assert len(subjects) == len(set(subjects)) == 4


def test_papers_that_are_folded_take_what_was_sent_along(catalogue: Catalogue) -> None:
    one = subscribed(catalogue, "ada@example.org")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        publish(desk, SATURDAY.date(), keys[:2])
    send_due(catalogue, KEY, SATURDAY)
    with catalogue.writing() as desk:
        desk.papers.absorb(keys[0], keys[1])
        sent = desk.subscriptions.were_sent([one.key])[one.key]
    assert {key for key, _ in sent} == {keys[1]}
    assert catalogue.check() == []
