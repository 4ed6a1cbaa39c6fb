"""Accounts and who their readers are elsewhere: linked by issuer and subject, and only so."""

from dataclasses import replace
from datetime import datetime

from broadsheet.accounts import letters, names
from broadsheet.accounts.openid import Claims
from broadsheet.accounts.signing_in import join
from broadsheet.catalogue import Desk
from broadsheet.errors import ConflictError, ForbiddenError, InputError
from broadsheet.people import Identity, Purpose, Reader, Role

_ORCID = "https://orcid.org"
"""The issuer whose subjects are ORCIDs."""


def enter_by_identity(desk: Desk, claims: Claims, *, is_open: bool, now: datetime) -> Reader:
    """The reader whom another site vouches for, with a new account at the first time.

    A verified address makes nobody the owner of an account that has it. Raises ConflictError where
    there is one, ForbiddenError for whom nobody invited where that is needed.
    """
    key = desk.identities.reader_of(claims.issuer, claims.subject)
    if key is not None and (reader := desk.readers.get(key)):
        return reader
    email = _usable(claims.email)
    if email and desk.readers.at(email):
        raise ConflictError(
            "An account here has your address already, and is not linked to that site.",
            hint="Sign in to it in another way, then link the site on its page.",
        )
    role = Role.READER if is_open else _invited(desk, email, now)
    name = names.free_name(desk, claims.called or "reader")
    reader = join(desk, name, email, role, now, claims.name[: names.MOST_FULL_NAME])
    return link(desk, reader, claims, now)


def link(desk: Desk, reader: Reader, claims: Claims, now: datetime) -> Reader:
    """Let a reader sign in at another site; ConflictError if that is somebody else's way in."""
    key = desk.identities.reader_of(claims.issuer, claims.subject)
    if key == reader.key:
        return reader
    if key is not None:
        raise ConflictError("Another account is linked to you there.")
    desk.identities.link(Identity(claims.issuer, claims.subject, reader.key, now))
    letters.tell(desk, reader, f"One can now sign in to it at {claims.issuer}.", now)
    reader = desk.readers.get(reader.key) or reader
    if claims.issuer == _ORCID and not reader.orcid and not desk.readers.with_orcid(claims.subject):
        reader = replace(reader, orcid=claims.subject)
        desk.readers.replace(reader)
    return reader


def _invited(desk: Desk, email: str, now: datetime) -> Role:
    """What an invitation to an address gives, which is then used up."""
    for digest, waiting in desk.passes.waiting(Purpose.INVITATION, now):
        if email and waiting.email == email:
            desk.passes.use(digest, now)
            return waiting.role
    raise ForbiddenError(
        "Accounts here are by invitation, and there is none for you.",
        hint="Ask whoever keeps this site.",
    )


def _usable(email: str) -> str:
    """An address as it is kept, empty if it cannot be one."""
    try:
        return names.checked_email(email) if email else ""
    except InputError:
        return ""
