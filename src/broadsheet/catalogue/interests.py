"""The shelf of interests: what readers and subscribers said of papers, for orders to learn from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Join, Table, case, delete, func, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import INTERESTS, READERS, SUBSCRIPTIONS
from broadsheet.catalogue.statements import insert_all, next_numbers

_ACTIVE = "active"


class Choice(StrEnum):
    """What somebody may say of a paper."""

    SAVE = "save"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Interest:
    """What was said of one paper, and when: aware UTC."""

    paper_key: int
    choice: Choice
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonalChoice:
    """What somebody said of a paper; `person` tells them from others and names nobody."""

    person: int
    paper_key: int
    choice: Choice


@dataclass(frozen=True, slots=True)
class InterestShelf:
    """What was said, by whom: a subscription, or a reader."""

    connection: Connection

    def say(
        self,
        paper_key: int,
        choice: Choice,
        now: datetime,
        *,
        subscription_key: int | None = None,
        reader_key: int | None = None,
    ) -> None:
        """Keep what was said of a paper; more and less undo each other."""
        undone = [Choice.SAVE] if choice is Choice.SAVE else [Choice.MORE, Choice.LESS]
        self.connection.execute(
            delete(INTERESTS).where(
                _whose(subscription_key, reader_key),
                INTERESTS.c.paper_key == paper_key,
                INTERESTS.c.choice.in_([str(each) for each in undone]),
            )
        )
        row = {
            "key": next_numbers(self.connection, "interest", 1),
            "subscription_key": subscription_key,
            "reader_key": reader_key,
            "paper_key": paper_key,
            "choice": str(choice),
            "at": to_micros(now),
        }
        insert_all(self.connection, INTERESTS, [row])

    def said(
        self, *, subscription_key: int | None = None, reader_key: int | None = None
    ) -> list[Interest]:
        """All that a subscriber or a reader said, in the order in which it was said."""
        question = (
            select(INTERESTS)
            .where(_whose(subscription_key, reader_key))
            .order_by(INTERESTS.c.at, INTERESTS.c.key)
        )
        return [
            Interest(row.paper_key, Choice(row.choice), from_micros(row.at))
            for row in self.connection.execute(question)
        ]

    def lately(self, since: datetime, limit: int) -> list[PersonalChoice]:
        """The last things that people said of papers since a moment: of each as many as of others.

        A reader and their subscriptions are one person. Suspended readers, and subscriptions that
        are not confirmed or have ended, say nothing.
        """
        asked = asking(INTERESTS)
        latest = INTERESTS.c.at.desc(), INTERESTS.c.key.desc()
        place = func.row_number().over(partition_by=asked.person, order_by=latest)
        question = (
            select(asked.person, INTERESTS.c.paper_key, INTERESTS.c.choice)
            .select_from(asked.joined)
            .where(asked.counts, INTERESTS.c.at >= to_micros(since))
            .order_by(place, *latest)
            .limit(limit)
        )
        rows = self.connection.execute(question)
        return [PersonalChoice(row[0], row.paper_key, Choice(row.choice)) for row in rows]


class Asking(NamedTuple):
    """Who a row of a table is of: joined to that, a number of the person, and whether it counts."""

    joined: Join
    person: ColumnElement[int]
    counts: ColumnElement[bool]


def asking(table: Table) -> Asking:
    """Who the rows of a table with readers and subscriptions are of."""
    reader_key = func.coalesce(table.c.reader_key, SUBSCRIPTIONS.c.reader_key)
    joined = table.outerjoin(
        SUBSCRIPTIONS, SUBSCRIPTIONS.c.key == table.c.subscription_key
    ).outerjoin(READERS, READERS.c.key == reader_key)
    is_active = SUBSCRIPTIONS.c.state == _ACTIVE
    return Asking(
        joined,
        func.coalesce(reader_key, -table.c.subscription_key).label("person"),
        case((READERS.c.key.is_not(None), READERS.c.suspended.is_(None)), else_=is_active),
    )


def _whose(subscription_key: int | None, reader_key: int | None) -> ColumnElement[bool]:
    if subscription_key is not None:
        return INTERESTS.c.subscription_key == subscription_key
    return INTERESTS.c.reader_key == reader_key
