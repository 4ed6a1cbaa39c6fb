"""The commands that move a whole catalogue: snapshot export and import."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.catalogue import import_snapshot
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import bring_level
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State

app = typer.Typer(
    help="A whole catalogue in files, for another instance or the other store.",
    no_args_is_help=True,
)


@app.command("export")
def export(
    context: typer.Context,
    target: Annotated[
        Path,
        typer.Argument(help="A new folder; or one file, if its name ends with .zip."),
    ],
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="JSON Lines (zstd) in place of Parquet.")
    ] = False,
) -> None:
    """Write every table of the catalogue as it is now, with a manifest and checksums.

    Others may go on writing. Parquet needs the extra `parquet`, JSON Lines nothing.
    """
    state: State = context.obj
    with state.service() as service, told("snapshot") as tell:
        written = service.catalogue.snapshot(
            target,
            jsonl=jsonl,
            now=datetime.now(UTC),
            progress=lambda share: tell("writing", int(100 * share), 100),
        )
    output.say(f"The snapshot is {target}: {written.rows:,} rows of {len(written.members)} tables.")


@app.command("import")
def import_(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(help="The folder or file of a snapshot.", show_default=False)
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Import over papers; a copy of them is kept.")
    ] = False,
) -> None:
    """Make a snapshot the catalogue, all of it or nothing; then the index is made anew.

    A snapshot that is damaged, or of a newer program, is refused.
    """
    state: State = context.obj
    settings = state.settings()
    with told("snapshot") as tell:
        done = import_snapshot(
            source,
            settings.catalogue_url,
            locks=settings.home / "locks",
            replace=replace,
            now=datetime.now(UTC),
            progress=lambda what, share: tell(what, int(100 * share), 100),
        )
    output.say(f"Imported {done.papers:,} papers.")
    if done.kept is not None:
        output.say(f"What was there before is kept as {done.kept}.")
    with state.service() as service:
        bring_level(service)
