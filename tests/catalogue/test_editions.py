"""The shelf of editions, on both stores."""

import threading
from datetime import UTC, datetime, timedelta

from broadsheet.catalogue import (
    Catalogue,
    EditionChange,
    EditionKind,
    EditionState,
    Pick,
)
from tests.library import BEES, TIDES
from tests.library.shelving import shelve

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = (NOON - timedelta(days=1), NOON)
DAY = EditionKind.DAY


def picked(*keys: int) -> list[Pick]:
    """Papers in this order."""
    return [Pick(paper_key=key, place=place) for place, key in enumerate(keys, 1)]


def test_an_edition_is_begun_once_and_filled(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        edition = desk.editions.begin("", DAY, "2026-03-02", WINDOW, title="Tea", made_by="ada")
        assert desk.editions.begin("", DAY, "2026-03-02", WINDOW, title="Other") == edition
        assert edition.state is EditionState.DRAFT
        assert (edition.opens, edition.closes) == WINDOW
        full = Pick(
            paper_key=bees,
            place=1,
            line="Bees!",
            reasons=("It is new.", "It is short."),
            votes=3,
            score=0.5,
            picked_by="ada",
        )
        desk.editions.put(edition.key, [*picked(tides)[:0], full, Pick(paper_key=tides, place=2)])
    with catalogue.reading() as desk:
        assert desk.editions.picks(edition.key) == [full, Pick(paper_key=tides, place=2)]
        assert desk.editions.picks_of([edition.key, 99]) == {
            edition.key: [full, Pick(paper_key=tides, place=2)],
            99: [],
        }
        assert desk.editions.published("", DAY, limit=9) == []
        assert desk.editions.unpublished("") == [edition]
        assert desk.editions.of_paper(bees) == []


def test_it_comes_out_once_and_pages_know(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        (tides,) = shelve(desk, [TIDES])
        edition = desk.editions.begin("", DAY, "2026-03-02", WINDOW)
        desk.editions.put(edition.key, picked(tides))
        before = desk.changes.stirs()
        assert desk.editions.publish(edition.key, NOON)
        assert not desk.editions.publish(edition.key, NOON + timedelta(days=1))
        assert desk.changes.stirs() == before + 1
        desk.editions.schedule(edition.key, NOON)
        found = desk.editions.get("", DAY, "2026-03-02")
        assert found
        assert found.is_published
        assert found.published == NOON
        assert found.scheduled is None
        assert not desk.editions.remove(edition.key)
        (ranked,) = desk.editions.of_paper(tides)
        assert (ranked.edition, ranked.place, ranked.papers) == (found, 1, 1)
        assert desk.editions.already_in("", [tides, 99]) == {tides}
        assert desk.editions.already_in("tea", [tides]) == set()
        assert desk.editions.labels("", DAY) == {"2026-03-02": 1}


def test_of_many_at_once_one_publishes(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        edition = desk.editions.begin("", DAY, "2026-03-02", WINDOW)
    done: list[bool] = []

    def publish() -> None:
        with catalogue.writing() as desk:
            done.append(desk.editions.publish(edition.key, NOON))

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 7 + [True]


def test_scheduled_editions_are_due_in_their_time(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        edition = desk.editions.begin("", DAY, "2026-03-02", WINDOW)
        desk.editions.schedule(edition.key, NOON)
        assert desk.editions.due(NOON - timedelta(microseconds=1)) == []
        assert [one.key for one in desk.editions.due(NOON)] == [edition.key]
        desk.editions.schedule(edition.key, None)
        assert desk.editions.due(NOON) == []
        assert desk.editions.remove(edition.key)
        assert desk.editions.by_key(edition.key) is None
        assert not desk.editions.remove(edition.key)


def test_published_editions_are_listed_by_label(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        for label in ("2026-03-01", "2026-03-03", "2026-03-02"):
            edition = desk.editions.begin("", DAY, label, WINDOW)
            desk.editions.publish(edition.key, NOON)
        other = desk.editions.begin("tea", DAY, "2026-03-05", WINDOW)
        desk.editions.publish(other.key, NOON)

        def labels(**bounds: str) -> list[str]:
            return [one.label for one in desk.editions.published("", DAY, limit=2, **bounds)]

        assert labels() == ["2026-03-03", "2026-03-02"]
        assert labels(before="2026-03-02") == ["2026-03-01"]
        assert labels(since="2026-03-03") == ["2026-03-03"]


def test_changes_are_kept_in_order(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        edition = desk.editions.begin("", DAY, "2026-03-02", WINDOW)
        first = EditionChange(NOON, "Ada", "A paper was taken out.", "It was withdrawn")
        second = EditionChange(NOON, "Bo", "The order was changed.", "A slip")
        desk.editions.note(edition.key, first)
        desk.editions.note(edition.key, second)
        assert desk.editions.changes(edition.key) == [first, second]
        assert desk.editions.changes(99) == []
    assert catalogue.check() == []


def test_a_paper_that_is_folded_into_another_stays_in_its_editions(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        tides, bees = shelve(desk, [TIDES, BEES])
        edition = desk.editions.begin("", DAY, "2026-03-02", WINDOW)
        desk.editions.put(edition.key, picked(bees))
        desk.papers.absorb(bees, tides)
        assert [pick.paper_key for pick in desk.editions.picks(edition.key)] == [tides]
