"""The command that finds papers like those of a file or text."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from broadsheet import ingest
from broadsheet.errors import InputError
from broadsheet.faces import shapes
from broadsheet.faces.cli import lines, output
from broadsheet.faces.cli.indexing import caught_up
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.papers import FormatOption
from broadsheet.faces.cli.state import State
from broadsheet.ingest.examples import LARGEST_EXAMPLES
from broadsheet.ranking import alike


def like(
    context: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            help="BibTeX, RIS, CSV, JSON Lines, or plain text with abstracts, titles one a line "
            "or ids; - is standard input.",
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="The text itself, in place of a file.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="How many papers, 1 to 1000.")] = 10,
    format: FormatOption = None,
) -> None:
    """Find papers like several given ones, which are left out, and say which each is like."""
    state: State = context.obj
    given = ingest.read_examples(*_held(file, text))
    with state.service() as service:
        caught_up(service)
        found = alike(service.catalogue, service.index, given.papers, limit)
    if format is Format.JSON:
        output.as_json(shapes.alike_json(given, found))
        return
    lines.listed(
        format,
        [(hit.paper, hit.score, lines.title(hit.paper), f"like: {hit.like}") for hit in found.hits],
    )
    output.say(shapes.told(given, found))
    for one in shapes.unread(given, found):
        output.say(f"Not used: {one.place}: {one.reason}.")
    if not found.hits:
        output.say("Nothing was found.")


def _held(file: str | None, text: str | None) -> tuple[bytes, str]:
    """The bytes that were given, no more than a little over the limit, and what they are called."""
    if (file is None) == (text is None):
        raise InputError("Give either a file or --text.", hint="- is standard input.")
    if text is not None:
        return text.encode("utf-8", "replace"), "text"
    if file == "-":
        return sys.stdin.buffer.read(LARGEST_EXAMPLES + 1), "standard input"
    try:
        with Path(str(file)).open("rb") as opened:
            return opened.read(LARGEST_EXAMPLES + 1), str(file)
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror}.", hint="Check the path."
        ) from error
