"""Many records prepared by two processes, this one and one beside it; few by this one alone."""

import gc
import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Final, Self

from broadsheet.ingest import parallel_process
from broadsheet.ingest.pickling import pass_by_values
from broadsheet.ingest.preparing import Batch, Parts, Prepared, completed, packed, prepared

MANY: Final = 2000
"""With so many records seen a second process is begun, which takes a second of processor time."""
_LENT: Final = 25
"""Records handed over at a time: at the end of a batch those lent last are prepared twice."""
_AHEAD: Final = 2
_Piece = tuple[int, int]
"""The number of a batch, and that of a piece of it."""
_USUAL: Final = gc.get_threshold()
_MODULE = "broadsheet.ingest.parallel_process"


class Preparer:
    """Prepares batches of records, in their order; a context that ends the other process.

    What comes of a record is the same whoever prepares it. A second process that ends early or
    says nothing is done without. Not for several threads at once.
    """

    def __init__(self, *, many: int | None = None) -> None:
        """Begin with no second process; one is begun with the `many`th record.

        None is `MANY`, and never where there is one processor only.
        """
        worth = MANY if (os.cpu_count() or 1) > 1 else sys.maxsize
        self._many = worth if many is None else many
        self._seen = self._batches = 0
        self._beside: _Beside | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._beside:
            gc.set_threshold(*_USUAL)
            gc.unfreeze()
            self._beside.end()

    @property
    def other(self) -> int | None:
        """The number of the second process; None while there is none."""
        return self._beside.number if self._beside else None

    def prepared(self, batch: Batch, templates: frozenset[int] = frozenset()) -> list[Prepared]:
        """The records of a batch, prepared; `templates` as for `prepared`."""
        self._seen += len(batch)
        if self._beside is None and self._seen >= self._many:
            self._beside = _Beside()
            # To look through all that is there by now for what could go, and through each batch
            # over and over, takes a fifth of the time.
            gc.freeze()
            gc.set_threshold(parallel_process.OBJECTS, *_USUAL[1:])
        if self._beside is None or not self._beside.is_ready():
            return [prepared(one, templates=templates) for one in batch]
        try:
            return self._shared(self._beside, batch, templates)
        except BaseException:
            # It may still be at records that nobody waits for any more.
            self._beside.end()
            raise

    def _shared(self, beside: "_Beside", batch: Batch, templates: frozenset[int]) -> list[Prepared]:
        """Lend from the front, prepare from the back, and at last what is lent too.

        Whoever is slow keeps nobody waiting: what is prepared twice is the same.
        """
        pieces = [batch[at : at + _LENT] for at in range(0, len(batch), _LENT)]
        done: dict[int, Sequence[Prepared]] = {}
        first, last = 0, len(pieces)
        self._batches += 1
        while len(done) < len(pieces):
            while first < last and beside.lend((self._batches, first), pieces[first], templates):
                first += 1
            if beside.has_answer():
                (of_batch, number), added = beside.answer()
                if added is not None and of_batch == self._batches:
                    done[number] = list(map(completed, pieces[number], added))
                continue
            if first < last:
                last = number = last - 1
            else:
                number = max(set(range(first)) - done.keys())
            # Else they are packed when they are filed, while the other process has nothing to do.
            done[number] = [packed(prepared(one, templates=templates)) for one in pieces[number]]
        return [ready for number in range(len(pieces)) for ready in done[number]]


class _Beside:
    """The process beside this one; once it has failed it takes and gives nothing any more."""

    def __init__(self) -> None:
        self._ready = False
        self._lent = deque[_Piece]()
        self._templates: frozenset[int] = frozenset()
        self._connection: Connection[parallel_process.Task, parallel_process.Answer | str]
        self._connection, theirs = Pipe()
        pass_by_values()
        # In a session of its own: what the terminal tells us to end, we tell it to.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()

    @property
    def number(self) -> int:
        """What the system knows it by."""
        return self._process.pid

    def is_ready(self) -> bool:
        """Whether it can be lent records."""
        if not self._ready and not self._connection.closed and self._connection.poll():
            self._ready = self._received() == parallel_process.READY
        return self._ready

    def lend(self, piece: _Piece, batch: Batch, templates: frozenset[int]) -> bool:
        """Hand over records; whether it took them, which it does not while it has enough."""
        if not self._ready or len(self._lent) >= _AHEAD:
            return False
        is_told = templates is self._templates or templates == self._templates
        told = None if is_told else templates
        self._templates = templates
        try:
            self._connection.send((batch, told))
            self._lent.append(piece)
        except OSError:
            self.end()
        return self._ready

    def has_answer(self) -> bool:
        """Whether something that was lent has come back."""
        return self._ready and bool(self._lent) and self._connection.poll()

    def answer(self) -> tuple[_Piece, Sequence[Parts] | None]:
        """What was lent first, and what preparing adds to each record; None if it failed."""
        piece, found = self._lent.popleft(), self._received()
        return piece, found if isinstance(found, list) else None

    def end(self) -> None:
        """End it."""
        self._ready = False
        self._connection.close()
        self._process.kill()
        self._process.wait()

    def _received(self) -> "parallel_process.Answer | str":
        try:
            return self._connection.recv()
        except (EOFError, OSError):
            self.end()
        return None
