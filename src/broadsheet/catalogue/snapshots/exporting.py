"""A whole catalogue written out, every table of it, as one moment has it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, select

from broadsheet.catalogue.atomic import place, refuse_existing
from broadsheet.catalogue.backups import Progress, pages_of, rows_in
from broadsheet.catalogue.failures import files_translated, translated
from broadsheet.catalogue.schema import META, METADATA, REVISIONS
from broadsheet.catalogue.snapshots.manifest import (
    Manifest,
    Member,
    now_written,
    write_manifest,
)
from broadsheet.catalogue.snapshots.parcels import Parcel, Summed, discard, packing
from broadsheet.catalogue.snapshots.rows import (
    AT_A_TIME,
    JSON_LINES,
    RowFormat,
    kinds_of,
    parquet,
)
from broadsheet.catalogue.stores import Store


def export_snapshot(
    store: Store, target: Path, *, jsonl: bool, now: datetime, progress: Progress
) -> Manifest:
    """Write a snapshot of the store into a new folder, or file if its name ends with `.zip`.

    It appears whole or not at all. Raises CatalogueError if there is something with that name, or
    if what Parquet needs is not installed.
    """
    rows_as = JSON_LINES if jsonl else parquet()
    with (
        translated(store.where),
        files_translated(str(target)),
        store.alone("snapshot"),
        _unfinished(target) as partial,
    ):
        with packing(partial, target) as parcel, store.reader.begin() as connection:
            manifest = _write(connection, parcel, rows_as, now, progress)
        place(partial, target)
    return manifest


def _write(
    connection: Connection, parcel: Parcel, rows_as: RowFormat, now: datetime, progress: Progress
) -> Manifest:
    """Write every table, and then the manifest."""
    tables = METADATA.sorted_tables
    total = sum(rows_in(connection, table) for table in tables)
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done / total)

    lineage = select(META.c.value).where(META.c.name == "lineage")
    members = []
    for table in tables:
        with parcel.put(f"{table.name}.{rows_as.ending}") as file:
            summed = Summed(file)
            kinds = kinds_of(table)
            rows = 0
            with rows_as.write(summed, kinds) as put:
                for page in _pages(connection, table):
                    put(page)
                    rows += len(page)
                    count(len(page))
            members.append(Member(table.name, kinds, rows, summed.bytes, summed.sha256))
    manifest = Manifest(
        ending=rows_as.ending,
        revision=REVISIONS[-1],
        lineage=connection.execute(lineage).scalar_one(),
        written_at=now_written(now),
        members=tuple(members),
    )
    write_manifest(parcel, manifest)
    return manifest


def _pages(connection: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    for page in pages_of(connection, table, AT_A_TIME):
        yield [dict(row._mapping) for row in page]


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """The name of a parcel beside `target` to be finished; what is left of it is removed."""
    target.parent.stat()
    refuse_existing(target)
    partial = target.with_name(f".{target.name}.partial")
    discard(partial)
    try:
        yield partial
    finally:
        discard(partial)
