"""No wait is without end: a connection is cut off when what is done over it takes too long."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for one answer, and for all that one letter takes."""

    answer: float = 60.0
    letter: float = 300.0


class Connected(Protocol):
    """What has a socket, once it is connected."""

    @property
    def sock(self) -> socket.socket | None:
        """The socket."""


@contextmanager
def cut_off_after(connection: Connected, seconds: float) -> Iterator[None]:
    """End a connection if what is done over it takes longer, however it drips."""

    def end() -> None:
        with suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def said(error: BaseException, longest: int) -> str:
    """What an error of a connection says, on one line, without what we sent."""
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:longest] or type(error).__name__
