"""From a URL to an open store, SQLite or PostgreSQL."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from broadsheet.catalogue.postgres import open_postgres
from broadsheet.catalogue.sqlite import open_sqlite
from broadsheet.catalogue.stores import Store
from broadsheet.errors import SettingError

_POSTGRES = ("postgres", "postgresql", "postgresql+pg8000")
_HINT = "Write sqlite:///path/to/file or postgresql://user@host/database."


def open_store(url: str, *, locks: Path, create: bool) -> Store:
    """Open the store that a URL names; lock files go into the folder `locks`.

    Raises SettingError for a URL that names none, and what the stores raise.
    """
    address = read_url(url)
    if file := sqlite_file(address):
        return open_sqlite(file, locks=locks, create=create)
    return open_postgres(address, create=create)


def read_url(url: str) -> URL:
    """The parts of a catalogue's URL; SettingError if it names no store of ours."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingError("The catalogue's URL cannot be read.", hint=_HINT) from error
    known = address.drivername in (*_POSTGRES, "sqlite", "sqlite+pysqlite")
    in_memory = address.drivername.startswith("sqlite") and (
        address.database in (None, "", ":memory:") or address.query
    )
    if not known or in_memory:
        shown = address.render_as_string(hide_password=True)
        raise SettingError(f"A catalogue cannot be kept in {shown}.", hint=_HINT)
    return address


def sqlite_file(address: URL) -> Path | None:
    """The file that a URL names; None for PostgreSQL."""
    if address.drivername in _POSTGRES:
        return None
    return Path(address.database or "")
