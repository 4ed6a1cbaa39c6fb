"""The operator's commands: init, backup, restore, doctor and config."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.catalogue import restore as restore_catalogue
from broadsheet.errors import BroadsheetError
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption, bring_level
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.progress import told
from broadsheet.faces.cli.state import State
from broadsheet.faces.standings import standings
from broadsheet.service import Service
from broadsheet.settings import shown

config_app = typer.Typer(help="The settings.", no_args_is_help=True)
_PROBLEMS = 1
_LEAST_FREE_MB = 500


def init(context: typer.Context) -> None:
    """Make a home with an empty catalogue; one that is there stays as it is."""
    state: State = context.obj
    with state.service(create=True) as service:
        output.say(f"The catalogue is {service.catalogue.where}.")


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="A file that is not there yet.")],
) -> None:
    """Copy the catalogue into one file, while others go on writing."""
    state: State = context.obj
    with state.service() as service, told("backup") as tell:
        service.catalogue.backup(target, progress=lambda share: tell("copying", _per(share), 100))
    output.say(f"The backup is {target}.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.", show_default=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Restore over papers; a copy of them is kept.")
    ] = False,
) -> None:
    """Put a backup in the place of the catalogue, all of it or nothing."""
    state: State = context.obj
    settings = state.settings()
    with told("restore") as tell:
        done = restore_catalogue(
            file,
            settings.catalogue_url,
            locks=settings.home / "locks",
            replace=replace,
            now=datetime.now(UTC),
            progress=lambda share: tell("copying", _per(share), 100),
        )
    output.say(f"Restored {done.papers:,} papers.")
    if done.kept is not None:
        output.say(f"What was there before is kept as {done.kept}.")
    with state.service() as service:
        bring_level(service)


def doctor(context: typer.Context, format: FormatOption = None) -> None:
    """Check the home, catalogue, index, encoder and sources; exit code 1 on problems."""
    state: State = context.obj
    checks = list(_checks(state))
    if format is Format.JSON:
        output.as_json([{"check": name, "ok": ok, "found": found} for name, ok, found in checks])
    else:
        cells = [(name, "ok" if ok else "PROBLEM", found) for name, ok, found in checks]
        output.rows(format, ("check", "state", "found"), cells)
    if not all(ok for _, ok, _ in checks):
        raise typer.Exit(_PROBLEMS)


@config_app.command("show")
def show_config(context: typer.Context, format: FormatOption = None) -> None:
    """Show every setting, where its value came from and what it means; secrets are masked."""
    state: State = context.obj
    rows = shown(state.settings())
    if format is Format.JSON:
        output.as_json({row.name: {"value": row.value, "origin": row.origin} for row in rows})
        return
    cells = [(row.name, row.value, row.origin, row.meaning) for row in rows]
    output.rows(format, ("setting", "value", "origin", "meaning"), cells)


def _per(share: float) -> int:
    return int(100 * share)


def _checks(state: State) -> Iterator[tuple[str, bool, str]]:
    """Each check's name, whether it passed, and what was found."""
    settings = state.settings()
    yield "home", settings.home.is_dir(), str(settings.home)
    if settings.home.is_dir():
        free = shutil.disk_usage(settings.home).free >> 20
        yield "disk", free >= _LEAST_FREE_MB, f"{free:,} MiB free"
    try:
        with state.service() as service:
            yield from _checks_of(service)
    except BroadsheetError as error:
        yield "opening", False, error.message


def _checks_of(service: Service) -> Iterator[tuple[str, bool, str]]:
    def papers() -> str:
        with service.catalogue.reading() as desk:
            return f"{desk.papers.count():,} papers, {desk.quarantine.count():,} in quarantine"

    yield _tried("catalogue", papers)
    problems = service.catalogue.check()
    yield "integrity", not problems, "; ".join(problems) or "sound"
    writable = service.catalogue.writable
    yield "writable", writable, "yes" if writable else "no: the catalogue is read-only"
    status = service.index.status()
    yield "index", status.state == "level", f"{status.state}, {status.papers:,} papers"
    for encoder in service.index.encoders:
        yield "encoder", bool(encoder.encode_query("papers").any()), encoder.identity
    for one in standings(service):
        yield f"source {one.source}", not one.is_alarming, one.statement


def _tried(name: str, check: Callable[[], str]) -> tuple[str, bool, str]:
    """A check that passes unless it raises."""
    try:
        return name, True, check()
    except BroadsheetError as error:
        return name, False, error.message
