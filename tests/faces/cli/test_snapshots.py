"""A catalogue moved to another home by the commands, and searched there."""

from pathlib import Path
from typing import Any

import pytest

from broadsheet.faces.shapes import page_json
from broadsheet.ranking import search
from broadsheet.service import Service
from broadsheet.settings import read_settings
from tests.library import hostile
from tests.library.commands import Run, broadsheet, started_anew
from tests.library.site import fill

QUERIES = ("attention", "kettle -survey", "how do bees agree since 1990", "frost year:2020..")


def answers(home: Path) -> list[Any]:
    """What searches find, with scores and reasons."""
    service = Service.open(read_settings(home))
    found = [
        page_json(search(service.catalogue, service.index, query, weights=service.weights))
        for query in QUERIES
    ]
    assert service.index.status().state == "level"
    assert service.index.verify() == []
    service.index.close()
    service.catalogue.close()
    return found


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
    lacking = started_anew(home, *words, PYTHONPATH=shadow)
    _, errors = lacking.communicate()
    assert lacking.returncode == 3
    assert "pip install 'broadsheet[parquet]'; or export with --jsonl" in errors
    able = started_anew(home, *words, "--jsonl", PYTHONPATH=shadow)
    able.communicate()
    assert able.returncode == 0
    done: Run = broadsheet(tmp_path / "o", "snapshot", "import", str(tmp_path / "s"))
    assert "Imported 17 papers." in done.stderr
