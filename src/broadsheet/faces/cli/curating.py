"""The commands of curation: curate anew, the datasheet, and repairs undone."""

from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from broadsheet import ingest
from broadsheet.curation.datasheet import as_markdown
from broadsheet.curation.datasheet import datasheet as counted
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption, bring_level
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State, stopping
from broadsheet.identifiers import read_reference

INTERRUPTED = 130


class SheetFormat(StrEnum):
    """How the datasheet is written."""

    MD = "md"
    JSON = "json"


def curate(context: typer.Context, format: FormatOption = None) -> None:
    """Tidy, repair and flag all papers again, by the rules of this version.

    Also finds the sentences that many abstracts share. Papers stay one or two as they are; what a
    record said is kept as it was received.
    """
    state: State = context.obj
    with state.service() as service, stopping() as stop:
        with told("curate") as tell:
            done = ingest.curate(service.catalogue, progress=tell, stop=stop.is_set)
        if done.changed and not done.stopped:
            bring_level(service)
    counts = asdict(done)
    if format is Format.JSON:
        output.as_json(counts)
    else:
        listed = counts | dict(sorted(counts.pop("stages").items()))
        output.rows(format, ("outcome", "papers"), [(k, str(v)) for k, v in listed.items()])
    if done.stopped:
        output.say("Stopped; run it again to go on.")
        raise typer.Exit(INTERRUPTED)


def datasheet(
    context: typer.Context,
    format: Annotated[SheetFormat, typer.Option("--format", help="Markdown or JSON.")] = (
        SheetFormat.MD
    ),
) -> None:
    """Write the datasheet of the catalogue: what is in it, what was done to it, what is missing."""
    state: State = context.obj
    with state.service() as service:
        sheet = counted(service.catalogue, now=datetime.now(UTC))
        name = service.settings.site_name
    if format is SheetFormat.MD:
        typer.echo(as_markdown(sheet, name=name), nl=False)
        return
    shaped = asdict(sheet) | {
        "made": sheet.made.isoformat(),
        "sources": [
            {
                "source": one.source,
                "papers": sheet.papers_of.get(one.source, 0),
                "records": one.count,
                "last_received": one.last_received.isoformat(),
            }
            for one in sheet.sources
        ],
        "merged": sheet.merged,
        "gaps": list(sheet.gaps()),
    }
    shaped.pop("papers_of")
    output.as_json(shaped)


def unrepair(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An id, DOI or address.", show_default=False)],
    again: Annotated[bool, typer.Option("--again", help="Repair its texts again.")] = False,
) -> None:
    """Undo what was repaired in a paper's texts, from now on too; LaTeX is still read."""
    state: State = context.obj
    with state.service() as service:
        reference = str(read_reference(name) or name)
        paper = ingest.leave_as_received(service.catalogue, reference, wanted=not again)
        bring_level(service)
    output.say(f"{paper} is {'repaired again' if again else 'as it was received'}.")
