"""A catalogue moved to another home by the commands, and searched there."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.library import hostile
from tests.library.commands import Run, broadsheet
from tests.library.site import fill

QUERIES = ("attention", "how do bees agree since 1990")


def answers(home: Path) -> list[Any]:
    """What searches find, with scores and reasons."""
    done = [broadsheet(home, "search", query, "--format", "json") for query in QUERIES]
    return [json.loads(one.stdout) for one in done]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the toy library, indexed."""
    home = tmp_path_factory.mktemp("home")
    fill(home)
    return home


@pytest.fixture(scope="module")
def expected(home: Path) -> list[Any]:
    """What searches find at home."""
    return answers(home)


@pytest.mark.parametrize("form", [("s",), ("s.zip",), ("s", "--jsonl")])
def test_an_imported_catalogue_answers_as_the_first(
    home: Path, expected: list[Any], tmp_path: Path, form: tuple[str, ...]
) -> None:
    target = tmp_path / form[0]
    done = broadsheet(home, "snapshot", "export", str(target), *form[1:])
    assert f"The snapshot is {target}: " in done.stderr
    other = tmp_path / "other"
    done = broadsheet(other, "snapshot", "import", str(target))
    assert "Imported 17 papers." in done.stderr
    assert answers(other) == expected
    broadsheet(other, "index", "verify")
    paper = ("paper", "show", "2502.90001", "--format", "json")
    assert broadsheet(other, *paper).stdout == broadsheet(home, *paper).stdout


def test_papers_are_replaced_only_when_asked(
    home: Path, expected: list[Any], tmp_path: Path
) -> None:
    target, other = tmp_path / "s.zip", tmp_path / "other"
    broadsheet(home, "snapshot", "export", str(target))
    fill(other, (hostile.SCRIPTED,))
    refused = broadsheet(other, "snapshot", "import", str(target), code=3)
    assert "holds 13 papers; it was left as it is" in refused.stderr
    assert "--replace" in refused.stderr
    done = broadsheet(other, "snapshot", "import", str(target), "--replace")
    assert "What was there before is kept as" in done.stderr
    assert answers(other) == expected


def test_what_cannot_be_done_is_said_in_a_sentence(home: Path, tmp_path: Path) -> None:
    taken = broadsheet(home, "snapshot", "export", str(tmp_path), code=3)
    assert "already; it is left as it is" in taken.stderr
    other = tmp_path / "other"
    missing = broadsheet(other, "snapshot", "import", str(tmp_path / "none"), code=3)
    assert missing.stderr.startswith("broadsheet: There is no snapshot")
    target = tmp_path / "s.zip"
    broadsheet(home, "snapshot", "export", str(target))
    target.write_bytes(target.read_bytes()[:-50])
    cut = broadsheet(other, "snapshot", "import", str(target), code=3)
    assert "is cut off" in cut.stderr
    assert not (other / "catalogue.sqlite3").exists()
    empty = broadsheet(tmp_path / "nobody", "snapshot", "export", str(tmp_path / "n"), code=3)
    assert "There is no catalogue" in empty.stderr


def test_without_its_library_parquet_names_the_extra(home: Path, tmp_path: Path) -> None:
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "pyarrow.py").write_text("raise ModuleNotFoundError('pyarrow')")
    shadow = str(tmp_path / "shadow")
    words = ("snapshot", "export", str(tmp_path / "s"))
    lacking = broadsheet(home, *words, code=3, PYTHONPATH=shadow)
    assert "pip install 'broadsheet[parquet]'; or export with --jsonl" in lacking.stderr
    broadsheet(home, *words, "--jsonl", PYTHONPATH=shadow)
    done: Run = broadsheet(tmp_path / "o", "snapshot", "import", str(tmp_path / "s"))
    assert "Imported 17 papers." in done.stderr


@pytest.mark.parametrize("verb", ["export", "import"])
def test_an_interrupted_command_leaves_nothing(
    home: Path, expected: list[Any], tmp_path: Path, verb: str
) -> None:
    source, target, other = tmp_path / "s", tmp_path / "t", tmp_path / "other"
    broadsheet(home, "snapshot", "export", str(source), "--jsonl")
    words = ["export", str(target), "--jsonl"] if verb == "export" else ["import", str(source)]
    own = home if verb == "export" else other
    command = [sys.executable, "-m", "broadsheet", "--home", str(own), "snapshot", *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    # At whatever moment it comes: all of it is there, or nothing.
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told or process.returncode in (-signal.SIGINT, 130)
    assert not list(tmp_path.glob(".*"))
    if verb == "export" and target.exists():
        assert (target / "manifest.json").exists()
    broadsheet(other, "snapshot", "import", str(source), *(["--replace"] if other.exists() else []))
    assert answers(other) == expected
