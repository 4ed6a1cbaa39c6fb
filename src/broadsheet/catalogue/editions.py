"""The shelf of editions: what is picked for each, when it comes out, and what changed after."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from broadsheet.catalogue.changes import ChangeShelf
from broadsheet.catalogue.encoding import from_micros, to_json, to_micros
from broadsheet.catalogue.schema import EDITION_CHANGES, EDITION_PAPERS, EDITIONS
from broadsheet.catalogue.statements import (
    AnyRow,
    among,
    insert_all,
    insert_new,
    next_numbers,
)


class EditionKind(StrEnum):
    """What an edition is of: a day, an ISO week, a month, or something special."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SPECIAL = "special"


class EditionState(StrEnum):
    """How far an edition is: only what is published is seen by readers."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition; `section` is empty for the whole instance, `made_by` if it made itself.

    Papers that came from `opens` until before `closes` may be in it. Moments are aware UTC.
    """

    key: int
    section: str
    kind: EditionKind
    label: str
    title: str
    note: str
    state: EditionState
    made_by: str
    opens: datetime
    closes: datetime
    scheduled: datetime | None = None
    published: datetime | None = None

    @property
    def is_published(self) -> bool:
        """Whether readers see it."""
        return self.state is EditionState.PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A paper in an edition, from place 1 on; `line` is a curator's, `reasons` the choice's.

    `votes` are those it had when the edition was frozen, `picked_by` a reader's name, empty if
    nobody picked it.
    """

    paper_key: int
    place: int
    line: str = ""
    reasons: tuple[str, ...] = ()
    votes: int = 0
    score: float | None = None
    picked_by: str = ""


@dataclass(frozen=True, slots=True)
class EditionChange:
    """What somebody changed in an edition after it was published, and why."""

    at: datetime
    actor: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """The place of a paper in a published edition of so many papers."""

    edition: Edition
    place: int
    papers: int


@dataclass(frozen=True, slots=True)
class EditionShelf:
    """The editions by section, kind and label, and their papers in order."""

    connection: Connection

    def begin(
        self,
        section: str,
        kind: EditionKind,
        label: str,
        window: tuple[datetime, datetime],
        *,
        title: str = "",
        made_by: str = "",
    ) -> Edition:
        """The edition with this label; an empty draft is made if there is none."""
        if found := self.get(section, kind, label):
            return found
        row = {
            "key": next_numbers(self.connection, "edition", 1),
            "section": section,
            "kind": str(kind),
            "label": label,
            "title": title,
            "note": "",
            "state": str(EditionState.DRAFT),
            "made_by": made_by,
            "opens": to_micros(window[0]),
            "closes": to_micros(window[1]),
            "scheduled": None,
            "published": None,
        }
        insert_new(self.connection, EDITIONS, [row])
        made = self.get(section, kind, label)
        assert made is not None
        return made

    def get(self, section: str, kind: EditionKind, label: str) -> Edition | None:
        """The edition with a label, whatever its state."""
        found = self._where(_named(section, kind), EDITIONS.c.label == label)
        return found[0] if found else None

    def by_key(self, key: int) -> Edition | None:
        """The edition with a key."""
        found = self._where(EDITIONS.c.key == key)
        return found[0] if found else None

    def describe(self, key: int, *, title: str, note: str, made_by: str) -> None:
        """Write an edition's title and note, and who makes it."""
        values = {"title": title, "note": note, "made_by": made_by}
        self.connection.execute(update(EDITIONS).where(EDITIONS.c.key == key).values(values))

    def schedule(self, key: int, at: datetime | None) -> None:
        """Let an edition that is not out come out at a moment, or (None) be a draft again."""
        state = EditionState.DRAFT if at is None else EditionState.SCHEDULED
        moment = None if at is None else to_micros(at)
        self.connection.execute(
            update(EDITIONS)
            .where(EDITIONS.c.key == key, EDITIONS.c.published.is_(None))
            .values(state=str(state), scheduled=moment)
        )

    def publish(self, key: int, at: datetime) -> bool:
        """Let an edition come out; whether it was not out yet. Of two at once one gets True."""
        done = self.connection.execute(
            update(EDITIONS)
            .where(EDITIONS.c.key == key, EDITIONS.c.published.is_(None))
            .values(state=str(EditionState.PUBLISHED), published=to_micros(at))
        )
        if done.rowcount:
            ChangeShelf(self.connection).stir()
        return bool(done.rowcount)

    def remove(self, key: int) -> bool:
        """Throw an edition away that is not out; whether there was one."""
        unpublished = EDITIONS.c.published.is_(None)
        known = select(EDITIONS.c.key).where(EDITIONS.c.key == key, unpublished)
        if self.connection.execute(known).scalar_one_or_none() is None:
            return False
        self.connection.execute(delete(EDITION_PAPERS).where(EDITION_PAPERS.c.edition_key == key))
        self.connection.execute(delete(EDITIONS).where(EDITIONS.c.key == key))
        return True

    def put(self, key: int, picks: Sequence[Pick]) -> None:
        """Put these papers into an edition in place of those that were in it."""
        self.connection.execute(delete(EDITION_PAPERS).where(EDITION_PAPERS.c.edition_key == key))
        insert_all(self.connection, EDITION_PAPERS, [_columns(key, pick) for pick in picks])
        ChangeShelf(self.connection).stir()

    def picks(self, key: int) -> list[Pick]:
        """The papers of an edition in order."""
        return self.picks_of([key])[key]

    def picks_of(self, keys: Iterable[int]) -> dict[int, list[Pick]]:
        """The papers of each of the editions in order; every key has a list."""
        found: dict[int, list[Pick]] = {key: [] for key in keys}
        column = EDITION_PAPERS.c.edition_key
        rows = among(self.connection, select(EDITION_PAPERS), column, list(found))
        for row in sorted(rows, key=lambda row: (row.place, row.paper_key)):
            found[row.edition_key].append(_pick(row))
        return found

    def published(
        self, section: str, kind: EditionKind, *, limit: int, before: str = "", since: str = ""
    ) -> list[Edition]:
        """At most `limit` published editions, the last label first.

        Those with labels below `before` and at least `since`, where these are given.
        """
        where = [_named(section, kind), EDITIONS.c.published.is_not(None)]
        if before:
            where.append(EDITIONS.c.label < before)
        if since:
            where.append(EDITIONS.c.label >= since)
        return self._where(*where, limit=limit)

    def unpublished(self, section: str) -> list[Edition]:
        """The drafts and scheduled editions of a section, the last label first."""
        return self._where(EDITIONS.c.section == section, EDITIONS.c.published.is_(None))

    def due(self, now: datetime) -> list[Edition]:
        """The editions that were to be out by now and are not."""
        return self._where(
            EDITIONS.c.state == str(EditionState.SCHEDULED), EDITIONS.c.scheduled <= to_micros(now)
        )

    def labels(self, section: str, kind: EditionKind) -> dict[str, int]:
        """How many papers each published edition has, by its label."""
        question = (
            select(EDITIONS.c.label, func.count(EDITION_PAPERS.c.paper_key))
            .select_from(EDITIONS.outerjoin(EDITION_PAPERS))
            .where(_named(section, kind), EDITIONS.c.published.is_not(None))
            .group_by(EDITIONS.c.label)
        )
        rows = self.connection.execute(question)
        return {row[0]: row[1] for row in rows}

    def of_paper(self, paper_key: int) -> list[Ranked]:
        """The published editions that a paper is in, the last label first."""
        question = (
            select(EDITIONS, EDITION_PAPERS.c.place)
            .join(EDITION_PAPERS)
            .where(EDITION_PAPERS.c.paper_key == paper_key, EDITIONS.c.published.is_not(None))
            .order_by(EDITIONS.c.label.desc(), EDITIONS.c.key)
        )
        rows = list(self.connection.execute(question))
        sizes = self._sizes([row.key for row in rows])
        return [Ranked(_edition(row), row.place, sizes[row.key]) for row in rows]

    def already_in(self, section: str, paper_keys: Iterable[int]) -> set[int]:
        """Those of the papers that a published edition of a day of the section has."""
        question = (
            select(EDITION_PAPERS.c.paper_key)
            .join(EDITIONS)
            .where(_named(section, EditionKind.DAY), EDITIONS.c.published.is_not(None))
        )
        rows = among(self.connection, question, EDITION_PAPERS.c.paper_key, paper_keys)
        return {row.paper_key for row in rows}

    def note(self, key: int, change: EditionChange) -> None:
        """Write down what was changed in an edition after it came out."""
        row = {
            "key": next_numbers(self.connection, "edition_change", 1),
            "edition_key": key,
            "at": to_micros(change.at),
            "actor": change.actor,
            "what": change.what,
            "why": change.why,
        }
        insert_all(self.connection, EDITION_CHANGES, [row])
        ChangeShelf(self.connection).stir()

    def changes(self, key: int) -> list[EditionChange]:
        """What was changed in an edition after it came out, the first change first."""
        table = EDITION_CHANGES
        rows = self.connection.execute(
            select(table).where(table.c.edition_key == key).order_by(table.c.key)
        )
        return [EditionChange(from_micros(row.at), row.actor, row.what, row.why) for row in rows]

    def _where(self, *where: ColumnElement[bool], limit: int | None = None) -> list[Edition]:
        question = select(EDITIONS).where(*where)
        ordered = question.order_by(EDITIONS.c.label.desc(), EDITIONS.c.key)
        return [_edition(row) for row in self.connection.execute(ordered.limit(limit))]

    def _sizes(self, keys: Iterable[int]) -> dict[int, int]:
        column = EDITION_PAPERS.c.edition_key
        question = select(column, func.count().label("papers")).group_by(column)
        sizes: dict[int, int] = defaultdict(int)
        sizes |= {row[0]: row[1] for row in among(self.connection, question, column, keys)}
        return sizes


def _named(section: str, kind: EditionKind) -> ColumnElement[bool]:
    return (EDITIONS.c.section == section) & (EDITIONS.c.kind == str(kind))


def _edition(row: AnyRow) -> Edition:
    return Edition(
        key=row.key,
        section=row.section,
        kind=EditionKind(row.kind),
        label=row.label,
        title=row.title,
        note=row.note,
        state=EditionState(row.state),
        made_by=row.made_by,
        opens=from_micros(row.opens),
        closes=from_micros(row.closes),
        scheduled=None if row.scheduled is None else from_micros(row.scheduled),
        published=None if row.published is None else from_micros(row.published),
    )


def _columns(key: int, pick: Pick) -> dict[str, object]:
    return {
        "edition_key": key,
        "paper_key": pick.paper_key,
        "place": pick.place,
        "line": pick.line,
        "reasons": to_json(pick.reasons),
        "votes": pick.votes,
        "score": pick.score,
        "picked_by": pick.picked_by,
    }


def _pick(row: AnyRow) -> Pick:
    return Pick(
        paper_key=row.paper_key,
        place=row.place,
        line=row.line,
        reasons=tuple(json.loads(row.reasons)) if row.reasons else (),
        votes=row.votes,
        score=row.score,
        picked_by=row.picked_by,
    )
