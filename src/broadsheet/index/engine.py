"""The protocol of search engines: keep documents, find them by words and by nearness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from broadsheet.index.clauses import WordQuery
from broadsheet.index.progress import Progress, Stop

Vector = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]
Keys = npt.NDArray[np.int64]
Tier = Literal["all", "some"]
Spans = list[tuple[int, int]]


def products(rows: Vectors, vector: Vector) -> Vector:
    """The inner product of each row (n, dimensions) with a vector, float32 (n,).

    Not by BLAS: its threads would go on spinning, in the way of the next reader's query.
    """
    found: Vector = np.einsum("ij,j->i", rows, vector)
    return found


@dataclass(frozen=True, slots=True)
class Document:
    """What an engine keeps of a paper: plain text without markup, and its vectors.

    `key` is the catalogue's key, `day` the announcement as the number YYYYMMDD (0 where unknown)
    for order; `vectors` holds a unit vector for each encoder's identity (an
    encoder may be missing: its vector can come later); `year` is None where no date is known.
    """

    key: int
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    venue: str = ""
    categories: tuple[str, ...] = ()
    year: int | None = None
    has: tuple[str, ...] = ()
    vectors: Mapping[str, Vector] = field(default_factory=dict)
    day: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """A paper's key and its score: BM25 with evidence by words, cosine by nearness."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Rows:
    """The unit vectors of some documents: float32 (documents, dimensions), a row for each key."""

    keys: list[int]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which of some rows are near to each: `places` among them, int64 (documents, count).

    `cosines`, float32 of the same shape, are 0 where there is no further neighbour, and the place
    is then the row's own.
    """

    places: npt.NDArray[np.int64]
    cosines: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the papers found fall under each value; the most frequent values first.

    `years` are by falling year; `categories` as their papers write them; `has` are `code`, `pdf`…
    """

    years: tuple[tuple[int, int], ...] = ()
    categories: tuple[tuple[str, int], ...] = ()
    has: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Footprint:
    """How the vectors of an encoder are kept in memory, and how many bytes a paper takes there.

    `codes` is a way to write many of them shorter, or `float16` where all are kept whole. The
    rows on disk, which the system may keep in its file cache, do not count.
    """

    codes: str
    bytes_a_paper: float


@dataclass(frozen=True, slots=True)
class Trial:
    """How vectors written down in one way answered some queries.

    `offered` tells whether an engine can be told to keep them so; `recalls` holds for each query
    the share (0..1) of its exactly nearest ten that were found, float32 (queries,).
    """

    codes: str
    offered: bool
    bytes_a_paper: float
    recalls: Vector
    cpu_milliseconds: float


class Engine(Protocol):
    """One index on one machine or many; what is added is seen after `commit` and `refresh`."""

    @property
    def watermark(self) -> int:
        """The number of the last catalogue change that is in the index."""
        ...

    def add(self, documents: Sequence[Document]) -> None:
        """Put documents in, in place of those with the same keys."""
        ...

    def delete(self, keys: Sequence[int]) -> None:
        """Take documents out; unknown keys are ignored."""
        ...

    def commit(self, watermark: int) -> None:
        """Make durable what was added and deleted, and then, only then, move the watermark."""
        ...

    def deepen(self, encoder: str, vectors: Mapping[int, Vector]) -> None:
        """Make durable further vectors of documents that are in; the watermark stays."""
        ...

    def recode(self, encoder: str, codes: str) -> None:
        """Keep an encoder's vectors in memory another way, from now on; the watermark stays.

        Raises InputError for codes that a trial does not offer.
        """
        ...

    def footprint(self, encoder: str) -> Footprint:
        """How an encoder's vectors are kept in memory."""
        ...

    def trials(self, encoder: str, queries: Vectors, progress: Progress, stop: Stop) -> list[Trial]:
        """Try all ways to keep an encoder's vectors on queries (n, dimensions); writes nothing.

        The first trial is exact search; `stop` leaves out the ways that are still to come.
        """
        ...

    def refresh(self) -> None:
        """See what other processes committed since."""
        ...

    def count(self) -> int:
        """How many documents can be found by words."""
        ...

    def keys(self) -> Keys:
        """The keys of all documents, ascending."""
        ...

    def vector_keys(self, encoder: str) -> Keys:
        """The keys of all documents that have a vector of this encoder, ascending."""
        ...

    def vector_count(self, encoder: str) -> int:
        """How many documents have a vector of this encoder."""
        ...

    def holding(self, encoder: str, keys: Sequence[int]) -> set[int]:
        """Those of some keys whose documents have a vector of this encoder."""
        ...

    def words(self, query: WordQuery, tier: Tier, limit: int) -> list[Scored]:
        """The best documents that hold all wanted clauses, or some; best first, then by key.

        If nothing is wanted, those that fulfil the rest, the newest first, with score 0.
        """
        ...

    def count_words(self, query: WordQuery) -> int:
        """How many documents hold all that is wanted."""
        ...

    def begun(self, text: str, limit: int) -> list[int]:
        """The newest documents whose titles hold all the words of a text, the last one begun."""
        ...

    def frequency(self, word: str) -> int:
        """How many documents hold a word, in any inflection, in title or abstract."""
        ...

    def respelt(self, word: str) -> list[str]:
        """The other spellings of a word that documents hold, that of most documents first."""
        ...

    def parted(self, word: str) -> list[str]:
        """A word in two, as documents hold it side by side, the way of most documents first."""
        ...

    def facets(self, query: WordQuery, most: int) -> Facets:
        """What the documents that hold all that is wanted fall under, `most` values of each."""
        ...

    def scores(self, query: WordQuery, keys: Sequence[int]) -> dict[int, float]:
        """BM25 of those of some documents that hold any that is wanted, without evidence."""
        ...

    def rows(self, encoder: str, keys: Sequence[int]) -> Rows:
        """The vectors of this encoder of those of some documents that have one, in their order."""
        ...

    def neighbours(self, rows: Rows, count: int) -> Neighbours:
        """For each of some rows the `count` nearest others of them."""
        ...

    def nearest(self, encoder: str, vector: Vector, limit: int, among: WordQuery) -> list[Scored]:
        """The documents nearest to a unit vector that fulfil what `among` requires and excludes."""
        ...

    def spans(self, query: WordQuery, text: str) -> Spans:
        """Where in `text`, in characters, the wanted and required words of a query stand."""
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...
