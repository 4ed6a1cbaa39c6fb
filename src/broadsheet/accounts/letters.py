"""The letters about accounts: what is asked of the outbox, and how often for one address."""

import hashlib
import math
from datetime import datetime, timedelta
from urllib.parse import urlencode

from broadsheet.catalogue import Desk, Letter
from broadsheet.errors import TooOftenError
from broadsheet.people import Pass, Purpose, Reader, Role
from broadsheet.signing import digest, new_secret

LETTER_EVERY = timedelta(minutes=10)
"""One address gets at most one letter that was asked for in so long, whoever asks."""
MOST_ASKED = 20
"""So many letters may be asked for from one address of the network in that time."""
LINK_LASTS = timedelta(minutes=30)
INVITATION_LASTS = timedelta(days=7)

LINK = "/sign-in/link?pass="
"""The path that a letter leads to, before the secret.

The letter puts the site's own address before it, never one that a request names.
"""


def count_asking(desk: Desk, address: str, now: datetime) -> None:
    """Count that an address of the network asks for a letter; TooOftenError after too many."""
    subject = hashlib.sha256(f"asking\0{address}".encode()).digest()
    count, since = desk.passes.failures(subject) or (0, now)
    if now - since >= LETTER_EVERY:
        count = 0
    if count >= MOST_ASKED:
        raise TooOftenError(
            "Too many letters were asked for from here.",
            hint="Try again in a while.",
            retry_after=math.ceil((since + LETTER_EVERY - now).total_seconds()),
        )
    desk.passes.set_failures(subject, count + 1, since if count else now)


def ask_for_link(desk: Desk, email: str, *, is_open: bool, now: datetime, onward: str = "") -> None:
    """Send a link to an address that may sign in or, where all may, join; not too often.

    The link tells of the path `onward` to which whoever follows it is led at last, if there is one.
    Nothing that the caller can see tells whether somebody has that address: the same is written.
    """
    # Who may not have this address cannot keep whoever has it from signing in.
    latest = desk.passes.latest(email, moves=False)
    if latest is not None and now - latest < LETTER_EVERY:
        return
    reader = desk.readers.at(email)
    is_meant = reader is not None or is_open
    made = Pass(
        purpose=Purpose.SIGN_IN if is_meant else Purpose.NOTHING,
        email=email,
        made=now,
        ends=now + LINK_LASTS,
        reader_key=reader.key if reader else None,
    )
    secret = new_secret()
    desk.passes.add(digest(secret), made)
    if is_meant:
        path = f"&{urlencode({'next': onward})}" if onward else ""
        _send(desk, made, LINK + secret + path, secret)


def make_link(desk: Desk, reader: Reader, now: datetime) -> str:
    """The path of a link with which a reader signs in, for the operator to hand over."""
    made = Pass(
        purpose=Purpose.SIGN_IN,
        email=reader.email or "",
        made=now,
        ends=now + LINK_LASTS,
        reader_key=reader.key,
    )
    return LINK + _kept(desk, made)


def invite(desk: Desk, email: str, role: Role, now: datetime) -> str:
    """The path of a link with which somebody may join, sent to an address if one is given."""
    made = Pass(
        purpose=Purpose.INVITATION, email=email, made=now, ends=now + INVITATION_LASTS, role=role
    )
    secret = _kept(desk, made)
    if email:
        _send(desk, made, LINK + secret, secret)
    return LINK + secret


def ask_for_address(desk: Desk, reader: Reader, email: str, now: datetime) -> None:
    """Let a reader show that a new address is theirs; the old one is told.

    An address that is somebody's gets nothing, and the asker is not told so.
    """
    latest = desk.passes.latest(email)
    if latest is not None and now - latest < LETTER_EVERY:
        return
    is_free = desk.readers.at(email) is None
    made = Pass(
        purpose=Purpose.ADDRESS if is_free else Purpose.NOTHING,
        email=email,
        made=now,
        ends=now + LINK_LASTS,
        reader_key=reader.key,
    )
    secret = _kept(desk, made)
    if is_free:
        _send(desk, made, LINK + secret, secret)
    tell(desk, reader, f"Your account is to move to another address, {_hidden(email)}.", now)


def tell(desk: Desk, reader: Reader, what: str, now: datetime) -> None:
    """Tell a reader by letter of a change to their account that lets somebody in or keeps out."""
    if reader.email:
        letter = Letter(
            kind="account",
            subject=f"reader:{reader.key}:{now.isoformat()}",
            recipient=reader.email,
            reader_key=reader.key,
            values={"name": reader.name, "what": what},
            due=now,
        )
        desk.outbox.add(letter, now)


def _kept(desk: Desk, made: Pass) -> str:
    secret = new_secret()
    desk.passes.add(digest(secret), made)
    return secret


def _send(desk: Desk, made: Pass, link: str, secret: str) -> None:
    """Ask for the letter with a link, which is of no use once the pass has ended."""
    letter = Letter(
        kind=str(made.purpose),
        subject=digest(secret).hex(),
        recipient=made.email,
        reader_key=made.reader_key,
        values={"link": link},
        due=made.made,
        expires=made.ends,
    )
    desk.outbox.add(letter, made.made)


def _hidden(email: str) -> str:
    """An address of which only the beginning and the host are shown."""
    local, _, host = email.partition("@")
    return f"{local[:1]}…@{host}"
