"""From draft to published, once, and what changes afterwards."""

import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from broadsheet.catalogue import Catalogue, Edition, EditionKind, Pick, Section
from broadsheet.editions import correct, make, placed, read_label, release, release_due, revise
from broadsheet.errors import ConflictError, InputError
from tests.library.dailies import file_papers, tell, toy_dailies

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
WHOLE = Section(key=0, name="", title="All", query="", cutoff="07:00", zone="UTC", size=3, made=NOW)


def draft(catalogue: Catalogue, count: int = 3) -> tuple[Edition, list[int]]:
    """A draft with so many papers, which have 1, 2, … votes."""
    with catalogue.writing() as desk:
        keys = file_papers(desk, toy_dailies(DAY, count))
        tell(desk, keys, "2026-02-01", tuple(range(1, count + 1)))
        window = (NOW - timedelta(days=1), NOW)
        edition = desk.editions.begin("", EditionKind.DAY, str(DAY), window)
        picks = [Pick(paper_key=key, place=at) for at, key in enumerate(keys, 1)]
        desk.editions.put(edition.key, picks)
    return edition, keys


def test_it_comes_out_with_the_votes_of_that_moment(catalogue: Catalogue) -> None:
    edition, keys = draft(catalogue)
    with catalogue.writing() as desk:
        assert release(desk, edition, NOW)
        tell(desk, keys, "2026-03-03", (100, 100, 100))
        assert not release(desk, edition, NOW + timedelta(hours=1))
        picks = desk.editions.picks(edition.key)
    assert [(pick.paper_key, pick.votes) for pick in picks] == list(
        zip(keys, (1, 2, 3), strict=True)
    )


def test_an_empty_one_does_not_come_out(catalogue: Catalogue) -> None:
    edition, _ = draft(catalogue, 0)
    with pytest.raises(InputError), catalogue.writing() as desk:
        release(desk, edition, NOW)
    with catalogue.writing() as desk:
        desk.editions.schedule(edition.key, NOW)
    assert release_due(catalogue, NOW) == []


def test_one_of_days_to_come_waits_for_them(catalogue: Catalogue) -> None:
    edition, _ = draft(catalogue)
    before = edition.opens - timedelta(seconds=1)
    with pytest.raises(InputError), catalogue.writing() as desk:
        release(desk, edition, before)
    with catalogue.writing() as desk:
        desk.editions.schedule(edition.key, before)
    assert release_due(catalogue, before) == []
    assert [one.key for one in release_due(catalogue, edition.opens)] == [edition.key]


def test_scheduled_ones_come_out_once(catalogue: Catalogue) -> None:
    edition, _ = draft(catalogue)
    with catalogue.writing() as desk:
        desk.editions.schedule(edition.key, NOW)
    assert release_due(catalogue, NOW - timedelta(seconds=1)) == []
    found: list[Edition] = []
    threads = [
        threading.Thread(target=lambda: found.extend(release_due(catalogue, NOW))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.key for one in found] == [edition.key]
    assert release_due(catalogue, NOW + timedelta(days=1)) == []


def test_a_draft_is_revised_and_a_published_one_is_not(catalogue: Catalogue) -> None:
    edition, keys = draft(catalogue)
    with catalogue.writing() as desk:
        picks = desk.editions.picks(edition.key)
        revise(desk, edition, picks[::-1], title="T", note="N", made_by="Ada")
        assert [pick.paper_key for pick in desk.editions.picks(edition.key)] == keys[::-1]
        with pytest.raises(InputError, match="A title may have 120"):
            revise(desk, edition, picks, title="T" * 121, note="", made_by="Ada")
        release(desk, edition, NOW)
        with pytest.raises(ConflictError):
            revise(desk, edition, picks, title="", note="", made_by="")


def test_a_correction_needs_a_reason_and_says_what_changed(catalogue: Catalogue) -> None:
    edition, keys = draft(catalogue, 4)
    titles = {key: f"Paper {at}" for at, key in enumerate(keys)}
    with catalogue.writing() as desk:
        desk.editions.put(edition.key, desk.editions.picks(edition.key)[:3])
        release(desk, edition, NOW)
        first, second, third = desk.editions.picks(edition.key)

        def change(picks: list[Pick], why: str = "A slip") -> list[str]:
            return correct(desk, edition, picks, titles, actor="Ada", why=why, now=NOW)

        assert change([first, second, third]) == []
        with pytest.raises(InputError, match="with a reason"):
            change([first, second], "  ")
        with pytest.raises(InputError, match="one paper at least"):
            change([])
        added = Pick(paper_key=keys[3], place=0)
        assert change([third, first, added]) == [
            "“Paper 1” was taken out.",
            "“Paper 3” was added.",
            "The order was changed.",
        ]
        lined = Pick(paper_key=keys[0], place=1, line="Look")
        assert change([third, lined, added]) == ["The line on “Paper 0” was changed."]
        told = desk.editions.changes(edition.key)
    assert [one.actor for one in told] == ["Ada"] * 4
    assert {one.why for one in told} == {"A slip"}


def test_places_go_on_from_one_and_a_paper_has_one() -> None:
    picks = [Pick(paper_key=key, place=9) for key in (5, 3, 5)]
    assert [(pick.paper_key, pick.place) for pick in placed(picks)] == [(5, 1), (3, 2)]


def test_two_processes_make_one_edition(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.writing() as desk:
        file_papers(desk, toy_dailies(DAY, 6))
    program = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from broadsheet.catalogue import Catalogue, EditionKind, Section
from broadsheet.editions import make, read_label
now = datetime.fromisoformat({NOW.isoformat()!r})
whole = Section(
    key=0, name="", title="", query="", cutoff="07:00", zone="UTC", size=3, made=now
)
catalogue = Catalogue.open("sqlite:///{sqlite_catalogue.where}", locks=Path(sys.argv[1]))
made = make(catalogue, whole, read_label(EditionKind.DAY, "{DAY}"), now)
print(made.key)
"""
    command = [sys.executable, "-c", program, str(sqlite_catalogue.where) + ".locks"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = {process.communicate(timeout=120)[0].strip() for process in running}
    assert told == {"1"}
    with sqlite_catalogue.reading() as desk:
        assert len(desk.editions.published("", EditionKind.DAY, limit=9)) == 1
        edition = make(sqlite_catalogue, WHOLE, read_label(EditionKind.DAY, str(DAY)), NOW)
        assert edition
        assert len(desk.editions.picks(edition.key)) == 3
