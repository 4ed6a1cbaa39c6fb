"""Snapshots between the stores and in both ways of writing rows, damaged ones, and kills."""

import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import MetaData, Table, create_engine, select

from broadsheet.catalogue import Catalogue, Restored, import_snapshot
from broadsheet.catalogue.opening import open_store
from broadsheet.catalogue.schema import METADATA
from broadsheet.catalogue.snapshots import exporting
from broadsheet.catalogue.snapshots.manifest import Manifest, read_manifest, write_manifest
from broadsheet.catalogue.snapshots.parcels import packing, unpacking
from broadsheet.catalogue.snapshots.rows import JSON_LINES, kinds_of
from broadsheet.errors import CatalogueError, NewerCatalogueError
from tests.catalogue.killing import die_after_steps, run_and_kill
from tests.catalogue.test_backups import MANY, contents, digest, fill
from tests.catalogue.test_migrations import make_older
from tests.conftest import Postgres
from tests.library import BEES, KETTLES
from tests.library.shelving import shelve

NOW = datetime(2026, 4, 5, 6, 7, 8, tzinfo=UTC)
Told = Callable[[str, float], None]


def silently(share: float) -> None:
    """Show no progress."""


def untold(what: str, share: float) -> None:
    """Show no progress."""


def tables_of(url: str, locks: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for the name of the line of history."""
    store = open_store(url, locks=locks, create=False)
    with store.reader.begin() as connection:

        def rows(table: Table) -> list[dict[str, Any]]:
            found = connection.execute(select(table).order_by(*table.primary_key.columns))
            return [dict(row._mapping) for row in found]

        held = {table.name: rows(table) for table in METADATA.sorted_tables}
    store.close()
    held["meta"] = [row for row in held["meta"] if row["name"] != "lineage"]
    for listed in held.values():
        # The stores order texts in their own ways.
        listed.sort(key=repr)
    return held


def export(url: str, target: Path, locks: Path, *, jsonl: bool = False) -> Manifest:
    catalogue = Catalogue.open(url, locks=locks)
    try:
        return catalogue.snapshot(target, jsonl=jsonl, now=NOW, progress=silently)
    finally:
        catalogue.close()


def take(
    source: Path, url: str, locks: Path, *, replace: bool = False, progress: Told = untold
) -> Restored:
    return import_snapshot(source, url, locks=locks, replace=replace, now=NOW, progress=progress)


@pytest.fixture
def filled(tmp_path: Path, locks: Path) -> str:
    """The URL of an SQLite catalogue with something on every shelf."""
    url = f"sqlite:///{tmp_path / 'first' / 'c'}"
    catalogue = Catalogue.open(url, locks=locks, create=True)
    fill(catalogue)
    with catalogue.writing() as desk:
        shelve(desk, MANY[:500])
    catalogue.close()
    return url


@pytest.fixture(params=["folder", "file.zip"])
def snapshot(request: pytest.FixtureRequest, filled: str, tmp_path: Path, locks: Path) -> Path:
    """A snapshot of a filled catalogue, as a folder and as a file."""
    target = tmp_path / str(request.param)
    export(filled, target, locks)
    return target


def test_a_round_trip_over_both_stores_and_both_formats_keeps_every_row(
    filled: str, tmp_path: Path, locks: Path, postgres: Postgres
) -> None:
    expected = tables_of(filled, locks)
    for name in "papers aliases records signals quarantine bands pairs changes".split():
        assert expected[name]
    database = postgres.new_database()
    manifest = export(filled, tmp_path / "parquet.zip", locks)
    assert {member.table: member.rows for member in manifest.members} == {
        name: len(rows) + (name == "meta") for name, rows in expected.items()
    }
    done = take(tmp_path / "parquet.zip", database, locks)
    assert done == Restored(papers=511, kept=None)
    assert tables_of(database, locks) == expected
    export(database, tmp_path / "lines", locks, jsonl=True)
    last = f"sqlite:///{tmp_path / 'last' / 'c'}"
    assert take(tmp_path / "lines", last, locks).papers == 511
    assert tables_of(last, locks) == expected
    first, again = Catalogue.open(filled, locks=locks), Catalogue.open(last, locks=locks)
    assert contents(again) == contents(first)
    assert again.lineage != first.lineage
    assert again.check() == []
    with again.writing() as desk:
        assert desk.papers.allocate(1) == 513
    first.close()
    again.close()
    assert not list(tmp_path.rglob("*.restoring*"))
    assert not list(tmp_path.rglob("*.partial*"))


def test_a_snapshot_says_what_it_is(filled: str, tmp_path: Path, locks: Path) -> None:
    shares: list[float] = []
    catalogue = Catalogue.open(filled, locks=locks)
    target = tmp_path / "s"
    catalogue.snapshot(target, jsonl=True, now=NOW, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    body = json.loads((target / "manifest.json").read_text())
    assert body["kind"] == "broadsheet-snapshot"
    assert body["lineage"] == catalogue.lineage
    assert body["written_at"] == "2026-04-05T06:07:08+00:00"
    assert {file.name for file in target.iterdir()} == {
        "manifest.json",
        *(f"{table}.jsonl.zst" for table in METADATA.tables),
    }
    papers = next(member for member in body["members"] if member["table"] == "papers")
    assert papers["sha256"] == digest(target / "papers.jsonl.zst")
    catalogue.close()


def test_only_the_owner_may_read_what_holds_keys_and_addresses(
    filled: str, snapshot: Path, tmp_path: Path, locks: Path
) -> None:
    held, copy = Path(filled.removeprefix("sqlite:///")), tmp_path / "copy"
    taken = tmp_path / "taken"
    Catalogue.open(filled, locks=locks).backup(copy, progress=silently)
    take(snapshot, f"sqlite:///{taken}", locks)
    for made in (held, copy, taken, snapshot):
        assert not made.stat().st_mode & 0o077


def test_no_name_that_is_taken_is_written_over(filled: str, tmp_path: Path, locks: Path) -> None:
    for target in (tmp_path / "taken", tmp_path / "taken.zip"):
        target.write_text("mine")
        with pytest.raises(CatalogueError, match="already; it is left as it is"):
            export(filled, target, locks)
        assert target.read_text() == "mine"
    with pytest.raises(CatalogueError, match="No such file"):
        export(filled, tmp_path / "none" / "s", locks)


def test_without_its_library_parquet_names_the_extra(
    filled: str, tmp_path: Path, locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CatalogueError, match="not installed") as caught:
        export(filled, tmp_path / "s", locks)
    assert "broadsheet[parquet]" in caught.value.hint
    assert "--jsonl" in caught.value.hint
    export(filled, tmp_path / "s", locks, jsonl=True)
    assert take(tmp_path / "s", f"sqlite:///{tmp_path / 'c'}", locks).papers == 511


def test_papers_are_replaced_only_when_asked_and_then_kept(
    snapshot: Path, catalogue: Catalogue, catalogue_url: str, locks: Path
) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [KETTLES])
    former = contents(catalogue)
    with pytest.raises(CatalogueError, match="holds 1 papers") as caught:
        take(snapshot, catalogue_url, locks)
    assert "--replace" in caught.value.hint
    assert contents(catalogue) == former
    done = take(snapshot, catalogue_url, locks, replace=True)
    assert done.papers == 511
    assert done.kept is not None
    with catalogue.reading() as desk:
        assert desk.papers.count() == 511
    kept = Catalogue.open(f"sqlite:///{done.kept}", locks=locks)
    assert contents(kept) == former
    kept.close()


def test_a_snapshot_of_an_older_program_is_brought_up_to_date(
    tmp_path: Path, locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old"
    make_older(old, "0001")
    write_older(old, tmp_path / "s", "0001")
    url = f"sqlite:///{tmp_path / 'new'}"
    assert take(tmp_path / "s", url, locks).papers == 1
    catalogue = Catalogue.open(url, locks=locks)
    with catalogue.reading() as desk:
        assert desk.papers.resolve(["toy:1"]) == {"toy:1": 1}
    assert catalogue.check() == []
    catalogue.close()


def write_older(file: Path, target: Path, revision: str) -> None:
    """Write the snapshot that the program of a revision would have written."""
    tables = MetaData()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection, pytest.MonkeyPatch.context() as patch:
        tables.reflect(connection, only=lambda name, _: name != "alembic_version")
        patch.setattr(exporting, "METADATA", tables)
        patch.setattr(exporting, "REVISIONS", (revision,))
        with packing(target, target) as parcel:
            manifest = exporting._write(connection, parcel, JSON_LINES, NOW, silently)
    assert replace(manifest, revision=revision) == manifest
    engine.dispose()


def flip(file: Path) -> None:
    """Change one bit in the middle of a file."""
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    file.write_bytes(held)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a manifest and leave its sum as it is."""
    file = folder / "manifest.json"
    body = json.loads(file.read_text())
    change(body)
    file.write_text(json.dumps(body))


def restate(folder: Path, **changes: Any) -> None:
    """Write a manifest with changes and a right sum."""
    with unpacking(folder) as parcel:
        manifest = read_manifest(parcel, folder)
    (folder / "manifest.json").unlink()
    with unpacking(folder) as parcel:
        write_manifest(parcel, replace(manifest, **changes))


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit": (lambda s: flip(s / "papers.parquet"), "papers.parquet is not what was written"),
    "an end": (
        lambda s: (s / "records.parquet").write_bytes((s / "records.parquet").read_bytes()[:-9]),
        "records.parquet is not what was written",
    ),
    "more": (
        lambda s: (s / "meta.parquet").write_bytes((s / "meta.parquet").read_bytes() + b"x"),
        "meta.parquet is not what was written",
    ),
    "a member": (lambda s: (s / "aliases.parquet").unlink(), "aliases.parquet is missing"),
    "the manifest": (lambda s: (s / "manifest.json").unlink(), "is not a snapshot"),
    "its text": (
        lambda s: (s / "manifest.json").write_text("{"),
        "its manifest cannot be read",
    ),
    "its depth": (
        lambda s: (s / "manifest.json").write_text("[" * 100_000),
        "its manifest cannot be read",
    ),
    "its kind": (lambda s: (s / "manifest.json").write_text("[1]"), "is not a snapshot"),
    "its counts": (lambda s: rewrite(s, lambda b: b["members"].pop()), "its manifest was changed"),
    "its tables": (lambda s: restate(s, members=()), "its tables are not those"),
    "its rows": (lambda s: restate(s, ending="csv"), "its members end with .csv"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_damaged_snapshot_is_refused_and_nothing_changes(
    filled: str, tmp_path: Path, locks: Path, what: str
) -> None:
    spoil, message = SPOILT[what]
    target = tmp_path / "s"
    export(filled, target, locks)
    spoil(target)
    place = tmp_path / "place" / "c"
    with pytest.raises(CatalogueError, match=message):
        take(target, f"sqlite:///{place}", locks)
    assert not place.exists()
    assert not list(tmp_path.rglob("*.restoring*"))


def test_a_file_that_is_cut_off_or_is_none_is_refused(
    filled: str, tmp_path: Path, locks: Path
) -> None:
    target = tmp_path / "s.zip"
    export(filled, target, locks)
    whole = target.read_bytes()
    url = f"sqlite:///{tmp_path / 'c'}"
    for spoilt in (whole[:-100], whole[: len(whole) // 2], b"dear diary", b""):
        target.write_bytes(spoilt)
        with pytest.raises(CatalogueError, match="is not a snapshot, or is cut off"):
            take(target, url, locks)
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("diary", "dear")
    with pytest.raises(CatalogueError, match=r"has no manifest\.json of ours"):
        take(target, url, locks)
    with pytest.raises(CatalogueError, match="There is no snapshot"):
        take(tmp_path / "none", url, locks)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("part", ["revision", "format"])
def test_a_snapshot_of_a_newer_program_is_left_alone(
    filled: str, tmp_path: Path, locks: Path, part: str
) -> None:
    target = tmp_path / "s"
    export(filled, target, locks)
    if part == "revision":
        restate(target, revision="9999")
    else:
        rewrite(target, lambda body: body.update(format=99))
    with pytest.raises(NewerCatalogueError, match="newer Broadsheet"):
        take(target, f"sqlite:///{tmp_path / 'c'}", locks)
    assert not (tmp_path / "c").exists()


def spoil_line(folder: Path, line: bytes) -> None:
    """Put a line in the place of the aliases, with the right sums."""
    with unpacking(folder) as parcel:
        manifest = read_manifest(parcel, folder)
    file = folder / "aliases.jsonl.zst"
    file.write_bytes(zstandard.compress(line))
    members = tuple(
        replace(member, sha256=digest(file), bytes=file.stat().st_size)
        if member.table == "aliases"
        else member
        for member in manifest.members
    )
    restate(folder, members=members)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"[]\n", "other columns"),
        (b'{"alias": "a"}\n', "other columns"),
        (b'{"alias": 1, "paper_key": 1}\n', "alias is no text"),
        (b'{"alias": "a", "paper_key": true}\n', "paper_key is no integer"),
        (b"{\n", "aliases: "),
        (b'{"alias": "a", "paper_key": 1}\n', "has 1 rows, not"),
        (b'{"alias": "a", "paper_key": 99999}\n', "FOREIGN KEY"),
        (b"[" * 100_000, "aliases: "),
        (b"\xff\n", "aliases: "),
    ],
)
def test_rows_of_another_shape_are_refused(
    filled: str, tmp_path: Path, locks: Path, line: bytes, message: str
) -> None:
    target = tmp_path / "s"
    export(filled, target, locks, jsonl=True)
    spoil_line(target, line)
    with pytest.raises(CatalogueError, match=message):
        take(target, f"sqlite:///{tmp_path / 'c'}", locks)
    assert not (tmp_path / "c").exists()


def test_a_killed_export_leaves_no_file_with_its_name(
    filled: str, tmp_path: Path, locks: Path
) -> None:
    for name in ("s", "s.zip"):
        target = tmp_path / name

        def write(target: Path = target) -> None:
            catalogue = Catalogue.open(filled, locks=locks)
            catalogue.snapshot(target, jsonl=True, now=NOW, progress=die_after_steps(4))

        assert run_and_kill(write)
        assert not target.exists()
        assert (tmp_path / f".{name}.partial").exists()
        export(filled, target, locks, jsonl=True)
        assert not (tmp_path / f".{name}.partial").exists()


@pytest.fixture
def place(tmp_path: Path, locks: Path) -> Path:
    """A closed catalogue with one paper."""
    file = tmp_path / "place" / "c"
    catalogue = Catalogue.open(f"sqlite:///{file}", locks=locks, create=True)
    with catalogue.writing() as desk:
        shelve(desk, [BEES])
    catalogue.close()
    return file


def test_a_killed_import_leaves_the_former_catalogue_or_the_whole(
    filled: str, place: Path, tmp_path: Path, locks: Path
) -> None:
    source = tmp_path / "s"
    export(filled, source, locks, jsonl=True)
    counts = []
    for steps in range(1, 100, 5):
        copy = tmp_path / f"{steps}" / "c"
        copy.parent.mkdir()
        shutil.copy(place, copy)

        def overwrite(copy: Path = copy, steps: int = steps) -> None:
            die = die_after_steps(steps)
            take(
                source,
                f"sqlite:///{copy}",
                locks,
                replace=True,
                progress=lambda _, share: die(share),
            )

        killed = run_and_kill(overwrite)
        catalogue = Catalogue.open(f"sqlite:///{copy}", locks=locks)
        assert catalogue.check() == []
        with catalogue.reading() as desk:
            counts.append(desk.papers.count())
        catalogue.close()
        if not killed:
            break
    assert counts[0] == 1
    assert counts[-1] == 511
    assert set(counts) == {1, 511}
    # What a kill left behind is no obstacle.
    first = tmp_path / "1" / "c"
    assert take(source, f"sqlite:///{first}", locks, replace=True).papers == 511
    assert not list(first.parent.glob(".*"))


def test_a_killed_import_into_a_database_leaves_it_as_it_was(
    filled: str, tmp_path: Path, locks: Path, postgres: Postgres
) -> None:
    source = tmp_path / "s"
    export(filled, source, locks, jsonl=True)
    url = postgres.new_catalogue()

    def overwrite() -> None:
        def die(what: str, share: float) -> None:
            if what == "copying":
                die_after_steps(1)(share)

        take(source, url, locks, progress=die)

    assert run_and_kill(overwrite)
    catalogue = Catalogue.open(url, locks=locks)
    with catalogue.reading() as desk:
        assert desk.papers.count() == 0
    catalogue.close()
    assert take(source, url, locks).papers == 511


def test_an_interrupted_export_and_import_leave_nothing(
    filled: str, tmp_path: Path, locks: Path
) -> None:
    def interrupt(share: float) -> None:
        raise KeyboardInterrupt

    catalogue = Catalogue.open(filled, locks=locks)
    for name in ("s", "s.zip"):
        with pytest.raises(KeyboardInterrupt):
            catalogue.snapshot(tmp_path / name, jsonl=False, now=NOW, progress=interrupt)
    catalogue.close()
    assert {file.name for file in tmp_path.iterdir()} == {"first", "locks"}
    export(filled, tmp_path / "s", locks)

    def interrupt_reading(what: str, share: float) -> None:
        if what == "reading":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        url = f"sqlite:///{tmp_path / 'new' / 'c'}"
        take(tmp_path / "s", url, locks, progress=interrupt_reading)
    assert not list((tmp_path / "new").iterdir())


def test_every_column_of_every_table_can_be_written() -> None:
    for table in METADATA.sorted_tables:
        assert list(table.primary_key.columns), table.name
        assert set(kinds_of(table)) == set(table.columns.keys())
