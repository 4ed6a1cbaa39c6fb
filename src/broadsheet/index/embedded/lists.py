"""Inverted lists, by faiss: short codes of many rows, of which a share is looked at for a query.

What they answer is probably nearest; the shelf scores it again from the rows themselves. The codes
are RaBitQ's, one bit a dimension (Gao and Long, "RaBitQ", SIGMOD 2024), unless another way was
chosen for a collection by measurement.
"""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import faiss
import numpy as np
import numpy.typing as npt

from broadsheet.index.embedded.rows import Half, Numbers, Wide
from broadsheet.index.engine import Vector, Vectors

CODES = ("RaBitQ", "RaBitQ2", "RaBitQ4", "SQ8", "PQ32", "PQ64")
"""Ways to write rows down, by faiss' names; the first is used unless another was chosen."""
WHOLE = "float16"
"""What rows that are not written shorter are."""
LISTS_PER_ROOT = 4
"""Inverted lists for each unit of the square root of the rows (faiss' own advice)."""
SEARCHED_TIMES = 12
"""Lists searched, for each unit of the square root of all lists (docs/decisions.md)."""
TRAINING_ROWS_PER_LIST = 40
TRAINING_ROUNDS = 10
RESCORED = 400
"""How many of the probably nearest are scored again."""
_BLOCK = 16_384
_FAISS: Any = faiss
"""faiss without its type stubs, which lack what its Python layer adds."""


class Lists:
    """Inverted lists over the first rows of a shelf; safe to search from many threads."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @property
    def count(self) -> int:
        """How many rows are in."""
        return int(self._index.ntotal)

    @property
    def size(self) -> int:
        """Bytes of all that is in memory: codes, numbers, centres and what else was learned."""
        return len(_FAISS.serialize_index(self._index))

    @property
    def centres(self) -> Wide:
        """What the lists lie around, (lists, dimensions)."""
        centres: Wide = self._index.quantizer.reconstruct_n(0, self._index.nlist)
        return centres

    def add(self, rows: Half, start: int) -> None:
        """Put in the rows from `start` on."""
        _FAISS.omp_set_num_threads(os.cpu_count() or 1)
        for first in range(start, len(rows), _BLOCK):
            self._index.add(np.array(rows[first : first + _BLOCK], np.float32))

    def write(self, file: Path) -> None:
        """Write them into a file."""
        faiss.write_index(self._index, str(file))

    def near(self, vector: Vector, limit: int, living: Any, *, everywhere: bool) -> Numbers:
        """About `limit` rows, or RESCORED if that is more, that are probably nearest to a vector.

        `living` is faiss' selector of rows that may be answered; `everywhere` looks at all lists.
        """
        lists = self._index.nlist
        chosen = _FAISS.SearchParametersIVF(
            sel=living, nprobe=lists if everywhere else searched(lists)
        )
        wanted = min(self.count, max(RESCORED, limit + limit // 4))
        # Readers run side by side: threads of faiss' own would only get in their way.
        _FAISS.omp_set_num_threads(1)
        _, rows = self._index.search(vector[None, :], wanted, params=chosen)
        found: Numbers = rows[0][rows[0] >= 0]
        return found


def searched(lists: int) -> int:
    """How many of so many lists are searched: a falling share, since nearer lists are fuller."""
    return max(1, min(lists, round(SEARCHED_TIMES * math.sqrt(lists))))


def made(rows: Half, codes: str | None, centres: Wide | None = None) -> Lists:
    """Inverted lists of all rows (n, dimensions), their centres learned from evenly spaced ones.

    Centres that were learned from the same rows before need not be learned again.
    """
    count, dimensions = rows.shape
    lists = LISTS_PER_ROOT * int(np.sqrt(count))
    sample = np.linspace(0, count - 1, min(count, lists * TRAINING_ROWS_PER_LIST)).astype(int)
    index: Any = faiss.index_factory(
        dimensions, f"IVF{lists},{codes or CODES[0]}", faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter = TRAINING_ROUNDS
    # Small collections have fewer rows a list than faiss likes; they are tried, never served so.
    index.cp.min_points_per_centroid = 1
    if hasattr(index, "do_polysemous_training"):
        # It orders a product quantizer's codes for a filter that is not used here, for minutes.
        index.do_polysemous_training = False
    if centres is not None:
        index.quantizer.add(centres)
    # A product quantizer learns in steps so small that threads mostly wait for each other.
    _FAISS.omp_set_num_threads(1 if (codes or "").startswith("PQ") else os.cpu_count() or 1)
    index.train(np.array(rows[sample], np.float32))
    begun = Lists(index)
    begun.add(rows, 0)
    return begun


def opened(file: Path) -> Lists:
    """The lists of a file, read once for all that look at the same one.

    Raises RuntimeError or OSError if it cannot be read.
    """
    found = file.stat()
    key = (str(file), found.st_ino, found.st_mtime_ns)
    lists = _OPEN.get(key)
    if lists is None:
        lists = Lists(faiss.read_index(str(file)))
        _OPEN[key] = lists
    return lists


def fresh(file: Path) -> Lists:
    """The lists of a file for a writer alone, which may add to them."""
    return Lists(faiss.read_index(str(file)))


def selector(alive: npt.NDArray[np.bool_]) -> Any:
    """faiss' selector of the rows that are alive."""
    return _FAISS.IDSelectorBitmap(np.packbits(alive, bitorder="little"))


def only(living: Any) -> Any:
    """faiss' parameters of a search among the rows of a selector."""
    return _FAISS.SearchParameters(sel=living)


def flat(rows: Half, start: int) -> Any:
    """The rows from `start` on, searched one by one and exactly."""
    index = _FAISS.IndexScalarQuantizer(
        rows.shape[1], _FAISS.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    for block in _blocks(rows, start):
        index.add(block)
    return index


def nearest_of(index: Any, vector: Vector, limit: int, living: Any) -> tuple[Numbers, Vector]:
    """The nearest rows of a flat index that may be answered, and their inner products."""
    wanted = min(limit, index.ntotal)
    if not wanted:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    _FAISS.omp_set_num_threads(1)
    scores, rows = index.search(vector[None, :], wanted, params=only(living))
    found = rows[0] >= 0
    return rows[0][found], scores[0][found]


def among(rows: Vectors, count: int) -> tuple[Numbers, Vectors]:
    """The `count` nearest others of each row (n, dimensions) among them, best first.

    Places and cosines, (n, count); a row that has no more others is its own neighbour, by 0.
    """
    own = np.arange(len(rows))[:, None]
    if not len(rows):
        return np.empty((0, count), np.int64), np.empty((0, count), np.float32)
    _FAISS.omp_set_num_threads(1)
    cosines, places = _FAISS.knn(rows, rows, count + 1, metric=faiss.METRIC_INNER_PRODUCT)
    # Itself is mostly the first; of equal rows another may come before it.
    is_other = (places != own) & (places >= 0)
    order = np.argsort(~is_other, axis=1, kind="stable")[:, :count]
    kept = np.take_along_axis(is_other, order, axis=1)
    places = np.where(kept, np.take_along_axis(places, order, axis=1), own)
    cosines = np.where(kept, np.take_along_axis(cosines, order, axis=1), np.float32(0))
    return places, cosines


def _blocks(rows: Half, start: int) -> Iterator[npt.NDArray[np.float32]]:
    for first in range(start, len(rows), _BLOCK):
        yield np.array(rows[first : first + _BLOCK], np.float32)


_OPEN: WeakValueDictionary[tuple[str, int, int], Lists] = WeakValueDictionary()
