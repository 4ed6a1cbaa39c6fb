"""The catalogue in one SQLite file: looked at before it is opened, written by one at a time."""

import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from broadsheet.catalogue.atomic import begin, companions, discard, place, refuse_existing
from broadsheet.catalogue.failures import files_translated, translated
from broadsheet.catalogue.schema import APPLICATION_ID, REVISIONS
from broadsheet.catalogue.stores import WAIT_SECONDS, Store, check_revision, migrate
from broadsheet.errors import BusyError, CatalogueError

PAGE_BYTES = 8192
_MAGIC = b"SQLite format 3\0"
_HEAD_BYTES = 100
_READER_CACHE_KIB = 8_000
_WRITER_CACHE_KIB = 64_000
_READERS = 8
# Pages that are written again and again (bands) go to the main file once per so many pages.
_CHECKPOINT_PAGES = 2_000
_WAL_LEFT_BYTES = 64 * 2**20


def open_sqlite(path: Path, *, locks: Path, create: bool) -> Store:
    """Open the catalogue in a file, made first if `create`; an older one is brought up to date.

    Raises CatalogueError for a file that is no catalogue, which is left as it is.
    """
    where = str(path)
    if not os.path.lexists(path) and create:
        create_file(path, locks=locks)
    revision = examine(path)
    if _may_write(path):
        store = Store(where, _reader(path), _writer(path), partial(alone, locks), path)
        if revision != REVISIONS[-1]:
            _bring_up_to_date(store, locks)
        return store
    if revision != REVISIONS[-1]:
        raise CatalogueError(
            f"The catalogue {where} is of an older Broadsheet and cannot be brought up to date: "
            "it or its folder is read-only.",
            hint="Make both writable.",
        )
    return Store(where, _reader(path), None, partial(alone, locks), path)


def create_file(path: Path, *, locks: Path) -> None:
    """Make a new, empty catalogue: it appears whole, or not at all."""
    with files_translated(str(path)), translated(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(locks / "migrate.lock", WAIT_SECONDS, f"Another process makes {path}."):
            if path.exists():
                return
            refuse_existing(path)
            unfinished = path.with_name(f".{path.name}.new")
            discard(unfinished)
            begin(unfinished)
            build(unfinished)
            place(unfinished, path)


def build(file: Path) -> None:
    """Make the tables in a file that nobody else knows of yet."""
    try:
        with connected(file) as connection:
            migrate(connection)
        keep_journal(file, "WAL")
    except BaseException:
        discard(file)
        raise


def keep_journal(file: Path, mode: str) -> None:
    """Let a file that nobody uses keep its journal in this way: `WAL` or `DELETE`."""
    # Outside a transaction: SQLite changes its kind of journal nowhere else.
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")


@contextmanager
def connected(file: Path) -> Iterator[Connection]:
    """A connection to a file of our own, made if need be, and closed afterwards."""
    engine = _engine(partial(_connect, file, "rwc", _WRITER_CACHE_KIB), "BEGIN IMMEDIATE", 1)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def examine(path: Path) -> str:
    """The revision of the catalogue in a file; neither it nor its folder is changed.

    Raises CatalogueError if there is none, NewerCatalogueError if this program cannot read it.
    """
    where = str(path)
    with files_translated(where):
        if not path.exists():
            raise CatalogueError(f"There is no catalogue {where}.", hint="Run `broadsheet init`.")
        if not path.is_file():
            raise _unusable(path, "is not a file")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    if not head:
        raise _unusable(path, "is empty")
    if not _is_sqlite(head):
        raise _unusable(path, "is not a catalogue")
    if not _is_ours(head):
        raise _unusable(path, "is an SQLite file of another program")
    page_bytes, pages = struct.unpack(">H10xI", head[16:32])
    # The pages that a checkpoint has not written yet are in the file beside it.
    if not _has_wal(path) and size < (page_bytes if page_bytes > 1 else 65_536) * pages:
        raise _unusable(path, "is cut off", hint="Restore it from a backup: `broadsheet restore`.")
    with translated(where), closing(connect_reading(path)) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    check_revision(found[0] if found else "unknown", where)
    return str(found[0])


def is_ours(path: Path) -> bool:
    """Whether a file bears the mark of a catalogue, be it damaged or not."""
    with files_translated(str(path)), path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return _is_sqlite(head) and _is_ours(head)


def connect_reading(path: Path) -> sqlite3.Connection:
    """A connection that reads a file and leaves nothing beside it; sqlite3.Error if it cannot."""
    # Without a WAL nobody has written since the last checkpoint, so no lock is needed to read.
    how = "mode=ro" if _has_wal(path) else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)


@contextmanager
def alone(locks: Path, what: str) -> Iterator[None]:
    """Hold what one process at a time may do; BusyError if another does it."""
    busy = f"Another process is busy with the same work ({what})."
    with files_translated(str(locks)), locked(locks / f"{what}.lock", 0, busy):
        yield


@contextmanager
def locked(lock: Path, wait_seconds: float, busy: str) -> Iterator[None]:
    """Hold a lock file; BusyError saying `busy` if another process keeps it that long.

    The system lets go of it when the process ends, however it ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=wait_seconds)
    try:
        held.acquire()
    except Timeout as error:
        raise BusyError(busy, hint="Wait for it to finish, then run this again.") from error
    try:
        yield
    finally:
        held.release()


def _bring_up_to_date(store: Store, locks: Path) -> None:
    """Run the missing steps, unless another process did so while we waited for it."""
    busy = f"Another process is bringing the catalogue {store.where} up to date."
    with (
        files_translated(store.where),
        translated(store.where),
        locked(locks / "migrate.lock", WAIT_SECONDS, busy),
        store.writable().connect() as connection,
    ):
        migrate(connection)


def _is_sqlite(head: bytes) -> bool:
    """Whether a file that begins like this is an SQLite database."""
    return len(head) == _HEAD_BYTES and head.startswith(_MAGIC)


def _is_ours(head: bytes) -> bool:
    """Whether an SQLite file that begins like this bears our mark."""
    return bool(struct.unpack(">I", head[68:72])[0] == APPLICATION_ID)


def _has_wal(path: Path) -> bool:
    """Whether writes wait beside the file to be taken into it."""
    wal = companions(path)[0]
    return wal.exists() and wal.stat().st_size > 0


def _unusable(path: Path, what: str, hint: str = "") -> CatalogueError:
    """The error for a file that cannot be a catalogue."""
    return CatalogueError(
        f"{path} {what}; it was left as it is.",
        hint=hint or "Name another catalogue, or move that away.",
    )


def _may_write(path: Path) -> bool:
    """Whether the file and its folder, where SQLite keeps its log, may be written to."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _reader(path: Path) -> Engine:
    """Snapshots: nothing can be written through them."""
    return _engine(partial(_connect_reader, path), "BEGIN", _READERS)


def _writer(path: Path) -> Engine:
    """Transactions that may write from their first moment; threads wait for one connection."""
    return _engine(partial(_connect_writer, path), "BEGIN IMMEDIATE", 1)


def _engine(connect: Any, begin: str, connections: int) -> Engine:
    """An engine whose transactions begin as we say."""
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0 if connections == 1 else connections,
        pool_timeout=WAIT_SECONDS,
        # Errors are written into the log: what they are about is readers' own.
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _connect(path: Path, mode: str, cache_kib: int) -> sqlite3.Connection:
    """A connection with our settings; the `sqlite3` module begins no transactions of its own."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    if mode == "ro" and not _has_wal(path):
        address += "&immutable=1"
    connection = sqlite3.connect(
        address,
        uri=True,
        isolation_level=None,
        timeout=WAIT_SECONDS,
        check_same_thread=False,
        cached_statements=256,
    )
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("PRAGMA foreign_keys = ON")
    # In WAL mode NORMAL loses the last commits when the power fails; FULL syncs each of them.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{cache_kib}")
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing."""
    connection = _connect(path, "rw" if _may_write(path) else "ro", _READER_CACHE_KIB)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect_writer(path: Path) -> sqlite3.Connection:
    """A connection that writes to the log beside the file."""
    connection = _connect(path, "rw", _WRITER_CACHE_KIB)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_LEFT_BYTES}")
    return connection
