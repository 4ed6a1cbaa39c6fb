"""The commands about the daily round: run, status and run-now."""

from datetime import datetime
from typing import Annotated

import typer

from broadsheet.catalogue import StepOutcome
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.state import State, stopping
from broadsheet.faces.guard import present
from broadsheet.faces.scheduler import (
    STEPS,
    WATCHES,
    Scheduler,
    round_status,
    run_json,
    status_json,
)

app = typer.Typer(help="The daily round: harvest to alerts, once a day.", no_args_is_help=True)
_FAILED = 1


@app.command("run")
def run(context: typer.Context) -> None:
    """Do the daily rounds in this process, until Ctrl-C or SIGTERM.

    `serve` does them by itself unless the setting `scheduler` is off; any number may run at once.
    """
    state: State = context.obj
    with state.service() as service, stopping() as stop:
        Scheduler(service, STEPS, watches=WATCHES).work(stop)


@app.command("status")
def status(context: typer.Context, format: FormatOption = None) -> None:
    """Say of each step when it comes next and what came of it last, and what alerts there are."""
    state: State = context.obj
    with state.service() as service:
        found = round_status(service, STEPS, present())
        zone = service.settings.zone
    if format is Format.JSON:
        output.as_json(status_json(found))
        return
    cells = [
        (
            one.step.name,
            _minute(one.following.astimezone(zone)),
            _minute(one.last.started.astimezone(zone)) if one.last else "",
            str(one.last.outcome) if one.last else "",
            one.last.detail if one.last else "",
        )
        for one in found.steps
    ]
    output.rows(format, ("step", "next", "last", "outcome", "detail"), cells)
    for alert in found.alerts:
        output.say(f"Alert since {_minute(alert.raised.astimezone(zone))}: {alert.message}")


@app.command("run-now")
def run_now(
    context: typer.Context,
    step: Annotated[str, typer.Argument(help="The step's name, as `status` shows it.")],
    format: FormatOption = None,
) -> None:
    """Do one step at once, beside the round; exit code 1 if it fails."""
    state: State = context.obj
    with state.service() as service, stopping() as stop:
        done = Scheduler(service, STEPS).run_now(step, stop.is_set)
    if format is Format.JSON:
        output.as_json({"step": done.step, **run_json(done)})
    else:
        output.rows(
            format, ("step", "outcome", "detail"), [(done.step, str(done.outcome), done.detail)]
        )
    if done.outcome is not StepOutcome.DONE:
        raise typer.Exit(_FAILED)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
