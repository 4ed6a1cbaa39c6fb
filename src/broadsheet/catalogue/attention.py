"""The shelf of attention: to which papers something came lately, and what one needs to weigh it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, exists, func, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import CHANGES, COMMENT_TEXTS, COMMENTS, PAPERS, SIGNALS, VOTES
from broadsheet.catalogue.statements import Question, among
from broadsheet.catalogue.votes import is_own
from broadsheet.papers import PartialDate, SignalKind

COUNTED = (SignalKind.VOTES, SignalKind.COMMENTS, SignalKind.STARS, SignalKind.CITATIONS)
"""The kinds of signals that are attention."""
_EARLIER = COMMENTS.alias("earlier")
_COUNTS = (
    COMMENTS.c.hidden.is_(None)
    & exists().where(COMMENT_TEXTS.c.comment_key == COMMENTS.c.key)
    & ~is_own(COMMENTS)
    & ~exists().where(
        _EARLIER.c.paper_key == COMMENTS.c.paper_key,
        _EARLIER.c.reader_key == COMMENTS.c.reader_key,
        _EARLIER.c.key < COMMENTS.c.key,
        _EARLIER.c.hidden.is_(None),
    )
)
"""A comment that is attention: shown, and its reader's first on a paper that is not their own.

Who writes thirty would otherwise be thirty people.
"""


class Dated(NamedTuple):
    """When a paper was announced (None if unknown), and the number of its last change."""

    announced: PartialDate | None
    change: int


@dataclass(frozen=True, slots=True)
class AttentionShelf:
    """Votes, comments and signals by the moment at which they came."""

    connection: Connection

    def since(self, moment: datetime, until: datetime, most: int) -> dict[int, datetime]:
        """The papers to which something came from a moment until another, with the last moment.

        Of our readers' votes and comments and of each kind of signal at most `most` papers: those
        with the most votes or comments, or the greatest counts.
        """
        first, last = to_micros(moment), to_micros(until)
        found: dict[int, int] = {}
        for question in self._questions(first, last):
            for key, at, _ in self.connection.execute(question.limit(most)):
                found[key] = max(at, found.get(key, at))
        return {key: from_micros(at) for key, at in found.items()}

    def _questions(self, first: int, last: int) -> list[Question]:
        """Paper, last moment and how much, the most first, for each kind of attention."""
        votes, comments, signals = VOTES.c, COMMENTS.c, SIGNALS.c
        is_counted = (votes.held == "") & ~is_own(VOTES)
        asked = [
            _greatest(votes.paper_key, votes.at, func.count(), is_counted, first, last),
            _greatest(comments.paper_key, comments.at, func.count(), _COUNTS, first, last),
        ]
        for kind in COUNTED:
            where = (signals.kind == str(kind)) & (signals.value > 0)
            most = func.max(signals.value)
            asked.append(_greatest(signals.paper_key, signals.at, most, where, first, last))
        return asked

    def commented(self, paper_keys: Iterable[int]) -> dict[int, list[datetime]]:
        """When the comments on each of the papers were written: of each reader the first shown.

        Those of a paper's verified authors are left out. The earliest first; every key has a list.
        """
        found: dict[int, list[datetime]] = {key: [] for key in paper_keys}
        question = select(COMMENTS.c.paper_key, COMMENTS.c.at).where(_COUNTS)
        rows = among(self.connection, question, COMMENTS.c.paper_key, list(found))
        for key, at in sorted((row.paper_key, row.at) for row in rows):
            found[key].append(from_micros(at))
        return found

    def dated(self, paper_keys: Iterable[int]) -> dict[int, Dated]:
        """Of the papers those that are neither withdrawn nor retracted."""
        question = (
            select(PAPERS.c.key, PAPERS.c.announced, CHANGES.c.seq)
            .join(CHANGES, CHANGES.c.paper_key == PAPERS.c.key, isouter=True)
            .where(~PAPERS.c.withdrawn, ~PAPERS.c.retracted)
        )
        rows = among(self.connection, question, PAPERS.c.key, paper_keys)
        return {row.key: Dated(_date(row.announced), row.seq or 0) for row in rows}


def _greatest(
    paper: ColumnElement[int],
    at: ColumnElement[int],
    amount: ColumnElement[int],
    where: ColumnElement[bool],
    first: int,
    last: int,
) -> Question:
    return (
        select(paper, func.max(at), amount)
        .where(at >= first, at <= last, where)
        .group_by(paper)
        .order_by(amount.desc(), paper)
    )


def _date(written: str | None) -> PartialDate | None:
    return None if written is None else PartialDate.parse(written)
