"""The commands about letters: run, status, show and decide."""

from enum import StrEnum
from typing import Annotated

import typer

from broadsheet.catalogue import Fate, Posted
from broadsheet.errors import ConflictError, NotFoundError
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.state import State, stopping
from broadsheet.faces.guard import present
from broadsheet.faces.mail import mail_standing, open_post, posted_json, standing_json

app = typer.Typer(help="Letters: what is sent, and what became of it.", no_args_is_help=True)
_COLUMNS = ("key", "kind", "to", "state", "tries", "due", "detail")


class Choice(StrEnum):
    """What to do with a letter of which nobody knows whether it arrived."""

    AGAIN = "again"
    DROP = "drop"


@app.command("run")
def run(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Hand over what is due now, and end.")
    ] = False,
) -> None:
    """Hand letters over in this process, until Ctrl-C or SIGTERM.

    `serve` does it by itself unless the setting `post` is off; any number may run at once.
    """
    state: State = context.obj
    with state.service() as service, stopping() as stop:
        post = open_post(service)
        if once:
            output.say(f"{post.do_due(stop):,} letters seen to.")
        else:
            post.work(stop)


@app.command("status")
def status(context: typer.Context, format: FormatOption = None) -> None:
    """Say where letters go, how many have which fate, and how many are late."""
    state: State = context.obj
    with state.service() as service:
        found = mail_standing(service, present())
    if format is Format.JSON:
        output.as_json(standing_json(found))
        return
    cells = [(str(fate), f"{count:,}") for fate, count in found.counts.items()]
    output.rows(format, ("state", "letters"), cells)
    late = f" {found.late:,} are late." if found.late else ""
    output.say(f"Letters go to {found.where}.{late}")


@app.command("show")
def show(
    context: typer.Context,
    key: Annotated[
        int | None, typer.Argument(help="A letter; without it the last ones.", show_default=False)
    ] = None,
    fate: Annotated[
        Fate | None, typer.Option("--state", help="Only those.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    format: FormatOption = None,
) -> None:
    """Show what became of a letter, or of the last letters."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        one = None if key is None else desk.outbox.get(key)
        letters = [one] if one else desk.outbox.listed(fate, limit) if key is None else []
    if key is not None and not letters:
        raise NotFoundError(f"There is no letter {key}.")
    if format is Format.JSON:
        output.as_json([posted_json(posted) for posted in letters])
    else:
        output.rows(format, _COLUMNS, [_cells(posted) for posted in letters])


@app.command("decide")
def decide(
    context: typer.Context,
    key: Annotated[int, typer.Argument(help="A letter that is uncertain.", show_default=False)],
    choice: Annotated[Choice, typer.Argument(help="again or drop.", show_default=False)],
) -> None:
    """Send a letter again of which nobody knows whether it arrived, or drop it."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        if desk.outbox.get(key) is None:
            raise NotFoundError(f"There is no letter {key}.")
        if not desk.outbox.decide(key, present(), again=choice is Choice.AGAIN):
            raise ConflictError(
                f"Letter {key} cannot be decided on: it is not uncertain, or over.",
                hint=f"See `broadsheet post show {key}`; what is over can only be dropped.",
            )


def _cells(posted: Posted) -> tuple[str, ...]:
    """A letter as a row."""
    letter = posted.letter
    return (
        str(posted.key),
        letter.kind,
        letter.recipient,
        str(posted.state),
        str(posted.tries),
        f"{letter.due:%Y-%m-%d %H:%M}",
        posted.detail,
    )
