"""Backups under load, restores of all four kinds, and kills in the middle of both."""

import hashlib
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue, Change, Quarantined, Restored, restore
from broadsheet.errors import BusyError, CatalogueError, NewerCatalogueError
from broadsheet.papers import Signal, SignalKind
from tests.catalogue.killing import die_after_steps, run_and_kill
from tests.catalogue.test_migrations import make_older
from tests.conftest import Postgres
from tests.library import BEES, FROST, KETTLES, LIBRARY, RECEIVED, SILENT, TIDES
from tests.library.shelving import shelve

NOW = datetime(2026, 4, 5, 6, 7, 8, tzinfo=UTC)
MANY = [type(BEES)(source="x", format="csv", raw=f"{n}" * 2000, title=f"t{n}") for n in range(3000)]


def silently(share: float) -> None:
    """Show no progress."""


def digest(file: Path) -> str:
    """What a file holds, in short."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def fill(catalogue: Catalogue) -> None:
    """Put something on every shelf, and take a paper away again."""
    with catalogue.writing() as desk:
        keys = shelve(desk)
        desk.signals.add([(keys[0], "toy", Signal(SignalKind.VOTES, 3, None, RECEIVED))])
        desk.signals.add([(keys[0], "toy", Signal(SignalKind.EDITION_DAY, at=RECEIVED))])
        desk.matches.add_bands([(-(2**63), keys[0]), (5, keys[1])])
        desk.matches.pair(keys[0], keys[1], "titles", 0.5, RECEIVED)
        key = desk.records.allocate(1)
        desk.quarantine.put([Quarantined(key, "toy", "q", b"\0", RECEIVED, "no", "", SILENT)])
        desk.papers.absorb(keys[2], into=keys[3])


def contents(catalogue: Catalogue) -> list[object]:
    """What all shelves hold."""
    with catalogue.reading() as desk:
        keys = [key for key, _ in desk.papers.page(0, 10_000)]
        return [
            desk.papers.by_keys(keys, full=True),
            desk.records.of(keys),
            [desk.signals.of(key) for key in keys],
            desk.quarantine.list(10_000),
            desk.matches.pairs(),
            desk.matches.banded([-(2**63), 5]),
            desk.changes.since(0, 10_000),
        ]


def test_a_backup_is_the_whole_catalogue_in_one_file(
    catalogue: Catalogue, tmp_path: Path, locks: Path
) -> None:
    fill(catalogue)
    target = tmp_path / "kept" / "monday.backup"
    target.parent.mkdir()
    shares: list[float] = []
    catalogue.backup(target, progress=shares.append)
    assert [file.name for file in target.parent.iterdir()] == ["monday.backup"]
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    copy = Catalogue.open(f"sqlite:///{target}", locks=locks)
    assert contents(copy) == contents(catalogue)
    assert copy.lineage == catalogue.lineage
    assert copy.check() == []
    copy.close()


def test_a_backup_takes_no_name_that_is_taken(catalogue: Catalogue, tmp_path: Path) -> None:
    target = tmp_path / "b"
    target.write_text("mine")
    with pytest.raises(CatalogueError, match="b already; it is left"):
        catalogue.backup(target, progress=silently)
    assert target.read_text() == "mine"
    with pytest.raises(CatalogueError, match="cannot be reached: No such file"):
        catalogue.backup(tmp_path / "none" / "b", progress=silently)


@pytest.fixture
def loaded(catalogue: Catalogue) -> Iterator[list[int]]:
    """A catalogue that is written to all the time: the keys acknowledged so far."""
    acknowledged: list[int] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            number = len(acknowledged)
            record = type(BEES)(source="x", format="csv", raw=str(number), title=f"load {number}")
            with catalogue.writing() as desk:
                keys = shelve(desk, [record])
            acknowledged.extend(keys)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    yield acknowledged
    stop.set()
    writer.join(30)
    assert not writer.is_alive()


def test_a_backup_under_load_is_one_moment(
    catalogue: Catalogue, loaded: list[int], tmp_path: Path, locks: Path
) -> None:
    with catalogue.writing() as desk:
        shelve(desk, MANY)
    while len(loaded) < 5:
        threading.Event().wait(0.01)
    before = list(loaded)
    catalogue.backup(tmp_path / "b", progress=silently)
    copy = Catalogue.open(f"sqlite:///{tmp_path / 'b'}", locks=locks)
    with copy.reading() as desk:
        assert set(desk.papers.by_keys(before)) == set(before)
        assert desk.papers.count() == desk.changes.latest()
    assert copy.check() == []
    copy.close()


def test_a_backup_is_restored_into_either_store(
    catalogue: Catalogue, catalogue_url: str, postgres: Postgres, tmp_path: Path, locks: Path
) -> None:
    fill(catalogue)
    expected = contents(catalogue)
    backup = tmp_path / "b"
    catalogue.backup(backup, progress=silently)
    before = digest(backup)
    targets = [f"sqlite:///{tmp_path / 'new' / 'c'}", postgres.new_database()]
    for url in targets:
        done = restore(backup, url, locks=locks, replace=False, now=NOW, progress=silently)
        assert done == Restored(papers=11, kept=None)
        restored = Catalogue.open(url, locks=locks)
        assert contents(restored) == expected
        assert restored.lineage != catalogue.lineage
        assert restored.check() == []
        with restored.writing() as desk:
            assert desk.papers.allocate(1) == 13
            assert desk.records.allocate(1) == 14
        restored.close()
    assert digest(backup) == before


def test_papers_are_replaced_only_when_asked_and_then_kept(
    catalogue: Catalogue, catalogue_url: str, tmp_path: Path, locks: Path
) -> None:
    backup = tmp_path / "b"
    with catalogue.writing() as desk:
        shelve(desk, [TIDES])
    catalogue.backup(backup, progress=silently)
    with catalogue.writing() as desk:
        shelve(desk, [BEES, FROST])
    former, lineage = contents(catalogue), catalogue.lineage
    with pytest.raises(CatalogueError, match="holds 3 papers") as caught:
        restore(backup, catalogue_url, locks=locks, replace=False, now=NOW, progress=silently)
    assert "--replace" in caught.value.hint
    assert contents(catalogue) == former
    with catalogue.reading() as reader:
        assert reader.papers.count() == 3
        done = restore(backup, catalogue_url, locks=locks, replace=True, now=NOW, progress=silently)
        assert reader.papers.count() == 3
    assert done.papers == 1
    assert done.kept is not None
    assert done.kept.name.endswith(".before-restore-20260405T060708Z")
    assert catalogue.lineage != lineage
    with catalogue.reading() as desk:
        assert desk.papers.count() == 1
        assert desk.changes.since(0, 9) == [Change(1, 1, False)]
    kept = Catalogue.open(f"sqlite:///{done.kept}", locks=locks)
    assert contents(kept) == former
    assert kept.lineage == lineage
    kept.close()


def test_an_empty_catalogue_may_be_restored_over(
    catalogue: Catalogue, catalogue_url: str, tmp_path: Path, locks: Path
) -> None:
    backup = tmp_path / "b"
    catalogue.backup(backup, progress=silently)
    done = restore(backup, catalogue_url, locks=locks, replace=False, now=NOW, progress=silently)
    assert done == Restored(papers=0, kept=None)


def test_no_restore_while_an_import_runs(
    catalogue: Catalogue, catalogue_url: str, tmp_path: Path, locks: Path
) -> None:
    backup = tmp_path / "b"
    catalogue.backup(backup, progress=silently)
    with catalogue.alone("import"), pytest.raises(BusyError, match="import"):
        restore(backup, catalogue_url, locks=locks, replace=True, now=NOW, progress=silently)


def test_an_older_backup_is_brought_up_to_date_in_the_copy(
    sqlite_catalogue: Catalogue, catalogue_file: Path, tmp_path: Path, locks: Path
) -> None:
    backup = tmp_path / "old"
    make_older(backup, "0001")
    before = digest(backup)
    done = restore(
        backup,
        f"sqlite:///{catalogue_file}",
        locks=locks,
        replace=False,
        now=NOW,
        progress=silently,
    )
    assert done.papers == 1
    assert digest(backup) == before
    with sqlite_catalogue.reading() as desk:
        assert desk.papers.resolve(["toy:1"]) == {"toy:1": 1}


def spoil_middle(file: Path) -> None:
    """Overwrite what is in the middle of a file."""
    with file.open("r+b") as handle:
        handle.seek(file.stat().st_size // 2)
        handle.write(b"\xa5" * 20_000)


def spoil_keys(file: Path) -> None:
    """Let a record name a paper that is not there."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE records SET paper_key = 7777 WHERE key = 1")


def spoil_revision(file: Path) -> None:
    """Give a catalogue the revision of a later program."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize("spoil", [spoil_middle, spoil_keys, spoil_revision])
def test_an_unsound_backup_is_not_restored(
    sqlite_catalogue: Catalogue,
    catalogue_file: Path,
    tmp_path: Path,
    locks: Path,
    spoil: Callable[[Path], None],
) -> None:
    with sqlite_catalogue.writing() as desk:
        shelve(desk, MANY[:300])
    backup = tmp_path / "b"
    sqlite_catalogue.backup(backup, progress=silently)
    spoil(backup)
    former = contents(sqlite_catalogue)
    with pytest.raises(CatalogueError, match="b"):
        restore(
            backup,
            f"sqlite:///{catalogue_file}",
            locks=locks,
            replace=True,
            now=NOW,
            progress=silently,
        )
    assert contents(sqlite_catalogue) == former
    assert not list(tmp_path.glob("*before-restore*"))
    assert not list(tmp_path.glob(".*"))


@pytest.fixture
def backup_and_place(tmp_path: Path, locks: Path) -> tuple[Path, Path]:
    """A backup of the toy library, and the file of a closed catalogue with another paper."""
    source = Catalogue.open(f"sqlite:///{tmp_path / 'source'}", locks=locks, create=True)
    with source.writing() as desk:
        shelve(desk)
    source.backup(tmp_path / "b", progress=silently)
    source.close()
    place = tmp_path / "place" / "c"
    catalogue = Catalogue.open(f"sqlite:///{place}", locks=locks, create=True)
    with catalogue.writing() as desk:
        shelve(desk, [KETTLES])
    catalogue.close()
    return tmp_path / "b", place


def test_a_damaged_catalogue_is_moved_aside_only_when_asked(
    backup_and_place: tuple[Path, Path], locks: Path
) -> None:
    backup, place = backup_and_place
    with place.open("r+b") as handle:
        handle.truncate(20_000)
    log = Path(f"{place}-shm")
    log.write_bytes(b"shared")
    damaged = digest(place)
    url = f"sqlite:///{place}"
    with pytest.raises(CatalogueError, match="is damaged"):
        restore(backup, url, locks=locks, replace=False, now=NOW, progress=silently)
    assert digest(place) == damaged
    done = restore(backup, url, locks=locks, replace=True, now=NOW, progress=silently)
    assert done.papers == len(LIBRARY)
    assert done.kept is not None
    assert digest(done.kept) == damaged
    catalogue = Catalogue.open(url, locks=locks)
    assert catalogue.check() == []
    catalogue.close()


@pytest.mark.parametrize("kind", ["newer", "text", "other"])
def test_what_is_not_ours_or_newer_is_never_replaced(
    backup_and_place: tuple[Path, Path], locks: Path, kind: str
) -> None:
    backup, place = backup_and_place
    if kind == "newer":
        spoil_revision(place)
    elif kind == "text":
        place.write_text("dear diary")
    else:
        place.unlink()
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("CREATE TABLE diary (day)")
    before = digest(place)
    expected = NewerCatalogueError if kind == "newer" else CatalogueError
    with pytest.raises(expected, match="left as it"):
        restore(backup, f"sqlite:///{place}", locks=locks, replace=True, now=NOW, progress=silently)
    assert digest(place) == before


def test_a_killed_backup_leaves_no_file_with_its_name(
    sqlite_catalogue: Catalogue, catalogue_file: Path, tmp_path: Path, locks: Path
) -> None:
    with sqlite_catalogue.writing() as desk:
        shelve(desk, MANY)
    sqlite_catalogue.close()
    target = tmp_path / "b"

    def back_up() -> None:
        catalogue = Catalogue.open(f"sqlite:///{catalogue_file}", locks=locks)
        catalogue.backup(target, progress=die_after_steps(1))

    assert run_and_kill(back_up)
    assert not target.exists()
    assert (tmp_path / ".b.partial").exists()
    sqlite_catalogue.backup(target, progress=silently)
    assert not (tmp_path / ".b.partial").exists()
    assert sqlite_catalogue.check() == []


def test_a_killed_restore_leaves_the_former_catalogue(
    backup_and_place: tuple[Path, Path], tmp_path: Path, locks: Path
) -> None:
    _, place = backup_and_place
    source = Catalogue.open(f"sqlite:///{tmp_path / 'source'}", locks=locks)
    with source.writing() as desk:
        shelve(desk, MANY)
    source.backup(tmp_path / "large", progress=silently)
    source.close()
    killed_once = False
    for steps in range(1, 50):
        copy = tmp_path / f"{steps}" / "c"
        copy.parent.mkdir()
        shutil.copy(place, copy)

        def overwrite(copy: Path = copy, steps: int = steps) -> None:
            restore(
                tmp_path / "large",
                f"sqlite:///{copy}",
                locks=locks,
                replace=True,
                now=NOW,
                progress=die_after_steps(steps),
            )

        killed = run_and_kill(overwrite)
        catalogue = Catalogue.open(f"sqlite:///{copy}", locks=locks)
        assert catalogue.check() == []
        with catalogue.reading() as desk:
            count = desk.papers.count()
        catalogue.close()
        assert count in (1, 3012)
        if not killed:
            assert count == 3012
            break
        killed_once = True
    assert killed_once
