"""The commands about people: add, list, role, suspend, password, link, invite and token."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from broadsheet.accounts import letters, names, roles, signing_in
from broadsheet.accounts.tokens import make_token
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.state import State
from broadsheet.faces.guard import present
from broadsheet.people import Identity, Reader, Role
from broadsheet.settings import Settings

app = typer.Typer(help="Who has an account, and what they may do.", no_args_is_help=True)
_OPERATOR = "operator"
"""Who did it, as the log says; a name that no reader can have."""
NameArgument = Annotated[str, typer.Argument(help="The reader's name.", show_default=False)]
RoleOption = Annotated[Role, typer.Option(help="What they may do.")]


@app.command("add")
def add(
    context: typer.Context,
    name: NameArgument,
    email: Annotated[str, typer.Option(help="Their address.")] = "",
    role: RoleOption = Role.READER,
    full_name: Annotated[str, typer.Option(help="The name that others see.")] = "",
) -> None:
    """Make an account and print a link to sign in with, which works once.

    So an instance gets its first admin. Where a proxy names readers, this is the name it gives.
    """
    state: State = context.obj
    with state.service(create=True) as service, service.catalogue.writing() as desk:
        address = names.checked_email(email) if email else ""
        now = present()
        reader = signing_in.join(desk, name, address, role, now, full_name)
        # The operator says whose the address is; the first letter there shows it.
        reader = replace(reader, confirmed=None)
        desk.readers.replace(reader)
        if service.settings.accounts == "header":
            desk.identities.link(Identity(signing_in.PROXY, reader.name, reader.key, now))
        link = _base(service.settings) + letters.make_link(desk, reader, now)
    output.say(f"{reader.name} is {reader.role} here. To sign in, within 30 minutes:")
    print(link)


@app.command("list")
def list_(context: typer.Context, format: FormatOption = None) -> None:
    """List the accounts."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        readers = desk.readers.all()
    if format is Format.JSON:
        output.as_json([_told(reader) for reader in readers])
        return
    cells = [
        (
            reader.name,
            str(reader.role),
            reader.email or "",
            reader.full_name,
            f"{reader.joined:%Y-%m-%d}",
            "suspended" if reader.suspended else "",
        )
        for reader in readers
    ]
    output.rows(format, ("name", "role", "e-mail", "full name", "joined", "state"), cells)


@app.command("role")
def role(
    context: typer.Context,
    name: NameArgument,
    role: Annotated[Role, typer.Argument(help="What they may do from now on.")],
) -> None:
    """Change what somebody may do."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        reader = roles.reader_named(desk, name)
        roles.change_role(desk, reader, role, _OPERATOR, present())
    output.say(f"{reader.name} is {role} now.")


@app.command("suspend")
def suspend(
    context: typer.Context,
    name: NameArgument,
    lift: Annotated[bool, typer.Option("--lift", help="Let them write again.")] = False,
) -> None:
    """Let somebody only read from now on."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        reader = roles.reader_named(desk, name)
        roles.suspend(desk, reader, _OPERATOR, present(), lift=lift)
    output.say(f"{reader.name} may write again." if lift else f"{reader.name} may only read.")


@app.command("password")
def password(
    context: typer.Context,
    name: NameArgument,
    remove: Annotated[bool, typer.Option("--remove", help="Leave them without one.")] = False,
) -> None:
    """Set somebody's password, which is asked for, and end their sessions."""
    state: State = context.obj
    with state.service() as service:
        with service.catalogue.reading() as desk:
            roles.reader_named(desk, name)
        new = "" if remove else typer.prompt("New password", hide_input=True, err=True)
        with service.catalogue.writing() as desk:
            reader = roles.reader_named(desk, name)
            signing_in.set_password(desk, reader, new, present())
            ended = desk.sessions.end_all(reader.key)
    output.say(f"Changed; {ended} sessions of {reader.name} ended.")


@app.command("link")
def link(context: typer.Context, name: NameArgument) -> None:
    """Print a link with which somebody signs in, once, within 30 minutes."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        base = _base(service.settings)
        print(base + letters.make_link(desk, roles.reader_named(desk, name), present()))


@app.command("invite")
def invite(
    context: typer.Context,
    email: Annotated[str, typer.Option(help="The address to send a letter to.")] = "",
    role: RoleOption = Role.READER,
) -> None:
    """Print a link with which somebody may join within a week; send it, if there is an address."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        address = names.checked_email(email) if email else ""
        base = _base(service.settings)
        print(base + letters.invite(desk, address, role, present()))


@app.command("token")
def token(
    context: typer.Context,
    name: NameArgument,
    label: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    read_only: Annotated[bool, typer.Option("--read-only", help="It may not write.")] = False,
) -> None:
    """Print a new API token of somebody; it is shown this once."""
    state: State = context.obj
    with state.service() as service, service.catalogue.writing() as desk:
        print(make_token(desk, roles.reader_named(desk, name), label, not read_only, present()))


def _base(settings: Settings) -> str:
    """The address that links begin with."""
    return (settings.base_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def _told(reader: Reader) -> dict[str, object]:
    return {
        "name": reader.name,
        "full_name": reader.full_name,
        "role": str(reader.role),
        "email": reader.email,
        "confirmed": _instant(reader.confirmed),
        "orcid": reader.orcid,
        "joined": _instant(reader.joined),
        "suspended": _instant(reader.suspended),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
