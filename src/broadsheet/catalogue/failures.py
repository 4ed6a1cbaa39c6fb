"""The catalogue's border: what the database drivers raise, in our words."""

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from broadsheet.errors import BusyError, CatalogueError, FullError

_DAMAGED = "Restore it from a backup: `broadsheet restore`."
# SQLSTATE: a class of two characters, or one condition of five.
_POSTGRES = (
    (r"53100|53200", "full"),
    (r"55P03|40P01|40001", "busy"),
    (r"25006|42501", "read-only"),
    (r"08...|57P..|3D000|28...", "unreachable"),
    (r"XX...", "damaged"),
)
_SQLITE = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
_ERRNO = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read-only",
    errno.EACCES: "read-only",
    errno.EPERM: "read-only",
}
# The file that readers and writers share could not be made longer: the disk is full.
_SHARED_FILE_FULL = sqlite3.SQLITE_IOERR_SHMSIZE


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise what the driver raises inside as an error about the catalogue at `where`."""
    try:
        yield
    except DBAPIError as error:
        # What is broken off by Ctrl-C is no failure of the database.
        if isinstance(error.orig, Exception):
            raise _translation(error.orig, where) from error
        raise
    except PoolTimeoutError as error:
        raise _busy(where) from error
    except SQLAlchemyError as error:
        raise CatalogueError(f"The catalogue {where} cannot be used: {error}") from error
    except sqlite3.Error as error:
        raise _translation(error, where) from error


@contextmanager
def files_translated(where: str) -> Iterator[None]:
    """Raise what the operating system raises inside as an error about the catalogue at `where`."""
    try:
        yield
    except OSError as error:
        raise _error(_ERRNO.get(error.errno or 0, "unreachable"), where, _words(error)) from error


def _translation(error: Exception, where: str) -> BusyError | CatalogueError:
    """Our error for one of a driver."""
    return _error(_kind(error), where, _words(error))


def _error(kind: str, where: str, words: str) -> BusyError | CatalogueError:
    """What to say about a kind of failure."""
    if kind == "full":
        return FullError(
            f"There is no room left for the catalogue {where}; nothing was written.",
            hint="Free some space and run it again.",
        )
    if kind == "busy":
        return _busy(where)
    if kind == "read-only":
        return CatalogueError(
            f"The catalogue {where} cannot be written to.",
            hint="Check who may write to it and to its folder.",
        )
    if kind == "damaged":
        return CatalogueError(f"The catalogue {where} is damaged: {words}.", hint=_DAMAGED)
    if kind == "unreachable":
        return CatalogueError(
            f"The catalogue {where} cannot be reached: {words}.",
            hint="Check that it is there and that you may use it.",
        )
    return CatalogueError(f"The catalogue {where} refused: {words}.")


def _busy(where: str) -> BusyError:
    """What to say when another process does not let go."""
    return BusyError(
        f"Another process is writing to the catalogue {where}.",
        hint="Wait for it to finish, then run this again.",
    )


def _kind(error: Exception) -> str:
    """What sort of failure a driver means."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return "full" if code == _SHARED_FILE_FULL else _SQLITE.get(code & 0xFF, "other")
    state = _fields(error).get("C")
    if state is None:
        return "other" if isinstance(error, sqlite3.Error) else "unreachable"
    return next((kind for code, kind in _POSTGRES if re.fullmatch(code, state)), "other")


def _fields(error: Exception) -> dict[str, Any]:
    """What PostgreSQL said, by the one-letter names of its protocol."""
    return error.args[0] if error.args and isinstance(error.args[0], dict) else {}


def _words(error: Exception) -> str:
    """What the driver said, without a full stop."""
    said = error.strerror if isinstance(error, OSError) else None
    return str(said or _fields(error).get("M", error)).strip().rstrip(".")
