"""The shelves of subscriptions and of what subscribers said, on both stores."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from broadsheet.catalogue import (
    Bounce,
    BounceKind,
    Cadence,
    Catalogue,
    Choice,
    OnEmpty,
    Sent,
    Subscription,
    SubscriptionState,
    Wishes,
)
from broadsheet.errors import CatalogueError
from tests.library.people import enrol
from tests.library.shelving import shelve

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
WISHES = Wishes(
    cadence=Cadence.WEEKLY,
    hour=18,
    zone="Pacific/Apia",
    topics=("tides", "Fréchet means"),
    categories=("cs.CL",),
    size=3,
    on_empty=OnEmpty.SEND,
    paused_until=date(2026, 12, 24),
)


def test_a_subscription_is_read_as_it_was_filed(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        filed = desk.subscriptions.add("Ada@Example.org", "ml", WISHES, NOW, ada.key)
    with catalogue.reading() as desk:
        assert desk.subscriptions.get(filed.key) == filed
        assert desk.subscriptions.at("ADA@example.org", "ml") == filed
        assert desk.subscriptions.at("ada@example.org", "") is None
        assert desk.subscriptions.of_address("ada@example.org") == [filed]
    assert (filed.email, filed.wishes, filed.state) == (
        "ada@example.org",
        WISHES,
        SubscriptionState.PENDING,
    )
    with pytest.raises(CatalogueError), catalogue.writing() as desk:
        desk.subscriptions.add("ada@example.org", "ml", WISHES, NOW)
    assert catalogue.check() == []


def test_a_subscription_goes_from_state_to_state(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelf = desk.subscriptions
        one = shelf.add("ada@example.org", "", Wishes(), NOW)
        assert not shelf.claim(one.key, NOW.date())
        shelf.activate(one.key, NOW, NOW.date())
        shelf.stop(one.key, "first", NOW)
        shelf.stop(one.key, "second", NOW + timedelta(days=1))
        stopped = shelf.get(one.key)
        assert stopped
        assert (stopped.state, stopped.why, stopped.stopped) == (
            SubscriptionState.STOPPED,
            "first",
            NOW,
        )
        assert not shelf.claim(one.key, NOW.date() + timedelta(days=1))
        shelf.choose(one.key, replace(WISHES, topics=()))
        shelf.activate(one.key, NOW, NOW.date())
        again = shelf.get(one.key)
        assert again
        assert (again.state, again.why, again.stopped) == (SubscriptionState.ACTIVE, "", None)
        assert again.wishes == replace(WISHES, topics=())


def test_a_day_is_claimed_once_and_none_before_it(catalogue: Catalogue) -> None:
    day = NOW.date()
    with catalogue.writing() as desk:
        one = desk.subscriptions.add("ada@example.org", "", Wishes(), NOW)
        desk.subscriptions.activate(one.key, NOW, day - timedelta(days=1))
        claims = [
            desk.subscriptions.claim(one.key, day + timedelta(days=number))
            for number in (0, 0, -1, 1, 0)
        ]
    assert claims == [True, False, False, True, False]


def test_pages_hold_everybody_once(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        for number in range(25):
            one = desk.subscriptions.add(f"r{number}@example.org", "", Wishes(), NOW)
            if number % 2:
                desk.subscriptions.activate(one.key, NOW, NOW.date())
    found: list[Subscription] = []
    with catalogue.reading() as desk:
        while page := desk.subscriptions.page(
            found[-1].key if found else 0, 4, SubscriptionState.ACTIVE
        ):
            found += page
        counts = desk.subscriptions.counts()
    assert [one.email for one in found] == [f"r{number}@example.org" for number in range(1, 25, 2)]
    assert counts == {
        SubscriptionState.PENDING: 13,
        SubscriptionState.ACTIVE: 12,
        SubscriptionState.STOPPED: 0,
    }


def test_more_and_less_undo_each_other_and_saving_neither(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        one = desk.subscriptions.add("ada@example.org", "", Wishes(), NOW)
        for number, choice in enumerate((Choice.MORE, Choice.SAVE, Choice.LESS, Choice.SAVE)):
            at = NOW + timedelta(minutes=number)
            desk.interests.say(keys[0], choice, at, subscription_key=one.key)
        desk.interests.say(keys[1], Choice.MORE, NOW, reader_key=ada.key)
        said = desk.interests.said(subscription_key=one.key)
        own = desk.interests.said(reader_key=ada.key)
    assert [(each.paper_key, each.choice) for each in said] == [
        (keys[0], Choice.LESS),
        (keys[0], Choice.SAVE),
    ]
    assert [(each.paper_key, each.choice) for each in own] == [(keys[1], Choice.MORE)]


def test_a_folded_paper_takes_along_what_was_said_and_matched(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        keys = shelve(desk)
        one = desk.subscriptions.add("ada@example.org", "", Wishes(), NOW)
        search = desk.watches.keep("tides", NOW, subscription_key=one.key)
        desk.watches.match(search, keys[:2], max(keys), NOW)
        desk.interests.say(keys[0], Choice.MORE, NOW, subscription_key=one.key)
        sent = Sent(one.key, "1:x", dict.fromkeys(keys[:2], b"f"))
        desk.subscriptions.put_in([sent], NOW)
        desk.papers.absorb(keys[0], keys[1])
        assert desk.watches.matches(search, NOW, 10) == [keys[1]]
        assert [each.paper_key for each in desk.interests.said(subscription_key=one.key)] == [
            keys[1]
        ]
        assert desk.subscriptions.were_sent([one.key])[one.key] == {(keys[1], b"f")}
    assert catalogue.check() == []


def test_who_leaves_takes_everything_along(catalogue: Catalogue) -> None:
    ada = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        keys = shelve(desk)
        one = desk.subscriptions.add("ada@example.org", "", Wishes(), NOW)
        own = desk.subscriptions.add("other@example.org", "", Wishes(), NOW, ada.key)
        stays = desk.subscriptions.add("bob@example.org", "", Wishes(), NOW)
        for each in (one, own, stays):
            search = desk.watches.keep("tides", NOW, subscription_key=each.key)
            desk.watches.match(search, keys[:1], max(keys), NOW)
            desk.interests.say(keys[0], Choice.MORE, NOW, subscription_key=each.key)
            sent = Sent(each.key, f"{each.key}:x", {keys[0]: b"f"})
            desk.subscriptions.put_in([sent], NOW)
        desk.watches.keep("bees", NOW, reader_key=ada.key)
        desk.interests.say(keys[1], Choice.MORE, NOW, reader_key=ada.key)
        desk.bounces.add(Bounce("ada@example.org", BounceKind.SOFT, "1", "", NOW))
    with catalogue.writing() as desk:
        desk.personal.forget(ada)
    with catalogue.reading() as desk:
        assert [each.email for each in desk.subscriptions.page(0, 10)] == ["bob@example.org"]
        assert [each.subscription_key for each in desk.watches.all()] == [stays.key]
        assert desk.bounces.latest(10) == []
    assert catalogue.check() == []


def test_unknown_mail_is_kept_once(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        for _ in range(2):
            desk.bounces.keep_unknown(b"\0\xff what?", "odd", NOW)
        assert desk.bounces.unknown(10) == [(NOW, "odd", b"\0\xff what?")]
        assert desk.bounces.unknown_count() == 1


def test_an_address_is_suppressed_for_the_first_reason(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        desk.bounces.suppress("Ada@example.org", "first", NOW)
        desk.bounces.suppress("ada@example.org", "second", NOW)
        assert desk.bounces.suppressed(["ADA@example.org", "b@example.org"]) == {
            "ada@example.org": "first"
        }
        assert desk.bounces.suppressed_count() == 1
        assert desk.bounces.allow("ada@EXAMPLE.org")
        assert not desk.bounces.allow("ada@example.org")


def test_everybody_s_last_words_by_person(catalogue: Catalogue) -> None:
    ada, bo = enrol(catalogue, "ada"), enrol(catalogue, "bo")
    later = NOW + timedelta(hours=1)
    with catalogue.writing() as desk:
        keys = shelve(desk)
        hers = desk.subscriptions.add("ada@example.org", "", Wishes(), NOW, ada.key)
        guest = desk.subscriptions.add("guest@example.org", "", Wishes(), NOW)
        pending = desk.subscriptions.add("who@example.org", "", Wishes(), NOW)
        desk.subscriptions.activate(guest.key, NOW, NOW.date())
        desk.interests.say(keys[0], Choice.MORE, NOW, subscription_key=hers.key)
        desk.interests.say(keys[1], Choice.SAVE, later, reader_key=ada.key)
        desk.interests.say(keys[0], Choice.LESS, NOW, subscription_key=guest.key)
        desk.interests.say(keys[0], Choice.MORE, later, subscription_key=pending.key)
        desk.interests.say(keys[2], Choice.MORE, later, reader_key=bo.key)
        owners: tuple[dict[str, int], ...] = (
            {"reader_key": ada.key},
            {"subscription_key": guest.key},
            {"subscription_key": pending.key},
            {"reader_key": bo.key},
        )
        for owner in owners:
            desk.watches.match(desk.watches.keep("tides", NOW, **owner), keys[:2], 0, NOW)
        desk.readers.replace(replace(bo, suspended=NOW))
    with catalogue.reading() as desk:
        said = desk.interests.lately(NOW, 9)
        # Of each the last comes first, so that nobody's many words leave none for others.
        assert [(one.person, one.paper_key, one.choice) for one in said] == [
            (ada.key, keys[1], Choice.SAVE),
            (-guest.key, keys[0], Choice.LESS),
            (ada.key, keys[0], Choice.MORE),
        ]
        assert {one.person for one in desk.interests.lately(NOW, 2)} == {ada.key, -guest.key}
        assert [one.person for one in desk.interests.lately(later, 9)] == [ada.key]
        assert desk.watches.finders(keys[1:3]) == {ada.key: {keys[1]}, -guest.key: {keys[1]}}
