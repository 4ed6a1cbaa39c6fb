"""What a server does beside its answers, each in a thread that ends when the server does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def done_beside(
    work: Callable[[threading.Event], None], name: str, *, seconds: float | None = None
) -> Iterator[None]:
    """While this is open, a thread does `work`, which ends soon after its event is set.

    Its end is waited for `seconds`, or however long it takes.
    """
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(seconds)
