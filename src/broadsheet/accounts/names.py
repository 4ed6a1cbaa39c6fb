"""Names and addresses of readers: how they may be spelt, and names that are made for them."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from broadsheet.catalogue import Desk
from broadsheet.catalogue.personal import DELETED
from broadsheet.errors import ConflictError, InputError
from broadsheet.people import NAME

MOST_FULL_NAME = 120
MOST_ABOUT = 2000
_RESERVED = frozenset(
    ("admin", "administrator", "anonymous", "broadsheet", "everybody", "me", "new", "nobody")
) | frozenset(("operator", "postmaster", "root", "system", DELETED))
_NO_PART = re.compile(r"[^a-z0-9]+")
_LONGEST = 39


def checked_name(name: str) -> str:
    """A name as it is kept; InputError if it cannot be one."""
    name = name.strip().lower()
    if not NAME.fullmatch(name):
        raise InputError(
            "A name has 1 to 39 characters of a to z, 0 to 9 and hyphens between them.",
            hint="Choose another name.",
        )
    if name in _RESERVED:
        raise InputError(f"The name {name} is kept for the site.", hint="Choose another name.")
    return name


def checked_email(email: str) -> str:
    """An address as it is kept, in lower case; InputError if it cannot be one."""
    try:
        found = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise InputError(
            "That is not an e-mail address.", hint="It has the form name@example.org."
        ) from error
    return found.normalized.lower()


def checked_text(text: str, what: str, most: int) -> str:
    """A text that readers write of themselves; InputError if it is too long."""
    text = "".join(letter for letter in text if letter.isprintable() or letter == "\n").strip()
    if len(text) > most:
        raise InputError(f"The {what} may have {most:,} characters; it has {len(text):,}.")
    return text


def free_name(desk: Desk, wish: str) -> str:
    """A name like the wish that nobody has: that of an address, or of somebody elsewhere."""
    plain = unicodedata.normalize("NFKD", wish.partition("@")[0])
    stem = _NO_PART.sub("-", plain.encode("ascii", "ignore").decode().lower()).strip("-")
    stem = stem[:_LONGEST].strip("-") or "reader"
    name, number = stem, 1
    while name in _RESERVED or desk.readers.named(name):
        number += 1
        end = f"-{number}"
        name = stem[: _LONGEST - len(end)].strip("-") + end
    return name


def untaken_name(desk: Desk, name: str) -> str:
    """A name that may be a new reader's; ConflictError if somebody has it."""
    name = checked_name(name)
    if desk.readers.named(name):
        raise ConflictError(f"The name {name} is taken.", hint="Choose another name.")
    return name
