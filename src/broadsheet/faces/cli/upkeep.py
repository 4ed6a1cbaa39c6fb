"""The operator's commands: init, backup, restore and config."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.catalogue import restore as restore_catalogue
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption, bring_level
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State
from broadsheet.settings import shown

config_app = typer.Typer(help="The settings.", no_args_is_help=True)


def init(context: typer.Context) -> None:
    """Make a home with an empty catalogue; one that is there stays as it is."""
    state: State = context.obj
    with state.service(create=True) as service:
        output.say(f"The catalogue is {service.catalogue.where}.")


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="A file that is not there yet.")],
) -> None:
    """Copy the catalogue into one file, while others go on writing."""
    state: State = context.obj
    with state.service() as service, told("backup") as tell:
        service.catalogue.backup(target, progress=lambda share: tell("copying", _per(share), 100))
    output.say(f"The backup is {target}.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.", show_default=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Restore over papers; a copy of them is kept.")
    ] = False,
) -> None:
    """Put a backup in the place of the catalogue, all of it or nothing."""
    state: State = context.obj
    settings = state.settings()
    with told("restore") as tell:
        done = restore_catalogue(
            file,
            settings.catalogue_url,
            locks=settings.home / "locks",
            replace=replace,
            now=datetime.now(UTC),
            progress=lambda share: tell("copying", _per(share), 100),
        )
    output.say(f"Restored {done.papers:,} papers.")
    if done.kept is not None:
        output.say(f"What was there before is kept as {done.kept}.")
    with state.service() as service:
        bring_level(service)


@config_app.command("show")
def show_config(context: typer.Context, format: FormatOption = None) -> None:
    """Show every setting, where its value came from and what it means; secrets are masked."""
    state: State = context.obj
    rows = shown(state.settings())
    if format is Format.JSON:
        output.as_json({row.name: {"value": row.value, "origin": row.origin} for row in rows})
        return
    cells = [(row.name, row.value, row.origin, row.meaning) for row in rows]
    output.rows(format, ("setting", "value", "origin", "meaning"), cells)


def _per(share: float) -> int:
    return int(100 * share)
