"""Which records of different sources may be one paper, found without the program's own matching."""

import json
import lzma
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from scipy.sparse import csr_matrix

SOURCES = ("hf_daily", "arxiv_daily", "mlanthology")
RARE = 200
"""Words, title pairs and names that more records of the other side have lead nowhere."""
BEST = 4
"""How many records of the other side a record is paired with for its title, abstract, authors."""
_CHUNK = 2000
_WORD = re.compile(r"[a-z0-9]+")
_COUNTS = re.compile(r"\b(?:\d+(?:st|nd|rd|th)?|[ivx]+|first|second|third|fourth|fifth)\b")

Row = dict[str, Any]


@dataclass(frozen=True)
class Likeness:
    """How alike two records are: titles 0 to 100, authors and abstracts 0 to 1."""

    title: float
    authors: float
    abstract: float
    is_one_id: bool
    counts_differ: bool


@dataclass(frozen=True)
class Candidate:
    """Two records of different sources, each named `source:native id`."""

    left: str
    right: str
    likeness: Likeness


def records(data: Path) -> dict[str, Row]:
    """All records of the three corpora by `source:native id`, in the order of the files."""
    found: dict[str, Row] = {}
    for source in SOURCES:
        with lzma.open(data / "corpora" / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                found[f"{source}:{row['id']}"] = row
    return found


def words(text: str) -> list[str]:
    """The words of a text without case and accents."""
    text = text.lower()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _WORD.findall(text)


def candidates(rows: dict[str, Row]) -> list[Candidate]:
    """Pairs of the first source with the second, and of both with the third.

    Each record of the left side is paired with the records of the right side that share most of
    its rare title words and pairs of them, most of its rare abstract words, most of its authors;
    and with those that have its arXiv id.
    """
    by_source = {source: [n for n in rows if n.startswith(f"{source}:")] for source in SOURCES}
    hf, arxiv, proceedings = (by_source[source] for source in SOURCES)
    pairs: set[tuple[str, str]] = set()
    for keys in (_title_keys, _author_keys, _abstract_keys):
        found = {name: frozenset(keys(row)) for name, row in rows.items()}
        pairs.update(_nearest(hf, arxiv, found))
        pairs.update(_nearest([*hf, *arxiv], proceedings, found))
    held = set(arxiv)
    same = ((name, f"arxiv_daily:{rows[name]['arxiv_id']}") for name in hf)
    pairs.update(pair for pair in same if pair[1] in held)
    # The last keys found are the words of the abstracts.
    weights = _weights(found.values())
    return [
        Candidate(one, other, _likeness(rows[one], rows[other], found[one], found[other], weights))
        for one, other in sorted(pairs)
    ]


def _likeness(
    left: Row, right: Row, ours: frozenset[str], theirs: frozenset[str], weights: dict[str, float]
) -> Likeness:
    """How alike two records are; `ours` and `theirs` are their abstracts' words, which weigh."""
    titles = [" ".join(words(row["title"])) for row in (left, right)]
    shared = sum(map(weights.__getitem__, ours & theirs))
    union = sum(map(weights.__getitem__, ours)) + sum(map(weights.__getitem__, theirs)) - shared
    one, two = (set(_COUNTS.findall(title)) for title in titles)
    return Likeness(
        title=fuzz.ratio(*titles),
        authors=_shared_authors(left, right),
        abstract=shared / union if union else 0.0,
        is_one_id=bool(left.get("arxiv_id")) and left.get("arxiv_id") == right.get("arxiv_id"),
        counts_differ=one != two,
    )


def _title_keys(row: Row) -> list[str]:
    found = words(row["title"])
    return [*found, *map(" ".join, pairwise(found))]


def _abstract_keys(row: Row) -> list[str]:
    return words(row["abstract"])


def _author_keys(row: Row) -> list[str]:
    return [" ".join(sorted(words(name))) for name in row.get("authors") or ()]


def _nearest(
    left: list[str], right: list[str], keys: dict[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    """The pairs that share most rare keys, each key weighing as its rarity."""
    theirs = [keys[name] for name in right]
    counts = Counter(key for found in theirs for key in found)
    rare = sorted(key for key, count in counts.items() if count <= RARE)
    numbers = {key: number for number, key in enumerate(rare)}
    weights = np.array([np.log(len(right) / counts[key]) for key in rare], np.float32)
    postings = _matrix(theirs, numbers, weights).T.tocsr()
    ours = _matrix([keys[name] for name in left], numbers, weights)
    for begin in range(0, len(left), _CHUNK):
        scores = (ours[begin : begin + _CHUNK] @ postings).tocsr()
        scores.sort_indices()
        for number in range(scores.shape[0]):
            at = slice(scores.indptr[number], scores.indptr[number + 1])
            found, score = scores.indices[at], scores.data[at]
            for best in np.argsort(-score, kind="stable")[:BEST]:
                yield left[begin + number], right[found[best]]


def _matrix(
    found: list[frozenset[str]], numbers: dict[str, int], weights: np.ndarray[Any, Any]
) -> csr_matrix:
    columns = [sorted(numbers[key] for key in keys if key in numbers) for keys in found]
    starts = np.concatenate(([0], np.cumsum([len(column) for column in columns])))
    flat = np.fromiter((n for column in columns for n in column), np.int64, int(starts[-1]))
    return csr_matrix((np.sqrt(weights[flat]), flat, starts), (len(found), len(numbers)))


def _weights(abstracts: Iterable[frozenset[str]]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    total = 0
    for found in abstracts:
        counts.update(found)
        total += 1
    return {word: float(np.log(1 + total / count)) for word, count in counts.items()}


def _shared_authors(left: Row, right: Row) -> float:
    """How many of the shorter list, by last name and first letter, are in the other."""
    ours, theirs = (
        {(found[-1], found[0][0]) for name in row.get("authors") or () if (found := words(name))}
        for row in (left, right)
    )
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))
