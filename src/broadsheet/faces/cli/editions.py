"""The commands about editions: make, list, show and publish."""

from typing import Annotated

import typer

from broadsheet.catalogue import EditionKind
from broadsheet.editions import (
    archive,
    closed,
    issue_of,
    make,
    matching,
    read_label,
    release,
    stories_of,
)
from broadsheet.errors import InputError, NotFoundError
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.state import State
from broadsheet.faces.guard import present
from broadsheet.faces.sections import section_of
from broadsheet.text import plain

app = typer.Typer(help="Editions: make, list, show, publish.", no_args_is_help=True)
SectionOption = Annotated[str, typer.Option("--section", help="Its name; else the whole site.")]
KindOption = Annotated[EditionKind, typer.Option("--kind", help="day, week, month or special.")]


@app.command("make")
def make_(
    context: typer.Context,
    label: Annotated[
        str | None, typer.Argument(help="2026-11-21, 2026-W47 or 2026-11; else the last closed.")
    ] = None,
    kind: KindOption = EditionKind.DAY,
    section: SectionOption = "",
) -> None:
    """Let an edition make itself and come out, if it is not out yet; exit code 1 for no papers."""
    state: State = context.obj
    with state.service() as service:
        now = present()
        with service.catalogue.reading() as desk:
            of = section_of(service, desk, section)
        span = read_label(kind, label) if label else closed(kind, now, *of.cutoff_in_zone)
        if kind is EditionKind.SPECIAL:
            raise InputError("A special edition is made on the desk.")
        if span.first > now.astimezone(of.cutoff_in_zone[1]).date():
            raise InputError(f"The {kind} {span.label} is still to come.")
        found = matching(service.catalogue, service.index, of, span, service.weights)
        made = make(service.catalogue, of, span, now, found)
        if made is None:
            output.say(f"No paper came in for {span.label}.")
            raise typer.Exit(1)
        with service.catalogue.reading() as desk:
            papers = len(desk.editions.picks(made.key))
    output.say(f"The edition {span.label} is out with {papers} {_papers(papers)}.")


@app.command("list")
def list_(
    context: typer.Context,
    section: SectionOption = "",
    limit: Annotated[int, typer.Option(min=1, help="How many days, at most.")] = 30,
    format: FormatOption = None,
) -> None:
    """List drafts and scheduled editions, and the days that have an edition, the last first."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        name = section_of(service, desk, section).name
        waiting = desk.editions.unpublished(name)
        picks = desk.editions.picks_of([one.key for one in waiting])
        rows: list[tuple[str, ...]] = [
            (one.label, str(one.kind), str(one.state), str(len(picks[one.key]))) for one in waiting
        ]
        days = list(archive(desk, name).items())[:limit]
        published = desk.editions.labels(name, EditionKind.DAY)
        rows += [
            (day, "day", "published" if day in published else "told", str(papers))
            for day, papers in days
        ]
    if format is Format.JSON:
        names = ("label", "kind", "state", "papers")
        output.as_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        output.rows(format, ("label", "kind", "state", "papers"), rows)


@app.command("show")
def show(
    context: typer.Context,
    label: Annotated[str, typer.Argument(help="2026-11-21, 2026-W47, 2026-11 or a name.")],
    kind: KindOption = EditionKind.DAY,
    section: SectionOption = "",
    format: FormatOption = None,
) -> None:
    """Show an edition's papers in order."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        of = section_of(service, desk, section)
        issue = issue_of(desk, of.name, read_label(kind, label))
        stories = stories_of(desk, issue.picks)
    if not stories:
        raise NotFoundError(f"There is no edition {label}.", hint="See `broadsheet edition list`.")
    if format is Format.JSON:
        output.as_json(
            [
                {
                    "place": one.pick.place,
                    "id": one.paper.id,
                    "title": plain(one.paper.title),
                    "votes": one.votes,
                    "line": one.pick.line,
                    "reasons": list(one.pick.reasons),
                }
                for one in stories
            ]
        )
        return
    cells = [
        (str(one.pick.place), one.paper.id, str(one.votes), plain(one.paper.title))
        for one in stories
    ]
    output.rows(format, ("place", "id", "votes", "title"), cells)


@app.command("publish")
def publish(
    context: typer.Context,
    label: Annotated[str, typer.Argument(help="2026-11-21, 2026-W47, 2026-11 or a name.")],
    kind: KindOption = EditionKind.DAY,
    section: SectionOption = "",
) -> None:
    """Let the draft of an edition come out now; it makes no difference if it is out already."""
    state: State = context.obj
    with state.service() as service:
        span = read_label(kind, label)
        with service.catalogue.writing() as desk:
            of = section_of(service, desk, section)
            edition = desk.editions.get(of.name, span.kind, span.label)
            if edition is None:
                raise NotFoundError(
                    f"There is no edition {label}.", hint="Begin it on the desk, or make it."
                )
            was_out = not release(desk, edition, present())
    output.say(f"The edition {label} {'was out already' if was_out else 'is out'}.")


def _papers(count: int) -> str:
    return "paper" if count == 1 else "papers"
