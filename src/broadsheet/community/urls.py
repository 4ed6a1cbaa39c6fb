"""Addresses that people add: only those of the public web, as they are written."""

import re
from urllib.parse import urlsplit

from broadsheet.errors import InputError
from broadsheet.fetch.addresses import is_public

LONGEST = 2_000
_PRIVATE_ENDINGS = (".internal", ".local", ".localhost", ".home.arpa", ".lan", ".test")
_NUMBER = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*", re.IGNORECASE)
_HINT = "Give the address of a public page, beginning with https://."


def fit_address(text: str, what: str) -> str:
    """An address that may be shown as a link, without blanks around it; empty for none.

    It is http or https, of a host with a public name or address, and without a password. `what`
    names it in the InputError that says what is wrong with it. It is not asked for.
    """
    text = text.strip()
    if not text:
        return ""
    fault = _fault(text)
    if fault:
        raise InputError(f"{what}: the address {fault}.", hint=_HINT)
    return text


def _fault(text: str) -> str:
    """What is wrong with an address, "" if nothing is."""
    if len(text) > LONGEST:
        return f"has more than {LONGEST:,} characters"
    if not text.isprintable() or any(sign in text for sign in ' <>"\\^`{|}'):
        return "holds a sign that no address has"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "cannot be read"
    if parts.scheme.lower() not in ("http", "https"):
        return "is not of the web"
    if "@" in parts.netloc:
        return "holds a name or password"
    if not host or not _is_public_host(host.rstrip(".").lower()):
        return "does not lead to the public web"
    return ""


def _is_public_host(host: str) -> bool:
    if ":" in host or host.replace(".", "").isdigit():
        return is_public(host)
    # Other ways to write an address as a number are nobody's public name.
    return "." in host and not _NUMBER.fullmatch(host) and not host.endswith(_PRIVATE_ENDINGS)
