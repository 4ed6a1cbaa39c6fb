"""Whether the mail server takes our letters: asked as far as one gets without sending any."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from broadsheet.errors import OutsideError
from broadsheet.faces.mail.checking.findings import Finding, ok, unknown, warning, wrong
from broadsheet.faces.mail.server_urls import is_here
from broadsheet.faces.mail.smtp import Relay, Smtp

_SOON = timedelta(days=14)
"""A certificate that ends sooner should be a new one by now."""


def of_server(smtp: Smtp, relay: Relay, now: datetime, size: int | None) -> Iterator[Finding]:
    """Connect, greet, ask for TLS and give the password, as for a letter of `size` bytes."""
    try:
        smtp.open()
    except OutsideError as error:
        yield wrong(
            "mail server", error.message, "Correct `mail_url`, or have the server see to it."
        )
        for check in ("TLS", "password", "size"):
            yield unknown(check, "The mail server could not be asked.", "First have it answer.")
        return
    yield ok("mail server", f"{relay} answers.")
    yield _of_tls(smtp, relay, now)
    yield _of_password(smtp, relay)
    yield _of_size(smtp, size)


def _of_tls(smtp: Smtp, relay: Relay, now: datetime) -> Finding:
    ends = smtp.certificate_ends
    if ends is not None and ends - now < _SOON:
        found = f"The certificate of {relay.host} is sound, and ends on {ends:%Y-%m-%d}."
        return warning("TLS", found, "Have it renewed: after that no letter goes out.")
    if ends is not None:
        return ok("TLS", f"The certificate of {relay.host} is sound until {ends:%Y-%m-%d}.")
    if is_here(relay.host):
        return ok("TLS", f"{relay.host} is this machine: letters go to it in the clear.")
    if "starttls" in smtp.extensions:
        found = f"Letters go to {relay.host} in the clear, and it offers TLS."
        return warning("TLS", found, "Write smtp+starttls:// in `mail_url`.")
    found = f"Letters go to {relay.host} in the clear."
    return warning("TLS", found, "Have it offer TLS, unless it is in your own network.")


def _of_password(smtp: Smtp, relay: Relay) -> Finding:
    offered = smtp.extensions.get("auth", "").strip()
    if relay.user:
        return ok("password", f"{relay.host} took the password of {relay.user}.")
    if offered:
        found = f"{relay.host} offers to take a password ({offered}), and `mail_url` has none."
        return warning("password", found, "Give one, unless the server knows this machine.")
    return ok("password", f"{relay.host} asks for none.")


def _of_size(smtp: Smtp, size: int | None) -> Finding:
    told = smtp.extensions.get("size", "").strip()
    most = int(told) if told.isascii() and told.isdecimal() else 0
    if size is None:
        return unknown("size", "There is no test letter to compare with.", "See `test letter`.")
    if most and size > most:
        found = f"The server takes {most:,} bytes, and a letter has {size:,}."
        return wrong("size", found, "Have it take larger letters.")
    limit = f"the server takes {most:,}" if most else "the server names no limit"
    return ok("size", f"A letter has {size:,} bytes, and {limit}.")
