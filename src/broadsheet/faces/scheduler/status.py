"""How the rounds stand: when each step comes next, what came of it last, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadsheet.catalogue import Alert, StepRun
from broadsheet.faces.scheduler.alerts import LOOKED_BACK
from broadsheet.faces.scheduler.days import due_day, next_round
from broadsheet.faces.scheduler.disk import days_until_full
from broadsheet.faces.scheduler.rounds import Step, when
from broadsheet.service import Service


@dataclass(frozen=True, slots=True)
class StepStatus:
    """A step, its last run if there was one, and when it comes next (aware UTC)."""

    step: Step
    last: StepRun | None
    following: datetime


@dataclass(frozen=True, slots=True)
class RoundStatus:
    """How the rounds stand at a moment: `following` is the next round, in the operator's zone.

    `leads`: a round is under way. `in_serve`: `serve` does the rounds. `full_in`: days until the
    disk is full, None if it is not filling.
    """

    steps: Sequence[StepStatus]
    alerts: Sequence[Alert]
    following: datetime
    zone: str
    leads: bool
    in_serve: bool
    full_in: float | None


def round_status(service: Service, steps: Sequence[Step], now: datetime) -> RoundStatus:
    """How the rounds stand now (aware UTC); a step that is due and not done comes now."""
    at, zone = when(service)
    day = due_day(now, at, zone)
    moment = next_round(now, at, zone)[1]
    with service.catalogue.reading() as desk:
        known = desk.rounds.of_day(day)
        ended = {name for name, run in known.items() if run.finished is not None}
        stood = [
            StepStatus(step, desk.rounds.last(step.name), moment if step.name in ended else now)
            for step in steps
        ]
        return RoundStatus(
            steps=stood,
            alerts=desk.alerts.open(),
            following=moment.astimezone(zone),
            zone=service.settings.time_zone,
            leads=desk.rounds.leader(now) is not None,
            in_serve=service.settings.scheduler,
            full_in=days_until_full(desk.alerts.space(now - LOOKED_BACK)),
        )


def status_json(status: RoundStatus) -> dict[str, Any]:
    """As data."""
    return {
        "next_round": status.following.isoformat(),
        "time_zone": status.zone,
        "under_way": status.leads,
        "in_serve": status.in_serve,
        "disk_full_in_days": status.full_in,
        "steps": [_step_json(one) for one in status.steps],
        "alerts": [
            {
                "id": one.key,
                "condition": one.condition,
                "message": one.message,
                "since": one.raised.isoformat(),
                "sent": one.sent.isoformat() if one.sent else None,
            }
            for one in status.alerts
        ],
    }


def run_json(run: StepRun) -> dict[str, Any]:
    """One run of a step as data; `day` is null if it was run by hand."""
    return {
        "day": run.day.isoformat() if run.day else None,
        "outcome": str(run.outcome),
        "started": run.started.isoformat(),
        "finished": run.finished.isoformat() if run.finished else None,
        "tries": run.tries,
        "detail": run.detail,
    }


def _step_json(one: StepStatus) -> dict[str, Any]:
    return {
        "step": one.step.name,
        "meaning": one.step.meaning,
        "next": one.following.isoformat(),
        "last": run_json(one.last) if one.last else None,
    }
