"""Ways to write vectors down, tried on queries: what each finds of the exactly nearest, its cost.

Scalar, product and binary codes and projections, as Zhang and others compare them ("Experimental
Analysis of Large-scale Learnable Vector Storage Compression", VLDB 2024); here, as in service, the
best that short codes find is scored again from the whole rows, and the queries are real ones.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import faiss
import numpy as np
import numpy.typing as npt

from broadsheet.index.embedded import lists
from broadsheet.index.embedded.rows import Half, Numbers, Wide
from broadsheet.index.engine import Trial, Vector, Vectors, products
from broadsheet.index.progress import IndexProgress, Progress, Stop

WANTED = 10
"""How many of the nearest are looked for."""
PROJECTED = (128, 96)
"""Dimensions that projections leave."""
_PQ_CENTRES = 256
_PQ_ROWS = 39 * _PQ_CENTRES
"""Fewer rows do not teach a product quantizer its centres (faiss' own advice)."""
_WARMING = 25
"""Queries asked before the clock is looked at."""
_SAMPLED = 50_000
_BLOCK = 65_536
_SAME = 1e-6
"""Cosines that differ by less are those of equally near rows."""

Answer = Callable[[Vector], Numbers]
"""The rows that are probably nearest to a vector."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Rows written down in one way: what that takes in all, and what it answers."""

    size: int
    answer: Answer


def tried(
    rows: Half, alive: npt.NDArray[np.bool_], queries: Vectors, progress: Progress, stop: Stop
) -> list[Trial]:
    """Exact search and then all ways that rows (n, dimensions) can be written, on queries.

    `stop` leaves out the ways that are still to come.
    """
    bench = _Bench(rows, alive)
    ways = bench.ways()
    progress(IndexProgress(0, 1 + len(ways)))
    exact, milliseconds = _exact(rows, alive, queries)
    recalls = np.ones(len(queries), np.float32)
    found = [Trial(lists.WHOLE, False, 2.0 * rows.shape[1], recalls, milliseconds)]
    for name, offered, keep in ways:
        progress(IndexProgress(len(found), 1 + len(ways)))
        if stop():
            return found
        kept = keep()
        recalls, milliseconds = _asked(kept.answer, rows, queries, exact)
        found.append(Trial(name, offered, kept.size / len(rows), recalls, milliseconds))
    progress(IndexProgress(len(found), len(found)))
    return found


class _Bench:
    """The rows of one shelf, and the centres of their lists, which all ways share."""

    def __init__(self, rows: Half, alive: npt.NDArray[np.bool_]) -> None:
        self._rows, self._alive = rows, alive
        self._living = lists.selector(alive)
        self._centres: Wide | None = None

    def ways(self) -> Sequence[tuple[str, bool, Callable[[], _Kept]]]:
        """The name of each way, whether a shelf can be written so, and what writes it."""
        count, width = self._rows.shape
        found: list[tuple[str, bool, Callable[[], _Kept]]] = [
            (codes, True, partial(self._listed, codes))
            for codes in lists.CODES
            if can_be_written(codes, count, width)
        ]
        found += [
            (f"PCA{left}+SQ8", False, partial(self._projected, left))
            for left in PROJECTED
            if left < width
        ]
        if width % 8 == 0:
            found.append(("binary", False, self._signs))
        return found

    def _listed(self, codes: str) -> _Kept:
        """Inverted lists, as a shelf has them."""
        listed = lists.made(self._rows, codes, self._centres)
        self._centres = listed.centres
        return _Kept(listed.size, self._asking(listed))

    def _projected(self, left: int) -> _Kept:
        """Lists of eight-bit codes in the `left` directions in which the rows are longest.

        The rows are not centred, since inner products are to stay what they are.
        """
        directions = _longest(self._rows, left)
        shorter = np.concatenate(
            [
                (np.asarray(self._rows[at : at + _BLOCK], np.float32) @ directions).astype(
                    np.float16
                )
                for at in range(0, len(self._rows), _BLOCK)
            ]
        )
        listed = lists.made(shorter, "SQ8")
        near = self._asking(listed)
        return _Kept(
            listed.size + directions.nbytes, lambda query: near(products(directions.T, query))
        )

    def _signs(self) -> _Kept:
        """One bit a dimension, its sign, all of them compared."""
        index = faiss.IndexBinaryFlat(self._rows.shape[1])
        for at in range(0, len(self._rows), _BLOCK):
            index.add(np.packbits(self._rows[at : at + _BLOCK] > 0, axis=1))
        chosen = lists.only(self._living)

        def near(query: Vector) -> Numbers:
            signs = np.packbits(query > 0)[None, :]
            _, rows = index.search(signs, min(lists.RESCORED, index.ntotal), params=chosen)
            found: Numbers = rows[0][rows[0] >= 0]
            return found

        return _Kept(index.ntotal * index.code_size, near)

    def _asking(self, listed: lists.Lists) -> Answer:
        return lambda query: listed.near(query, WANTED, self._living, everywhere=False)


def can_be_written(codes: str, count: int, width: int) -> bool:
    """Whether so many rows of so many dimensions can be written down by some codes."""
    if not codes.startswith("PQ"):
        return True
    return width % int(codes.removeprefix("PQ")) == 0 and count >= _PQ_ROWS


def _longest(rows: Half, left: int) -> Wide:
    """The orthogonal directions (dimensions, left) that keep most of the rows' inner products."""
    sample = np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLED)).astype(int)
    wide = np.asarray(rows[sample], np.float32)
    _, directions = np.linalg.eigh(wide.T @ wide)
    longest: Wide = np.ascontiguousarray(directions[:, ::-1][:, :left])
    return longest


def _exact(
    rows: Half, alive: npt.NDArray[np.bool_], queries: Vectors
) -> tuple[list[Vector], float]:
    """The cosines of the nearest living rows of each query, rising; CPU milliseconds a query."""
    near: list[list[Numbers]] = [[] for _ in queries]
    seconds = 0.0
    for at in range(0, len(rows), _BLOCK):
        some = lists.flat(rows[at : at + _BLOCK], 0)
        living = lists.selector(alive[at : at + _BLOCK])
        began = time.process_time()
        for query, found in zip(queries, near, strict=True):
            found.append(at + lists.nearest_of(some, query, WANTED, living)[0])
        seconds += time.process_time() - began
    best = [
        _cosines(rows, np.concatenate(found), query)
        for query, found in zip(queries, near, strict=True)
    ]
    return best, 1000 * seconds / max(1, len(queries))


def _asked(
    answer: Answer, rows: Half, queries: Vectors, exact: Sequence[Vector]
) -> tuple[Vector, float]:
    """The recall of each query, of the best that are scored again; CPU milliseconds a query."""
    for query in queries[:_WARMING]:
        answer(query)
    began = time.process_time()
    found = [_cosines(rows, answer(query), query) for query in queries]
    milliseconds = 1000 * (time.process_time() - began) / max(1, len(queries))
    recalls = [
        # Counted by cosine: of rows that are equally near any will do.
        min(1.0, float((some >= best[0] - _SAME).sum()) / len(best)) if len(best) else 1.0
        for some, best in zip(found, exact, strict=True)
    ]
    return np.array(recalls, np.float32), milliseconds


def _cosines(rows: Half, near: Numbers, query: Vector) -> Vector:
    """The greatest cosines of some rows with a query, rising."""
    best: Vector = np.sort(products(np.asarray(rows[near], np.float32), query))[-WANTED:]
    return best
