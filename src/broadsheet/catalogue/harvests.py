"""The shelf of harvests: every try to get what is new from a source, and how far it came."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_json, to_micros
from broadsheet.catalogue.schema import HARVESTS
from broadsheet.catalogue.statements import AnyRow, insert_all, next_numbers
from broadsheet.errors import CatalogueError
from broadsheet.text import storable


class Outcome(StrEnum):
    """How a try to harvest ended, if it has."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """One try: of which source (`spec` is how the operator named it), for which days, how far.

    `cursor` says where the next try goes on, None at the beginning and after the end. A try that
    goes on from an earlier one begins with its `counts`, `pages`, `announced` and `through`.
    `announced` is the newest batch that the source is known to have announced; `through` is, once
    it is done, the moment up to which nothing that the source has is missing. `touched` is when
    this was last written. All moments are aware UTC; `error` is in full, empty where there is none.
    """

    source: str
    spec: str
    started: datetime
    touched: datetime
    key: int = 0
    finished: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    since: date | None = None
    until: date | None = None
    cursor: Mapping[str, str] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    pages: int = 0
    total: int | None = None
    announced: datetime | None = None
    through: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What is known of the tries of one source: the last one, the last good one, those that failed.

    `failed` counts those that failed since the last good one; the first began at `failing_since`.
    `reaching` is the last good one that was asked for all up to its own time: a back-fill, with a
    last day, tells nothing of what came since.
    """

    last: Harvest | None = None
    good: Harvest | None = None
    failed: int = 0
    failing_since: datetime | None = None
    reaching: Harvest | None = None


@dataclass(frozen=True, slots=True)
class HarvestShelf:
    """The tries, by the source that the operator named, the last begun last."""

    connection: Connection

    def begin(self, harvest: Harvest) -> int:
        """File a new try; its key."""
        key = next_numbers(self.connection, "harvest", 1)
        insert_all(self.connection, HARVESTS, [_columns(harvest) | {"key": key}])
        return key

    def write(self, harvest: Harvest) -> None:
        """Write how far a try is; CatalogueError if it is no longer there, as after a restore."""
        done = self.connection.execute(
            update(HARVESTS)
            .where(HARVESTS.c.key == harvest.key, HARVESTS.c.started == to_micros(harvest.started))
            .values(_columns(harvest))
        )
        if not done.rowcount:
            raise CatalogueError(
                f"The harvest of {harvest.source} is not in the catalogue any more.",
                hint="Was a backup restored meanwhile? Begin the harvest again.",
            )

    def list(self, spec: str, limit: int) -> list[Harvest]:
        """The last tries of a source, at most `limit`, the last begun first."""
        question = select(HARVESTS).where(HARVESTS.c.spec == spec)
        rows = self.connection.execute(question.order_by(HARVESTS.c.key.desc()).limit(limit))
        return [_harvest(row) for row in rows]

    def history(self, spec: str) -> History:
        """What is known of the tries of a source."""
        last = next(iter(self.list(spec, 1)), None)
        good = self._last_good(spec)
        reaching = self._last_good(spec, HARVESTS.c.until.is_(None)) if good else None
        since_good = HARVESTS.c.key > (good.key if good else 0)
        failed = self.connection.execute(
            select(func.count(), func.min(HARVESTS.c.started)).where(
                HARVESTS.c.spec == spec, HARVESTS.c.outcome == str(Outcome.FAILED), since_good
            )
        ).one()
        failing_since = None if failed[1] is None else from_micros(failed[1])
        return History(last, good, failed[0], failing_since, reaching)

    def unfinished(self, spec: str, since: date | None, until: date | None) -> Harvest | None:
        """The last try of a source for just these days, if it did not come to its end."""
        question = (
            select(HARVESTS)
            .where(
                HARVESTS.c.spec == spec,
                HARVESTS.c.since.is_not_distinct_from(_day(since)),
                HARVESTS.c.until.is_not_distinct_from(_day(until)),
            )
            .order_by(HARVESTS.c.key.desc())
            .limit(1)
        )
        last = next((_harvest(row) for row in self.connection.execute(question)), None)
        return last if last and last.outcome is not Outcome.DONE else None

    def prune(self, before: datetime) -> int:
        """Forget the tries begun before a moment and before the last good one without a last day.

        Gives how many.

        So what is known of a source, and what a later try goes on with, stays.
        """
        good = (
            select(HARVESTS.c.spec, func.max(HARVESTS.c.key).label("key"))
            .where(HARVESTS.c.outcome == str(Outcome.DONE), HARVESTS.c.until.is_(None))
            .group_by(HARVESTS.c.spec)
            .subquery()
        )
        old = (
            select(HARVESTS.c.key)
            .join(good, good.c.spec == HARVESTS.c.spec)
            .where(HARVESTS.c.started < to_micros(before), HARVESTS.c.key < good.c.key)
        )
        return self.connection.execute(delete(HARVESTS).where(HARVESTS.c.key.in_(old))).rowcount

    def _last_good(self, spec: str, *more: ColumnElement[bool]) -> Harvest | None:
        question = (
            select(HARVESTS)
            .where(HARVESTS.c.spec == spec, HARVESTS.c.outcome == str(Outcome.DONE), *more)
            .order_by(HARVESTS.c.key.desc())
            .limit(1)
        )
        return next((_harvest(row) for row in self.connection.execute(question)), None)


def _columns(harvest: Harvest) -> dict[str, object]:
    """The row of a try, without its key."""
    return {
        "source": harvest.source,
        "spec": harvest.spec,
        "started": to_micros(harvest.started),
        "touched": to_micros(harvest.touched),
        "finished": _micros(harvest.finished),
        "outcome": str(harvest.outcome),
        "since": _day(harvest.since),
        "until": _day(harvest.until),
        # An empty cursor is not the same as none.
        "cursor": None if harvest.cursor is None else json.dumps(dict(harvest.cursor)),
        "counts": to_json(dict(harvest.counts)),
        "pages": harvest.pages,
        "total": harvest.total,
        "announced": _micros(harvest.announced),
        "through": _micros(harvest.through),
        "error": storable(harvest.error),
    }


def _harvest(row: AnyRow) -> Harvest:
    """The try that a row holds."""
    return Harvest(
        key=row.key,
        source=row.source,
        spec=row.spec,
        started=from_micros(row.started),
        touched=from_micros(row.touched),
        finished=_moment(row.finished),
        outcome=Outcome(row.outcome),
        since=date.fromisoformat(row.since) if row.since else None,
        until=date.fromisoformat(row.until) if row.until else None,
        cursor=None if row.cursor is None else json.loads(row.cursor),
        counts=json.loads(row.counts) if row.counts else {},
        pages=row.pages,
        total=row.total,
        announced=_moment(row.announced),
        through=_moment(row.through),
        error=row.error,
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
