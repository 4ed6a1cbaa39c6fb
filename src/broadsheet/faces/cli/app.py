"""The root command: its global options, its commands, and errors as one sentence each."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from broadsheet import __version__
from broadsheet.errors import BroadsheetError
from broadsheet.faces.cli import (
    alike,
    curating,
    digests,
    doctor,
    editions,
    evaluating,
    exporting,
    harvesting,
    indexing,
    papers,
    post,
    rounds,
    sections,
    serving,
    snapshots,
    trending,
    upkeep,
    users,
)
from broadsheet.faces.cli.state import State

INTERRUPTED = 130
_EPILOG = (
    "Exit codes: 0 done; 1 not found, or problems found; 2 bad input or usage; 3 the catalogue, "
    "index or disk; 4 another process is busy; 5 something outside failed; 130 interrupted."
)

app = typer.Typer(
    name="broadsheet",
    help="A self-hosted front page for a research field.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("up")(serving.up)
app.command("serve")(serving.serve)
app.command("init")(upkeep.init)
app.command("import")(papers.import_)
app.command("harvest")(harvesting.harvest)
app.command("sources")(harvesting.sources)
app.add_typer(rounds.app, name="scheduler")
app.add_typer(post.app, name="post")
app.add_typer(digests.app, name="digest")
app.add_typer(digests.subscribers, name="subscriber")
app.add_typer(editions.app, name="edition")
app.add_typer(sections.app, name="section")
app.command("search")(papers.search)
app.command("like")(alike.like)
app.command("trending")(trending.trending)
app.add_typer(papers.paper_app, name="paper")
papers.paper_app.command("unrepair")(curating.unrepair)
app.add_typer(papers.pairs_app, name="pairs")
app.add_typer(papers.quarantine_app, name="quarantine")
app.add_typer(indexing.app, name="index")
app.command("evaluate")(evaluating.evaluate)
app.command("export")(exporting.export)
app.command("curate")(curating.curate)
app.command("datasheet")(curating.datasheet)
app.add_typer(users.app, name="user")
app.command("backup")(upkeep.backup)
app.command("restore")(upkeep.restore)
app.add_typer(snapshots.app, name="snapshot")
app.add_typer(doctor.app, name="doctor")
app.add_typer(upkeep.config_app, name="config")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"broadsheet {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the catalogue and index; else BROADSHEET_HOME.", show_default=False
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """A self-hosted front page for a research field."""
    context.obj = State(home)


def main() -> None:
    """Run the command line; an error is one sentence on standard error and an exit code."""
    try:
        app(prog_name="broadsheet")
    except BroadsheetError as error:
        errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        errors.print(f"broadsheet: {error.message}")
        if error.hint:
            errors.print(f"  → {error.hint}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has enough.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
