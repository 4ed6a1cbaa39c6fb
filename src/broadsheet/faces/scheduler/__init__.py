"""The daily round: harvest, index, backup, clean-up, checks and alerts, once for each local day."""

from broadsheet.faces.scheduler.lease import Clock, Pace
from broadsheet.faces.scheduler.rounds import (
    Errand,
    Scheduler,
    Step,
    StoppedError,
    Watch,
    rounds_done,
)
from broadsheet.faces.scheduler.status import (
    RoundStatus,
    StepStatus,
    round_status,
    run_json,
    status_json,
)
from broadsheet.faces.scheduler.steps import STEPS, WATCHES

__all__ = [
    "STEPS",
    "WATCHES",
    "Clock",
    "Errand",
    "Pace",
    "RoundStatus",
    "Scheduler",
    "Step",
    "StepStatus",
    "StoppedError",
    "Watch",
    "round_status",
    "rounds_done",
    "run_json",
    "status_json",
]
