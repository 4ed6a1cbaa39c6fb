"""One generation of the embedded index: words and vectors that are committed together."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from broadsheet.errors import InputError, SearchIndexError
from broadsheet.index.clauses import WordQuery
from broadsheet.index.embedded import lists
from broadsheet.index.embedded.lexical import WordIndex
from broadsheet.index.embedded.lists import CODES, WHOLE
from broadsheet.index.embedded.rows import VectorState
from broadsheet.index.embedded.vectors import VectorShelf
from broadsheet.index.embedded.writing import VectorWriter
from broadsheet.index.engine import (
    Document,
    Facets,
    Footprint,
    Keys,
    Neighbours,
    Rows,
    Scored,
    Spans,
    Tier,
    Trial,
    Vector,
    Vectors,
)
from broadsheet.index.progress import Progress, Stop
from broadsheet.index.stamp import Stamp, State, read_state, write_state

_NOT_IN_NAMES = str.maketrans({"/": "-", "\\": "-", ":": "-", " ": "-"})


class EmbeddedEngine:
    """The Engine protocol over one folder; one process writes, any number read."""

    def __init__(
        self,
        folder: Path,
        stamp: Stamp,
        dimensions: Mapping[str, int],
        codes: Mapping[str, str] | None = None,
    ) -> None:
        """Open a generation, begun if it is not there; `dimensions` of each encoder in the stamp.

        One that is begun writes the vectors of some encoders down by the `codes` named here.
        Raises SearchIndexError if it cannot be read or has another stamp.
        """
        self._folder, self._dimensions = folder, dict(dimensions)
        state = read_state(folder)
        if state is None:
            folder.mkdir(parents=True, exist_ok=True)
            chosen = {
                encoder: VectorState(dimensions[encoder], codes=name).saved()
                for encoder, name in (codes or {}).items()
                if encoder in dimensions and name in CODES
            }
            state = State(stamp, vectors=chosen)
            write_state(folder, state)
        if state.stamp != stamp:
            raise SearchIndexError(
                f"The index in {folder} was made from something else.",
                hint="Run `broadsheet index rebuild`.",
            )
        self._state = state
        self._words = WordIndex(folder / "words")
        self._shelves = self._opened()
        self._writers: dict[str, VectorWriter] = {}

    @property
    def watermark(self) -> int:
        """The number of the last catalogue change that is in the index."""
        return self._state.watermark

    def write(self, memory_mb: int) -> None:
        """Begin to write; what a killed writer left uncommitted is cut off."""
        self._words.write(memory_mb)
        self._writers = {
            encoder: VectorWriter(self._place(encoder), self._vector_state(encoder))
            for encoder in self._encoders()
        }

    def add(self, documents: Sequence[Document]) -> None:
        """Put documents in, in place of those with the same keys."""
        self._words.add(documents)
        for encoder, writer in self._writers.items():
            vectors = {
                document.key: document.vectors[encoder]
                for document in documents
                if encoder in document.vectors
            }
            writer.replace([document.key for document in documents], vectors)

    def delete(self, keys: Sequence[int]) -> None:
        """Take documents out; unknown keys are ignored."""
        self._words.delete(keys)
        for writer in self._writers.values():
            writer.replace(keys, {})

    def commit(self, watermark: int) -> None:
        """Make durable what was added and deleted, and then move the watermark."""
        self._words.commit()
        vectors = {encoder: writer.commit().saved() for encoder, writer in self._writers.items()}
        self._state = State(self._state.stamp, watermark, vectors)
        write_state(self._folder, self._state)
        for writer in self._writers.values():
            writer.sweep()

    def deepen(self, encoder: str, vectors: Mapping[int, Vector]) -> None:
        """Make durable further vectors of documents that are in; the watermark stays.

        Vectors of encoders that are neither in the stamp nor this one are let go.
        """
        writer = VectorWriter(self._place(encoder), self._vector_state(encoder))
        writer.replace([], vectors)
        kept = {
            name: saved
            for name, saved in self._state.vectors.items()
            if name in self._state.stamp.encoders
        }
        kept[encoder] = writer.commit().saved()
        gone = self._state.vectors.keys() - kept.keys()
        self._state = State(self._state.stamp, self._state.watermark, kept)
        write_state(self._folder, self._state)
        writer.sweep()
        for name in gone:
            shutil.rmtree(self._place(name), ignore_errors=True)
        self.refresh()

    def recode(self, encoder: str, codes: str) -> None:
        """Keep an encoder's vectors in memory another way, from now on; the watermark stays.

        Raises InputError for codes that are not among `CODES`.
        """
        if codes not in CODES:
            raise InputError(f"There is no way {codes}.", hint=f"Choose one of {', '.join(CODES)}.")
        writer = VectorWriter(self._place(encoder), self._vector_state(encoder))
        vectors = {**self._state.vectors, encoder: writer.recode(codes).saved()}
        self._state = State(self._state.stamp, self._state.watermark, vectors)
        write_state(self._folder, self._state)
        writer.sweep()
        self.refresh()

    def finish(self) -> None:
        """Stop writing."""
        self._words.finish()
        self._writers = {}
        self.refresh()

    def refresh(self) -> None:
        """See what other processes committed since."""
        state = read_state(self._folder)
        if state is None or state.stamp != self._state.stamp:
            raise SearchIndexError(f"The index in {self._folder} is gone.")
        self._state = state
        self._words.refresh()
        self._shelves = self._opened()

    def count(self) -> int:
        """How many documents can be found by words."""
        return self._words.count()

    def keys(self) -> Keys:
        """The keys of all documents, ascending."""
        return self._words.keys()

    def vector_keys(self, encoder: str) -> Keys:
        """The keys of all documents that have a vector of this encoder, ascending."""
        shelf = self._shelves.get(encoder)
        return shelf.keys() if shelf else np.empty(0, np.int64)

    def vector_count(self, encoder: str) -> int:
        """How many documents have a vector of this encoder."""
        shelf = self._shelves.get(encoder)
        return shelf.count if shelf else 0

    def footprint(self, encoder: str) -> Footprint:
        """How an encoder's vectors are kept in memory."""
        shelf = self._shelves.get(encoder)
        return shelf.footprint if shelf else Footprint(WHOLE, 0)

    def trials(self, encoder: str, queries: Vectors, progress: Progress, stop: Stop) -> list[Trial]:
        """Try all ways to keep an encoder's vectors on queries (n, dimensions)."""
        shelf = self._shelves.get(encoder)
        return shelf.trials(queries, progress, stop) if shelf else []

    def holding(self, encoder: str, keys: Sequence[int]) -> set[int]:
        """Those of some keys whose documents have a vector of this encoder."""
        shelf = self._shelves.get(encoder)
        return shelf.holding(keys) if shelf else set()

    def words(self, query: WordQuery, tier: Tier, limit: int) -> list[Scored]:
        """The best documents that hold all wanted clauses, or some; best first, then by key."""
        return self._words.search(query, tier, limit)

    def count_words(self, query: WordQuery) -> int:
        """How many documents hold all that is wanted."""
        return self._words.matching(query)

    def begun(self, text: str, limit: int) -> list[int]:
        """The newest documents whose titles hold all the words of a text, the last one begun."""
        return self._words.begun(text, limit)

    def frequency(self, word: str) -> int:
        """How many documents hold a word, in any inflection, in title or abstract."""
        return self._words.frequency(word)

    def respelt(self, word: str) -> list[str]:
        """The other spellings of a word that documents hold, that of most documents first."""
        return self._words.respelt(word)

    def parted(self, word: str) -> list[str]:
        """A word in two, as documents hold it side by side, the way of most documents first."""
        return self._words.parted(word)

    def facets(self, query: WordQuery, most: int) -> Facets:
        """What the documents that hold all that is wanted fall under, `most` values of each."""
        return self._words.facets(query, most)

    def scores(self, query: WordQuery, keys: Sequence[int]) -> dict[int, float]:
        """BM25 of those of some documents that hold any that is wanted, without evidence."""
        return self._words.scores(query, keys)

    def rows(self, encoder: str, keys: Sequence[int]) -> Rows:
        """The vectors of this encoder of those of some documents that have one, in their order."""
        shelf = self._shelves.get(encoder)
        if shelf is None:
            return Rows([], np.empty((0, 0), np.float32))
        return shelf.rows(keys)

    def neighbours(self, rows: Rows, count: int) -> Neighbours:
        """For each of some rows the `count` nearest others of them."""
        return Neighbours(*lists.among(rows.vectors, count))

    def nearest(self, encoder: str, vector: Vector, limit: int, among: WordQuery) -> list[Scored]:
        """The documents nearest to a unit vector that fulfil what `among` requires and excludes."""
        shelf = self._shelves.get(encoder)
        if shelf is None or not vector.any():
            return []
        if not among.constrains:
            return shelf.nearest(vector, limit, None)
        return shelf.nearest(vector, limit, lambda keys: self._words.fulfilling(among, keys))

    def spans(self, query: WordQuery, text: str) -> Spans:
        """Where in `text`, in characters, the wanted and required words of a query stand."""
        return self._words.spans(query, text)

    def close(self) -> None:
        """Let go of files and memory."""
        self._words.finish()
        self._writers, self._shelves = {}, {}

    def _place(self, encoder: str) -> Path:
        return self._folder / "vectors" / encoder.translate(_NOT_IN_NAMES)

    def _vector_state(self, encoder: str) -> VectorState:
        saved = self._state.vectors.get(encoder)
        return VectorState(**saved) if saved else VectorState(self._dimensions[encoder])

    def _encoders(self) -> list[str]:
        """Those of the stamp, and those that came later."""
        return [*dict.fromkeys((*self._state.stamp.encoders, *self._state.vectors))]

    def _opened(self) -> dict[str, VectorShelf]:
        return {
            encoder: VectorShelf(self._place(encoder), self._vector_state(encoder))
            for encoder in self._encoders()
        }
