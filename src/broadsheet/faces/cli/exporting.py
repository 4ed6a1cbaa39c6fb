"""The command that takes a list of papers away, in the formats that other programs read."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cards import ExportFormat, exported
from broadsheet.catalogue.atomic import place, refuse_existing
from broadsheet.errors import InputError
from broadsheet.faces.cli import lines, output
from broadsheet.faces.cli.indexing import caught_up
from broadsheet.faces.cli.options import (
    AuthorOption,
    CategoryOption,
    HasOption,
    LiteralOption,
    SortOption,
    VenueOption,
    YearOption,
)
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State
from broadsheet.papers import Paper
from broadsheet.ranking import Filters, listed

_TOLD_EVERY = 100


def export(
    context: typer.Context,
    query: Annotated[
        list[str] | None,
        typer.Argument(help="As for `search`; all papers without one.", show_default=False),
    ] = None,
    format: Annotated[
        ExportFormat, typer.Option("--format", help="How the papers are written.")
    ] = ExportFormat.JSONL,
    target: Annotated[
        Path | None,
        typer.Option("--output", help="A file that is not there yet; else standard output."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many, at most.", show_default=False)
    ] = None,
    mode: Annotated[
        str, typer.Option(help="hybrid, lexical (all papers with all the words) or semantic.")
    ] = "hybrid",
    sort: SortOption = "relevance",
    year: YearOption = None,
    category: CategoryOption = None,
    venue: VenueOption = "",
    author: AuthorOption = "",
    has: HasOption = None,
    literal: LiteralOption = False,
) -> None:
    """Take a list of papers away: all, those that fit filters, or those that a search finds.

    What `search` finds by meaning ends after the best 2,000; filters alone and `--mode lexical`
    have no end. JSON Lines are read back by `import`.
    """
    state: State = context.obj
    filters = Filters.given(year, category, venue, author, has)
    with state.service() as service:
        caught_up(service)
        listing = listed(
            service.catalogue,
            service.index,
            " ".join(query or ()),
            mode=mode,  # type: ignore[arg-type]
            sort=sort,  # type: ignore[arg-type]
            filters=filters,
            weights=service.weights,
            literal=literal,
            limit=limit,
        )
        lines.say_read(listing.notes, listing.understood)
        if target is None:
            for piece in exported(listing.papers, format):
                sys.stdout.buffer.write(piece.encode())
            sys.stdout.buffer.flush()
        else:
            _write(listing.papers, format, target, limit or 0)


def _write(papers: Iterable[Paper], format: ExportFormat, target: Path, limit: int) -> None:
    """Write the papers to a new file, telling how far it is."""
    count = _Count()
    with told("export") as tell, _finished(target) as write:
        for piece in exported(count.of(papers, lambda done: tell("papers", done, limit)), format):
            write(piece.encode())
    output.say(f"Wrote {count.done:,} papers to {target}.")


class _Count:
    """How many papers have gone by."""

    done = 0

    def of(self, papers: Iterable[Paper], tell: Callable[[int], None]) -> Iterator[Paper]:
        """The same papers, counted."""
        for paper in papers:
            yield paper
            self.done += 1
            if self.done % _TOLD_EVERY == 0:
                tell(self.done)


@contextmanager
def _finished(target: Path) -> Iterator[Callable[[bytes], int]]:
    """How to write a file that has its name only once it is whole; InputError if it cannot be."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        refuse_existing(target)
        try:
            with partial.open("wb") as file:
                yield file.write
            place(partial, target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{target} cannot be written: {error.strerror or error}.",
            hint="Choose another --output, or free some space.",
        ) from error
