"""Stages of curation in whole imports, curating anew, and repairs undone."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.errors import NotFoundError
from broadsheet.ingest import Reading, Report, curate, import_files, leave_as_received
from broadsheet.papers import Finding, Paper, Stage

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SHARED = "To manage your alert preferences, click on the button below this very line."


def take(catalogue: Catalogue, folder: Path, *records: Mapping[str, object]) -> Report:
    file = folder / "a.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
    return import_files(
        catalogue, [file], Reading(), now=NOW, progress=lambda at: None, keep_going=True
    )


def paper(catalogue: Catalogue, name: str) -> Paper:
    with catalogue.reading() as desk:
        found = desk.papers.get(name)
    assert found is not None
    return found[1]


def test_each_stage_is_counted(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    stuffed = " ".join(["fast pebble sorting"] * 40)
    report = take(
        sqlite_catalogue,
        tmp_path,
        {"id": "1", "title": "On FranÃ§ois", "arxiv_id": "2401.90001"},
        {"id": "2", "title": "On François", "arxiv_id": "2401.90001"},
        {"id": "3", "title": "Fast Pebble Sorting", "abstract": stuffed},
        {"id": "4", "title": "1234"},
        {"id": "5", "title": ["a"]},
        {"id": "6", "title": "Pots of the Early Bronze Age", "authors": ["Ada Pot"]},
        {"id": "7", "title": "Pots of the early Bronze Age", "authors": ["A. Pot"]},
    )
    assert report.stages == {
        "repair: encoding": 1,
        "duplicate: same id": 1,
        "duplicate: same title and author": 1,
        "flag: repetitive": 1,
        "flag: stuffed": 1,
        "quarantine: reading": 1,
        "quarantine: title": 1,
    }
    merged = sum(n for name, n in report.stages.items() if name.startswith("duplicate"))
    aside = sum(n for name, n in report.stages.items() if name.startswith("quarantine"))
    assert (report.merged, report.quarantined) == (merged, aside)
    with sqlite_catalogue.reading() as desk:
        reasons = [one.reason for one in desk.quarantine.list(9)]
    assert reasons[0] == "title: its title has no letters"
    assert reasons[1].startswith("reading: ")


def test_repairs_are_undone_and_done_again(catalogue: Catalogue, tmp_path: Path) -> None:
    damaged = {"id": "1", "title": "On FranÃ§ois", "venue": "Kitchen"}
    take(catalogue, tmp_path, damaged)
    repaired = paper(catalogue, "a:1")
    assert repaired.title == "On François"
    assert repaired.findings == (Finding(Stage.REPAIR, "encoding", "FranÃ§ois → François"),)
    assert leave_as_received(catalogue, "a:1") == "a:1"
    assert paper(catalogue, "a:1").title == "On FranÃ§ois"
    assert paper(catalogue, "a:1").findings == ()
    # It stays undone when the source says something new.
    take(catalogue, tmp_path, damaged | {"venue": "Hearth"})
    assert (paper(catalogue, "a:1").title, paper(catalogue, "a:1").venue) == (
        "On FranÃ§ois",
        "Hearth",
    )
    assert leave_as_received(catalogue, "a:1", wanted=False) == "a:1"
    assert paper(catalogue, "a:1").title == "On François"
    with pytest.raises(NotFoundError):
        leave_as_received(catalogue, "a:9")


def test_curating_anew_finds_templates_and_changes_nothing_twice(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    records: list[dict[str, object]] = [
        {"id": str(n), "title": f"Paper number {n} of many", "abstract": f"{SHARED} Pot {n}."}
        for n in range(20)
    ]
    take(catalogue, tmp_path, *records)
    assert paper(catalogue, "a:3").findings == ()
    done = curate(catalogue)
    assert (done.read, done.changed, done.templates, done.stopped) == (20, 20, 1, False)
    assert done.stages == {"flag: template": 20}
    assert [one.name for one in paper(catalogue, "a:3").findings] == ["template"]
    again = curate(catalogue)
    assert (again.read, again.changed, again.templates) == (20, 0, 1)
    # What comes later is told by the sentences that are known.
    report = take(catalogue, tmp_path, {"id": "x", "title": "Another one", "abstract": SHARED})
    assert report.stages == {"flag: template": 1}


def test_curating_can_be_stopped(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    take(sqlite_catalogue, tmp_path, {"id": "1", "title": "Pots"})
    assert curate(sqlite_catalogue, stop=lambda: True).stopped
