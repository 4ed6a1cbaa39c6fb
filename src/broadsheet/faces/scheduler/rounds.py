"""The daily round: each step once for each local day, by one of all that are running."""

import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo

import structlog

from broadsheet.catalogue import StepOutcome, StepRun
from broadsheet.errors import BroadsheetError, BusyError, InputError
from broadsheet.faces.guard import present
from broadsheet.faces.scheduler.days import due_day, next_round
from broadsheet.faces.scheduler.lease import Clock, Lead, LostError, Pace, leading
from broadsheet.faces.threads import done_beside
from broadsheet.service import Service

_ENDING_SECONDS = 15
"""What a step is given to come to a stop when the program ends; it is taken up again anyway."""


class StoppedError(Exception):
    """A step was asked to stop before its end, and is to be taken up again."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a step works on: everything opened, the local day, the clock, and when to stop."""

    service: Service
    day: date
    clock: Clock
    stop: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the round: a name, what it does in words, and how.

    `work` says in a sentence what was done. It raises BroadsheetError if it failed, StoppedError
    if it was asked to stop, and may be begun again after it was cut off anywhere.
    """

    name: str
    meaning: str
    work: Callable[[Errand], str]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that has a time of its own beside the rounds: it is done as soon as it is due.

    `due` says in a text what is due at a moment, empty if nothing is; for the same text `work` is
    done once. It raises what a step's does.
    """

    name: str
    due: Callable[[Service, datetime], str]
    work: Callable[[Errand], str]


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Does the steps, in order, when their time has come, and what is watched for in between."""

    service: Service
    steps: Sequence[Step]
    clock: Clock = present
    pace: Pace = field(default_factory=Pace)
    watches: Sequence[Watch] = ()
    _tried: dict[str, str] = field(default_factory=dict)

    def work(self, stop: threading.Event) -> None:
        """Do each round when it is due, until told to stop; a missed one is made up once."""
        log, said = structlog.get_logger(), ""
        while not stop.is_set():
            try:
                self.do_due(stop)
                self.do_watches(stop)
                said = ""
            except BusyError:
                # Another process does the same step at this moment.
                pass
            except BroadsheetError as error:
                if error.message != said:
                    log.error("round", problem=error.message)
                said = error.message
            stop.wait(self._pause())

    def do_due(self, stop: threading.Event) -> None:
        """Do what is left of the round that is due, if this process comes to lead.

        BusyError if another process does one of the steps by hand; what the catalogue raises.
        """
        day = self.due()
        if not self.pending(day):
            return
        with leading(self.service.catalogue, self.clock, self.pace) as lead:
            if lead is None:
                return
            try:
                for step in self.steps:
                    if stop.is_set():
                        return
                    self._do(step, day, lead, stop)
            except LostError:
                structlog.get_logger().warning("round", problem="The lease ended meanwhile.")

    def do_watches(self, stop: threading.Event) -> None:
        """Do what is due beside the rounds, if this process comes to lead; raises as `do_due`."""
        for watch in self.watches:
            due = watch.due(self.service, self.clock())
            if stop.is_set() or not due or due == self._tried.get(watch.name):
                continue
            with leading(self.service.catalogue, self.clock, self.pace) as lead:
                if lead is None:
                    return
                with self.service.catalogue.alone(f"step:{watch.name}"):
                    errand = self._errand(self.due(), stop.is_set)
                    with suppress(StoppedError):
                        told = watch.work(errand)
                        structlog.get_logger().info("watch", watch=watch.name, detail=told)
            self._tried[watch.name] = due

    def run_now(self, name: str, stop: Callable[[], bool]) -> StepRun:
        """Do one step at once, whoever leads; InputError for no step, BusyError if it is done now.

        A step that is asked to stop fails.
        """
        step = next((one for one in self.steps if one.name == name), None)
        if step is None:
            names = ", ".join(one.name for one in self.steps)
            raise InputError(f"There is no step {name!r}.", hint=f"The steps are {names}.")
        catalogue = self.service.catalogue
        with catalogue.alone(f"step:{name}"):
            with catalogue.writing() as desk:
                run = desk.rounds.begin_by_hand(name, uuid.uuid4().hex, self.clock())
            try:
                outcome, detail = _attempt(step, self._errand(self.due(), stop))
            except StoppedError:
                outcome, detail = StepOutcome.FAILED, "Stopped before its end."
            with catalogue.writing() as desk:
                desk.rounds.finish(run, self.clock(), outcome, detail)
                return desk.rounds.last(name) or run

    def due(self) -> date:
        """The local day of the last round that has come."""
        return due_day(self.clock(), *when(self.service))

    def pending(self, day: date) -> list[str]:
        """The names of the steps that the round of a day still lacks."""
        with self.service.catalogue.reading() as desk:
            known = desk.rounds.of_day(day)
        ended = {name for name, run in known.items() if run.finished is not None}
        return [step.name for step in self.steps if step.name not in ended]

    def _do(self, step: Step, day: date, lead: Lead, stop: threading.Event) -> None:
        """Do one step, unless somebody has."""
        catalogue = self.service.catalogue
        with catalogue.alone(f"step:{step.name}"):
            with lead.writing() as (desk, now):
                run = desk.rounds.claim(day, step.name, lead.holder, now)
            if run is None:
                return
            errand = self._errand(day, lambda: stop.is_set() or not lead.is_held())
            try:
                outcome, detail = _attempt(step, errand)
            except StoppedError:
                with catalogue.writing() as desk:
                    desk.rounds.let_go(run)
                return
            with catalogue.writing() as desk:
                desk.rounds.finish(run, self.clock(), outcome, detail)

    def _errand(self, day: date, stop: Callable[[], bool]) -> Errand:
        return Errand(self.service, day, self.clock, stop)

    def _pause(self) -> float:
        """Seconds until the clock is to be looked at again."""
        now = self.clock()
        left = (next_round(now, *when(self.service))[1] - now).total_seconds()
        return min(left, self.pace.look.total_seconds())


def when(service: Service) -> tuple[time, tzinfo]:
    """The time of the round, and the zone that it is meant in."""
    return service.settings.round_time, service.settings.zone


def rounds_done(scheduler: Scheduler) -> AbstractContextManager[None]:
    """While this is open, the rounds are done by a thread of this process."""
    return done_beside(scheduler.work, "round", seconds=_ENDING_SECONDS)


def _attempt(step: Step, errand: Errand) -> tuple[StepOutcome, str]:
    """Do a step; how it went, and what there is to say."""
    log = structlog.get_logger().bind(step=step.name, day=str(errand.day))
    try:
        detail = step.work(errand)
    except BroadsheetError as error:
        log.error("step", problem=error.message)
        return StepOutcome.FAILED, f"{error.message} {error.hint}".strip()
    except StoppedError:
        raise
    except Exception as error:
        # What nobody foresaw must not keep the other steps from being done.
        log.error("step", exc_info=error)
        return StepOutcome.FAILED, f"{type(error).__name__}: {error}"
    log.info("step", detail=detail)
    return StepOutcome.DONE, detail
