"""A server that writes what it likes: no rule of HTTP is kept unless it is written down."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Writing = Callable[[socket.socket], None]


@dataclass
class Listener:
    """Where it listens, and what came first over each connection."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening(write: Writing = lambda _: None) -> Iterator[Listener]:
    """Accept connections, read once from each, write, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        listener = Listener(held.getsockname()[1])
        threads = []

        def speak(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.settimeout(10)
                listener.heard.append(connection.recv(65536))
                write(connection)

        def accept() -> None:
            while True:
                try:
                    connection, _ = held.accept()
                except OSError:
                    return
                thread = threading.Thread(target=speak, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield listener
        finally:
            held.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()
