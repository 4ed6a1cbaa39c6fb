"""The commands about editions."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import EditionKind, Pick
from tests.library.commands import broadsheet
from tests.library.dailies import tell, toy_dailies
from tests.library.people import catalogue_of
from tests.library.site import fill

DAY = date(2026, 3, 2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with six papers of one day, of which a source tells two for the next day."""
    fill(tmp_path, toy_dailies(DAY))
    catalogue = catalogue_of(tmp_path)
    with catalogue.writing() as desk:
        keys = sorted(desk.candidates.announced(str(DAY), str(DAY)))
        tell(desk, keys[:2], "2026-03-03", (1, 7))
    catalogue.close()
    return tmp_path


def test_one_is_made_shown_and_listed(home: Path) -> None:
    made = broadsheet(home, "edition", "make", str(DAY))
    assert made.stderr.strip() == "The edition 2026-03-02 is out with 6 papers."
    again = broadsheet(home, "edition", "make", str(DAY))
    assert again.stderr == made.stderr
    shown = broadsheet(home, "edition", "show", str(DAY), "--format", "json")
    papers = json.loads(shown.stdout)
    assert [paper["place"] for paper in papers] == [1, 2, 3, 4, 5, 6]
    assert all(paper["reasons"] for paper in papers)
    told = broadsheet(home, "edition", "show", "2026-03-03").stdout.splitlines()
    assert [line.split("\t")[2] for line in told] == ["7", "1"]
    listed = broadsheet(home, "edition", "list").stdout.splitlines()
    assert listed == ["2026-03-03\tday\ttold\t2", "2026-03-02\tday\tpublished\t6"]
    assert json.loads(broadsheet(home, "edition", "list", "--format", "json").stdout)[0] == {
        "label": "2026-03-03",
        "kind": "day",
        "state": "told",
        "papers": "2",
    }
    week = broadsheet(home, "edition", "make", "2026-W10", "--kind", "week")
    assert week.stderr.strip() == "The edition 2026-W10 is out with 6 papers."


def test_what_cannot_be_made_says_why(home: Path) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=3)
    assert "still to come" in broadsheet(home, "edition", "make", str(tomorrow), code=2).stderr
    assert "No paper came in" in broadsheet(home, "edition", "make", "2026-03-09", code=1).stderr
    assert "YYYY-MM-DD" in broadsheet(home, "edition", "make", "March", code=2).stderr
    special = broadsheet(home, "edition", "make", "tea", "--kind", "special", code=2)
    assert "on the desk" in special.stderr
    assert "no edition" in broadsheet(home, "edition", "show", "2026-03-09", code=1).stderr
    assert "no section" in broadsheet(home, "edition", "list", "--section", "tea", code=1).stderr


def test_a_draft_is_listed_and_published(home: Path) -> None:
    catalogue = catalogue_of(home)
    now = datetime.now(UTC)
    with catalogue.writing() as desk:
        edition = desk.editions.begin("", EditionKind.DAY, str(DAY), (now, now))
        key = min(desk.candidates.announced(str(DAY), str(DAY)))
        desk.editions.put(edition.key, [Pick(paper_key=key, place=1)])
    catalogue.close()
    assert "2026-03-02\tday\tdraft\t1" in broadsheet(home, "edition", "list").stdout
    begun = broadsheet(home, "edition", "make", str(DAY), code=6)
    assert "begun by a curator" in begun.stderr
    assert "is out." in broadsheet(home, "edition", "publish", str(DAY)).stderr
    assert "was out already" in broadsheet(home, "edition", "publish", str(DAY)).stderr
    assert "no edition" in broadsheet(home, "edition", "publish", "2026-03-09", code=1).stderr
