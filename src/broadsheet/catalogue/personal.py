"""The shelf of personal data: all that is kept of one reader, to hand over or to forget."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, or_, select, update

from broadsheet.catalogue.encoding import to_json
from broadsheet.catalogue.schema import (
    CLAIMS,
    COMMENT_TEXTS,
    COMMENTS,
    EDITION_CHANGES,
    EDITION_PAPERS,
    EDITIONS,
    METADATA,
    MODERATION,
    NOTICES,
    OUTBOX,
    PAPER_ORGANISATIONS,
    PASSES,
    READERS,
    REPORTS,
    SUBMISSIONS,
)
from broadsheet.catalogue.subscriptions import forget_subscriber
from broadsheet.people import Reader

DELETED = "deleted"
"""What stands where the name of somebody who left stood."""

_STAY = (COMMENTS, SUBMISSIONS, REPORTS)
"""Tables whose rows stay without their reader, since others answered to them."""
_SIGNED: tuple[Column[str], ...] = (
    COMMENTS.c.hidden_by,
    CLAIMS.c.settled_by,
    PAPER_ORGANISATIONS.c.by,
    EDITIONS.c.made_by,
    EDITION_PAPERS.c.picked_by,
    EDITION_CHANGES.c.actor,
    MODERATION.c.actor,
)
"""Columns that hold a reader's name and nothing else."""
_TOLD: tuple[Column[str], ...] = (
    COMMENTS.c.hidden_why,
    REPORTS.c.why,
    EDITION_CHANGES.c.why,
    MODERATION.c.why,
    NOTICES.c.text,
)
"""Columns with sentences in which names and addresses of readers stand.

None that a program reads: whoever is called `comment` must take no report along.
"""
_SUBJECTS: tuple[Column[str], ...] = (REPORTS.c.subject, MODERATION.c.subject)
"""Columns that hold `reader:` and a name where they are about a reader."""
_SENTENCE = "text"
"""The value of a letter that is a sentence of ours; the others are read by programs."""
_UNSHOWN = {"digest", "password", "public_key", "values"}


@dataclass(frozen=True, slots=True)
class PersonalShelf:
    """What every table holds of a reader, found by its columns that name readers."""

    connection: Connection

    def of(self, reader: Reader) -> dict[str, list[dict[str, Any]]]:
        """All rows that are a reader's, by table; without what is secret.

        Moments are microseconds since 1970, UTC, as they are kept.
        """
        found = {"readers": self._rows(READERS, READERS.c.key == reader.key)}
        for table in _tables_of_readers():
            found[table.name] = self._rows(table, table.c.reader_key == reader.key)
        own = select(COMMENTS.c.key).where(COMMENTS.c.reader_key == reader.key)
        found["comment_texts"] = self._rows(COMMENT_TEXTS, COMMENT_TEXTS.c.comment_key.in_(own))
        return {name: rows for name, rows in sorted(found.items()) if rows}

    def forget(self, reader: Reader) -> None:
        """Leave no trace of a reader: comments stay without a reader and a text.

        Rows that others need, such as submissions and what moderators did, keep `deleted` for a
        name. On SQLite what is deleted is overwritten too.
        """
        on_sqlite = self.connection.dialect.name == "sqlite"
        if on_sqlite:
            self.connection.exec_driver_sql("PRAGMA secure_delete = ON")
        own = select(COMMENTS.c.key).where(COMMENTS.c.reader_key == reader.key)
        self.connection.execute(delete(COMMENT_TEXTS).where(COMMENT_TEXTS.c.comment_key.in_(own)))
        forget_subscriber(self.connection, reader.key, reader.email)
        written = update(REPORTS).where(REPORTS.c.reader_key == reader.key)
        self.connection.execute(written.values(why=""))
        for table in _tables_of_readers():
            mine = table.c.reader_key == reader.key
            if table in _STAY:
                self.connection.execute(update(table).where(mine).values(reader_key=None))
            else:
                self.connection.execute(delete(table).where(mine))
        if reader.email:
            self.connection.execute(delete(PASSES).where(PASSES.c.email == reader.email))
            self.connection.execute(delete(OUTBOX).where(OUTBOX.c.recipient == reader.email))
        self.rename(reader.name, DELETED)
        self._unname(reader)
        self.connection.execute(delete(READERS).where(READERS.c.key == reader.key))
        if on_sqlite:
            self.connection.exec_driver_sql("PRAGMA secure_delete = OFF")

    def rename(self, former: str, name: str) -> None:
        """Write a reader's new name where what they did is signed with the former one."""
        for column in _SIGNED:
            signed = update(column.table).where(column == former)
            self.connection.execute(signed.values({column.name: name}))

    def _rows(self, table: Table, where: Any) -> list[dict[str, Any]]:
        found = self.connection.execute(select(table).where(where))
        return [_shown(row._mapping) for row in found]

    def _unname(self, reader: Reader) -> None:
        """Take the name, the full name and the address out of texts of ours."""
        for column in _SUBJECTS:
            about = update(column.table).where(column == f"reader:{reader.name}")
            self.connection.execute(about.values({column.name: f"reader:{DELETED}"}))
        words = [word for word in (reader.email, reader.full_name, reader.name) if word]
        pattern = re.compile(
            "|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words), re.IGNORECASE
        )
        for column in _TOLD:
            keys = list(column.table.primary_key.columns)
            likely = or_(*(column.icontains(word, autoescape=True) for word in words))
            for row in self.connection.execute(select(*keys, column).where(likely)).all():
                same = and_(*(key == value for key, value in zip(keys, row[:-1], strict=True)))
                changed = {column.name: pattern.sub(DELETED, row[-1])}
                self.connection.execute(update(column.table).where(same).values(changed))
        self._unname_letters(words, pattern)

    def _unname_letters(self, words: list[str], pattern: re.Pattern[str]) -> None:
        """Take the words out of what letters that wait are to say, but not out of their links."""
        column = OUTBOX.c["values"]
        likely = or_(*(column.icontains(to_json(word)[1:-1], autoescape=True) for word in words))
        for row in self.connection.execute(select(OUTBOX.c.key, column).where(likely)).all():
            told: dict[str, str] = json.loads(row[1])
            changed = {
                name: pattern.sub(DELETED, value) if name == _SENTENCE else value
                for name, value in told.items()
            }
            which = update(OUTBOX).where(OUTBOX.c.key == row.key)
            self.connection.execute(which.values({column.name: to_json(changed)}))


def _tables_of_readers() -> list[Table]:
    """Every table with rows that are somebody's."""
    return [table for table in METADATA.sorted_tables if "reader_key" in table.columns]


def _shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if name not in _UNSHOWN}
