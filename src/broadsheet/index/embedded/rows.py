"""The files that the vectors of one encoder lie in: rows, keys and the numbers of dead rows."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from broadsheet.errors import SearchIndexError

Half = npt.NDArray[np.float16]
Numbers = npt.NDArray[np.int64]
Wide = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VectorState:
    """How much of the files counts; what lies beyond was not committed.

    The first `covered` rows are in the inverted lists of the file `base` (empty if there are
    none), whose centres were learned when there were `trained` rows; `codes` names the way they
    are written there (None: the default way).
    """

    dimensions: int
    rows: int = 0
    dead: int = 0
    covered: int = 0
    base: str = ""
    stem: str = "a"
    trained: int = 0
    codes: str | None = None

    def saved(self) -> dict[str, object]:
        """As JSON keeps it."""
        return asdict(self)

    def file(self, folder: Path, name: str) -> Path:
        """Where in a folder the `rows`, `keys` or `dead` of this state are."""
        return folder / f"{self.stem}.{name}"

    def mapped(self, folder: Path) -> Half:
        """The rows, (rows, dimensions), read from the file as they are used."""
        shape = (self.rows, self.dimensions)
        if not self.rows:
            return np.empty(shape, np.float16)
        return np.memmap(self.file(folder, "rows"), np.float16, mode="r", shape=shape)


class Places:
    """Where the living rows of keys are: `keys` ascending, and the row of each."""

    def __init__(self, keys: Numbers, alive: npt.NDArray[np.bool_]) -> None:
        """Take the key of every row, and whether it lives; a key has one living row at most."""
        living = np.flatnonzero(alive)
        self.rows = living[np.argsort(keys[living], kind="stable")]
        self.keys = keys[self.rows]

    def find(self, keys: Sequence[int]) -> dict[int, int]:
        """The living rows of those of some keys that have one."""
        if not len(self.keys) or not len(keys):
            return {}
        sought = np.array(keys, np.int64)
        at = np.minimum(np.searchsorted(self.keys, sought), len(self.keys) - 1)
        found = self.keys[at] == sought
        return dict(zip(sought[found].tolist(), self.rows[at[found]].tolist(), strict=True))


def read(file: Path, count: int) -> Numbers:
    """The first `count` numbers of a file; ValueError if it holds fewer."""
    if not count:
        return np.empty(0, np.int64)
    values = np.fromfile(file, np.int64, count)
    if len(values) < count:
        raise ValueError(f"{file.name} holds {len(values)} of {count} entries")
    return values


def append(file: Path, values: npt.NDArray[np.generic]) -> None:
    """Write values at the end of a file."""
    with file.open("ab") as out:
        out.write(np.ascontiguousarray(values).tobytes())


def cut(file: Path, size: int) -> None:
    """Leave the first `size` bytes; SearchIndexError if there are fewer."""
    file.touch()
    if file.stat().st_size < size:
        raise SearchIndexError(
            f"The vectors in {file} are shorter than what was committed.",
            hint="Run `broadsheet index rebuild`.",
        )
    os.truncate(file, size)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
