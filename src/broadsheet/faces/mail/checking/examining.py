"""All checks of mail, one after the other: what `doctor mail` shows."""

import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from broadsheet.errors import BroadsheetError, OutsideError, SettingError
from broadsheet.faces.mail.checking.dmarc import of_dmarc
from broadsheet.faces.mail.checking.findings import Finding, ok, unknown, warning, wrong
from broadsheet.faces.mail.checking.letter import of_letter, of_outcome, trial_letter
from broadsheet.faces.mail.checking.names import IpAddress, Names
from broadsheet.faces.mail.checking.records import (
    TRY_AGAIN,
    answered,
    of_exchangers,
    of_key,
    of_pointers,
    of_spf,
)
from broadsheet.faces.mail.checking.server import of_server
from broadsheet.faces.mail.letterhead import Letterhead, letterhead_of
from broadsheet.faces.mail.opening import folder_of
from broadsheet.faces.mail.server_urls import is_here
from broadsheet.faces.mail.smtp import Relay, Smtp, read_relay
from broadsheet.faces.mail.transports import Message, Transport
from broadsheet.service import Service
from broadsheet.settings import Settings

_PRIVATE = (".local", ".localdomain", ".internal", ".test", ".invalid", ".localhost")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """How mail is to be examined.

    `server` is the address and port of a name server in place of the system's, `sends_from` the
    addresses that letters leave from, `to` whom a test letter is sent.
    """

    server: tuple[str, int] | None = None
    sends_from: tuple[IpAddress, ...] = ()
    to: str = ""


def examine(service: Service, wanted: Inquiry, now: datetime) -> Iterator[Finding]:
    """What each check finds, in the order in which one would put things right.

    Nothing is sent unless `wanted` names somebody.
    """
    settings = service.settings
    try:
        head = letterhead_of(settings, service.signing_key)
        relay = _relay(settings)
    except SettingError as error:
        yield wrong("settings", error.message, error.hint or "Correct the setting.")
        return
    yield ok("settings", f"Letters come from {head.sender}; failures go to {head.returns}.")
    message = _composed(service, head, wanted.to or str(head.sender), now)
    transport: Transport = folder_of(settings)
    if relay is not None:
        transport = Smtp(relay, name=head.sender.domain)
    try:
        if isinstance(transport, Smtp) and relay is not None:
            size = len(message.content) if isinstance(message, Message) else None
            yield from of_server(transport, relay, now, size)
        else:
            advice = "Set `mail_url`; until then `/letters` shows what would have been sent."
            yield warning("mail server", "None is set: nobody gets letters.", advice)
        yield from _of_names(head, relay, wanted)
        yield _of_failures(settings)
        if isinstance(message, Finding):
            yield message
            return
        yield from of_letter(message)
        if wanted.to:
            yield _sent(transport, message, is_relayed=relay is not None)
    finally:
        transport.close()


def _relay(settings: Settings) -> Relay | None:
    """The server that letters are handed to; SettingError if `mail_url` cannot be."""
    return read_relay(settings.mail_url.get_secret_value()) if settings.mail_url else None


def _composed(service: Service, head: Letterhead, to: str, now: datetime) -> Message | Finding:
    """The test letter, or why there is none."""
    try:
        return trial_letter(service, head, to, now)
    except BroadsheetError as error:
        return wrong("test letter", error.message, error.hint or "See `broadsheet doctor`.")


def _of_names(head: Letterhead, relay: Relay | None, wanted: Inquiry) -> Iterator[Finding]:
    """What the DNS says of the domains and addresses that letters come from."""
    domain, returns = head.sender.domain, head.returns.domain
    try:
        names = Names(wanted.server)
        problem = _of_domain(names, domain)
        senders = wanted.sends_from or _senders(names, head, relay)
    except OutsideError as error:
        problem, senders = unknown("domain", error.message, TRY_AGAIN), ()
    if problem is not None:
        yield problem
        for check in ("SPF", "DKIM", "DMARC", "PTR", "MX"):
            yield unknown(check, f"Nothing is known of {domain}.", "See `domain`.")
        return
    place = str(relay) if relay else "the mail server"
    signed_for = head.signer.domain if head.signer else None
    for check, look in (
        ("SPF", partial(of_spf, names, returns, senders, place)),
        ("DKIM", partial(of_key, names, head.signer)),
        ("DMARC", partial(of_dmarc, names, domain, signed_for, returns)),
        ("PTR", partial(of_pointers, names, senders, place)),
        ("MX", partial(of_exchangers, names, returns)),
    ):
        yield from answered(check, look)


def _of_domain(names: Names, domain: str) -> Finding | None:
    """Why nothing can be asked about the domain that letters come from, None if it can."""
    if not is_public(domain):
        found = f"{domain} is no name that others can ask for."
        return warning("domain", found, "Set `mail_from` to an address at your domain.")
    if not names.is_there(domain):
        found = f"The DNS server that was asked knows no {domain}."
        return wrong("domain", found, f"Correct `mail_from`. {TRY_AGAIN}")
    return None


def _senders(names: Names, head: Letterhead, relay: Relay | None) -> Sequence[IpAddress]:
    """The addresses that letters leave from, as far as they are known; none without an answer.

    They are those of a server of our own. One of a provider sends from others, and what this
    machine is called outside cannot be told from here.
    """
    if relay is None or is_here(relay.host):
        return ()
    ours = {head.sender.domain, head.returns.domain, urlsplit(head.base).hostname or ""}
    if not any(relay.host == one or relay.host.endswith(f".{one}") for one in ours if one):
        return ()
    with suppress(OutsideError):
        return [one for one in names.addresses(relay.host) if one.is_global]
    return ()


def is_public(domain: str) -> bool:
    """Whether a domain can be in the public DNS."""
    try:
        ipaddress.ip_address(domain.strip("[]"))
    except ValueError:
        return "." in domain and not domain.lower().endswith(_PRIVATE)
    return False


def _of_failures(settings: Settings) -> Finding:
    """Whether somebody reads what comes back."""
    folder = settings.mail_bounces
    if folder is not None and not (folder / "new").is_dir():
        found = f"`mail_bounces` is no maildir: {folder} has no folder `new`."
        return wrong("failures", found, "Have the mail server make it, or correct the setting.")
    if folder is not None and not settings.mail_return_path:
        found = "What comes back is read, but letters have no return path of their own."
        return warning("failures", found, "Set `mail_return_path`.")
    if folder is None and settings.mail_hook_secret is None:
        found = "Nobody reads what comes back: letters go on to mailboxes that are gone."
        return warning(
            "failures", found, "Set `mail_bounces`, or `mail_hook_secret` for a provider."
        )
    where = f"in {folder}" if folder is not None else "by webhook"
    return ok("failures", f"What comes back is read {where}.")


def _sent(transport: Transport, message: Message, *, is_relayed: bool) -> Finding:
    """Hand the test letter over; what became of it."""
    try:
        transport.open()
        outcome = transport.send(message)
    except BroadsheetError as error:
        return wrong("sent", error.message, error.hint or "")
    return of_outcome(message.recipient, outcome, is_relayed=is_relayed)
