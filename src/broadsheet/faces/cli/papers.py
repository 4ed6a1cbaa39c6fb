"""The commands about papers: import, search, show, doubtful pairs and quarantine."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadsheet import ingest
from broadsheet.errors import NotFoundError
from broadsheet.faces import shapes
from broadsheet.faces.cli import lines, output
from broadsheet.faces.cli.indexing import bring_level, bring_level_apart, caught_up
from broadsheet.faces.cli.options import (
    AuthorOption,
    CategoryOption,
    HasOption,
    LiteralOption,
    SortOption,
    VenueOption,
    YearOption,
)
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State, stopping
from broadsheet.faces.tallies import tallies, tally_json
from broadsheet.identifiers import read_reference
from broadsheet.ranking import Filters, Page
from broadsheet.ranking import search as find
from broadsheet.text import plain, shortened

INTERRUPTED = 130
_LONGEST_CELL = 200
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="A table in a terminal, tab-separated values when piped."),
]
paper_app = typer.Typer(help="Look at one paper.", no_args_is_help=True)
pairs_app = typer.Typer(help="Pairs of papers that may be one.", no_args_is_help=True)
quarantine_app = typer.Typer(help="Records that cannot be papers.", no_args_is_help=True)


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Saved result pages, JSON Lines, BibTeX, RIS, CSV or ACL Anthology XML; "
            "plain or packed (.gz, .xz, .zst, .bz2).",
            show_default=False,
        ),
    ],
    source: Annotated[
        str | None, typer.Option(help="Who says it; by default each file's name.")
    ] = None,
    input_format: Annotated[
        str | None,
        typer.Option(
            "--as", help="pages, jsonl, bibtex, ris, csv or acl-xml, if it is not recognised."
        ),
    ] = None,
    encoding: Annotated[str, typer.Option(help="How the text is encoded.")] = "utf-8",
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Put broken records into quarantine.")
    ] = False,
    no_index: Annotated[
        bool, typer.Option("--no-index", help="Leave the index behind; `search` catches it up.")
    ] = False,
    format: FormatOption = None,
) -> None:
    """Take papers from files into the catalogue; a file with a fault is refused whole.

    Repeating an import changes nothing; an interrupted one is simply run again.
    """
    state: State = context.obj
    reading = ingest.Reading(source, input_format, encoding)
    with state.service(create=True) as service, stopping() as stop:
        with told("import") as tell:
            report = ingest.import_files(
                service.catalogue,
                files,
                reading,
                now=datetime.now(UTC),
                progress=lambda at: tell(f"{at.phase} {at.file}", at.done, at.total),
                stop=stop.is_set,
                keep_going=keep_going,
            )
        if not no_index and not report.stopped:
            bring_level_apart(service, stop.is_set)
        counts = asdict(report)
        if format is Format.JSON:
            output.as_json(counts)
        else:
            told_of = counts | dict(sorted(counts.pop("stages").items()))
            output.rows(format, ("outcome", "records"), [(k, str(v)) for k, v in told_of.items()])
    if report.quarantined:
        output.say("Some records cannot be papers: see `broadsheet quarantine list`.")
    if report.pairs:
        output.say("Some papers may be one: see `broadsheet pairs list`.")
    if report.stopped:
        output.say("Stopped; run the same import again to go on.")
        raise typer.Exit(INTERRUPTED)


def search(
    context: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            help='Words, "phrases", -not, OR, title: abstract: author: venue: category: '
            "year:2020..2024 has:code, or an id.",
            show_default=False,
        ),
    ],
    mode: Annotated[str, typer.Option(help="hybrid, lexical or semantic.")] = "hybrid",
    sort: SortOption = "relevance",
    limit: Annotated[int, typer.Option(help="How many hits, 1 to 1000.")] = 10,
    cursor: Annotated[str | None, typer.Option(help="The next_cursor of the page before.")] = None,
    year: YearOption = None,
    category: CategoryOption = None,
    venue: VenueOption = "",
    author: AuthorOption = "",
    has: HasOption = None,
    literal: LiteralOption = False,
    format: FormatOption = None,
) -> None:
    """Find papers by words and by meaning, and say why each was found."""
    state: State = context.obj
    filters = Filters.given(year, category, venue, author, has)
    with state.service() as service:
        caught_up(service)
        page = find(
            service.catalogue,
            service.index,
            " ".join(query),
            mode=mode,  # type: ignore[arg-type]
            sort=sort,  # type: ignore[arg-type]
            filters=filters,
            limit=limit,
            cursor=cursor,
            weights=service.weights,
            literal=literal,
        )
    if format is Format.JSON:
        output.as_json(shapes.page_json(page))
        return
    lines.listed(
        format,
        [(hit.paper, hit.score, lines.hit_text(hit), lines.why(hit)) for hit in page.hits],
    )
    _say(page)


def _say(page: Page) -> None:
    """Say how a query was read, beside what was found."""
    lines.say_read(page.notes, page.understood)
    for short, long_form in page.acronyms.items():
        output.say(f"Here {short} stands for: {long_form}")
    if page.suggestion:
        output.say(f"Did you mean: {page.suggestion}")
    if not page.hits:
        output.say("Nothing was found.")


@paper_app.command("show")
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An id, DOI or address.", show_default=False)],
    format: FormatOption = None,
) -> None:
    """Show a paper: its facts, who said them, its signals and its other ids."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        found = desk.papers.get(str(read_reference(name) or name))
        if found is None:
            raise NotFoundError(f"There is no paper {name}.", hint="Look for it with `search`.")
        signals = desk.signals.of(found[0])
        tally = tallies(desk, {found[0]: signals})[found[0]]
        shaped = shapes.paper_json(found[1], signals) | tally_json(tally)
    if format is Format.JSON:
        output.as_json(shaped)
    elif format is Format.IDS:
        output.rows(format, ("id",), [(shaped["id"],)])
    else:
        cells = [(key, output.flat(value)) for key, value in shaped.items() if value]
        output.rows(format, ("fact", "value"), cells)


@pairs_app.command("list")
def list_pairs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many, the most alike first.")] = 50,
    format: FormatOption = None,
) -> None:
    """List the pairs that nobody has decided yet."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        pairs = desk.matches.pairs(limit=limit)
        papers = desk.papers.by_keys({key for pair in pairs for key in (pair.left, pair.right)})
    listed = [
        {
            "left": papers[pair.left].id,
            "right": papers[pair.right].id,
            "similarity": round(pair.similarity, 3),
            "reason": pair.reason,
            "left_title": plain(papers[pair.left].title),
            "right_title": plain(papers[pair.right].title),
        }
        for pair in pairs
    ]
    if format is Format.JSON:
        output.as_json(listed)
        return
    columns = ("left", "right", "similarity", "reason", "left_title", "right_title")
    output.rows(format, columns, [[str(row[name]) for name in columns] for row in listed])


@pairs_app.command("join")
def join_pair(context: typer.Context, left: str, right: str) -> None:
    """Decide that two papers are one; all that was said of both is kept."""
    state: State = context.obj
    with state.service() as service:
        kept = ingest.join(service.catalogue, left, right)
        bring_level(service)
    output.say(f"{left} and {right} are now one paper, {kept}.")


@pairs_app.command("separate")
def separate_pair(context: typer.Context, left: str, right: str) -> None:
    """Decide that a pair is two papers."""
    state: State = context.obj
    with state.service() as service:
        ingest.separate(service.catalogue, left, right)
    output.say(f"{left} and {right} stay two papers.")


@quarantine_app.command("list")
def list_quarantine(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    after: Annotated[int, typer.Option(help="Begin after this number.")] = 0,
    format: FormatOption = None,
) -> None:
    """List the records in quarantine, each with the reason."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        held = [
            {
                "number": one.key,
                "source": one.source,
                "reason": one.reason,
                "place": one.place,
                "title": plain(one.record.title),
            }
            for one in desk.quarantine.list(limit, after)
        ]
    if format is Format.JSON:
        output.as_json(held)
        return
    columns = ("number", "source", "reason", "place", "title")
    # What is no paper may be a book; JSON and `quarantine show` have all of it.
    cells = [[shortened(str(row[name]), _LONGEST_CELL) for name in columns] for row in held]
    output.rows(format, columns, cells)


@quarantine_app.command("show")
def show_quarantined(context: typer.Context, number: int) -> None:
    """Show a quarantined record as it was received."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        held = desk.quarantine.get(number)
    if held is None:
        raise NotFoundError(f"There is no quarantined record {number}.")
    output.say(f"{held.place}: {held.reason}")
    typer.echo(held.record.raw)


@quarantine_app.command("release")
def release(
    context: typer.Context,
    numbers: Annotated[list[int], typer.Argument(help="As `quarantine list` shows them.")],
) -> None:
    """File quarantined records as papers, against the judgement."""
    state: State = context.obj
    with state.service() as service:
        for number in numbers:
            paper = ingest.release(service.catalogue, number, now=datetime.now(UTC))
            output.say(f"Record {number} is now the paper {paper}.")
        bring_level(service)
