"""The shelf of matches: what finds papers that may be one, and the pairs left to decide."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, or_, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import BANDS, PAIRS, PAPERS
from broadsheet.catalogue.statements import among, chunks, insert_new
from broadsheet.errors import NotFoundError


class Decision(StrEnum):
    """What somebody decided about a doubtful pair."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two papers that may be one: `left` < `right`, `similarity` from 0 to 1."""

    left: int
    right: int
    reason: str
    similarity: float
    found_at: datetime
    decided: Decision | None = None


@dataclass(frozen=True, slots=True)
class MatchShelf:
    """Title keys and bands that lead to papers, and the doubtful pairs."""

    connection: Connection

    def titled(self, keys: Iterable[str]) -> dict[str, list[int]]:
        """The keys of the papers with each of these title keys; those of none are left out."""
        question = select(PAPERS.c.title_key, PAPERS.c.key)
        found: dict[str, list[int]] = defaultdict(list)
        for title_key, key in among(self.connection, question, PAPERS.c.title_key, keys):
            found[title_key].append(key)
        return {title_key: sorted(papers) for title_key, papers in found.items()}

    def banded(self, bands: Iterable[int]) -> dict[int, list[int]]:
        """The keys of the papers in each of these bands; those of none are left out.

        Bands are signed 64-bit numbers.
        """
        question = select(BANDS.c.band, BANDS.c.paper_key)
        found: dict[int, list[int]] = defaultdict(list)
        for band, key in among(self.connection, question, BANDS.c.band, bands):
            found[band].append(key)
        return {band: sorted(papers) for band, papers in found.items()}

    def add_bands(self, rows: Sequence[tuple[int, int]]) -> None:
        """Put papers into bands: (band, paper key); repeats are ignored."""
        insert_new(self.connection, BANDS, [{"band": band, "paper_key": key} for band, key in rows])

    def drop_bands(self, paper_keys: Iterable[int]) -> None:
        """Take papers out of all their bands."""
        for chunk in chunks(paper_keys):
            self.connection.execute(delete(BANDS).where(BANDS.c.paper_key.in_(chunk)))

    def pair(self, left: int, right: int, reason: str, similarity: float, at: datetime) -> None:
        """Note that two papers may be one; a pair that is noted already stays as it is.

        Raises ValueError for a paper and itself.
        """
        if left == right:
            raise ValueError(f"paper {left} cannot be paired with itself")
        row = {
            "left_key": min(left, right),
            "right_key": max(left, right),
            "reason": reason,
            "similarity": similarity,
            "found_at": to_micros(at),
            "decided": None,
        }
        insert_new(self.connection, PAIRS, [row])

    def pairs(self, *, undecided_only: bool = True, limit: int = 100) -> list[Pair]:
        """At most `limit` pairs, the most similar first."""
        question = select(PAIRS).order_by(
            PAIRS.c.similarity.desc(), PAIRS.c.left_key, PAIRS.c.right_key
        )
        if undecided_only:
            question = question.where(PAIRS.c.decided.is_(None))
        return [
            Pair(
                left=row.left_key,
                right=row.right_key,
                reason=row.reason,
                similarity=row.similarity,
                found_at=from_micros(row.found_at),
                decided=Decision(row.decided) if row.decided else None,
            )
            for row in self.connection.execute(question.limit(limit))
        ]

    def decide(self, left: int, right: int, decision: Decision) -> None:
        """Write down what was decided about a pair; NotFoundError if there is no such pair."""
        low, high = sorted((left, right))
        done = self.connection.execute(
            update(PAIRS)
            .where(PAIRS.c.left_key == low, PAIRS.c.right_key == high)
            .values(decided=str(decision))
        )
        if not done.rowcount:
            raise NotFoundError(f"Papers {low} and {high} are not a doubtful pair.")

    def move(self, gone: int, into: int) -> None:
        """Give the bands and pairs of paper `gone` to another.

        Where both had a pair with the same third paper, a decision outweighs none.
        """
        bands = self.connection.execute(select(BANDS.c.band).where(BANDS.c.paper_key == gone))
        self.add_bands([(band, into) for band in bands.scalars()])
        self.drop_bands([gone])
        touching = or_(PAIRS.c.left_key == gone, PAIRS.c.right_key == gone)
        rows = list(self.connection.execute(select(PAIRS).where(touching)))
        self.connection.execute(delete(PAIRS).where(touching))
        for row in rows:
            third = row.right_key if row.left_key == gone else row.left_key
            if third == into:
                continue
            low, high = sorted((third, into))
            moved = {**row._mapping, "left_key": low, "right_key": high}
            insert_new(self.connection, PAIRS, [moved])
            if row.decided:
                self.connection.execute(
                    update(PAIRS)
                    .where(
                        PAIRS.c.left_key == low,
                        PAIRS.c.right_key == high,
                        PAIRS.c.decided.is_(None),
                    )
                    .values(decided=row.decided)
                )
