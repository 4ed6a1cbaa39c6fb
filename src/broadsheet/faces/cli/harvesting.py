"""The commands about sources over the network: harvest, and how each source stands."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from broadsheet import ingest
from broadsheet.catalogue import Harvest, Outcome
from broadsheet.errors import BroadsheetError, InputError, OutsideError, StoreError
from broadsheet.faces import shapes
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption, bring_level_apart
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import Tell, told
from broadsheet.faces.cli.state import State, stopping
from broadsheet.faces.source_status import standings
from broadsheet.fetch import Client
from broadsheet.service import Service, open_client, source_access

INTERRUPTED = 130
_COUNTS = ("read", "new", "merged", "updated", "unchanged", "quarantined", "gone", "tallied")
_SHOWN = ("source", "outcome", "pages", *_COUNTS, "unknown", "error")


def harvest(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="A source that is set, by its whole name or kind, or any other as kind:what; "
            "by default all that are set.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="The first day, 2026-01-31; by default a day before the last good harvest.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[str | None, typer.Option(help="The last day.", show_default=False)] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Entries of each source, at most.", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask and count, and keep nothing.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Do not go on with an unfinished harvest.")
    ] = False,
    no_index: Annotated[
        bool, typer.Option("--no-index", help="Leave the index behind; `search` catches it up.")
    ] = False,
    format: FormatOption = None,
) -> None:
    """Get what is new from sources over the network; one that fails stops no other.

    Killed or stopped anywhere, the same command goes on from the last page that was filed.
    """
    state: State = context.obj
    order = ingest.Order(_day(since, "--since"), _day(until, "--until"), limit, dry_run, anew)
    with state.service(create=True) as service, stopping() as stop:
        access = source_access(service.settings)
        chosen = ingest.chosen_sources(sources or (), service.settings.sources, access)
        client = open_client(service.settings)
        done = []
        for source in chosen:
            if not stop.is_set():
                done.append(_harvested(service, client, source, order, stop.is_set))
        if not (no_index or dry_run or stop.is_set()):
            bring_level_apart(service, stop.is_set)
        _show(done, format)
    if dry_run:
        output.say("Nothing was kept.")
    if any(one.get("quarantined") for one in done):
        output.say("Some records cannot be papers: see `broadsheet quarantine list`.")
    if stop.is_set():
        output.say("Stopped; run the same harvest again to go on.")
        raise typer.Exit(INTERRUPTED)
    codes = [one["code"] for one in done]
    if any(codes):
        raise typer.Exit(max(codes))


def sources(context: typer.Context, format: FormatOption = None) -> None:
    """Say of each source that is set how it stands: its last batch, last good harvest, papers."""
    state: State = context.obj
    with state.service() as service:
        found = standings(service)
    if format is Format.JSON:
        output.as_json([shapes.standing_json(one) | {"why": one.why} for one in found])
        return
    cells = [
        (
            one.called,
            str(one.state),
            _minute(one.announced),
            _minute(one.harvested),
            f"{one.papers:,}",
            one.statement,
        )
        for one in found
    ]
    columns = ("source", "state", "announced", "harvested", "papers", "statement")
    output.rows(format, columns, cells)
    if not found:
        output.say("No source is set: name some in the setting `sources`.")


def _harvested(
    service: Service,
    client: Client,
    source: ingest.NamedSource,
    order: ingest.Order,
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """What became of the harvest of one source, and the exit code that stands for it."""
    try:
        with told("harvest") as tell:
            run = ingest.harvest(
                service.catalogue,
                client,
                source,
                order,
                clock=lambda: datetime.now(UTC),
                progress=_telling(tell),
                stop=stop,
            )
    except StoreError:
        raise
    except BroadsheetError as error:
        refused = {
            "source": source.name,
            "spec": ingest.public_name(source.spec),
            "outcome": "refused",
        }
        return refused | {
            "error": f"{error.message}\n{error.hint}".strip(),
            "code": error.exit_code,
        }
    return _shape(run)


def _telling(tell: Tell) -> Callable[[ingest.HarvestProgress], None]:
    def progress(at: ingest.HarvestProgress) -> None:
        tell(f"harvesting {at.source}", at.done, at.total)

    return progress


def _shape(run: Harvest) -> dict[str, Any]:
    failed = run.outcome is Outcome.FAILED
    return {
        "source": run.source,
        "spec": ingest.public_name(run.spec),
        "outcome": str(run.outcome),
        "since": str(run.since) if run.since else None,
        "until": str(run.until) if run.until else None,
        "pages": run.pages,
        **{name: run.counts.get(name, 0) for name in (*_COUNTS, "unknown")},
        "stages": {name: n for name, n in sorted(run.counts.items()) if ": " in name},
        "announced": run.announced.isoformat() if run.announced else None,
        "through": run.through.isoformat() if run.through else None,
        "error": run.error,
        "code": OutsideError.exit_code if failed else 0,
    }


def _show(done: list[dict[str, Any]], format: Format | None) -> None:
    if format is Format.JSON:
        output.as_json([{k: v for k, v in one.items() if k != "code"} for one in done])
        return
    first_lines = [one | {"error": one["error"].partition("\n")[0]} for one in done]
    output.rows(
        format, _SHOWN, [[str(one.get(name, "")) for name in _SHOWN] for one in first_lines]
    )


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"{option} is {text!r}, not a day.", hint="Write 2026-01-31.") from error


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
