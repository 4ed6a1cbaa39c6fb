"""The shelf of interests: what readers and subscribers said of papers, for orders to learn from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import INTERESTS
from broadsheet.catalogue.statements import insert_all, next_numbers


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


def _whose(subscription_key: int | None, reader_key: int | None) -> ColumnElement[bool]:
    if subscription_key is not None:
        return INTERESTS.c.subscription_key == subscription_key
    return INTERESTS.c.reader_key == reader_key
