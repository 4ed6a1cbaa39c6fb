"""The shelf of comments: what readers say of papers, every text it had, and reactions to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import COMMENT_TEXTS, COMMENTS, REACTIONS
from broadsheet.catalogue.statements import (
    AnyRow,
    Question,
    among,
    insert_all,
    insert_new,
    next_numbers,
)


@dataclass(frozen=True, slots=True)
class CommentText:
    """One text of a comment, as it was written, and when."""

    raw: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment with every text it had, the latest last; moments are aware UTC.

    `parent_key` names the comment that it replies to, which is no reply itself. That of somebody
    whose account is gone has no `reader_key` and no texts.
    """

    key: int
    paper_key: int
    parent_key: int | None
    reader_key: int | None
    at: datetime
    texts: tuple[CommentText, ...]
    hidden: datetime | None = None
    hidden_by: str = ""
    hidden_why: str = ""

    @property
    def raw(self) -> str:
        """The text that is shown, empty if the author took it along."""
        return self.texts[-1].raw if self.texts else ""

    @property
    def updated(self) -> datetime:
        """When that text was written."""
        return self.texts[-1].at if self.texts else self.at

    @property
    def edits(self) -> int:
        """How often it was written anew."""
        return max(0, len(self.texts) - 1)

    @property
    def is_shown(self) -> bool:
        """Whether its text is for everybody to read."""
        return self.hidden is None and bool(self.texts)


@dataclass(frozen=True, slots=True)
class CommentShelf:
    """The comments by key, by paper and by reader."""

    connection: Connection

    def add(
        self, paper_key: int, reader_key: int, raw: str, now: datetime, parent: int | None = None
    ) -> Comment:
        """File a comment, or a reply to the comment with the key `parent`."""
        key = next_numbers(self.connection, "comment", 1)
        row = {
            "key": key,
            "paper_key": paper_key,
            "parent_key": parent,
            "reader_key": reader_key,
            "at": to_micros(now),
            "hidden": None,
            "hidden_by": "",
            "hidden_why": "",
        }
        insert_all(self.connection, COMMENTS, [row])
        self._write(key, 0, raw, now)
        return Comment(
            key=key,
            paper_key=paper_key,
            parent_key=parent,
            reader_key=reader_key,
            at=now,
            texts=(CommentText(raw, now),),
        )

    def edit(self, comment: Comment, raw: str, now: datetime) -> None:
        """Give a comment a new text; the former ones stay."""
        self._write(comment.key, len(comment.texts), raw, now)

    def hide(self, key: int, by: str, why: str, now: datetime) -> None:
        """Note that a comment is not to be shown, who says so and why."""
        hidden = {"hidden": to_micros(now), "hidden_by": by, "hidden_why": why}
        self.connection.execute(update(COMMENTS).where(COMMENTS.c.key == key).values(hidden))

    def show(self, key: int) -> None:
        """Show a hidden comment again."""
        shown = {"hidden": None, "hidden_by": "", "hidden_why": ""}
        self.connection.execute(update(COMMENTS).where(COMMENTS.c.key == key).values(shown))

    def get(self, key: int) -> Comment | None:
        """The comment with a key."""
        return self.by_keys([key]).get(key)

    def by_keys(self, keys: Iterable[int]) -> dict[int, Comment]:
        """The comments with these keys, of those that are there."""
        rows = list(among(self.connection, select(COMMENTS), COMMENTS.c.key, keys))
        return {comment.key: comment for comment in self._comments(rows)}

    def of_papers(self, paper_keys: Iterable[int]) -> dict[int, list[Comment]]:
        """The comments on each of the papers, the earliest first; every key has a list."""
        found: dict[int, list[Comment]] = {key: [] for key in paper_keys}
        rows = list(among(self.connection, select(COMMENTS), COMMENTS.c.paper_key, list(found)))
        for comment in sorted(self._comments(rows), key=lambda one: one.key):
            found[comment.paper_key].append(comment)
        return found

    def of_reader(self, reader_key: int, limit: int) -> list[Comment]:
        """The latest comments of a reader, at most `limit`, the latest first."""
        question = select(COMMENTS).where(COMMENTS.c.reader_key == reader_key)
        rows = self.connection.execute(question.order_by(COMMENTS.c.key.desc()).limit(limit))
        return list(self._comments(rows.all()))

    def count(self, paper_keys: Iterable[int]) -> dict[int, int]:
        """How many comments of each paper are shown; every key has a number."""
        found = dict.fromkeys(paper_keys, 0)
        question = _shown(select(COMMENTS.c.paper_key, func.count().label("comments")))
        grouped = question.group_by(COMMENTS.c.paper_key)
        for row in among(self.connection, grouped, COMMENTS.c.paper_key, list(found)):
            found[row.paper_key] = row.comments
        return found

    def authors(self, paper_keys: Iterable[int]) -> dict[int, set[int]]:
        """The readers whose comments on each of the papers are shown; every key has a set."""
        found: dict[int, set[int]] = {key: set() for key in paper_keys}
        question = _shown(select(COMMENTS.c.paper_key, COMMENTS.c.reader_key)).distinct()
        for row in among(self.connection, question, COMMENTS.c.paper_key, list(found)):
            found[row.paper_key].add(row.reader_key)
        return found

    def written_since(self, reader_key: int, since: datetime) -> list[datetime]:
        """When a reader wrote the comments from a moment on, shown or not; the earliest first."""
        question = (
            select(COMMENTS.c.at)
            .where(COMMENTS.c.reader_key == reader_key, COMMENTS.c.at >= to_micros(since))
            .order_by(COMMENTS.c.at)
        )
        return [from_micros(at) for at in self.connection.execute(question).scalars()]

    def edited_since(self, reader_key: int, since: datetime) -> list[datetime]:
        """When a reader edited comments from a moment on; the earliest first."""
        question = (
            select(COMMENT_TEXTS.c.at)
            .join(COMMENTS, COMMENTS.c.key == COMMENT_TEXTS.c.comment_key)
            .where(
                COMMENTS.c.reader_key == reader_key,
                COMMENT_TEXTS.c.number > 0,
                COMMENT_TEXTS.c.at >= to_micros(since),
            )
            .order_by(COMMENT_TEXTS.c.at)
        )
        return [from_micros(at) for at in self.connection.execute(question).scalars()]

    def react(self, key: int, reader_key: int, reaction: str, now: datetime) -> None:
        """Note a reaction of a reader to a comment; the same again is kept once."""
        row = {
            "comment_key": key,
            "reader_key": reader_key,
            "reaction": reaction,
            "at": to_micros(now),
        }
        insert_new(self.connection, REACTIONS, [row])

    def unreact(self, key: int, reader_key: int, reaction: str) -> bool:
        """Take a reaction away; whether there was one."""
        gone = delete(REACTIONS).where(
            REACTIONS.c.comment_key == key,
            REACTIONS.c.reader_key == reader_key,
            REACTIONS.c.reaction == reaction,
        )
        return bool(self.connection.execute(gone).rowcount)

    def reactions(self, keys: Iterable[int]) -> dict[int, dict[str, list[int]]]:
        """For each of the comments and each reaction to it the readers, the earliest first.

        Every key has a mapping.
        """
        found: dict[int, dict[str, list[int]]] = {key: {} for key in keys}
        rows = among(self.connection, select(REACTIONS), REACTIONS.c.comment_key, list(found))
        for row in sorted(rows, key=lambda row: (row.at, row.reader_key, row.reaction)):
            found[row.comment_key].setdefault(row.reaction, []).append(row.reader_key)
        return found

    def _write(self, key: int, number: int, raw: str, now: datetime) -> None:
        row = {"comment_key": key, "number": number, "raw": raw, "at": to_micros(now)}
        insert_all(self.connection, COMMENT_TEXTS, [row])

    def _comments(self, rows: Iterable[AnyRow]) -> Iterator[Comment]:
        """The comments of rows, each with its texts."""
        rows = list(rows)
        texts: dict[int, list[CommentText]] = {row.key: [] for row in rows}
        question = select(COMMENT_TEXTS).order_by(COMMENT_TEXTS.c.number)
        for row in among(self.connection, question, COMMENT_TEXTS.c.comment_key, list(texts)):
            texts[row.comment_key].append(CommentText(row.raw, from_micros(row.at)))
        for row in rows:
            yield Comment(
                key=row.key,
                paper_key=row.paper_key,
                parent_key=row.parent_key,
                reader_key=row.reader_key,
                at=from_micros(row.at),
                texts=tuple(texts[row.key]),
                hidden=None if row.hidden is None else from_micros(row.hidden),
                hidden_by=row.hidden_by,
                hidden_why=row.hidden_why,
            )


def _shown(question: Question) -> Question:
    """What is asked, of the comments whose text is for everybody to read."""
    has_text = exists().where(COMMENT_TEXTS.c.comment_key == COMMENTS.c.key)
    return question.where(COMMENTS.c.hidden.is_(None), has_text)
