"""The commands about regular letters: preview, send, status, bounces; and about subscribers."""

from collections.abc import Sequence
from typing import Annotated

import typer

from broadsheet.catalogue import DIGEST, Cadence, Subscription, SubscriptionState, Wishes
from broadsheet.digests import (
    add,
    address_in,
    checked,
    match_searches,
    previews,
    send_due,
    stop,
)
from broadsheet.errors import NotFoundError
from broadsheet.faces.cli import output
from broadsheet.faces.cli.indexing import FormatOption
from broadsheet.faces.cli.output import Format
from broadsheet.faces.cli.state import State
from broadsheet.faces.guard import present
from broadsheet.faces.mail import previewed, subscription_of, take_returned

app = typer.Typer(help="Regular letters: what is in them, and that they go.", no_args_is_help=True)
subscribers = typer.Typer(help="Who gets regular letters.", no_args_is_help=True)
AddressArgument = Annotated[str, typer.Argument(help="An e-mail address.", show_default=False)]
SectionOption = Annotated[str, typer.Option(help="A section's name; nothing for the whole site.")]
_PAGE = 1_000


@app.command("preview")
def preview(
    context: typer.Context,
    address: Annotated[
        str, typer.Option("--for", help="A subscriber's address.", show_default=False)
    ],
    section: SectionOption = "",
    html: Annotated[bool, typer.Option("--html", help="The page in place of the text.")] = False,
) -> None:
    """Print the letter that a subscriber would get now; nothing is sent or noted."""
    state: State = context.obj
    with state.service() as service:
        one = subscription_of(service, address, section)
        _, (subject, text, page) = previewed(service, one, present())
    print(page if html else f"Subject: {subject}\n\n{text}", end="")


@app.command("send")
def send(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would get what, and do nothing.")
    ] = False,
    format: FormatOption = None,
) -> None:
    """Put the letters that are due into the outbox, each once; the post hands them over.

    `serve` and `scheduler run` do it by themselves.
    """
    state: State = context.obj
    now = present()
    with state.service() as service:
        if not dry_run:
            match_searches(service.catalogue, service.index, now)
            output.say(str(send_due(service.catalogue, service.signing_key, now)))
            return
        found = [one for one in previews(service.catalogue, now) if one.is_wanted]
    cells = [
        (one.subscription.email, one.subscription.section, str(one.day), str(one.papers))
        for one in found
    ]
    _list(format, ("to", "section", "day", "papers"), cells)
    if not cells:
        output.say("No letter is due now that says anything.")


@app.command("status")
def status(context: typer.Context, format: FormatOption = None) -> None:
    """Say how many subscribe, what became of their letters, and what came back."""
    state: State = context.obj
    with state.service() as service, service.catalogue.reading() as desk:
        counts = {
            **{f"{one} subscriptions": n for one, n in desk.subscriptions.counts().items()},
            **{f"{fate} letters": n for fate, n in desk.outbox.counts(DIGEST).items()},
            "suppressed addresses": desk.bounces.suppressed_count(),
            "mails not understood": desk.bounces.unknown_count(),
        }
    if format is Format.JSON:
        output.as_json(counts)
        return
    output.rows(format, ("what", "count"), [(name, f"{n:,}") for name, n in counts.items()])


@app.command("bounces")
def bounces(context: typer.Context) -> None:
    """Read what came back into the mailboxes that are set, and act on it."""
    state: State = context.obj
    with state.service() as service:
        output.say(str(take_returned(service, present())))


@subscribers.command("list")
def list_(
    context: typer.Context,
    only: Annotated[
        SubscriptionState | None, typer.Option("--state", help="Only those.", show_default=False)
    ] = None,
    format: FormatOption = None,
) -> None:
    """List the subscribers."""
    state: State = context.obj
    found: list[Subscription] = []
    with state.service() as service, service.catalogue.reading() as desk:
        while page := desk.subscriptions.page(found[-1].key if found else 0, _PAGE, only):
            found += page
    cells = [
        (
            one.email,
            one.section,
            str(one.state),
            _when(one.wishes),
            one.why,
        )
        for one in found
    ]
    _list(format, ("address", "section", "state", "when", "why"), cells)


@subscribers.command("add")
def add_(
    context: typer.Context,
    address: AddressArgument,
    section: SectionOption = "",
    cadence: Annotated[Cadence, typer.Option(help="How often.")] = Cadence.WEEKDAYS,
    hour: Annotated[int, typer.Option(min=0, max=23, help="At what hour.")] = 7,
    zone: Annotated[str, typer.Option(help="In which time zone.")] = "UTC",
) -> None:
    """Subscribe an address by your own word: be sure that whoever has it wants this."""
    state: State = context.obj
    wishes = checked(Wishes(cadence=cadence, hour=hour, zone=zone))
    with state.service() as service, service.catalogue.writing() as desk:
        if section and desk.sections.named(section) is None:
            raise NotFoundError(f"There is no section {section!r}.")
        email = address_in(address)
        held = desk.subscriptions.at(email, section)
        add(desk, email, section, wishes, present())
    if held and held.is_active:
        output.say(
            f"{email} was subscribed already, and keeps what it chose: {_when(held.wishes)}."
        )
    else:
        output.say(f"{email} is subscribed: {_when(wishes)}.")


@subscribers.command("remove")
def remove(context: typer.Context, address: AddressArgument, section: SectionOption = "") -> None:
    """End a subscription; what is not handed over yet is not sent."""
    state: State = context.obj
    with state.service() as service:
        one = subscription_of(service, address, section)
        with service.catalogue.writing() as desk:
            stop(desk, one.key, "Removed by the operator.", present())
    output.say(f"{one.email} gets no further letters.")


def _when(wishes: Wishes) -> str:
    return f"{wishes.cadence} {wishes.hour:02}:00 {wishes.zone}"


def _list(
    format: Format | None, columns: tuple[str, ...], cells: Sequence[tuple[str, ...]]
) -> None:
    """Write a list in the format that is wanted."""
    if format is Format.JSON:
        output.as_json([dict(zip(columns, row, strict=True)) for row in cells])
    else:
        output.rows(format, columns, cells)
