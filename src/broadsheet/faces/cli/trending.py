"""The command that lists what is trending, with the terms of each number."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from broadsheet.errors import InputError
from broadsheet.faces import shapes
from broadsheet.faces.cli import lines, output
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.papers import FormatOption
from broadsheet.faces.cli.state import State
from broadsheet.faces.trends import read_window
from broadsheet.ranking import Trend
from broadsheet.ranking import trending as order_of

_MOST = 1000


def trending(
    context: typer.Context,
    window: Annotated[
        str, typer.Option(help="How far back something must have come: today, week or month.")
    ] = "week",
    limit: Annotated[int, typer.Option(help="How many papers, 1 to 1000.")] = 10,
    format: FormatOption = None,
) -> None:
    """List the papers that are trending, and what each number is made of."""
    state: State = context.obj
    chosen = read_window(window)
    if not 1 <= limit <= _MOST:
        raise InputError(f"--limit must be 1 to {_MOST:,}.")
    with state.service() as service:
        listed = order_of(service.catalogue, datetime.now(UTC)).of(chosen)[:limit]
        keys = [one.key for one in listed]
        with service.catalogue.reading() as desk:
            papers = desk.papers.by_keys(keys, full=True)
            signals = desk.signals.of_papers(keys)
    placed = [(place, one) for place, one in enumerate(listed, 1) if one.key in papers]
    if format is Format.JSON:
        output.as_json(
            [
                shapes.trending_json(
                    place, one, shapes.paper_json(papers[one.key], signals[one.key])
                )
                for place, one in placed
            ]
        )
        return
    lines.listed(
        format,
        [
            (papers[one.key], one.trend.score, lines.title(papers[one.key]), _terms(one.trend))
            for _, one in placed
        ],
    )
    if not listed:
        output.say("Nothing came to any paper in that time.")


def _terms(trend: Trend) -> str:
    """The terms that show in two decimals."""
    shown = [f"{term.name} {term.value:+.2f}" for term in trend.terms if abs(term.value) >= 0.005]
    return ", ".join(shown)
