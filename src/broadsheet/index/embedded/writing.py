"""Vectors written down: appended to the files of one encoder, and put into inverted lists."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from broadsheet.index.embedded import lists
from broadsheet.index.embedded.rows import Places, VectorState, append, cut, read, sync
from broadsheet.index.engine import Keys, Vector

SMALLEST_LISTED = 40_000
"""Collections under this many rows are searched exactly, all of them."""
TAIL_SHARE = 0.02
"""The part outside the inverted lists may grow to this share before it is put in."""
LEARNED_ANEW = 2
"""Once there are this many times the rows from which the lists' centres were learned, they are
learned again."""
DEAD_SHARE = 0.2
"""Rows are written anew once this share of them is dead."""
_BLOCK = 16_384


class VectorWriter:
    """Appends to a shelf's files; what is not committed is cut off by the next writer."""

    def __init__(self, folder: Path, state: VectorState) -> None:
        """Begin after the rows that the state counts."""
        self.folder, self.state = folder, state
        folder.mkdir(parents=True, exist_ok=True)
        width = 2 * state.dimensions
        for name, size in (("rows", width * state.rows), ("keys", 8 * state.rows)):
            cut(self._file(name), size)
        cut(self._file("dead"), 8 * state.dead)
        self._keys = read(self._file("keys"), state.rows)
        self._alive = np.ones(state.rows, bool)
        self._alive[read(self._file("dead"), state.dead)] = False
        self._places = Places(self._keys, self._alive)
        self._fresh: dict[int, int] = {}
        self._blocks: list[Keys] = []
        self._count = state.rows
        self._buried: list[int] = []

    def replace(self, gone: Sequence[int], vectors: Mapping[int, Vector]) -> None:
        """Bury the rows of keys that are gone or come again, and append the new vectors."""
        sought = list(dict.fromkeys((*gone, *vectors)))
        held = self._places.find(sought).values()
        buried = [row for row in held if self._alive[row]]
        self._alive[buried] = False
        buried += [self._fresh.pop(key) for key in sought if key in self._fresh]
        append(self._file("dead"), np.array(buried, np.int64))
        self._buried += buried
        if vectors:
            append(self._file("rows"), np.stack(list(vectors.values())).astype(np.float16))
            keys = np.array(list(vectors), np.int64)
            append(self._file("keys"), keys)
            self._blocks.append(keys)
            self._fresh.update(
                zip(vectors, range(self._count, self._count + len(keys)), strict=True)
            )
            self._count += len(keys)

    def commit(self) -> VectorState:
        """Make the files durable; the state that counts all of them."""
        self._settle()
        dead = int((~self._alive).sum())
        if dead > DEAD_SHARE * len(self._keys) and dead > _BLOCK:
            self._write_anew()
            dead = 0
        self._places = Places(self._keys, self._alive)
        self.state = replace(self.state, rows=len(self._keys), dead=dead)
        for name in ("rows", "keys", "dead"):
            sync(self._file(name))
        self._list_rows()
        sync(self.folder)
        return self.state

    def sweep(self) -> None:
        """Remove the files that the committed state does not name."""
        kept = {self._file(name).name for name in ("rows", "keys", "dead")} | {self.state.base}
        for file in self.folder.iterdir():
            if file.name not in kept:
                file.unlink(missing_ok=True)

    def _settle(self) -> None:
        """Count the rows appended and buried since."""
        if self._blocks:
            self._keys = np.concatenate([self._keys, *self._blocks])
            fresh = np.ones(len(self._keys) - len(self._alive), bool)
            self._alive = np.concatenate([self._alive, fresh])
        self._alive[self._buried] = False
        self._blocks.clear()
        self._buried.clear()
        self._fresh.clear()

    def recode(self, codes: str) -> VectorState:
        """Write the lists anew with other codes, and from then on; the state to be committed.

        A collection too small for lists keeps the choice for later.
        """
        if codes != self.state.codes:
            # The same codes again would be written over the file that counts.
            self.state = replace(self.state, codes=codes, covered=0, base="", trained=0)
        return self.commit()

    def _write_anew(self) -> None:
        """Copy the living rows under another name; the old files stay until they are swept."""
        rows = replace(self.state, rows=len(self._keys)).mapped(self.folder)
        living = np.flatnonzero(self._alive)
        stem = "b" if self.state.stem == "a" else "a"
        self.state = VectorState(self.state.dimensions, stem=stem, codes=self.state.codes)
        for name in ("rows", "keys", "dead"):
            cut(self._file(name), 0)
        for start in range(0, len(living), _BLOCK):
            append(self._file("rows"), rows[living[start : start + _BLOCK]])
        self._keys = self._keys[living]
        append(self._file("keys"), self._keys)
        self._alive = np.ones(len(self._keys), bool)
        self._count = len(self._keys)

    def _list_rows(self) -> None:
        """Put the rows into inverted lists, if there are enough and too many are outside them."""
        state = self.state
        outside = state.rows - state.covered
        if state.rows < SMALLEST_LISTED or outside <= max(_BLOCK, TAIL_SHARE * state.rows):
            return
        rows = state.mapped(self.folder)
        if state.base and state.rows < LEARNED_ANEW * state.trained:
            listed, trained = lists.fresh(self.folder / state.base), state.trained
            listed.add(rows, state.covered)
        else:
            listed, trained = lists.made(rows, state.codes), state.rows
        name = f"{state.stem}.{state.rows}.{state.codes or 'lists'}"
        listed.write(self.folder / name)
        sync(self.folder / name)
        self.state = replace(state, covered=state.rows, base=name, trained=trained)

    def _file(self, name: str) -> Path:
        return self.state.file(self.folder, name)
