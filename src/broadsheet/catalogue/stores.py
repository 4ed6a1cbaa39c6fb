"""What the two stores have in common: a way to read, a way to write, a way to be alone."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine

from broadsheet.catalogue.schema import REVISIONS
from broadsheet.errors import BusyError, CatalogueError, NewerCatalogueError

WAIT_SECONDS = 30
"""How long a writer waits for another before it gives up."""


class Line:
    """Threads of one process in the order in which they came.

    Neither a pool of one connection nor SQLite's own lock is fair: a thread that writes without
    a pause takes either again before another wakes up.
    """

    def __init__(self) -> None:
        """Begin with nobody in line."""
        self._gate = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, wait_seconds: float) -> Iterator[None]:
        """Wait for one's turn and have it; BusyError if it does not come in that time."""
        called = threading.Event()
        with self._gate:
            self._waiting.append(called)
            self._waiting[0].set()
        try:
            if not called.wait(wait_seconds):
                raise BusyError(
                    "Another thread is writing to the catalogue.",
                    hint="Wait for it to finish, then run this again.",
                )
            yield
        finally:
            with self._gate:
                self._waiting.remove(called)
                if self._waiting:
                    self._waiting[0].set()


@dataclass(frozen=True, slots=True)
class Store:
    """A database with the catalogue's tables, up to date.

    `reader` begins snapshots, `writer` transactions of which there is one at a time (None where
    nothing may be written), `alone` holds what one process at a time may do, `file` is the
    SQLite file.
    """

    where: str
    reader: Engine
    writer: Engine | None
    alone: Callable[[str], AbstractContextManager[None]]
    file: Path | None = None
    line: Line = field(default_factory=Line)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write, in turn; CatalogueError where nothing may be written."""
        writer = self.writable()
        with self.line.turn(WAIT_SECONDS), writer.begin() as connection:
            yield connection

    def empty_log(self) -> bool:
        """Take the log beside an SQLite file into it and cut it off; False if somebody reads it.

        What was deleted is still in that log. Nobody is kept waiting for a reader.
        """
        if self.file is None:
            return True
        with self.line.turn(WAIT_SECONDS), closing(self.writable().raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
        return not busy

    def writable(self) -> Engine:
        """The writer; CatalogueError where nothing may be written."""
        if self.writer is None:
            raise CatalogueError(
                f"The catalogue {self.where} may only be read: it or its folder is read-only.",
                hint="Make both writable, or choose another home with --home.",
            )
        return self.writer

    def close(self) -> None:
        """Let go of all connections."""
        self.reader.dispose()
        if self.writer is not None:
            self.writer.dispose()


def check_revision(revision: str, where: str) -> None:
    """Raise NewerCatalogueError for a revision that this program does not know."""
    if revision not in REVISIONS:
        raise NewerCatalogueError(
            f"The catalogue {where} was written by a newer Broadsheet (revision {revision}); "
            f"this one knows {REVISIONS[-1]}. It was left as it is.",
            hint="Install a newer Broadsheet.",
        )


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables to a revision, each step in one transaction with the record of it."""
    # Imported here because it takes longer than opening a catalogue that is up to date.
    from alembic import command
    from alembic.config import Config

    steps = Path(__file__).parent / "migrations"
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    command.upgrade(config, revision)
    connection.commit()
