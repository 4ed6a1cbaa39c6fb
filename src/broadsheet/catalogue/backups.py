"""Backups and how they are restored: whole files that appear under their name when finished."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, tuple_, update

from broadsheet.catalogue.atomic import begin, companions, discard, place, refuse_existing, settle
from broadsheet.catalogue.checks import problems
from broadsheet.catalogue.failures import files_translated, translated
from broadsheet.catalogue.opening import open_store, read_url, sqlite_file
from broadsheet.catalogue.schema import META, METADATA, PAPERS
from broadsheet.catalogue.sqlite import (
    alone,
    build,
    connect_reading,
    connected,
    examine,
    is_ours,
    keep_journal,
)
from broadsheet.catalogue.statements import AnyRow, insert_all
from broadsheet.catalogue.stores import WAIT_SECONDS, Store, migrate
from broadsheet.errors import BusyError, CatalogueError, NewerCatalogueError

Progress = Callable[[float], None]
Fill = Callable[[Path], None]
"""Makes a catalogue, of any revision, in a file that is not there yet."""

_PAGES_A_STEP = 1_000
_ROWS_A_STEP = 1_000
_RETRY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the papers there are now, and where the former catalogue is kept."""

    papers: int
    kept: Path | None


def back_up(store: Store, target: Path, *, progress: Progress) -> None:
    """Copy a snapshot of the store into a new SQLite file.

    Raises CatalogueError if `target` exists or the copy is not sound.
    """
    store.writable()
    with (
        translated(store.where),
        store.alone("backup"),
        files_translated(str(target)),
        _unfinished(target, "partial") as copy,
    ):
        with store.reader.begin() as connection:
            _copy_out(connection, copy, target, progress)
        _finish(copy, target)
        place(copy, target)


def restore(
    source: Path,
    url: str,
    *,
    locks: Path,
    replace: bool,
    now: datetime,
    progress: Progress,
) -> Restored:
    """Put a backup in the place of the catalogue that a URL names, in one step.

    It gets a new lineage, so that everything derived is built again. A catalogue with papers
    is replaced only if `replace`, and is kept: beside it as `<name>.before-restore-<moment>`,
    that of a database in the folder that holds `locks`. Raises CatalogueError if the backup is
    not sound, the place is taken or belongs to something else: all is then as it was.
    """
    examine(source)
    return put_in_place(
        partial(_copy_backup, source),
        f"The backup {source}",
        url,
        locks=locks,
        replace=replace,
        now=now,
        progress=progress,
    )


def put_in_place(
    fill: Fill,
    what: str,
    url: str,
    *,
    locks: Path,
    replace: bool,
    now: datetime,
    progress: Progress,
) -> Restored:
    """Put the catalogue that `fill` makes in the place that a URL names, as `restore` does.

    `what` is how errors call it (`The backup x`).
    """
    moment = f"{now:%Y%m%dT%H%M%SZ}"
    file = sqlite_file(read_url(url))
    stage = partial(_stage, fill, what)
    if file is None:
        return _put_in_database(stage, url, locks, replace, moment, progress)
    with files_translated(str(file)):
        file.parent.mkdir(parents=True, exist_ok=True)
    with (
        files_translated(str(file)),
        translated(str(file)),
        alone(locks, "restore"),
        alone(locks, "import"),
        _unfinished(file, "restoring") as staged,
    ):
        # Asked before the work, and again after it.
        _held(file, replace)
        papers = stage(staged)
        return Restored(papers, _exchange(staged, file, replace, moment, progress))


def _copy_out(connection: Connection, copy: Path, target: Path, progress: Progress) -> None:
    """Copy the snapshot that a connection sees into a new file."""
    connection.execute(select(META.c.name)).all()
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        with translated(str(target)), closing(_plain(copy)) as into:
            _copy_pages(driver, into, progress)
        return
    with translated(str(target)):
        build(copy)
        with connected(copy) as into_tables:
            transfer(connection, into_tables, progress)
            into_tables.commit()


def _finish(copy: Path, target: Path) -> None:
    """Make a copy one plain file, and check it; CatalogueError if it is not sound."""
    with translated(str(target)):
        keep_journal(copy, "DELETE")
        with connected(copy) as connection:
            found = problems(connection)
    if found:
        raise CatalogueError(f"The copy {target} is not sound: {found[0]}", hint="Try again.")


def _copy_backup(source: Path, staged: Path) -> None:
    """Copy a backup, page by page."""
    with (
        translated(str(source)),
        closing(connect_reading(source)) as backup,
        closing(_plain(staged)) as copy,
    ):
        _copy_pages(backup, copy, lambda share: None)


def _stage(fill: Fill, what: str, staged: Path) -> int:
    """Fill a file, bring it up to date and give it a new lineage; how many papers it has.

    Raises CatalogueError if it is not sound.
    """
    fill(staged)
    with translated(what):
        with connected(staged) as connection:
            migrate(connection)
            found = problems(connection)
            connection.execute(
                update(META).where(META.c.name == "lineage").values(value=uuid.uuid4().hex)
            )
            papers = rows_in(connection, PAPERS)
            connection.commit()
        keep_journal(staged, "WAL")
    if found:
        raise CatalogueError(f"{what} is not sound: {found[0]}", hint="Take another one.")
    return papers


def _exchange(
    staged: Path, file: Path, replace: bool, moment: str, progress: Progress
) -> Path | None:
    """Put a staged catalogue into the place of `file`; where the former one is kept."""
    if not file.exists():
        place(staged, file)
        return None
    kept = file.with_name(f"{file.name}.before-restore-{moment}")
    held = _held(file, replace)
    if held is None:
        _move_aside(file, kept)
        place(staged, file)
        return kept
    with closing(_plain(file)) as former, closing(_plain(staged)) as copy:
        if held:
            with _unfinished(kept, "partial") as keeping:
                with closing(_plain(keeping)) as into:
                    _copy_pages(former, into, lambda share: None)
                place(keeping, kept)
        # One transaction of SQLite: readers see the former catalogue until it is whole.
        _copy_pages(copy, former, progress)
    return kept if held else None


def _held(file: Path, replace: bool) -> int | None:
    """How many papers there are in the place of `file`, None if what is there is damaged.

    Raises CatalogueError if it may not be replaced.
    """
    held = _papers_in(file) if file.exists() else 0
    if held != 0 and not replace:
        raise _refusal(str(file), held)
    return held


def _papers_in(file: Path) -> int | None:
    """How many papers the catalogue in a file holds; None if it is ours but cannot be read."""
    try:
        examine(file)
        with translated(str(file)), closing(connect_reading(file)) as connection:
            return int(connection.execute("SELECT count(*) FROM papers").fetchone()[0])
    except NewerCatalogueError:
        raise
    except CatalogueError:
        if not is_ours(file):
            raise
        return None


def _refusal(where: str, held: int | None) -> CatalogueError:
    """The error for a place that is taken."""
    what = "is damaged" if held is None else f"holds {held} papers"
    return CatalogueError(
        f"The catalogue {where} {what}; it was left as it is.",
        hint="Say --replace: what is there now is kept under another name.",
    )


def _move_aside(file: Path, kept: Path) -> None:
    """Give a damaged catalogue another name, its log first: it must never meet another file."""
    refuse_existing(kept)
    for name, new_name in zip((*companions(file), file), (*companions(kept), kept), strict=True):
        if name.exists():
            name.rename(new_name)
    settle(file.parent)


def _put_in_database(
    stage: Callable[[Path], int],
    url: str,
    locks: Path,
    replace: bool,
    moment: str,
    progress: Progress,
) -> Restored:
    """Put a staged catalogue in the place of what a database holds, in one transaction."""
    store = open_store(url, locks=locks, create=True)
    try:
        with translated(store.where), store.alone("restore"), store.alone("import"):
            held = _count(store)
            if held and not replace:
                raise _refusal(store.where, held)
            kept = None
            # In the home and not where temporary files are, which may be memory.
            with files_translated(str(locks.parent)):
                locks.parent.mkdir(parents=True, exist_ok=True)
            with _unfinished(locks.parent / "catalogue", "restoring") as staged:
                papers = stage(staged)
                if held:
                    name = read_url(url).database or "catalogue"
                    kept = locks.parent / f"{name}.before-restore-{moment}"
                    back_up(store, kept, progress=lambda share: None)
                with connected(staged) as copy, store.writing() as connection:
                    transfer(copy, connection, progress)
            return Restored(papers, kept)
    finally:
        store.close()


def _count(store: Store) -> int:
    """How many papers a store holds."""
    with store.reader.begin() as connection:
        return rows_in(connection, PAPERS)


def transfer(source: Connection, target: Connection, progress: Progress) -> None:
    """Make the rows of one catalogue the rows of another, within the target's transaction."""
    tables = METADATA.sorted_tables
    total = sum(rows_in(source, table) for table in tables)
    for table in reversed(tables):
        target.execute(delete(table))
    done = 0
    for table in tables:
        for rows in pages_of(source, table):
            insert_all(target, table, [dict(row._mapping) for row in rows])
            done += len(rows)
            progress(done / total)


def rows_in(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def pages_of(
    connection: Connection, table: Table, step: int = _ROWS_A_STEP
) -> Iterator[list[AnyRow]]:
    """All rows of a table in the order of its key, some at a time."""
    key = list(table.primary_key.columns)
    question = select(table).order_by(*key).limit(step)
    rows = list(connection.execute(question))
    while rows:
        yield rows
        last = [rows[-1]._mapping[column.name] for column in key]
        rows = list(connection.execute(question.where(tuple_(*key) > tuple_(*last))))


def _copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    """Copy one SQLite database over another, as one transaction of the target.

    Raises BusyError if another process does not let go of the target.
    """
    tries_left = round(WAIT_SECONDS / _RETRY_SECONDS)

    def step(status: int, remaining: int, total: int) -> None:
        nonlocal tries_left
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            tries_left -= 1
            if not tries_left:
                raise BusyError(
                    "Another process is writing to the catalogue.",
                    hint="Wait for it to finish, then run this again.",
                )
        elif total:
            progress(1 - remaining / total)

    source.backup(target, pages=_PAGES_A_STEP, progress=step, sleep=_RETRY_SECONDS)


def _plain(file: Path) -> sqlite3.Connection:
    """A connection that copies whole files; waiting for others is up to `_copy_pages`."""
    return sqlite3.connect(file, isolation_level=None, timeout=0)


@contextmanager
def _unfinished(target: Path, what: str) -> Iterator[Path]:
    """An empty file beside `target` to be finished; what is left of it is removed.

    Raises CatalogueError if a partial file would end up in a name that is taken.
    """
    # SQLite would not say that it is the folder that is missing.
    target.parent.stat()
    if what == "partial":
        refuse_existing(target)
    file = target.with_name(f".{target.name}.{what}")
    discard(file)
    begin(file)
    try:
        yield file
    finally:
        discard(file)
