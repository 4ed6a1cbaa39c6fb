"""Nearness: the vectors of one encoder, appended to a file and searched in two parts.

Rows are only ever appended; a document that changes gets a new row and its old one is dead. The
first `covered` rows may be in inverted lists of short codes; the rest, and everything in a small
collection, is searched exactly. The best candidates of the first part are scored again from the
float16 rows, so every score is the exact cosine of what is stored.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from broadsheet.errors import SearchIndexError
from broadsheet.index.embedded import lists
from broadsheet.index.embedded.rows import Numbers, Places, VectorState, read
from broadsheet.index.embedded.trials import tried
from broadsheet.index.engine import (
    Footprint,
    Keys,
    Rows,
    Scored,
    Trial,
    Vector,
    Vectors,
    products,
)
from broadsheet.index.progress import Progress, Stop

WIDE = 4 * lists.RESCORED
"""A question for more than so many papers, such as that of a narrow filter, looks everywhere."""


class VectorShelf:
    """The vectors of one encoder in one folder, as one committed state describes them."""

    def __init__(self, folder: Path, state: VectorState) -> None:
        """Open for reading; SearchIndexError if the files do not hold what the state says."""
        self.folder, self.state = folder, state
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._keys = read(state.file(folder, "keys"), state.rows)
            self._dead = read(state.file(folder, "dead"), state.dead)
            # A plain array over the mapped file: indexing one that knows its file costs more.
            self._vectors = np.asarray(state.mapped(folder))
            self._lists = lists.opened(folder / state.base) if state.base else None
            self._listed_bytes = (folder / state.base).stat().st_size if state.base else 0
            self._tail = lists.flat(self._vectors, state.covered)
        except (OSError, ValueError, RuntimeError) as error:
            raise SearchIndexError(
                f"The vectors in {folder} cannot be read: {error}.",
                hint="Run `broadsheet index rebuild`.",
            ) from error
        self._alive = np.ones(state.rows, bool)
        self._alive[self._dead] = False
        # Dead rows must not take the places of living ones in what the lists answer.
        self._living = lists.selector(self._alive[: state.covered])
        self._living_tail = lists.selector(self._alive[state.covered :])
        self._sorted: Places | None = None

    @property
    def footprint(self) -> Footprint:
        """How the rows are kept in memory: in lists, and one by one as float16."""
        state = self.state
        outside = 2 * state.dimensions * (state.rows - state.covered)
        codes = (state.codes or lists.CODES[0]) if self._lists else lists.WHOLE
        return Footprint(codes, (self._listed_bytes + outside) / max(1, state.rows))

    def trials(self, queries: Vectors, progress: Progress, stop: Stop) -> list[Trial]:
        """All ways to write the rows down, each tried on queries (n, dimensions)."""
        return tried(self._vectors, self._alive, queries, progress, stop)

    @property
    def count(self) -> int:
        """How many rows live."""
        return self.state.rows - self.state.dead

    def keys(self) -> Keys:
        """The keys of the living rows, ascending."""
        return self._places().keys

    def holding(self, keys: Sequence[int]) -> set[int]:
        """Those of some keys that have a living row."""
        return set(self._places().find(keys))

    def rows(self, keys: Sequence[int]) -> Rows:
        """The vectors of those of some keys that have a living row, in their order."""
        found = self._places().find(keys)
        return Rows(list(found), self._wide(list(found.values())))

    def _wide(self, rows: Sequence[int] | Numbers) -> Vectors:
        """Some rows, read from the file, float32."""
        wide: Vectors = self._vectors[rows].astype(np.float32)
        return wide

    def _places(self) -> Places:
        """Where the living rows are; sorted when first asked for."""
        if self._sorted is None:
            self._sorted = Places(self._keys, self._alive)
        return self._sorted

    def nearest(
        self, vector: Vector, limit: int, allowed: Callable[[Sequence[int]], set[int]] | None
    ) -> list[Scored]:
        """The `limit` living rows with the greatest cosine, by falling score, then rising key.

        `allowed` names those of some keys that may be answered; the search widens until there are
        enough of them or no rows are left, so that a narrow filter never hides a paper.
        """
        living = self.count
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
        rows, scores = lists.nearest_of(self._tail, vector, limit, self._living_tail)
        rows = rows + self.state.covered
        if self._lists is not None:
            near = self._lists.near(vector, limit, self._living, everywhere=limit > WIDE)
            cosines = products(self._wide(near), vector)
            rows, scores = np.concatenate((rows, near)), np.concatenate((scores, cosines))
        order = np.lexsort((self._keys[rows], -scores))[:limit]
        found = zip(self._keys[rows[order]], scores[order], strict=True)
        return [Scored(int(key), float(score)) for key, score in found]
