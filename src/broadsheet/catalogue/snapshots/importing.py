"""A snapshot made a catalogue again: checked, staged beside it, and put in its place at once."""

import hashlib
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, delete

from broadsheet.catalogue.backups import Progress, Restored, put_in_place
from broadsheet.catalogue.failures import files_translated
from broadsheet.catalogue.snapshots.manifest import Manifest, damaged, read_manifest
from broadsheet.catalogue.snapshots.parcels import Parcel, unpacking
from broadsheet.catalogue.snapshots.rows import RowFormat, format_of, kinds_of
from broadsheet.catalogue.sqlite import connected
from broadsheet.catalogue.statements import insert_all
from broadsheet.catalogue.stores import migrate

Told = Callable[[str, float], None]
"""What is done (`checking`, `reading`, `copying`), and the share of it, 0 to 1."""

_STEP_BYTES = 1 << 20
_RECORD = "alembic_version"


def import_snapshot(
    source: Path,
    url: str,
    *,
    locks: Path,
    replace: bool,
    now: datetime,
    progress: Told,
) -> Restored:
    """Make a snapshot the catalogue that a URL names, in one step at the end.

    It is read into a file beside the catalogue, at the revision it was written at, brought up to
    date and checked; all else is as with `restore`. Raises CatalogueError if the snapshot is not
    sound or the place is taken, NewerCatalogueError if a newer program wrote it.
    """
    with files_translated(str(source)), unpacking(source) as parcel:
        manifest = read_manifest(parcel, source)
        rows_as = format_of(manifest.ending)
        if rows_as is None:
            raise damaged(source, f"its members end with .{manifest.ending}")
        _check(parcel, manifest, source, partial(progress, "checking"))
        return put_in_place(
            partial(_fill, parcel, manifest, rows_as, source, partial(progress, "reading")),
            f"The snapshot {source}",
            url,
            locks=locks,
            replace=replace,
            now=now,
            progress=partial(progress, "copying"),
        )


def _check(parcel: Parcel, manifest: Manifest, source: Path, progress: Progress) -> None:
    """Compare every member with its sum; CatalogueError for the first that differs."""
    total = sum(member.bytes for member in manifest.members)
    done = 0
    for member in manifest.members:
        name = manifest.name_of(member)
        found = hashlib.sha256()
        size = 0
        try:
            with parcel.get(name) as file:
                while size <= member.bytes and (step := file.read(_STEP_BYTES)):
                    found.update(step)
                    size += len(step)
                    progress(min(1.0, (done + size) / total))
        except KeyError as error:
            raise damaged(source, f"{name} is missing") from error
        except (zipfile.BadZipFile, EOFError) as error:
            raise damaged(source, f"{name} cannot be read") from error
        if size != member.bytes or found.hexdigest() != member.sha256:
            raise damaged(source, f"{name} is not what was written")
        done += size


def _fill(
    parcel: Parcel,
    manifest: Manifest,
    rows_as: RowFormat,
    source: Path,
    progress: Progress,
    staged: Path,
) -> None:
    """Make a catalogue file of the snapshot's revision, and put its rows into it."""
    with connected(staged) as connection:
        migrate(connection, manifest.revision)
        tables = _tables(connection, manifest, source)
        for table in reversed(tables):
            connection.execute(delete(table))
        members = {member.table: member for member in manifest.members}
        done = 0
        for table in tables:
            member = members[table.name]
            try:
                with parcel.get(manifest.name_of(member)) as file:
                    rows = 0
                    for page in rows_as.read(file, member.columns):
                        insert_all(connection, table, page)
                        rows += len(page)
                        progress((done + rows) / manifest.rows)
            except ValueError as error:
                raise damaged(source, f"{member.table}: {error}") from error
            if rows != member.rows:
                raise damaged(source, f"{member.table} has {rows:,} rows, not {member.rows:,}")
            done += rows
        connection.commit()


def _tables(connection: Connection, manifest: Manifest, source: Path) -> list[Table]:
    """The tables of the file, those that others name first; CatalogueError if they differ."""
    there = MetaData()
    there.reflect(connection, only=lambda name, _: name != _RECORD)
    tables = there.sorted_tables
    wanted = {table.name: kinds_of(table) for table in tables}
    if wanted != {member.table: dict(member.columns) for member in manifest.members}:
        raise damaged(source, f"its tables are not those of revision {manifest.revision}")
    return tables
