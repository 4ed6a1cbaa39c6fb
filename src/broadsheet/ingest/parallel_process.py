"""Records prepared in a process of its own; run by `parallel`, at the other end of a connection.

Its argument is the number of that connection. It says that it is ready, then answers each batch of
records, in their order, with what preparing adds to them; with None if one of them cannot be
prepared. It ends as soon as nobody holds the other end, whatever it is doing.
"""

import gc
import os
import sys
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from broadsheet.ingest.pickling import pass_by_values
from broadsheet.ingest.preparing import Batch, Parts, packed, parts, prepared

Task = tuple[Batch, frozenset[int] | None]
"""Records, and the digests of the sentences that many abstracts share; None for those of before."""
Answer = list[Parts] | None
READY = "ready"
OBJECTS = 100_000
"""Made and not gone again before anything is looked through for what could go."""


def serve(connection: "Connection[Answer | str, Task]") -> None:
    """Answer for ever."""
    tasks = SimpleQueue[Task]()
    Thread(target=_read, args=(connection, tasks), daemon=True).start()
    pass_by_values()
    connection.send(READY)
    known: frozenset[int] = frozenset()
    while True:
        batch, templates = tasks.get()
        known = known if templates is None else templates
        connection.send(_answer(batch, known))


def _read(connection: "Connection[Answer | str, Task]", tasks: SimpleQueue[Task]) -> None:
    """Take what comes as it comes: two ends that both write and never read wait for ever."""
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        os._exit(0)


def _answer(batch: Batch, templates: frozenset[int]) -> Answer:
    try:
        return [parts(packed(prepared(one, templates=templates))) for one in batch]
    except Exception:
        # Whoever asked prepares them, and meets the same fault where it can be told.
        return None


if __name__ == "__main__":
    # What was imported stays, and what is made is gone with its batch.
    gc.freeze()
    gc.set_threshold(OBJECTS)
    serve(Connection(int(sys.argv[1])))
