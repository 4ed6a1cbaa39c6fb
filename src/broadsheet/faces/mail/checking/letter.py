"""A test letter: composed like any regular one, and looked at before it goes anywhere."""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from broadsheet.catalogue import Fate, Posted, Subscription, SubscriptionState, Wishes
from broadsheet.digests import letter_of, preview
from broadsheet.errors import ConflictError
from broadsheet.faces.mail.checking.findings import Finding, ok, unknown, warning, wrong
from broadsheet.faces.mail.letterhead import Letterhead
from broadsheet.faces.mail.letters import compose
from broadsheet.faces.mail.transports import Message, Outcome
from broadsheet.service import Service

_LONGEST_LINE = 998
"""Bytes of a line, without its end (RFC 5322, 2.1.1)."""
_NEEDED = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id")
_LEAVING = ("list-unsubscribe", "list-unsubscribe-post")
_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")


def trial_letter(service: Service, head: Letterhead, to: str, now: datetime) -> Message:
    """The letter that a subscriber would get now, to any address, with an id of its own.

    Its links are those of the address, if that subscribes; else they lead to nobody's page.
    Raises ConflictError for an address that no letter goes to any more.
    """
    with service.catalogue.reading() as desk:
        refused = desk.bounces.suppressed([to]).get(to.lower())
        one = desk.subscriptions.at(to, "") or _nobody(to, now)
    if refused is not None:
        raise ConflictError(
            f"No letter goes to {to} any more: {refused}", hint="Name another address."
        )
    digest = preview(service.catalogue, one, now)
    posted = Posted(
        key=0,
        letter=letter_of(digest, service.signing_key, now),
        message_id=secrets.token_hex(20),
        state=Fate.LEASED,
        tries=0,
        made=now,
    )
    return compose(posted, head, now)


def of_letter(message: Message) -> Iterator[Finding]:
    """Whether a letter's headers, lines and signature are what receivers look for."""
    read = message_from_bytes(message.content, policy=default)
    assert isinstance(read, EmailMessage)
    yield _of_headers(read)
    yield _of_leaving(read)
    yield _of_signature(read)
    yield _of_lines(message.content)


def of_outcome(to: str, outcome: Outcome, *, is_relayed: bool) -> Finding:
    """What became of a test letter that was handed over."""
    told = f"The letter to {to}: {outcome.fate}. {outcome.detail}"
    match outcome.fate:
        case Fate.ACCEPTED if is_relayed:
            advice = f"Look at how {to} got it: SPF, DKIM and DMARC should say `pass`."
            return ok("sent", told, advice)
        case Fate.ACCEPTED:
            return warning("sent", told, "Nobody gets it: set `mail_url`.")
        case Fate.DEFERRED:
            return warning("sent", told, "It is not tried again: send another one later.")
        case Fate.UNCERTAIN:
            return unknown("sent", told, f"Look whether {to} got it.")
        case _:
            return wrong("sent", told, "The server's answer says why.")


def _nobody(to: str, now: datetime) -> Subscription:
    """Whom a letter is for that is only a test."""
    return Subscription(
        key=0, email=to, section="", state=SubscriptionState.ACTIVE, wishes=Wishes(), made=now
    )


def _of_headers(read: EmailMessage) -> Finding:
    missing = [name for name in _NEEDED if len(read.get_all(name, [])) != 1]
    if missing:
        found = f"A letter does not have one header each of {', '.join(missing)}."
        return wrong("test letter", found, "This is a fault of the program: report it.")
    if not _ID.fullmatch(str(read["Message-ID"]).strip()):
        found = f"The Message-ID {read['Message-ID']} is malformed."
        return wrong("test letter", found, "Check `mail_from`.")
    return ok("test letter", f"It has {', '.join(_NEEDED)}.")


def _of_leaving(read: EmailMessage) -> Finding:
    """Whether a mail program can offer to leave with one click (RFC 8058)."""
    way = str(read["List-Unsubscribe"] or "")
    if "<https://" in way and read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click":
        return ok("one click", "Mail programs can offer to leave with one click.")
    found = "Without https nobody is offered to leave with one click."
    return wrong("one click", found, "Set `base_url` to the public address, with https://.")


def _of_signature(read: EmailMessage) -> Finding:
    """Whether every signature covers the headers by which one leaves."""
    signatures = [str(one) for one in read.get_all("DKIM-Signature", [])]
    if not signatures:
        found = "Letters are not signed here."
        return unknown("signature", found, "Have the relay sign them, List-Unsubscribe included.")
    there = [name for name in _LEAVING if name in read]
    for one in signatures:
        covered = re.search(r"\bh=([^;]*)", one)
        names = [name.strip().lower() for name in (covered[1] if covered else "").split(":")]
        gone = [name for name in there if name not in names]
        if gone:
            found = f"A signature does not cover {', '.join(gone)}."
            return wrong("signature", found, "This is a fault of the program: report it.")
    return ok("signature", f"It is signed, with {' and '.join(there)}.")


def _of_lines(content: bytes) -> Finding:
    longest = max(map(len, content.split(b"\r\n")))
    if longest > _LONGEST_LINE:
        found = f"A letter has a line of {longest:,} bytes; {_LONGEST_LINE} are allowed."
        return wrong("lines", found, "This is a fault of the program: report it.")
    return ok("lines", f"Its longest line has {longest:,} bytes, all of it {len(content):,}.")
