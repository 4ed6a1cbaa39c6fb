"""One server for a home: who has it holds a lock that ends with the process, however that ends."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from broadsheet.errors import BusyError
from broadsheet.faces.cli import output

LOCK = "serving.lock"


@contextmanager
def only_server(home: Path, address: str) -> Iterator[None]:
    """Be the only server of a home, at an address, for as long as this is open.

    The lock file says who holds it. A home that cannot be written to is served without: nothing
    that two servers would do twice can be done there. Raises BusyError if another one has it.
    """
    path = home / "locks" / LOCK
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"{home} is served already, by {_holder(path)}.",
            hint="Stop that server first. More processes: --workers. Another site: another --home.",
        ) from None
    except OSError as error:
        output.say(f"Another server of {home} would go unnoticed: {error.strerror or error}.")
        yield
        return
    try:
        # The very file: another one in its place would be another lock.
        path.write_text(f"process {os.getpid()} of {socket.gethostname()} at {address}", "utf-8")
        yield
    finally:
        lock.release()


def _holder(path: Path) -> str:
    """Who has the lock; it may not have said so yet."""
    try:
        return path.read_text("utf-8", "replace") or "another process"
    except OSError:
        return "another process"
