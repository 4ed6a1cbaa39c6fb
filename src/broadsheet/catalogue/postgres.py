"""The catalogue in a PostgreSQL database, through the same statements as in an SQLite file."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from broadsheet.catalogue.failures import translated
from broadsheet.catalogue.schema import APPLICATION_ID, REVISIONS
from broadsheet.catalogue.stores import WAIT_SECONDS, Store, check_revision, migrate
from broadsheet.errors import BusyError, CatalogueError

_CONNECTIONS = 8
_MIGRATING = "migrate"
_WRITING = "write"
_TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
_HAS_RECORD = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_HAS_LINEAGE = text("SELECT to_regclass('meta') IS NOT NULL")
_REVISION = text("SELECT version_num FROM alembic_version")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:mark, :what)")
_LOCK = text("SELECT pg_advisory_lock(:mark, :what)")
_UNLOCK = text("SELECT pg_advisory_unlock(:mark, :what)")


def open_postgres(url: URL, *, create: bool) -> Store:
    """Open the catalogue in a database, its tables made first if `create`.

    Raises CatalogueError if it cannot be reached, holds none, or belongs to another program.
    """
    where = url.render_as_string(hide_password=True)
    engine = _engine(url)
    try:
        with translated(where):
            _prepare(engine, where, create=create)
    except BaseException:
        engine.dispose()
        raise
    return Store(where, _reader(engine), _writer(engine), partial(_alone, engine))


def _engine(url: URL) -> Engine:
    """An engine for the database; a folder given as host means the socket in it, as in libpq."""
    host = url.query.get("host")
    if isinstance(host, str) and host.startswith("/"):
        port = url.port or url.query.get("port", "5432")
        url = url.difference_update_query(["host", "port"]).update_query_dict(
            {"unix_sock": str(Path(host) / f".s.PGSQL.{port}")}
        )
    try:
        return create_engine(
            url.set(drivername="postgresql+pg8000"),
            client_encoding="utf8",
            pool_size=_CONNECTIONS,
            max_overflow=_CONNECTIONS,
            pool_timeout=WAIT_SECONDS,
            pool_pre_ping=True,
            # Errors are written into the log: what they are about is readers' own.
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise CatalogueError(
            "PostgreSQL needs a library that is not installed.",
            hint="Install it: pip install 'broadsheet[postgres]'.",
        ) from error


def _reader(engine: Engine) -> Engine:
    """Snapshots: nothing can be written through them."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _writer(engine: Engine) -> Engine:
    """Transactions of which there is one at a time, so that changes appear in their order."""
    writer = engine.execution_options(isolation_level="READ COMMITTED")
    lock = text("SELECT pg_advisory_xact_lock(:mark, :what)")

    @event.listens_for(writer, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        connection.execute(lock, _numbers(_WRITING))

    return writer


def _prepare(engine: Engine, where: str, *, create: bool) -> None:
    """Make the tables or bring them up to date, unless they are."""
    with engine.connect() as connection:
        if _revision(connection, where, create=create) == REVISIONS[-1]:
            return
        connection.execute(_LOCK, _numbers(_MIGRATING))
        connection.commit()
        try:
            migrate(connection)
        finally:
            connection.rollback()
            connection.execute(_UNLOCK, _numbers(_MIGRATING))
            connection.commit()


def _revision(connection: Connection, where: str, *, create: bool) -> str | None:
    """The revision of the tables, None if they are yet to be made."""
    recorded = connection.execute(_HAS_RECORD).scalar_one()
    revision = connection.execute(_REVISION).scalar_one_or_none() if recorded else None
    tables = connection.execute(_TABLES).scalar_one()
    ours = connection.execute(_HAS_LINEAGE).scalar_one()
    connection.commit()
    if revision is None and tables == int(recorded):
        if create:
            return None
        raise CatalogueError(f"There is no catalogue {where}.", hint="Run `broadsheet init`.")
    if revision is None or not ours:
        raise CatalogueError(
            f"The database {where} holds the tables of another program; it was left as it is.",
            hint="Give the catalogue a database or a schema of its own.",
        )
    check_revision(revision, where)
    return str(revision)


@contextmanager
def _alone(engine: Engine, what: str) -> Iterator[None]:
    """Hold what one process at a time may do; BusyError if another does it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(_TRY_LOCK, _numbers(what)).scalar_one():
            raise BusyError(
                f"Another process is busy with the same work ({what}).",
                hint="Wait for it to finish, then run this again.",
            )
        try:
            yield
        finally:
            connection.execute(_UNLOCK, _numbers(what))


def _numbers(what: str) -> dict[str, int]:
    """The two 32-bit numbers by which PostgreSQL knows a lock of ours."""
    return {"mark": APPLICATION_ID, "what": zlib.crc32(what.encode()) - 2**31}
