"""The shelf of moderation: what readers report, and what was done by whom, with the reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import MODERATION, REPORTS
from broadsheet.catalogue.statements import AnyRow, insert_all, next_numbers


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to a subject (`comment:7`, `paper:arxiv:2101.00001`), and why.

    `actor` is a name, which outlives the account; `at` is aware UTC.
    """

    key: int
    actor: str
    action: str
    subject: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader says is wrong with a subject; None for a reader whose account is gone."""

    key: int
    subject: str
    reader_key: int | None
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ModerationShelf:
    """The log of what was done, and the reports."""

    connection: Connection

    def note(self, actor_name: str, action: str, subject: str, why: str, now: datetime) -> int:
        """Write into the log what somebody did; the key of the line."""
        key = next_numbers(self.connection, "moderation", 1)
        row = {
            "key": key,
            "actor": actor_name,
            "action": action,
            "subject": subject,
            "why": why,
            "at": to_micros(now),
        }
        insert_all(self.connection, MODERATION, [row])
        return key

    def log(self, limit: int, before: int | None = None) -> list[Deed]:
        """The latest lines of the log, at most `limit`, the latest first.

        With `before` those whose keys are below it.
        """
        question = select(MODERATION).order_by(MODERATION.c.key.desc()).limit(limit)
        if before is not None:
            question = question.where(MODERATION.c.key < before)
        return [_deed(row) for row in self.connection.execute(question)]

    def about(self, subject: str) -> list[Deed]:
        """The lines about one subject, the earliest first."""
        question = select(MODERATION).where(MODERATION.c.subject == subject)
        rows = self.connection.execute(question.order_by(MODERATION.c.key))
        return [_deed(row) for row in rows]

    def report(self, subject: str, reader_key: int, why: str, now: datetime) -> bool:
        """File what a reader says of a subject; False if they said something of it before."""
        there = select(REPORTS.c.key).where(
            REPORTS.c.subject == subject, REPORTS.c.reader_key == reader_key
        )
        if self.connection.execute(there).first() is not None:
            return False
        row = {
            "key": next_numbers(self.connection, "report", 1),
            "subject": subject,
            "reader_key": reader_key,
            "why": why,
            "at": to_micros(now),
            "settled": None,
            "outcome": "",
        }
        insert_all(self.connection, REPORTS, [row])
        return True

    def open_reports(self) -> list[Report]:
        """The reports that nobody has settled, the earliest first."""
        question = select(REPORTS).where(REPORTS.c.settled.is_(None)).order_by(REPORTS.c.key)
        return [_report(row) for row in self.connection.execute(question)]

    def settle(self, subject: str, outcome: str, now: datetime) -> int:
        """Settle the open reports about a subject; how many."""
        still_open = (REPORTS.c.subject == subject) & REPORTS.c.settled.is_(None)
        settled = {"settled": to_micros(now), "outcome": outcome}
        return self.connection.execute(update(REPORTS).where(still_open).values(settled)).rowcount


def _deed(row: AnyRow) -> Deed:
    return Deed(
        key=row.key,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        why=row.why,
        at=from_micros(row.at),
    )


def _report(row: AnyRow) -> Report:
    return Report(
        key=row.key,
        subject=row.subject,
        reader_key=row.reader_key,
        why=row.why,
        at=from_micros(row.at),
    )
