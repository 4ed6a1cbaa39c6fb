"""The SQLite file: what is refused is left as it is; a full or read-only disk is said."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.catalogue.statements import CHUNK
from broadsheet.errors import BusyError, CatalogueError, FullError, NewerCatalogueError
from tests.library import BEES, TIDES
from tests.library.shelving import shelve


def url(file: Path) -> str:
    """The URL of a file."""
    return f"sqlite:///{file}"


def state(folder: Path) -> dict[str, str]:
    """The digests of all files in a folder."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def filled(catalogue_file: Path, locks: Path) -> Path:
    """The file of a closed catalogue with the toy library in it."""
    catalogue = Catalogue.open(url(catalogue_file), locks=locks, create=True)
    with catalogue.writing() as desk:
        shelve(desk)
    catalogue.close()
    return catalogue_file


def test_a_closed_catalogue_is_one_file(filled: Path) -> None:
    names = {file.name for file in filled.parent.iterdir()}
    assert names == {filled.name, "locks"}


def test_writes_are_synced_to_a_log_and_keys_are_held(sqlite_catalogue: Catalogue) -> None:
    settings = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "page_size": 8192}
    with sqlite_catalogue.writing() as desk:
        connection = desk.papers.connection
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in settings}
    assert found == settings


def test_many_texts_are_asked_for_as_they_are(sqlite_catalogue: Catalogue) -> None:
    odd = ['"quoted"', "back\\u0000slash", "étude", "\U0001f41d", "line\nbreak"]
    others = [("toy", f"of nothing {number}") for number in range(CHUNK)]
    with sqlite_catalogue.writing() as desk:
        shelve(desk, [replace(TIDES, arxiv_id=None, doi=None, native_id=name) for name in odd])
        known = desk.records.known([*others, *(("toy", name) for name in odd)])
        assert [name for _, name in sorted(known, key=lambda one: known[one].key)] == odd
        assert list(desk.records.known([*others, ("toy", "étude")])) == [("toy", "étude")]
        assert desk.records.known([*others, ("toy", "étude\0")]) == {}


def test_none_is_made_unless_asked_for(catalogue_file: Path, locks: Path) -> None:
    with pytest.raises(CatalogueError, match="There is no catalogue") as caught:
        Catalogue.open(url(catalogue_file), locks=locks)
    assert caught.value.hint == "Run `broadsheet init`."
    assert not catalogue_file.exists()


def test_it_is_made_in_a_folder_that_is_not_there_yet(tmp_path: Path, locks: Path) -> None:
    file = tmp_path / "a b%" / "ü?#" / "c.sqlite3"
    Catalogue.open(url(file).replace("?", "%3F"), locks=locks, create=True).close()
    assert len(list(tmp_path.rglob("c.sqlite3"))) == 1


def spoil_empty(file: Path) -> None:
    """No byte at all."""
    file.write_bytes(b"")


def spoil_text(file: Path) -> None:
    """A text."""
    file.write_text("dear diary\n" * 40)


def spoil_short(file: Path) -> None:
    """The beginning of a text that begins like SQLite."""
    file.write_bytes(b"SQLite format 3\0")


def spoil_cut_off(file: Path) -> None:
    """Half a catalogue."""
    os.truncate(file, file.stat().st_size // 2 + 100)


def spoil_other_program(file: Path) -> None:
    """The database of another program."""
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE papers (key INTEGER)")
        connection.execute("PRAGMA journal_mode = WAL")


def spoil_newer(file: Path) -> None:
    """A catalogue of a later revision."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def spoil_inside(file: Path) -> None:
    """A catalogue whose first pages are overwritten."""
    with file.open("r+b") as handle:
        handle.seek(100)
        handle.write(b"\xff" * 8000)


SPOILT = {
    spoil_empty: "is empty",
    spoil_text: "is not a catalogue",
    spoil_short: "is not a catalogue",
    spoil_cut_off: "is cut off",
    spoil_other_program: "SQLite file of another program",
    spoil_newer: r"newer Broadsheet \(revision 9999\)",
    spoil_inside: "damaged",
}


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("create", [False, True])
def test_what_is_no_catalogue_is_refused_and_left_as_it_is(
    filled: Path, locks: Path, spoil: type, create: bool
) -> None:
    spoil(filled)
    before = state(filled.parent)
    with pytest.raises(CatalogueError, match=SPOILT[spoil]) as caught:
        Catalogue.open(url(filled), locks=locks, create=create)
    assert str(filled) in str(caught.value)
    assert caught.value.hint
    assert isinstance(caught.value, NewerCatalogueError) == (spoil is spoil_newer)
    assert state(filled.parent) == before


def test_a_folder_is_refused(tmp_path: Path, locks: Path) -> None:
    with pytest.raises(CatalogueError, match="is not a file"):
        Catalogue.open(url(tmp_path), locks=locks, create=True)


def test_a_newer_one_whose_writer_was_killed_is_left_as_it_is(
    filled: Path, locks: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        copy = tmp_path / "killed" / filled.name
        copy.parent.mkdir()
        for end in ("", "-wal"):
            shutil.copy(f"{filled}{end}", f"{copy}{end}")
    before = state(copy.parent)
    with pytest.raises(NewerCatalogueError):
        Catalogue.open(url(copy), locks=locks)
    assert {name: state(copy.parent)[name] for name in before} == before


def test_a_log_without_its_catalogue_is_not_given_to_a_new_one(
    catalogue_file: Path, locks: Path
) -> None:
    log = Path(f"{catalogue_file}-wal")
    log.write_bytes(b"precious")
    with pytest.raises(CatalogueError, match="-wal already"):
        Catalogue.open(url(catalogue_file), locks=locks, create=True)
    assert log.read_bytes() == b"precious"
    assert not catalogue_file.exists()


def test_a_writer_that_waits_too_long_is_told_why(filled: Path, locks: Path) -> None:
    catalogue = Catalogue.open(url(filled), locks=locks)
    with catalogue.writing() as desk:
        desk.papers.connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="Another process is writing"):
            catalogue.writing().__enter__()
        with catalogue.reading() as desk:
            assert desk.papers.count() == 12
    catalogue.close()


def test_a_full_catalogue_says_so_and_keeps_nothing_half(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.writing() as desk:
        shelve(desk, [TIDES])
        pages = desk.papers.connection.exec_driver_sql("PRAGMA page_count").scalar()
        desk.papers.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = [type(BEES)(source="x", format="csv", raw=str(n), title=f"t{n}") for n in range(900)]
    with pytest.raises(FullError, match="no room left"), sqlite_catalogue.writing() as desk:
        shelve(desk, many)
    with sqlite_catalogue.reading() as desk:
        assert desk.papers.count() == 1
        assert desk.changes.latest() == 1
    assert sqlite_catalogue.check() == []
    with sqlite_catalogue.writing() as desk:
        desk.papers.connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        shelve(desk, many)
        assert desk.papers.count() == 901


def mount(*arguments: str) -> None:
    """Mount something, which only root may do, and not even root in some containers."""
    if os.geteuid() != 0:
        pytest.skip("needs root, who may mount a small disk")
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"may not mount here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_said_and_everything_acknowledged_is_there(small_disk: Path) -> None:
    catalogue = Catalogue.open(url(small_disk / "c"), locks=small_disk / "locks", create=True)
    acknowledged: list[int] = []

    def fill() -> None:
        for number in range(1000):
            raw = os.urandom(20_000).hex()
            record = type(BEES)(source="x", format="csv", raw=raw, title=f"t{number}")
            with catalogue.writing() as desk:
                shelve(desk, [record])
            acknowledged.append(number)

    with pytest.raises(FullError, match="no room left"):
        fill()
    with catalogue.reading() as desk:
        assert desk.papers.count() == len(acknowledged) > 10
    assert catalogue.check() == []
    with pytest.raises(FullError):
        catalogue.backup(small_disk / "backup", progress=lambda share: None)
    assert sorted(file.name for file in small_disk.iterdir() if file.is_file()) == [
        "c",
        "c-shm",
        "c-wal",
    ]
    catalogue.close()


def test_no_catalogue_is_made_on_a_full_disk(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * (2**22 - 8192 * 3))
    with pytest.raises(FullError):
        Catalogue.open(url(small_disk / "c"), locks=small_disk / "locks", create=True)
    assert not [file for file in small_disk.iterdir() if file.name.lstrip(".").startswith("c")]


def test_a_read_only_disk_can_be_read(small_disk: Path) -> None:
    file, locks = small_disk / "c", small_disk / "locks"
    catalogue = Catalogue.open(url(file), locks=locks, create=True)
    with catalogue.writing() as desk:
        shelve(desk, [TIDES])
    catalogue.close()
    mount("-o", "remount,ro", str(small_disk))
    catalogue = Catalogue.open(url(file), locks=locks)
    assert not catalogue.writable
    with catalogue.reading() as desk:
        assert desk.papers.count() == 1
    assert catalogue.check() == []
    with pytest.raises(CatalogueError, match="may only be read"), catalogue.writing():
        pass
    with pytest.raises(CatalogueError, match="may only be read"), catalogue.alone("import"):
        pass
    catalogue.close()
    with pytest.raises(CatalogueError, match="cannot be written to"):
        Catalogue.open(url(small_disk / "new"), locks=locks, create=True)
