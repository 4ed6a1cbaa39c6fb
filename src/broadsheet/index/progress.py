"""How long work on the index tells how far it is, and is asked to stop."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How many changes (or papers) are done, of how many there were when it began."""

    done: int
    total: int


Progress = Callable[[IndexProgress], None]
Stop = Callable[[], bool]
