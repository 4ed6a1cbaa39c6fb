"""What drivers and the system raise is said in our words."""

import errno
import sqlite3

import pg8000
import pytest

from broadsheet.catalogue.failures import files_translated, translated
from broadsheet.errors import BroadsheetError, BusyError, CatalogueError, FullError


def from_sqlite(code: int) -> sqlite3.OperationalError:
    """What SQLite's driver raises for a code."""
    error = sqlite3.OperationalError("words of SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "expected", "said"),
    [
        (sqlite3.SQLITE_FULL, FullError, "no room left"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, FullError, "no room left"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, BusyError, "Another process"),
        (sqlite3.SQLITE_READONLY_DBMOVED, CatalogueError, "cannot be written to"),
        (sqlite3.SQLITE_CORRUPT, CatalogueError, "damaged: words of SQLite"),
        (sqlite3.SQLITE_CANTOPEN, CatalogueError, "cannot be reached: words of SQLite"),
        (sqlite3.SQLITE_IOERR_READ, CatalogueError, "refused: words of SQLite"),
    ],
)
def test_sqlite(code: int, expected: type[BroadsheetError], said: str) -> None:
    with pytest.raises(expected, match=said) as caught, translated("here"):
        raise from_sqlite(code)
    assert type(caught.value) is expected
    assert "here" in str(caught.value)
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)


@pytest.mark.parametrize(
    ("code", "expected", "said"),
    [
        (errno.ENOSPC, FullError, "no room left"),
        (errno.EROFS, CatalogueError, "cannot be written to"),
        (errno.EACCES, CatalogueError, "cannot be written to"),
        (errno.EIO, CatalogueError, "cannot be reached: words of the system"),
    ],
)
def test_the_system(code: int, expected: type[BroadsheetError], said: str) -> None:
    with pytest.raises(expected, match=said), files_translated("here"):
        raise OSError(code, "words of the system")


def test_what_is_not_the_database_passes() -> None:
    with pytest.raises(OSError, match="mine"), translated("here"):
        raise OSError(errno.ENOSPC, "mine")
    with pytest.raises(KeyError), translated("here"), files_translated("here"):
        raise KeyError


@pytest.mark.parametrize(
    ("state", "expected", "said"),
    [
        ("53100", FullError, "no room left"),
        ("55P03", BusyError, "Another process"),
        ("25006", CatalogueError, "cannot be written to"),
        ("57P03", CatalogueError, "cannot be reached: words of PostgreSQL"),
        ("XX001", CatalogueError, "damaged: words of PostgreSQL"),
        ("42703", CatalogueError, "refused: words of PostgreSQL"),
    ],
)
def test_postgres(state: str, expected: type[BroadsheetError], said: str) -> None:
    from sqlalchemy.exc import DBAPIError

    driver = pg8000.DatabaseError({"C": state, "M": "words of PostgreSQL"})
    with pytest.raises(expected, match=said) as caught, translated("here"):
        raise DBAPIError("SELECT", {}, driver)
    assert type(caught.value) is expected
