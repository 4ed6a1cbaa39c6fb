"""The shelf of submissions: which papers somebody brought in here, and what a desk should know."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_json, to_micros
from broadsheet.catalogue.schema import SUBMISSIONS
from broadsheet.catalogue.statements import AnyRow, among, insert_all, next_numbers


class SubmissionState(StrEnum):
    """Where a submission is: `filed`, or somebody at the desk has `seen` what was to be said."""

    FILED = "filed"
    SEEN = "seen"


class Concern(NamedTuple):
    """A flag of a submission, for the desk: its name, and the sentence or figure that told it."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One paper that was submitted; `reader_key` is None once its submitter's account is gone.

    `media` are the addresses of pictures and films of it; `at` is aware UTC.
    """

    paper_key: int
    reader_key: int | None
    at: datetime
    media: tuple[str, ...] = ()
    concerns: tuple[Concern, ...] = ()
    state: SubmissionState = SubmissionState.FILED
    key: int = 0


@dataclass(frozen=True, slots=True)
class SubmissionShelf:
    """The submissions, of each paper at most one."""

    connection: Connection

    def add(self, submission: Submission) -> Submission:
        """File a submission, whose key is given here; CatalogueError if its paper has one."""
        filed = replace(submission, key=next_numbers(self.connection, "submission", 1))
        insert_all(self.connection, SUBMISSIONS, [_columns(filed)])
        return filed

    def get(self, key: int) -> Submission | None:
        """The submission with a key."""
        return next(iter(self._found(SUBMISSIONS.c.key == key, 1)), None)

    def of_papers(self, keys: Iterable[int]) -> dict[int, Submission]:
        """The submission of each of the papers that has one."""
        rows = among(self.connection, select(SUBMISSIONS), SUBMISSIONS.c.paper_key, keys)
        return {row.paper_key: _submission(row) for row in rows}

    def of_reader(self, reader_key: int, limit: int) -> list[Submission]:
        """What somebody submitted, the latest first."""
        return self._found(SUBMISSIONS.c.reader_key == reader_key, limit)

    def latest(self, limit: int) -> list[Submission]:
        """All submissions, the latest first."""
        return self._found(SUBMISSIONS.c.key > 0, limit)

    def flagged(self, limit: int) -> list[Submission]:
        """Those with concerns that nobody at the desk has seen, the latest first."""
        filed = SUBMISSIONS.c.state == str(SubmissionState.FILED)
        return self._found(filed & (SUBMISSIONS.c.screening != ""), limit)

    def count_since(self, reader_key: int, moment: datetime) -> int:
        """How many papers somebody submitted from a moment on."""
        counted = (
            select(func.count())
            .select_from(SUBMISSIONS)
            .where(SUBMISSIONS.c.reader_key == reader_key, SUBMISSIONS.c.at >= to_micros(moment))
        )
        return self.connection.execute(counted).scalar_one()

    def settle(self, key: int, state: SubmissionState) -> None:
        """Note where a submission is."""
        chosen = update(SUBMISSIONS).where(SUBMISSIONS.c.key == key)
        self.connection.execute(chosen.values(state=str(state)))

    def _found(self, where: ColumnElement[bool], limit: int) -> list[Submission]:
        order = SUBMISSIONS.c.at.desc(), SUBMISSIONS.c.key.desc()
        question = select(SUBMISSIONS).where(where).order_by(*order).limit(limit)
        return [_submission(row) for row in self.connection.execute(question)]


def _columns(submission: Submission) -> dict[str, object]:
    return {
        "key": submission.key,
        "paper_key": submission.paper_key,
        "reader_key": submission.reader_key,
        "at": to_micros(submission.at),
        "state": str(submission.state),
        "media": to_json(submission.media),
        "screening": to_json(submission.concerns),
    }


def _submission(row: AnyRow) -> Submission:
    concerns = json.loads(row.screening) if row.screening else ()
    return Submission(
        key=row.key,
        paper_key=row.paper_key,
        reader_key=row.reader_key,
        at=from_micros(row.at),
        state=SubmissionState(row.state),
        media=tuple(json.loads(row.media)) if row.media else (),
        concerns=tuple(Concern(*one) for one in concerns),
    )
