"""The shelf of votes: who voted for which paper, and which of the votes wait for the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import CLAIMS, VOTES
from broadsheet.catalogue.statements import AnyRow, among, insert_new
from broadsheet.people import Vote

VERIFIED = "verified"
"""The state of a claim that a moderator or an ORCID bears out."""


def is_own(rows: Table) -> ColumnElement[bool]:
    """Whether a row's paper is its reader's own, by a verified claim; of votes or comments."""
    return exists().where(
        CLAIMS.c.paper_key == rows.c.paper_key,
        CLAIMS.c.reader_key == rows.c.reader_key,
        CLAIMS.c.state == VERIFIED,
    )


_IS_OWN = is_own(VOTES)


@dataclass(frozen=True, slots=True)
class VoteShelf:
    """The votes by paper and reader; how many a paper has is counted each time, kept nowhere.

    A vote for a paper that is the reader's own (a verified claim) counts as none, whenever it was
    cast.
    """

    connection: Connection

    def cast(self, vote: Vote) -> bool:
        """File a vote, unless that reader's vote for that paper is there; whether it is new."""
        if self.get(vote.paper_key, vote.reader_key) is not None:
            return False
        row = {
            "paper_key": vote.paper_key,
            "reader_key": vote.reader_key,
            "at": to_micros(vote.at),
            "held": vote.held,
        }
        insert_new(self.connection, VOTES, [row])
        return True

    def withdraw(self, paper_key: int, reader_key: int) -> bool:
        """Take a vote away; whether there was one."""
        gone = delete(VOTES).where(_one(paper_key, reader_key))
        return bool(self.connection.execute(gone).rowcount)

    def hold(self, paper_key: int, reader_key: int, why: str) -> None:
        """Let a vote wait for the desk, and not count meanwhile; an empty `why` lets it count."""
        held = update(VOTES).where(_one(paper_key, reader_key)).values(held=why)
        self.connection.execute(held)

    def get(self, paper_key: int, reader_key: int) -> Vote | None:
        """The vote of a reader for a paper."""
        row = self.connection.execute(select(VOTES).where(_one(paper_key, reader_key)))
        found = row.one_or_none()
        return None if found is None else _vote(found)

    def count(self, paper_keys: Iterable[int]) -> dict[int, int]:
        """How many votes of each paper count; every key has a number."""
        found = dict.fromkeys(paper_keys, 0)
        question = (
            select(VOTES.c.paper_key, func.count().label("votes"))
            .where(VOTES.c.held == "", ~_IS_OWN)
            .group_by(VOTES.c.paper_key)
        )
        for row in among(self.connection, question, VOTES.c.paper_key, list(found)):
            found[row.paper_key] = row.votes
        return found

    def of_papers(self, paper_keys: Iterable[int]) -> dict[int, list[Vote]]:
        """The votes for each of the papers but its authors', those that are held among them.

        The earliest first; every key has a list.
        """
        found: dict[int, list[Vote]] = {key: [] for key in paper_keys}
        question = select(VOTES).where(~_IS_OWN)
        rows = among(self.connection, question, VOTES.c.paper_key, list(found))
        for vote in sorted(map(_vote, rows), key=_order):
            found[vote.paper_key].append(vote)
        return found

    def of_readers(self, reader_keys: Iterable[int]) -> dict[int, list[Vote]]:
        """The votes of each of the readers, the earliest first; every key has a list."""
        found: dict[int, list[Vote]] = {key: [] for key in reader_keys}
        question = select(VOTES).where(~_IS_OWN)
        rows = among(self.connection, question, VOTES.c.reader_key, list(found))
        for vote in sorted(map(_vote, rows), key=_order):
            found[vote.reader_key].append(vote)
        return found

    def voted(self, reader_key: int, paper_keys: Iterable[int]) -> set[int]:
        """Which of the papers a reader voted for, whether it counts or waits."""
        question = select(VOTES.c.paper_key).where(VOTES.c.reader_key == reader_key)
        return {
            row.paper_key for row in among(self.connection, question, VOTES.c.paper_key, paper_keys)
        }

    def authors(self, paper_keys: Iterable[int]) -> dict[int, set[int]]:
        """The readers of whom it is verified that a paper is their own; every key has a set."""
        found: dict[int, set[int]] = {key: set() for key in paper_keys}
        question = select(CLAIMS.c.paper_key, CLAIMS.c.reader_key).where(CLAIMS.c.state == VERIFIED)
        for row in among(self.connection, question, CLAIMS.c.paper_key, list(found)):
            found[row.paper_key].add(row.reader_key)
        return found

    def cast_since(self, reader_key: int, since: datetime) -> list[datetime]:
        """When a reader cast the votes that stand, from a moment on; the earliest first."""
        question = (
            select(VOTES.c.at)
            .where(VOTES.c.reader_key == reader_key, VOTES.c.at >= to_micros(since))
            .order_by(VOTES.c.at)
        )
        return [from_micros(at) for at in self.connection.execute(question).scalars()]

    def held(self) -> list[Vote]:
        """The votes that wait for the desk, the earliest first."""
        rows = self.connection.execute(select(VOTES).where(VOTES.c.held != "", ~_IS_OWN))
        return sorted(map(_vote, rows), key=_order)


def _one(paper_key: int, reader_key: int) -> ColumnElement[bool]:
    return (VOTES.c.paper_key == paper_key) & (VOTES.c.reader_key == reader_key)


def _order(vote: Vote) -> tuple[datetime, int, int]:
    return vote.at, vote.paper_key, vote.reader_key


def _vote(row: AnyRow) -> Vote:
    return Vote(row.paper_key, row.reader_key, from_micros(row.at), row.held)
