"""Curation as a user runs it: the report, the datasheet, what is shown of a paper, undoing."""

import json
from pathlib import Path

import pytest

from tests.library.commands import broadsheet

RECORDS = (
    {"id": "1", "title": "On FranÃ§ois", "licence": "https://creativecommons.org/licenses/by/4.0/"},
    {"id": "2", "title": "Pots", "retracted": True},
    {"id": "3", "title": "Sorting", "abstract": "sorting " * 60},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three papers, each with something to be said of it."""
    home = tmp_path_factory.mktemp("home")
    file = home / "toy.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in RECORDS), "utf-8")
    done = broadsheet(home, "import", str(file))
    assert "repair: encoding\t1\n" in done.stdout
    assert "flag: stuffed\t1\n" in done.stdout
    return home


def test_a_paper_is_shown_with_its_licence_flags_and_repairs(home: Path) -> None:
    shown = json.loads(broadsheet(home, "paper", "show", "toy:1", "--format", "json").stdout)
    assert shown["licence"] == "CC-BY-4.0"
    assert shown["licence_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert shown["may_serve"] == ["metadata", "abstract", "summary", "copy", "text", "figure"]
    assert shown["repairs"] == [{"name": "encoding", "detail": "FranÃ§ois → François"}]
    stuffed = json.loads(broadsheet(home, "paper", "show", "toy:3", "--format", "json").stdout)
    assert [one["name"] for one in stuffed["flags"]] == ["repetitive", "stuffed"]
    assert stuffed["may_serve"] == ["metadata", "abstract", "summary"]


def test_search_says_what_fell_and_what_is_lowered(home: Path) -> None:
    assert "\tRetracted: Pots\t" in broadsheet(home, "search", "pots").stdout
    found = json.loads(broadsheet(home, "search", "sorting", "--format", "json").stdout)
    hit = next(one for one in found["hits"] if one["id"] == "toy:3")
    assert [one["name"] for one in hit["flags"]] == ["repetitive", "stuffed"]
    assert not hit["retracted"]
    assert "repetitive, stuffed" in broadsheet(home, "search", "sorting").stdout


def test_repairs_are_undone_and_done_again(home: Path) -> None:
    done = broadsheet(home, "paper", "unrepair", "toy:1")
    assert "toy:1 is as it was received." in done.stderr
    assert "On FranÃ§ois" in broadsheet(home, "paper", "show", "toy:1").stdout
    broadsheet(home, "paper", "unrepair", "toy:1", "--again")
    assert "On François" in broadsheet(home, "paper", "show", "toy:1").stdout
    broadsheet(home, "paper", "unrepair", "toy:9", code=1)


def test_curating_anew_and_the_datasheet(home: Path) -> None:
    counts = json.loads(broadsheet(home, "curate", "--format", "json").stdout)
    assert (counts["read"], counts["changed"]) == (3, 0)
    text = broadsheet(home, "datasheet").stdout
    assert text.startswith("# Datasheet of ")
    assert "| CC-BY-4.0 | 1 |" in text
    sheet = json.loads(broadsheet(home, "datasheet", "--format", "json").stdout)
    assert (sheet["papers"], sheet["marked"]["retracted"]) == (3, 1)
    assert sheet["sources"][0]["source"] == "toy"
    assert sheet["flags"] == {"repetitive": 1, "stuffed": 1}
