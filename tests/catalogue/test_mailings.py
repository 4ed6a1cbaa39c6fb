"""Letters counted by kind and by the day that they are of, on both stores."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from broadsheet.catalogue import DIGEST, Bounce, BounceKind, Catalogue, Fate, Letter
from tests.library.letters import letter

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=5)


def regular(key: int, day: str) -> Letter:
    """A regular letter of a subscription and a local day."""
    return replace(letter(DIGEST), subject=f"{key}:{day}", due=NOW, expires=None)


def fill(catalogue: Catalogue) -> None:
    """Four letters of a day, each with a fate of its own, one of another day, and a notice."""
    fates = (Fate.ACCEPTED, Fate.REJECTED, Fate.UNCERTAIN, Fate.DEFERRED)
    with catalogue.writing() as desk:
        letters = [regular(key, "2026-11-21") for key in range(1, 5)]
        assert all(desk.outbox.add_all(letters, NOW))
        posted = desk.outbox.lease("one", NOW, UNTIL, 4)
        for one, fate in zip(posted, fates, strict=True):
            assert desk.outbox.hand_over(one.key, "one", NOW, UNTIL)
            assert desk.outbox.settle(one.key, "one", NOW, fate, "so it is")
        assert desk.outbox.add(regular(1, "2026-11-22"), NOW)
        assert desk.outbox.add(replace(letter(), due=NOW - timedelta(hours=3)), NOW)
        for origin, kind in (("a", BounceKind.SOFT), ("b", BounceKind.HARD)):
            desk.bounces.add(Bounce("ada@example.org", kind, origin, "", NOW, posted[0].key))


def test_letters_are_counted_by_kind(catalogue: Catalogue) -> None:
    with catalogue.reading() as desk:
        assert desk.mailings.by_kind() == {}
        assert desk.mailings.longest_due(NOW) is None
    fill(catalogue)
    with catalogue.reading() as desk:
        counts = desk.mailings.by_kind()
        assert list(counts) == [DIGEST, "notice"]
        assert counts[DIGEST][Fate.QUEUED] == counts[DIGEST][Fate.UNCERTAIN] == 1
        assert counts["notice"] == {**dict.fromkeys(Fate, 0), Fate.QUEUED: 1}
        assert desk.mailings.longest_due(NOW) == NOW - timedelta(hours=3)
        assert desk.mailings.longest_due(NOW - timedelta(hours=4)) is None
        assert desk.bounces.counts() == {
            BounceKind.HARD: 1,
            BounceKind.SOFT: 1,
            BounceKind.COMPLAINT: 0,
        }
        assert desk.bounces.suppressed_count() == 0


def test_regular_letters_are_counted_by_their_day(catalogue: Catalogue) -> None:
    fill(catalogue)
    with catalogue.reading() as desk:
        later, first = desk.mailings.days(NOW)
        assert (later.day, later.letters, later.waiting) == (date(2026, 11, 22), 1, 1)
        assert (first.day, first.letters, first.waiting) == (date(2026, 11, 21), 4, 0)
        assert {fate for fate, count in first.counts.items() if count} == {
            Fate.ACCEPTED,
            Fate.REJECTED,
            Fate.UNCERTAIN,
            Fate.DEFERRED,
        }
        # Two reports of one letter are one letter that came back.
        assert (first.returned, later.returned) == (1, 0)
        assert desk.mailings.days(NOW + timedelta(seconds=1)) == []


def test_the_letters_of_a_day_are_listed(catalogue: Catalogue) -> None:
    fill(catalogue)
    day = date(2026, 11, 21)
    with catalogue.reading() as desk:
        every = desk.mailings.letters(day, None, 3)
        assert [one.key for one in every] == [4, 3, 2]
        assert [one.key for one in desk.mailings.letters(day, None, 3, before=2)] == [1]
        (unsure,) = desk.mailings.letters(day, Fate.UNCERTAIN, 3)
        assert unsure.letter.subject == "3:2026-11-21"
        assert desk.mailings.letters(day + timedelta(days=5), None, 3) == []
