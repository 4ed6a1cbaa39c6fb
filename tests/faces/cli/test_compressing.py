"""`broadsheet index compress` as a user runs it: on a small home, and where there is a choice."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from broadsheet.errors import InputError
from broadsheet.faces.cli import app
from broadsheet.index import compressing
from broadsheet.index.embedded import writing
from broadsheet.papers import Paper, PaperId
from broadsheet.service import Service
from broadsheet.settings import read_settings
from tests.library.commands import Run, broadsheet
from tests.library.finding import file_papers, level
from tests.library.site import fill

WORDS = """attention translation kettle swarm tide parsing speech retrieval camera robot protein
    graph forest music planet signal market garden language question""".split()


def run(home: Path, *words: str, code: int = 0, contextual: bool = True) -> Run:
    """Run `broadsheet index compress`; the test fails on another exit code."""
    setting = {"BROADSHEET_CONTEXTUAL": str(contextual).lower()}
    return broadsheet(home, "index", "compress", *words, code=code, **setting)


def test_a_small_home_needs_nothing(tmp_path: Path) -> None:
    fill(tmp_path)
    done = run(tmp_path)
    assert done.stdout == ""
    assert "Nothing to compress: " in done.stderr
    found = json.loads(run(tmp_path, "--budget", "1", "--format", "json").stdout)
    assert (found["chosen"], found["written"], found["ways"]) == (None, False, [])
    assert "searched exactly" in found["note"]
    missing = run(tmp_path, "--encoder", "contextual", code=3).stderr
    assert "No paper has a vector of onnx-384" in missing
    assert "index deepen" in missing


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    assert "There is no catalogue" in run(tmp_path / "none", code=3).stderr
    fill(tmp_path)
    assert "--budget" in run(tmp_path, "--budget", "0", code=2).stderr
    assert "--encoder" in run(tmp_path, "--encoder", "third", code=2).stderr
    refused = run(tmp_path, "--encoder", "contextual", code=2, contextual=False).stderr
    assert "There is no contextual encoder" in refused
    for file in sorted((tmp_path / "index").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    assert "There is no index" in run(tmp_path, code=3).stderr


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of 1,500 papers in a program that thinks this many enough for lists."""
    monkeypatch.setattr(compressing, "LEAST_PAPERS", 1_000)
    for module in (writing, compressing):
        monkeypatch.setattr(module, "SMALLEST_LISTED", 1_000)
    monkeypatch.setattr(writing, "_BLOCK", 100)
    draw = np.random.default_rng(1)
    papers = [
        Paper(
            id=PaperId(f"toy:{number}"),
            title=" ".join(draw.choice(WORDS, 4)),
            abstract=f"We look at {' and '.join(draw.choice(WORDS, 8))} here.",
        )
        for number in range(1_500)
    ]
    service = Service.open(read_settings(tmp_path), create=True)
    file_papers(service.catalogue, papers)
    level(service.index)
    service.index.close()
    service.catalogue.close()
    return tmp_path


def within(home: Path, *words: str) -> Result:
    """Run a command of the index in this process."""
    return CliRunner().invoke(app, ["--home", str(home), "index", *words])


def status(home: Path) -> Any:
    return json.loads(within(home, "status", "--format", "json").stdout)


def test_the_best_within_the_budget_is_written(home: Path) -> None:
    before = status(home)
    (identity,) = [name for name in before["codes"] if name.startswith("static")]
    assert before["codes"][identity] == "RaBitQ"
    shown = within(home, "compress", "--dry-run", "--format", "table", "--budget", "1000")
    assert shown.exit_code == 0
    assert "chosen" in shown.stdout
    assert "PCA128+SQ8" in shown.stdout
    assert "nothing was written" in shown.stderr
    assert status(home) == before
    done = within(home, "compress", "--format", "json", "--budget", "1000")
    found = json.loads(done.stdout)
    assert (found["encoder"], found["papers"], found["budget"]) == (identity, 1_500, 1_000)
    assert found["written"]
    ways = {way["codes"]: way for way in found["ways"]}
    assert ways["float16"]["recall"] == {"title": 1, "words": 1, "sentence": 1}
    assert ways[found["chosen"]]["offered"]
    after = status(home)
    assert after["codes"][identity] == found["chosen"]
    taken = ways[found["chosen"]]["bytes_a_paper"]
    assert after["bytes_a_paper"][identity] == pytest.approx(taken, abs=1)
    assert within(home, "verify").exit_code == 0


def test_a_budget_too_small_is_refused_with_the_smallest(home: Path) -> None:
    before = status(home)
    done = within(home, "compress", "--format", "json", "--budget", "30")
    assert isinstance(done.exception, InputError)
    assert "30 bytes a paper or less; the smallest, RaBitQ, takes" in done.exception.message
    assert json.loads(done.stdout)["chosen"] is None
    assert status(home) == before


def test_under_forty_thousand_papers_nothing_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressing, "SMALLEST_LISTED", 2_000)
    before = status(home)
    found = json.loads(within(home, "compress", "--format", "json", "--budget", "1000").stdout)
    assert (len(found["ways"]), found["written"]) == (8, False)
    assert "1,500 papers are searched exactly" in found["note"]
    assert status(home) == before
