"""The shelf of candidates: papers that were announced, came or were submitted at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from broadsheet.catalogue.encoding import to_micros
from broadsheet.catalogue.schema import PAPERS, READERS, RECORDS, SIGNALS, SUBMISSIONS
from broadsheet.catalogue.statements import among
from broadsheet.papers import SignalKind

_DAY = str(SignalKind.EDITION_DAY)


@dataclass(frozen=True, slots=True)
class CandidateShelf:
    """What may go into an edition, by the day or moment at which something was said of it."""

    connection: Connection

    def announced(self, first: str, last: str) -> set[int]:
        """The papers that were announced on a day from `first` to `last` (ISO 8601)."""
        day = PAPERS.c.announced
        # A month alone, `2026-11`, sorts before its days and is no day.
        is_day = func.length(day) == len(first)
        question = select(PAPERS.c.key).where(day >= first, day <= last, is_day)
        return set(self.connection.execute(question).scalars())

    def came(self, paper_keys: Iterable[int], opens: datetime, closes: datetime) -> set[int]:
        """Those of the papers whose first record was received from `opens` until `closes`."""
        first = func.min(RECORDS.c.received_at)
        question = select(RECORDS.c.paper_key, first.label("first")).group_by(RECORDS.c.paper_key)
        begin, end = to_micros(opens), to_micros(closes)
        rows = among(self.connection, question, RECORDS.c.paper_key, paper_keys)
        return {row.paper_key for row in rows if begin <= row.first < end}

    def submitted_in(self, opens: datetime, closes: datetime) -> set[int]:
        """The papers that were submitted here from `opens` until `closes`."""
        at = SUBMISSIONS.c.at
        question = select(SUBMISSIONS.c.paper_key).where(
            at >= to_micros(opens), at < to_micros(closes)
        )
        return set(self.connection.execute(question).scalars())

    def submitted_by(self, name: str) -> set[int]:
        """The papers that the reader with a name submitted."""
        question = (
            select(SUBMISSIONS.c.paper_key)
            .join(READERS, READERS.c.key == SUBMISSIONS.c.reader_key)
            .where(READERS.c.name == name.lower())
        )
        return set(self.connection.execute(question).scalars())

    def told_days(self, since: str = "", until: str = "") -> dict[str, int]:
        """How many papers sources name for the edition of each day, `2026-11-21`.

        Days from `since` to `until`, where these are given.
        """
        text = SIGNALS.c.text
        where = [SIGNALS.c.kind == _DAY, text != ""]
        if since:
            where.append(text >= since)
        if until:
            where.append(text <= until)
        papers = func.count(SIGNALS.c.paper_key.distinct())
        question = select(text, papers).where(*where).group_by(text)
        rows = self.connection.execute(question)
        return {row[0]: row[1] for row in rows}

    def told_of(self, day: str) -> list[int]:
        """The papers that sources name for the edition of a day, in the order they were filed."""
        question = (
            select(SIGNALS.c.paper_key)
            .where(SIGNALS.c.kind == _DAY, SIGNALS.c.text == day, SIGNALS.c.text != "")
            .distinct()
            .order_by(SIGNALS.c.paper_key)
        )
        return list(self.connection.execute(question).scalars())

    def told_between(self, first: str, last: str) -> dict[str, list[int]]:
        """The same for each day from `first` to `last`, by day."""
        text = SIGNALS.c.text
        question = (
            select(text, SIGNALS.c.paper_key)
            .where(SIGNALS.c.kind == _DAY, text != "", text >= first, text <= last)
            .distinct()
            .order_by(text, SIGNALS.c.paper_key)
        )
        found: dict[str, list[int]] = {}
        for day, key in self.connection.execute(question):
            found.setdefault(day, []).append(key)
        return found

    def told_before(self, day: str) -> str | None:
        """The last day before another of whose edition sources told."""
        return self._edge(func.max(SIGNALS.c.text), SIGNALS.c.text < day)

    def told_after(self, day: str) -> str | None:
        """The first day after another of whose edition sources told."""
        return self._edge(func.min(SIGNALS.c.text), SIGNALS.c.text > day)

    def told_days_of(self, paper_key: int) -> list[str]:
        """The days for whose editions sources name a paper, the last one first."""
        question = (
            select(SIGNALS.c.text)
            .where(SIGNALS.c.paper_key == paper_key, SIGNALS.c.kind == _DAY, SIGNALS.c.text != "")
            .distinct()
        )
        return sorted(self.connection.execute(question).scalars(), reverse=True)

    def _edge(self, which: ColumnElement[str], where: ColumnElement[bool]) -> str | None:
        told = select(which).where(SIGNALS.c.kind == _DAY, SIGNALS.c.text != "", where)
        found: str | None = self.connection.execute(told).scalar_one()
        return found
