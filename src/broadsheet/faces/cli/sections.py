"""The commands about sections: add, list, remove, and who curates."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from broadsheet.catalogue import SECTION_NAME, Desk, Section
from broadsheet.errors import ConflictError, InputError, NotFoundError
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.state import State
from broadsheet.faces.guard import present
from broadsheet.ranking import read_query

app = typer.Typer(help="Sections: saved queries with editions of their own.", no_args_is_help=True)
_NAME = "A name has 1 to 39 of a-z, 0-9 and inner hyphens."


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As addresses have it: a-z, 0-9 and hyphens.")],
    query: Annotated[str, typer.Option("--query", help="The search that its papers answer to.")],
    title: Annotated[str, typer.Option("--title", help="What it is called; else its name.")] = "",
    cutoff: Annotated[
        str | None, typer.Option("--cutoff", help="HH:MM; else the setting edition_at.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="An IANA name; else the setting time_zone.")
    ] = None,
    size: Annotated[
        int | None, typer.Option("--size", min=1, max=100, help="Else the setting edition_size.")
    ] = None,
) -> None:
    """Make a section: a saved query with its own curators, cut-off, editions and feeds."""
    if not SECTION_NAME.fullmatch(name):
        raise InputError(f"{name!r} cannot name a section.", hint=_NAME)
    if not query.strip():
        raise InputError("A section needs a query.", hint="Give one with --query.")
    read_query(query)
    state: State = context.obj
    with state.service() as service:
        settings = service.settings
        with service.catalogue.writing() as desk:
            if desk.sections.named(name):
                raise ConflictError(f"There is a section {name} already.")
            desk.sections.add(
                name,
                title=title or name,
                query=query.strip(),
                cutoff=_time(cutoff) if cutoff else settings.edition_at,
                zone=_zone(zone) if zone else settings.time_zone,
                size=size or settings.edition_size,
                made=present(),
            )
    output.say(f"The section {name} is at /sections/{name}.")


@app.command("list")
def list_(context: typer.Context, format: FormatOption = None) -> None:
    """List the sections with their queries, cut-offs and curators."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        found = [_told(desk, section) for section in desk.sections.all()]
    if format is Format.JSON:
        output.as_json(found)
        return
    cells = [
        (one["name"], one["query"], one["cutoff"], one["zone"], ", ".join(one["curators"]))
        for one in found
    ]
    output.rows(format, ("name", "query", "cutoff", "zone", "curators"), cells)


@app.command("remove")
def remove(context: typer.Context, name: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Take a section away; the editions that it published are kept, and come back with its name."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        desk.sections.remove(_named(desk, name).key)
    output.say(f"The section {name} is gone.")


@app.command("curator")
def curator(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The section's name.")],
    readers: Annotated[list[str] | None, typer.Argument(help="The names of its curators.")] = None,
) -> None:
    """Say who curates a section: these readers and nobody else, none if no name is given."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        section = _named(desk, name)
        keys = []
        for reader in readers or []:
            found = desk.readers.named(reader)
            if found is None:
                raise NotFoundError(f"There is no reader {reader}.", hint="See `user list`.")
            keys.append(found.key)
        desk.sections.set_curators(section.key, keys)
    output.say(f"{len(keys)} {'reader curates' if len(keys) == 1 else 'readers curate'} {name}.")


def _named(desk: Desk, name: str) -> Section:
    section = desk.sections.named(name)
    if section is None:
        raise NotFoundError(f"There is no section {name}.", hint="See `broadsheet section list`.")
    return section


def _told(desk: Desk, section: Section) -> dict[str, Any]:
    curators = desk.readers.by_keys(desk.sections.curators(section.key)).values()
    return {
        "name": section.name,
        "title": section.title,
        "query": section.query,
        "cutoff": section.cutoff,
        "zone": section.zone,
        "size": section.size,
        "curators": sorted(reader.name for reader in curators),
    }


def _time(text: str) -> str:
    try:
        return datetime.strptime(text, "%H:%M").strftime("%H:%M")
    except ValueError:
        raise InputError(f"{text!r} is no time.", hint="Write it as HH:MM.") from None


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"There is no time zone {name!r}.", hint="As in Europe/Berlin.") from None
