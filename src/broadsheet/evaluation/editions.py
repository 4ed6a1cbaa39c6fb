"""Past editions with the votes that their papers got, and how well an order foresees them."""

import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from broadsheet.errors import SourceError
from broadsheet.papers import Facts, Link, LinkKind
from broadsheet.text import clean

Scores = npt.NDArray[np.float64]
_HINT = "each line is an object with title, abstract, authors, votes and daily_dates"


@dataclass(frozen=True, slots=True)
class Voted:
    """A paper of an edition: what its text and links say, its votes, and who is behind it.

    `authors` counts them; `organised` says that an organisation is named. Both are for comparison
    only.
    """

    facts: Facts
    votes: int
    authors: int
    organised: bool


@dataclass(frozen=True, slots=True)
class PastEdition:
    """The papers that appeared for the first time on a day (ISO 8601)."""

    day: str
    papers: tuple[Voted, ...]


def read_editions(file: Path) -> list[PastEdition]:
    """The editions of a `.jsonl.xz` file, the earliest first; a paper belongs to its first day.

    Raises SourceError with file and line for what cannot be read.
    """
    days: dict[str, list[Voted]] = {}
    for day, voted in _voted(file):
        days.setdefault(day, []).append(voted)
    return [PastEdition(day, tuple(days[day])) for day in sorted(days)]


def _voted(file: Path) -> Iterator[tuple[str, Voted]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                yield min(row["daily_dates"]), _paper(row)
            except (ValueError, KeyError, TypeError) as error:
                raise SourceError(
                    f"no paper of an edition: {error}", place=f"{file}:{number}", hint=_HINT
                ) from error


def _paper(row: dict[str, Any]) -> Voted:
    kinds = {"github": LinkKind.CODE, "project": LinkKind.PROJECT}
    links = tuple(Link(kind, row[name]) for name, kind in kinds.items() if row.get(name))
    facts = Facts(title=clean(row["title"]), abstract=clean(row["abstract"]), links=links)
    return Voted(facts, row["votes"], len(row["authors"]), bool(row.get("organization")))


def ndcg(scores: Scores, gains: Scores, depth: int = 10) -> float:
    """nDCG of the order by falling score, linear gains, 0..1; 0 where nothing has a gain.

    Equal scores count as the mean over all their orders: McSherry and Najork, "Computing
    Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores",
    ECIR 2008.
    """
    ranks = np.arange(len(gains))
    discounts = np.where(ranks < depth, 1 / np.log2(ranks + 2), 0.0)
    best = float(np.sort(gains)[::-1] @ discounts)
    order = np.argsort(-scores, kind="stable")
    _, group, sizes = np.unique(-scores[order], return_inverse=True, return_counts=True)
    shared = (np.bincount(group, discounts) / sizes)[group]
    return float(gains[order] @ shared) / best if best > 0 else 0.0


def kendall(scores: Scores, gains: Scores) -> float:
    """Kendall's tau-b of two orders, -1..1; 0 where one of them is all ties."""
    left, right = (
        np.sign(one[:, None] - one[None])[np.triu_indices(len(one), 1)] for one in (scores, gains)
    )
    pairs = np.sqrt(float(np.count_nonzero(left)) * float(np.count_nonzero(right)))
    return float(left @ right) / pairs if pairs else 0.0


def foreseen(orders: Sequence[tuple[Scores, Scores]]) -> tuple[float, float]:
    """The means over editions of nDCG@10 and Kendall's tau, of each one's (scores, gains)."""
    means = np.mean([(ndcg(*one), kendall(*one)) for one in orders], axis=0)
    return float(means[0]), float(means[1])
