"""Lists taken away by the command, in every format, and JSON Lines taken in again."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy

from tests.library.commands import broadsheet
from tests.library.site import fill


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the toy library and hostile papers, indexed."""
    home = tmp_path_factory.mktemp("home")
    fill(home)
    return home


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_format_holds_every_paper(home: Path) -> None:
    def written(format: str) -> str:
        return broadsheet(home, "export", "--format", format).stdout

    papers = lines(written("jsonl"))
    assert len(papers) == 17
    assert len(bibtexparser.loads(written("bibtex")).entries) == 17
    assert len(rispy.loads(written("ris"))) == 17
    items = json.loads(written("csl-json"))
    rows = list(csv.DictReader(io.StringIO(written("csv"))))
    listed = [paper["id"] for paper in papers]
    assert [item["id"] for item in items] == listed
    assert [row["id"] for row in rows] == listed


def test_a_list_is_asked_for_as_in_a_search(home: Path) -> None:
    found = broadsheet(home, "search", "attention", "--format", "ids").stdout.split()
    done = broadsheet(home, "export", "attention", "--limit", str(len(found)))
    assert [paper["id"] for paper in lines(done.stdout)] == found
    filtered = broadsheet(home, "export", "--year", "2025", "--category", "cs.CL").stdout
    assert [paper["announced"][:4] for paper in lines(filtered)] == ["2025"] * 2
    understood = broadsheet(home, "export", "papers published before 2000")
    assert "Read as: year:..1999" in understood.stderr
    assert len(lines(understood.stdout)) == 1
    assert "There is no search mode 'x'" in broadsheet(home, "export", "--mode", "x", code=2).stderr


def test_a_file_has_its_name_only_once_it_is_whole(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "papers.bib"
    done = broadsheet(home, "export", "--format", "bibtex", "--output", str(target))
    assert f"Wrote 17 papers to {target}." in done.stderr
    assert done.stdout == ""
    assert len(bibtexparser.loads(target.read_text()).entries) == 17
    refused = broadsheet(home, "export", "--output", str(target), code=3)
    assert "already; it is left as it is" in refused.stderr
    lost = broadsheet(home, "export", "--output", str(tmp_path / "no" / "x"), code=2)
    assert "cannot be written: No such file" in lost.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["papers.bib"]


def test_our_json_lines_are_imported_again(tmp_path: Path) -> None:
    given = tmp_path / "given.jsonl"
    bo = {"name": "Bo Li", "orcid": "0000-0002-1825-0097"}
    records = [
        {"id": "1", "title": "Tides of $\\beta$ in \\'Etretat", "authors": ["Ana Holm"]}
        | {"abstract": "We find $x_i < y$ & more.", "date": "2024-05-06", "arxiv_id": "2405.90001"},
        {
            "id": "2",
            "title": "=A Sum of Bees",
            "authors": [bo],
        }
        | {"url": "https://a.example/2", "github": "https://code.example/b", "year": 2020},
        {"id": "3", "title": "Kettles, Retracted", "doi": "10.1234/k", "retracted": True}
        | {"keywords": ["heat", "steam"], "categories": ["cs.SD"], "license": "CC BY 4.0"},
    ]
    given.write_text("".join(json.dumps(record) + "\n" for record in records))
    first, second = tmp_path / "first", tmp_path / "second"
    broadsheet(first, "import", str(given), "--source", "toy")
    taken = tmp_path / "taken.jsonl"
    broadsheet(first, "export", "--output", str(taken))
    broadsheet(second, "import", str(taken), "--source", "toy")

    def facts(home: Path) -> list[Any]:
        return lines(broadsheet(home, "export").stdout)

    assert len(facts(first)) == 3
    assert facts(second) == facts(first)
    # The same papers again are the same papers.
    again = broadsheet(first, "import", str(taken), "--source", "again", "--format", "json")
    assert json.loads(again.stdout)["new"] == 0


def test_whoever_has_enough_may_stop_reading(home: Path) -> None:
    command = f"{sys.executable} -m broadsheet --home {home} export --format csv | head -c 5"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "id,ti"
    assert "Traceback" not in done.stderr
