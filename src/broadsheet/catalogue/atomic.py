"""How a finished file takes its place: whole and on the disk before it has its name."""

import os
from pathlib import Path

from broadsheet.errors import CatalogueError


def settle(file: Path) -> None:
    """Wait until the file, or the names in a folder, are on the disk."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def begin(partial: Path) -> None:
    """Make an empty file that only its owner may read: a catalogue holds keys and addresses.

    SQLite gives what it keeps beside a database the same rights.
    """
    partial.touch(mode=0o600, exist_ok=False)


def place(partial: Path, target: Path) -> None:
    """Give a finished file its name, which nothing may have yet: CatalogueError, it is left."""
    settle(partial)
    refuse_existing(target)
    partial.rename(target)
    settle(target.parent)


def refuse_existing(target: Path) -> None:
    """Raise CatalogueError if there is something with this name, or with what SQLite adds to it."""
    for taken in (target, *companions(target)):
        if os.path.lexists(taken):
            raise CatalogueError(
                f"There is a file {taken} already; it is left as it is.",
                hint="Choose another name, or move that file away.",
            )


def discard(partial: Path) -> None:
    """Remove an unfinished file of ours, and what SQLite keeps beside it."""
    for leftover in (partial, *companions(partial)):
        leftover.unlink(missing_ok=True)


def companions(file: Path) -> tuple[Path, ...]:
    """The names SQLite gives to what it keeps beside a database."""
    return tuple(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))
