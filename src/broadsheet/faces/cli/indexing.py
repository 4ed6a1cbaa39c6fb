"""The commands about the index: catch up, rebuild, deepen, compress, status and verify."""

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from broadsheet.errors import BusyError
from broadsheet.faces import indexing
from broadsheet.faces.cli import compressing, output
from broadsheet.faces.cli.compressing import Which
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State, stopping
from broadsheet.index.compressing import BUDGET
from broadsheet.service import Service

app = typer.Typer(help="The search index, which can always be made anew.", no_args_is_help=True)
_PROBLEMS = 1
_GIVING_WAY = 10
"""How nice the reading is to other programs, from 0 to 19."""
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="A table in a terminal, tab-separated values when piped."),
]


def bring_level(service: Service, stop: Callable[[], bool] = lambda: False) -> int:
    """Catch the index up, telling how far it is; the number of changes."""
    if not service.index.behind():
        return 0
    with told("index") as tell:
        return indexing.bring_level(service, lambda at: tell("indexing", at.done, at.total), stop)


def bring_level_apart(service: Service, stop: Callable[[], bool]) -> None:
    """Catch the index up; much of it in a process of its own."""
    if service.index.behind() < indexing.MANY:
        bring_level(service, stop)
    else:
        indexing.bring_level_apart(service)


def caught_up(service: Service) -> None:
    """Catch the index up before a search; if another process is at it, search what there is."""
    try:
        bring_level(service)
    except BusyError:
        output.say("Note: another process is writing the index; this searches what is there.")


@app.command("catch-up")
def catch_up(context: typer.Context) -> None:
    """Bring the index level with the catalogue."""
    state: State = context.obj
    with state.service() as service, stopping() as stop:
        changes = bring_level(service, stop.is_set)
        output.say(f"The index took in {changes:,} changes.")
        if stop.is_set():
            raise typer.Exit(indexing.INTERRUPTED)


@app.command("rebuild")
def rebuild(context: typer.Context) -> None:
    """Make the index anew; until it is done the old one answers."""
    state: State = context.obj
    with state.service() as service, stopping() as stop:
        with told("index") as tell:
            papers = service.index.rebuild(
                lambda at: tell("indexing", at.done, at.total), stop.is_set
            )
        if stop.is_set():
            output.say("Stopped; the old index stays.")
            raise typer.Exit(indexing.INTERRUPTED)
        output.say(f"The index was made anew from {papers:,} changes.")


@app.command("deepen")
def deepen(
    context: typer.Context,
    threads: Annotated[
        int, typer.Option(min=1, max=64, help="Papers that are read side by side.")
    ] = 1,
) -> None:
    """Let the contextual model read the papers that it has not, the newest first.

    `serve` does this by itself. It gives way to other programs, and can be stopped and resumed.
    """
    state: State = context.obj
    os.nice(_GIVING_WAY)
    with state.service(reading_threads=threads) as service, stopping() as stop:
        caught_up(service)
        with told("deepen") as tell:
            read = service.index.deepen(lambda at: tell("reading", at.done, at.total), stop.is_set)
        lacking = service.index.lacking()
    output.say(f"The contextual model read {read:,} papers; {lacking:,} are left.")
    if stop.is_set():
        raise typer.Exit(indexing.INTERRUPTED)


@app.command("compress")
def compress(
    context: typer.Context,
    budget: Annotated[
        float, typer.Option(min=1, help="Bytes a paper that the vectors may take in memory.")
    ] = BUDGET,
    encoder: Annotated[
        Which,
        typer.Option(help="Whose vectors: the first encoder's, or those of the contextual one."),
    ] = Which.STATIC,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Measure, and write nothing.")] = False,
    format: FormatOption = None,
) -> None:
    """Measure ways to keep vectors in memory, and choose the best within a budget.

    Queries are drawn from the papers' own titles and abstracts. Searches go on meanwhile.
    """
    state: State = context.obj
    with state.service() as service, stopping() as stop:
        one = compressing.encoder_of(service, encoder)
        with told("compress") as tell:
            found = compressing.measured(
                service, one, budget, lambda at: tell("trying", at.done, at.total), stop.is_set
            )
        if stop.is_set():
            output.say("Stopped; nothing was written.")
            raise typer.Exit(indexing.INTERRUPTED)
        try:
            found = found if dry_run else compressing.written(service, one, found)
        finally:
            compressing.show(found, format)


@app.command("status")
def status(context: typer.Context, format: FormatOption = None) -> None:
    """Say what the index holds and how far it is behind."""
    state: State = context.obj
    with state.service() as service:
        found = asdict(service.index.status())
    if format is Format.JSON:
        output.as_json(found)
    else:
        cells = [(name, output.flat(value)) for name, value in found.items()]
        output.rows(format, ("part", "value"), cells)


@app.command("verify")
def verify(context: typer.Context) -> None:
    """Compare the index with the catalogue; exit code 1 if they disagree."""
    state: State = context.obj
    with state.service() as service:
        problems = service.index.verify()
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(_PROBLEMS)
    output.say("Index and catalogue agree.")
