"""The shelf of the daily round: who may do its steps now, and what each of them did."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import LEASES, STEPS
from broadsheet.catalogue.statements import AnyRow, insert_all, insert_new, next_numbers
from broadsheet.text import storable

_LEASE = "round"
MOST_TRIES = 3
"""A step that was begun so often and never came to its end is given up for that day."""
_GIVEN_UP = f"Begun {MOST_TRIES} times, and the process ended before the step did."


class StepOutcome(StrEnum):
    """How a step ended, if it has."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepRun:
    """One run of a step: for the round of which local day (None: by hand), by whom, how it went.

    `holder` is the lease under which it runs; `tries` counts how often it was begun. Moments are
    aware UTC; `detail` says what was done, or what went wrong.
    """

    key: int
    day: date | None
    step: str
    holder: str
    tries: int
    started: datetime
    finished: datetime | None = None
    outcome: StepOutcome = StepOutcome.RUNNING
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RoundShelf:
    """The lease of the one that leads, and the steps; each is claimed once for each local day.

    `now` is the caller's clock; the clocks of machines that share a catalogue are to agree within
    much less than a lease lasts.
    """

    connection: Connection

    def take(self, holder: str, now: datetime, until: datetime) -> bool:
        """Take the lease if nobody has it; whether `holder`, a name never used before, has it."""
        free = {"name": _LEASE, "holder": "", "until": 0}
        insert_new(self.connection, LEASES, [free])
        return self._set(LEASES.c.until <= to_micros(now), holder, until)

    def renew(self, holder: str, now: datetime, until: datetime) -> bool:
        """Go on holding the lease; False once it has ended, even if nobody else took it."""
        mine = (LEASES.c.holder == holder) & (LEASES.c.until > to_micros(now))
        return self._set(mine, holder, until)

    def release(self, holder: str) -> None:
        """Give the lease back, if this one still has it."""
        self.connection.execute(
            update(LEASES).where(LEASES.c.name == _LEASE, LEASES.c.holder == holder).values(until=0)
        )

    def leader(self, now: datetime) -> str | None:
        """Who holds the lease now, None if nobody does."""
        found = select(LEASES.c.holder).where(LEASES.c.until > to_micros(now))
        holder = self.connection.execute(found.where(LEASES.c.name == _LEASE)).scalar_one_or_none()
        return None if holder is None else str(holder)

    def claim(self, day: date, step: str, holder: str, now: datetime) -> StepRun | None:
        """Begin a step of a day's round; None if it is done, failed or given up.

        One that another holder began and did not end is taken up again. Only for whoever holds
        the lease in this transaction.
        """
        before = self.of_day(day).get(step)
        if before is None:
            return self._begin(day, step, holder, now)
        if before.finished is not None:
            return None
        if before.tries >= MOST_TRIES:
            self._end(before.key, now, StepOutcome.FAILED, _GIVEN_UP)
            return None
        self.connection.execute(
            update(STEPS)
            .where(STEPS.c.key == before.key)
            .values(holder=holder, tries=before.tries + 1, started=to_micros(now))
        )
        return StepRun(before.key, day, step, holder, before.tries + 1, now)

    def begin_by_hand(self, step: str, holder: str, now: datetime) -> StepRun:
        """Begin a step that belongs to no round."""
        return self._begin(None, step, holder, now)

    def finish(self, run: StepRun, now: datetime, outcome: StepOutcome, detail: str) -> None:
        """Write down how a step ended, unless another has taken it up since."""
        self._end(run.key, now, outcome, detail, run.holder)

    def let_go(self, run: StepRun) -> None:
        """Put back a step that was asked to stop: this try does not count."""
        self.connection.execute(
            update(STEPS)
            .where(STEPS.c.key == run.key, STEPS.c.holder == run.holder)
            .values(holder="", tries=STEPS.c.tries - 1)
        )

    def of_day(self, day: date) -> dict[str, StepRun]:
        """The steps of a day's round that were begun, by name, the first begun first."""
        question = select(STEPS).where(STEPS.c.day == day.isoformat()).order_by(STEPS.c.key)
        rows = self.connection.execute(question)
        return {row.step: _run(row) for row in rows}

    def last(self, step: str) -> StepRun | None:
        """The last run of a step, by whomever; None if it was never run."""
        question = select(STEPS).where(STEPS.c.step == step).order_by(STEPS.c.key.desc()).limit(1)
        return next((_run(row) for row in self.connection.execute(question)), None)

    def failing(self) -> list[StepRun]:
        """The steps whose last run that ended failed, by name."""
        ended = select(func.max(STEPS.c.key)).where(STEPS.c.finished.is_not(None))
        question = (
            select(STEPS)
            .where(
                STEPS.c.key.in_(ended.group_by(STEPS.c.step)),
                STEPS.c.outcome == str(StepOutcome.FAILED),
            )
            .order_by(STEPS.c.step)
        )
        return [_run(row) for row in self.connection.execute(question)]

    def prune(self, before: datetime) -> int:
        """Forget the steps that ended before a moment; how many."""
        done = self.connection.execute(delete(STEPS).where(STEPS.c.finished < to_micros(before)))
        return done.rowcount

    def _begin(self, day: date | None, step: str, holder: str, now: datetime) -> StepRun:
        run = StepRun(next_numbers(self.connection, "step", 1), day, step, holder, 1, now)
        row = {
            "key": run.key,
            "day": day.isoformat() if day else None,
            "step": step,
            "holder": holder,
            "tries": 1,
            "started": to_micros(now),
            "finished": None,
            "outcome": str(run.outcome),
            "detail": "",
        }
        insert_all(self.connection, STEPS, [row])
        return run

    def _end(
        self, key: int, now: datetime, outcome: StepOutcome, detail: str, holder: str | None = None
    ) -> None:
        mine = STEPS.c.key == key
        if holder is not None:
            mine &= STEPS.c.holder == holder
        ended = {
            "finished": to_micros(now),
            "outcome": str(outcome),
            "detail": storable(detail),
        }
        self.connection.execute(update(STEPS).where(mine).values(ended))

    def _set(self, free: ColumnElement[bool], holder: str, until: datetime) -> bool:
        done = self.connection.execute(
            update(LEASES)
            .where(LEASES.c.name == _LEASE, free)
            .values(holder=holder, until=to_micros(until))
        )
        return bool(done.rowcount)


def _run(row: AnyRow) -> StepRun:
    """The run that a row holds."""
    return StepRun(
        key=row.key,
        day=date.fromisoformat(row.day) if row.day else None,
        step=row.step,
        holder=row.holder,
        tries=row.tries,
        started=from_micros(row.started),
        finished=None if row.finished is None else from_micros(row.finished),
        outcome=StepOutcome(row.outcome),
        detail=row.detail,
    )
