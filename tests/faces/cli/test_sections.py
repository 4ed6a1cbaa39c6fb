"""The commands about sections."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.library.commands import broadsheet
from tests.library.dailies import toy_dailies
from tests.library.people import catalogue_of, enrol
from tests.library.site import fill


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with six papers of one day and a reader."""
    fill(tmp_path, toy_dailies(date(2026, 3, 2)))
    catalogue = catalogue_of(tmp_path)
    enrol(catalogue, "ada")
    catalogue.close()
    return tmp_path


def test_a_section_is_made_curated_edited_and_removed(home: Path) -> None:
    words = ("--query", "kettles", "--title", "Tea", "--cutoff", "5:30", "--zone", "Europe/Berlin")
    made = broadsheet(home, "section", "add", "tea", *words, "--size", "3")
    assert made.stderr.strip() == "The section tea is at /sections/tea."
    assert "1 reader curates tea." in broadsheet(home, "section", "curator", "tea", "ada").stderr
    (section,) = json.loads(broadsheet(home, "section", "list", "--format", "json").stdout)
    assert section == {
        "name": "tea",
        "title": "Tea",
        "query": "kettles",
        "cutoff": "05:30",
        "zone": "Europe/Berlin",
        "size": 3,
        "curators": ["ada"],
    }
    listed = broadsheet(home, "section", "list").stdout
    assert listed == "tea\tkettles\t05:30\tEurope/Berlin\tada\n"
    edition = broadsheet(home, "edition", "make", "2026-03-02", "--section", "tea")
    assert "is out with 1 paper." in edition.stderr
    assert "0 readers curate" in broadsheet(home, "section", "curator", "tea").stderr
    broadsheet(home, "section", "remove", "tea")
    assert broadsheet(home, "section", "list").stdout == ""
    broadsheet(home, "section", "add", "tea", "--query", "kettles")
    assert "published\t1" in broadsheet(home, "edition", "list", "--section", "tea").stdout


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "Tea Time", "--query", "kettles"), 2, "cannot name"),
        (("add", "tea", "--query", " "), 2, "needs a query"),
        (("add", "tea", "--query", "kettles", "--zone", "Mars/Base"), 2, "no time zone"),
        (("add", "tea", "--query", "kettles", "--cutoff", "25:00"), 2, "no time"),
        (("remove", "coffee"), 1, "no section coffee"),
        (("curator", "coffee", "ada"), 1, "no section coffee"),
    ],
)
def test_what_cannot_be_says_why(home: Path, words: tuple[str, ...], code: int, told: str) -> None:
    assert told in broadsheet(home, "section", *words, code=code).stderr


def test_a_name_is_given_once_and_curators_are_readers(home: Path) -> None:
    broadsheet(home, "section", "add", "tea", "--query", "kettles")
    twice = broadsheet(home, "section", "add", "tea", "--query", "kettles", code=6)
    assert "a section tea already" in twice.stderr
    nobody = broadsheet(home, "section", "curator", "tea", "bo", code=1)
    assert "no reader bo" in nobody.stderr
