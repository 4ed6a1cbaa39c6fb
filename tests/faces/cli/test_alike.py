"""`broadsheet like` as a user runs it: a file, standard input or a text, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.library.commands import Run, broadsheet
from tests.library.site import fill, fill_empty

BIBTEX = """@misc{own, title = {Swarms agree on a place without a map}}
@misc{tides, eprint = {2502.90001}, archiveprefix = {arXiv}}
@misc{nothing, year = {2020}}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the toy library."""
    home = tmp_path_factory.mktemp("home")
    fill(home)
    return home


def like(home: Path, *words: str, code: int = 0, given: str = "") -> Run:
    """Run `broadsheet like`; the test fails on another exit code."""
    return broadsheet(home, "like", *words, code=code, given=given)


def test_a_file_standard_input_and_a_text(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "refs.bib"
    file.write_text(BIBTEX, "utf-8")
    done = like(home, str(file), "--limit", "4")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == 4
    assert rows[0][0] == "2411.90002"
    assert rows[0][-1] == "like: Swarms agree on a place without a map"
    assert "2502.90001" not in {row[0] for row in rows}
    assert "3 entries read, 1 of them in the catalogue, 1 of no use." in done.stderr
    assert "Not used: refs.bib:3: no title, abstract or id." in done.stderr
    piped = like(home, "-", "--limit", "4", "--format", "ids", given=BIBTEX)
    assert piped.stdout.split() == [row[0] for row in rows]
    text = json.loads(like(home, "--text", "2502.90001", "--format", "json").stdout)
    assert text["known"] == 1
    assert {hit["like"]["title"] for hit in text["hits"]} == {
        "Tidal Attention for Very Long Documents"
    }


def test_what_cannot_be_used_is_said(home: Path, tmp_path: Path) -> None:
    assert "either a file or --text" in like(home, code=2).stderr
    assert "either a file or --text" in like(home, "a.bib", "--text", "b", code=2).stderr
    missing = like(home, str(tmp_path / "none.bib"), code=2).stderr
    assert "none.bib cannot be read: No such file" in missing
    assert "nothing in the standard input" in like(home, "-", code=2).stderr
    (tmp_path / "wide.txt").write_bytes(("On Kettles\n" * 20).encode("utf-16-le"))
    wide = like(home, str(tmp_path / "wide.txt"), code=2).stderr
    assert "the file is in UTF-16-LE, not utf-8" in wide
    assert "give it in UTF-8" in wide
    assert "--encoding" not in wide
    assert "None of the ids" in like(home, "--text", "nothing:1", code=2).stderr
    assert "from 1 to 1,000" in like(home, "--text", "kettles", "--limit", "0", code=2).stderr
    fill_empty(tmp_path / "empty")
    assert "Nothing was found." in like(tmp_path / "empty", "--text", "Kettles").stderr
