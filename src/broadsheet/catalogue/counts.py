"""The shelf of counts: how many papers there are of each kind, asked of the tables themselves."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, func, select

from broadsheet.catalogue.schema import PAIRS, PAPERS, QUARANTINE, RECORDS

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CountShelf:
    """Counts of papers, records and what was set aside; nothing is kept here."""

    connection: Connection

    def lacking(self) -> dict[str, int]:
        """How many papers lack a fact, by its name (`abstract`, `announced`, `licence`, …)."""
        empty = {
            "abstract": PAPERS.c.abstract == "",
            "authors": PAPERS.c.authors == "",
            "announced": PAPERS.c.announced.is_(None),
            "categories": PAPERS.c.categories == "",
            "licence": PAPERS.c.licence == "",
        }
        return {name: self._papers(condition) for name, condition in empty.items()}

    def marked(self) -> dict[str, int]:
        """How many papers are withdrawn, retracted, or have a summary in place of an abstract."""
        conditions = {
            "withdrawn": PAPERS.c.withdrawn.is_(True),
            "retracted": PAPERS.c.retracted.is_(True),
            "summary": PAPERS.c.summary_by != "",
        }
        return {name: self._papers(condition) for name, condition in conditions.items()}

    def years(self) -> dict[int, int]:
        """How many papers were announced in each year, the first year first."""
        return dict(self._grouped(PAPERS.c.year, PAPERS.c.year.is_not(None)))

    def licences(self) -> dict[str, int]:
        """How many papers are under each licence, the most frequent first."""
        counts = Counter(dict(self._grouped(PAPERS.c.licence, PAPERS.c.licence != "")))
        return dict(counts.most_common())

    def categories(self) -> dict[str, int]:
        """How many papers are in each category, the most frequent first; a paper may be in more."""
        counts: Counter[str] = Counter()
        for listed, count in self._grouped(PAPERS.c.categories, PAPERS.c.categories != ""):
            for name in json.loads(listed):
                counts[name] += count
        return dict(counts.most_common())

    def sources(self) -> dict[str, int]:
        """How many papers each source speaks of, by its name; a paper may have several."""
        papers = func.count(RECORDS.c.paper_key.distinct())
        question = select(RECORDS.c.source, papers).group_by(RECORDS.c.source)
        rows = self.connection.execute(question.order_by(RECORDS.c.source))
        return {row[0]: row[1] for row in rows}

    def set_aside(self) -> dict[str, int]:
        """How many records are in quarantine for each reason, the most frequent first."""
        question = select(QUARANTINE.c.reason, func.count()).group_by(QUARANTINE.c.reason)
        rows = self.connection.execute(question.order_by(func.count().desc(), QUARANTINE.c.reason))
        return {row[0]: row[1] for row in rows}

    def as_received(self) -> int:
        """How many papers have a record whose texts people want left as they were received."""
        papers = func.count(RECORDS.c.paper_key.distinct())
        question = select(papers).where(RECORDS.c.as_received.is_(True))
        return self.connection.execute(question).scalar_one()

    def doubtful(self) -> int:
        """How many pairs of papers nobody has decided yet."""
        question = select(func.count()).select_from(PAIRS).where(PAIRS.c.decided.is_(None))
        return self.connection.execute(question).scalar_one()

    def _papers(self, condition: ColumnElement[bool]) -> int:
        question = select(func.count()).select_from(PAPERS).where(condition)
        return self.connection.execute(question).scalar_one()

    def _grouped(
        self, column: ColumnElement[_T], condition: ColumnElement[bool]
    ) -> list[tuple[_T, int]]:
        question = select(column, func.count()).where(condition).group_by(column).order_by(column)
        return [(value, count) for value, count in self.connection.execute(question)]
