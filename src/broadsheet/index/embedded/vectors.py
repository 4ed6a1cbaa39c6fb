"""Nearness, by faiss: the vectors of one encoder, appended to a file and searched in two parts.

Rows are only ever appended; a document that changes gets a new row and its old one is dead. The
first `covered` rows may be in a faiss index (inverted lists of eight-bit codes); the rest, and
everything in a small collection, is searched exactly. The best candidates of the first part are
scored again from the float16 rows, so every score is the exact cosine of what is stored.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from broadsheet.errors import SearchIndexError
from broadsheet.index.engine import Keys, Scored, Vector

SMALLEST_LISTED = 40_000
"""Collections under this many rows are searched exactly, all of them."""
TAIL_SHARE = 0.1
"""The part outside the inverted lists may grow to this share before they are made anew."""
LISTS_PER_ROOT = 4
"""Inverted lists for each unit of the square root of the rows (faiss' own advice)."""
SEARCHED_SHARE = 8
"""One in this many lists is searched: recall@10 of about 0.97 on real queries (engines.md)."""
TRAINING_ROWS_PER_LIST = 40
RESCORED = 200
DEAD_SHARE = 0.2
"""Rows are written anew once this share of them is dead."""
_BLOCK = 16_384
_FAISS: Any = faiss
"""faiss without its type stubs, which lack what its Python layer adds."""

Half = npt.NDArray[np.float16]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class VectorState:
    """How much of the files counts; what lies beyond was not committed. `base` may be empty."""

    dimensions: int
    rows: int = 0
    dead: int = 0
    covered: int = 0
    base: str = ""
    stem: str = "a"

    def saved(self) -> dict[str, object]:
        """As JSON keeps it."""
        return asdict(self)


class VectorShelf:
    """The vectors of one encoder in one folder, as one committed state describes them."""

    def __init__(self, folder: Path, state: VectorState) -> None:
        """Open for reading; SearchIndexError if the files do not hold what the state says."""
        self.folder, self.state = folder, state
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._keys = _read(self._file("keys"), np.int64, state.rows)
            self._dead = _read(self._file("dead"), np.int64, state.dead)
            self._vectors = self._mapped()
            base = str(folder / state.base)
            # faiss' own type stubs lack what inverted lists have.
            self._base: Any = faiss.read_index(base) if state.base else None
        except (OSError, ValueError, RuntimeError) as error:
            raise SearchIndexError(
                f"The vectors in {folder} cannot be read: {error}.",
                hint="Run `broadsheet index rebuild`.",
            ) from error
        self._alive = np.ones(state.rows, bool)
        self._alive[self._dead] = False
        # Dead rows must not take the places of living ones in what the lists answer.
        alive = np.packbits(self._alive[: state.covered], bitorder="little")
        self._living = _FAISS.IDSelectorBitmap(alive)
        self._tail: Any = faiss.IndexFlatIP(state.dimensions)
        for start in range(state.covered, state.rows, _BLOCK):
            self._tail.add(np.array(self._vectors[start : start + _BLOCK], np.float32))
        tail = np.packbits(self._alive[state.covered :], bitorder="little")
        self._living_tail = _FAISS.IDSelectorBitmap(tail)
        self._sorted: tuple[Keys, Rows] | None = None

    @property
    def count(self) -> int:
        """How many rows live."""
        return self.state.rows - self.state.dead

    def keys(self) -> Keys:
        """The keys of the living rows, ascending."""
        return self._ascending()[0]

    def holding(self, keys: Sequence[int]) -> set[int]:
        """Those of some keys that have a living row."""
        return set(self._rows_of(keys))

    def vectors(self, keys: Sequence[int]) -> dict[int, Vector]:
        """The vectors of those of some keys that have a living row."""
        return {
            key: np.array(self._vectors[row], np.float32)
            for key, row in self._rows_of(keys).items()
        }

    def cosines(self, vector: Vector, keys: Sequence[int]) -> dict[int, float]:
        """The cosine of a unit vector with those of some keys that have a living row."""
        rows = self._rows_of(keys)
        if not rows:
            return {}
        products = _products(np.asarray(self._vectors[list(rows.values())], np.float32), vector)
        return dict(zip(rows, map(float, products), strict=True))

    def _rows_of(self, keys: Sequence[int]) -> dict[int, int]:
        """The living rows of those of some keys that have one."""
        held, rows = self._ascending()
        if not len(held) or not keys:
            return {}
        sought = np.array(keys, np.int64)
        places = np.minimum(np.searchsorted(held, sought), len(held) - 1)
        found = held[places] == sought
        return dict(zip(sought[found].tolist(), rows[places[found]].tolist(), strict=True))

    def _ascending(self) -> tuple[Keys, Rows]:
        """The keys of the living rows, ascending, and their rows; sorted when first asked for."""
        if self._sorted is None:
            living = np.flatnonzero(self._alive)
            living = living[np.argsort(self._keys[living], kind="stable")]
            self._sorted = self._keys[living], living
        return self._sorted

    def nearest(
        self, vector: Vector, limit: int, allowed: Callable[[Sequence[int]], set[int]] | None
    ) -> list[Scored]:
        """The `limit` living rows with the greatest cosine, by falling score, then rising key.

        `allowed` names those of some keys that may be answered; the search widens until there are
        enough of them or no rows are left, so that a narrow filter never hides a paper.
        """
        living = int(self._alive.sum())
        wide = min(living, limit)
        while True:
            best = self._best(vector, wide)
            if allowed is not None:
                may = allowed([hit.key for hit in best])
                best = [hit for hit in best if hit.key in may]
            if len(best) >= limit or wide >= living:
                return best[:limit]
            wide = min(living, wide * 8)

    def _best(self, vector: Vector, limit: int) -> list[Scored]:
        """The nearest living rows of both parts."""
        rows, scores = self._from_tail(vector, limit)
        if self._base is not None:
            near = self._listed(vector, limit)
            cosines = _products(np.asarray(self._vectors[near], np.float32), vector)
            rows, scores = np.concatenate((rows, near)), np.concatenate((scores, cosines))
        order = np.lexsort((self._keys[rows], -scores))[:limit]
        found = zip(self._keys[rows[order]], scores[order], strict=True)
        return [Scored(int(key), float(score)) for key, score in found]

    def _from_tail(self, vector: Vector, limit: int) -> tuple[Rows, Vector]:
        """The nearest living rows outside the inverted lists, and their cosines."""
        wanted = min(limit, self._tail.ntotal)
        if not wanted:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        chosen = _FAISS.SearchParameters(sel=self._living_tail)
        _FAISS.omp_set_num_threads(1)
        scores, rows = self._tail.search(vector[None, :], wanted, params=chosen)
        found = rows[0] >= 0
        return rows[0][found] + self.state.covered, scores[0][found]

    def _listed(self, vector: Vector, limit: int) -> Rows:
        """Rows of the inverted lists that are probably nearest."""
        base = self._base
        # A wide question (a narrow filter) must not be cut off by the lists that are searched.
        share = 1 if limit > RESCORED * 4 else SEARCHED_SHARE
        lists = max(1, base.nlist // share)
        chosen = _FAISS.SearchParametersIVF(sel=self._living, nprobe=lists)
        wanted = min(base.ntotal, max(RESCORED, limit + limit // 4))
        # Readers run side by side: threads of faiss' own would only get in their way.
        _FAISS.omp_set_num_threads(1)
        _, rows = base.search(vector[None, :], wanted, params=chosen)
        found: Rows = rows[0][rows[0] >= 0]
        return found

    def _file(self, name: str) -> Path:
        return self.folder / f"{self.state.stem}.{name}"

    def _mapped(self) -> Half:
        shape = (self.state.rows, self.state.dimensions)
        if not self.state.rows:
            return np.empty(shape, np.float16)
        return np.memmap(self._file("rows"), np.float16, mode="r", shape=shape)


class VectorWriter:
    """Appends to a shelf's files; what is not committed is cut off by the next writer."""

    def __init__(self, folder: Path, state: VectorState) -> None:
        """Begin after the rows that the state counts."""
        self.folder, self.state = folder, state
        folder.mkdir(parents=True, exist_ok=True)
        width = 2 * state.dimensions
        for name, size in (("rows", width * state.rows), ("keys", 8 * state.rows)):
            _cut(self._file(name), size)
        _cut(self._file("dead"), 8 * state.dead)
        self._keys = _read(self._file("keys"), np.int64, state.rows)
        self._alive = np.ones(state.rows, bool)
        self._alive[_read(self._file("dead"), np.int64, state.dead)] = False
        self._fresh: list[Keys] = []

    def replace(self, gone: Sequence[int], vectors: Mapping[int, Vector]) -> None:
        """Bury the rows of keys that are gone or come again, and append the new vectors."""
        self._settle()
        sought = np.array([*gone, *vectors], np.int64)
        buried = np.flatnonzero(np.isin(self._keys, sought) & self._alive)
        self._alive[buried] = False
        _append(self._file("dead"), buried.astype(np.int64))
        if vectors:
            _append(self._file("rows"), np.stack(list(vectors.values())).astype(np.float16))
            keys = np.array(list(vectors), np.int64)
            _append(self._file("keys"), keys)
            self._fresh.append(keys)

    def commit(self) -> VectorState:
        """Make the files durable; the state that counts all of them."""
        self._settle()
        dead = int((~self._alive).sum())
        if dead > DEAD_SHARE * len(self._keys) and dead > _BLOCK:
            self._write_anew()
            dead = 0
        self.state = VectorState(
            dimensions=self.state.dimensions,
            rows=len(self._keys),
            dead=dead,
            covered=self.state.covered,
            base=self.state.base,
            stem=self.state.stem,
        )
        for name in ("rows", "keys", "dead"):
            _sync(self._file(name))
        self._list_rows()
        _sync(self.folder)
        return self.state

    def sweep(self) -> None:
        """Remove the files that the committed state does not name."""
        kept = {self._file(name).name for name in ("rows", "keys", "dead")} | {self.state.base}
        for file in self.folder.iterdir():
            if file.name not in kept:
                file.unlink(missing_ok=True)

    def _settle(self) -> None:
        """Count the rows appended since."""
        if self._fresh:
            self._keys = np.concatenate([self._keys, *self._fresh])
            fresh = np.ones(len(self._keys) - len(self._alive), bool)
            self._alive = np.concatenate([self._alive, fresh])
            self._fresh.clear()

    def _write_anew(self) -> None:
        """Copy the living rows under another name; the old files stay until they are swept."""
        old, living = self._file("rows"), np.flatnonzero(self._alive)
        shape = (len(self._keys), self.state.dimensions)
        rows = np.memmap(old, np.float16, mode="r", shape=shape)
        stem = "b" if self.state.stem == "a" else "a"
        self.state = VectorState(self.state.dimensions, stem=stem)
        for name in ("rows", "keys", "dead"):
            _cut(self._file(name), 0)
        for start in range(0, len(living), _BLOCK):
            _append(self._file("rows"), rows[living[start : start + _BLOCK]])
        self._keys = self._keys[living]
        _append(self._file("keys"), self._keys)
        self._alive = np.ones(len(self._keys), bool)

    def _list_rows(self) -> None:
        """Make the inverted lists, or make them anew, if too many rows are outside them."""
        state = self.state
        outside = state.rows - state.covered
        if state.rows < SMALLEST_LISTED or outside <= max(_BLOCK, TAIL_SHARE * state.rows):
            return
        shape = (state.rows, state.dimensions)
        rows = np.memmap(self._file("rows"), np.float16, mode="r", shape=shape)
        base = _trained(rows)
        for start in range(0, state.rows, _BLOCK):
            base.add(np.array(rows[start : start + _BLOCK], np.float32))
        name = f"{state.stem}.{state.rows}.lists"
        faiss.write_index(base, str(self.folder / name))
        _sync(self.folder / name)
        self.state = VectorState(
            state.dimensions, state.rows, state.dead, state.rows, name, state.stem
        )

    def _file(self, name: str) -> Path:
        return self.folder / f"{self.state.stem}.{name}"


def _trained(rows: Half) -> faiss.Index:
    """Empty inverted lists with centres learned from evenly spaced rows."""
    count, dimensions = rows.shape
    lists = LISTS_PER_ROOT * int(np.sqrt(count))
    sample = np.linspace(0, count - 1, min(count, lists * TRAINING_ROWS_PER_LIST)).astype(int)
    base = faiss.index_factory(dimensions, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    _FAISS.omp_set_num_threads(os.cpu_count() or 1)
    base.train(np.array(rows[sample], np.float32))
    return base


def _products(rows: npt.NDArray[np.float32], vector: Vector) -> Vector:
    """The inner product of each row with a vector.

    Not by BLAS: its threads would go on spinning, in the way of the next reader's query.
    """
    products: Vector = np.einsum("ij,j->i", rows, vector)
    return products


def _read(file: Path, kind: type[np.int64], count: int) -> Rows:
    if not count:
        return np.empty(0, kind)
    values = np.fromfile(file, kind, count)
    if len(values) < count:
        raise ValueError(f"{file.name} holds {len(values)} of {count} entries")
    return values


def _append(file: Path, values: npt.NDArray[np.generic]) -> None:
    with file.open("ab") as out:
        out.write(np.ascontiguousarray(values).tobytes())


def _cut(file: Path, size: int) -> None:
    """Leave the first `size` bytes; SearchIndexError if there are fewer."""
    file.touch()
    if file.stat().st_size < size:
        raise SearchIndexError(
            f"The vectors in {file} are shorter than what was committed.",
            hint="Run `broadsheet index rebuild`.",
        )
    os.truncate(file, size)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
