"""Who may work on an index: one process at a time writes, one reads papers for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from broadsheet.errors import BusyError, SearchIndexError

WRITING = "index.lock"
DEEPENING = "deepening.lock"
_DOING = {WRITING: "writing", DEEPENING: "reading papers for"}
_PATIENCE_SECONDS = 2.0
"""What a writer waits for another's commit before it says that the index is busy."""


@contextmanager
def alone(
    locks: Path, folder: Path, name: str = WRITING, patience: float = _PATIENCE_SECONDS
) -> Iterator[None]:
    """Be the only process that writes the index in `folder`, or does what the lock is named for.

    Raises BusyError if another one is at it after `patience` seconds, SearchIndexError if the
    folders cannot be written.
    """
    try:
        locks.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(locks / name, timeout=patience)
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"Another process is {_DOING[name]} the index.", hint="Wait until it is done."
        ) from error
    except OSError as error:
        raise SearchIndexError(
            f"The index in {folder} cannot be written: {error.strerror}.",
            hint="Choose a home that may be written to.",
        ) from error
    try:
        yield
    finally:
        lock.release()
