"""Which URLs name a catalogue."""

from pathlib import Path

import pytest

from broadsheet.catalogue.opening import read_url, sqlite_file
from broadsheet.errors import SettingError


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////data/c.sqlite3", Path("/data/c.sqlite3")),
        ("sqlite:///c.sqlite3", Path("c.sqlite3")),
        ("sqlite:////with space/c", Path("/with space/c")),
        ("postgresql://reader@db.example/papers", None),
        ("postgres://reader@db.example/papers", None),
        ("postgresql+pg8000://reader@db.example/papers", None),
    ],
)
def test_files_and_databases(url: str, file: Path | None) -> None:
    assert sqlite_file(read_url(url)) == file


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "sqlite:///a?b=c"],
)
def test_what_names_no_catalogue_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_url(url)
    assert "secret" not in str(caught.value)
    assert "sqlite:///path/to/file" in caught.value.hint
