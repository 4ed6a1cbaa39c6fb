"""The two small files that say what an index folder is."""

from pathlib import Path

import pytest

from broadsheet.errors import FullError, SearchIndexError
from broadsheet.index.stamp import (
    FORMAT,
    Stamp,
    State,
    read_current,
    read_state,
    write_current,
    write_state,
)


def test_current(tmp_path: Path) -> None:
    assert read_current(tmp_path) is None
    assert read_current(tmp_path / "nowhere") is None
    write_current(tmp_path, "g1")
    write_current(tmp_path, "g12")
    assert read_current(tmp_path) == "g12"
    assert [file.name for file in tmp_path.iterdir()] == ["CURRENT"]
    (tmp_path / "CURRENT").write_bytes(b"\n")
    assert read_current(tmp_path) is None


def test_state(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    state = State(Stamp("line", ("one", "two")), 42, {"one": {"rows": 3, "base": ""}})
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert state.stamp.format == FORMAT
    assert state.stamp != Stamp("line", ("two", "one"))
    assert state.stamp != Stamp("line", ("one", "two"), FORMAT + 1)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"stamp": 5}', '{"stamp": {}}'])
def test_a_state_of_another_program_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "state").write_text(text)
    assert read_state(tmp_path) is None


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_bytes(b"\xff")
    (tmp_path / "state").write_bytes(b'"\xff"')
    with pytest.raises(SearchIndexError, match="CURRENT cannot be read"):
        read_current(tmp_path)
    with pytest.raises(SearchIndexError, match="state cannot be read"):
        read_state(tmp_path)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FullError, match="cannot be written: No such file or directory"):
        write_current(tmp_path / "nowhere", "g1")
