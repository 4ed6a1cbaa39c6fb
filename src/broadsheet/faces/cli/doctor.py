"""The commands that look whether all is well: doctor, and doctor mail."""

import ipaddress
from collections.abc import Iterator
from typing import Annotated

import typer

from broadsheet.digests import address_in
from broadsheet.errors import BroadsheetError, InputError
from broadsheet.faces import checks, mail
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.state import State
from broadsheet.faces.guard import present
from broadsheet.faces.mail import Finding, Inquiry, Verdict, examine, read_server

app = typer.Typer(invoke_without_command=True)
_PROBLEMS = 1


@app.callback()
def doctor(context: typer.Context, format: FormatOption = None) -> None:
    """Check home, catalogue, index, encoder, sources and mail; exit code 1 on problems."""
    if context.invoked_subcommand is not None:
        return
    state: State = context.obj
    found = list(_checks(state))
    if format is Format.JSON:
        output.as_json([{"check": name, "ok": ok, "found": told} for name, ok, told in found])
    else:
        cells = [(name, "ok" if ok else "PROBLEM", told) for name, ok, told in found]
        output.rows(format, ("check", "state", "found"), cells)
    if not all(ok for _, ok, _ in found):
        raise typer.Exit(_PROBLEMS)


@app.command("mail")
def doctor_mail(
    context: typer.Context,
    to: Annotated[
        str, typer.Option(help="Send the test letter to this address.", show_default=False)
    ] = "",
    sends_from: Annotated[
        list[str] | None,
        typer.Option(
            help="An IP address that letters leave from, where it is not the mail server's.",
            show_default=False,
        ),
    ] = None,
    nameserver: Annotated[
        str | None,
        typer.Option(
            help="The DNS server to ask, as address or address:port; else the system's.",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = None,
) -> None:
    """Check whether letters will arrive: DNS, mail server, a test letter; exit code 1 if not.

    Nothing is sent without --to. What could not be checked is said, and is no problem.
    """
    state: State = context.obj
    wanted = Inquiry(
        server=read_server(nameserver) if nameserver else None,
        sends_from=tuple(_ip(text) for text in sends_from or ()),
        to=address_in(to) if to else "",
    )
    with state.service() as service:
        found = list(examine(service, wanted, present()))
    if format is Format.JSON:
        output.as_json([_json(one) for one in found])
    else:
        cells = [
            (one.check, str(one.verdict), f"{one.found} {one.advice}".strip()) for one in found
        ]
        output.rows(format, ("check", "verdict", "found, and what to do"), cells)
    if any(one.verdict is Verdict.WRONG for one in found):
        raise typer.Exit(_PROBLEMS)


def _checks(state: State) -> Iterator[checks.Check]:
    """Each check's name, whether it passed, and what was found."""
    yield from checks.of_home(state.settings())
    try:
        with state.service() as service:
            yield from checks.of_catalogue(service)
            yield from checks.of_index(service)
            yield from checks.of_sources(service)
            yield from mail.checks(service, present())
    except BroadsheetError as error:
        yield "opening", False, error.message


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise InputError(f"{text!r} is no IP address.", hint="Write it like 192.0.2.7.") from None


def _json(one: Finding) -> dict[str, str]:
    return {
        "check": one.check,
        "verdict": str(one.verdict),
        "found": one.found,
        "advice": one.advice,
    }
