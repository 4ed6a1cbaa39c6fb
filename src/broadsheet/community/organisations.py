"""Organisations: made by curators, and given papers by those who may."""

from datetime import datetime

from broadsheet.catalogue import Desk, Organisation
from broadsheet.community.claiming import is_author
from broadsheet.community.urls import fit_address
from broadsheet.errors import ConflictError, ForbiddenError, InputError
from broadsheet.people import NAME, Reader, Role

LONGEST_NAME = 120
LONGEST_ABOUT = 2_000


def made_organisation(
    desk: Desk, name: str, full_name: str, about: str, url: str, now: datetime
) -> Organisation:
    """A new organisation; InputError for what cannot be, ConflictError for a name in use."""
    name, full_name, about = name.lower(), " ".join(full_name.split()), about.strip()
    if not NAME.fullmatch(name):
        raise InputError(
            f"“{name[:40]}” cannot be the name of an organisation in an address.",
            hint="Use up to 39 of a-z, 0-9 and hyphens between them.",
        )
    if not full_name or len(full_name) > LONGEST_NAME or len(about) > LONGEST_ABOUT:
        raise InputError(
            f"An organisation has a name of at most {LONGEST_NAME} characters, and at most "
            f"{LONGEST_ABOUT:,} about it."
        )
    if desk.organisations.named(name):
        raise ConflictError(f"There is an organisation {name} already.")
    made = Organisation(name, full_name, now, about, fit_address(url, "Page"))
    filed = desk.organisations.add(made)
    desk.changes.stir()
    return filed


def assign(
    desk: Desk, paper_key: int, organisation: Organisation | None, by: Reader, now: datetime
) -> None:
    """Say whose a paper is, or with None that it is no organisation's.

    Curators may for any; a verified author of the paper for organisations they are in. Else
    ForbiddenError.
    """
    theirs = {one.key for one in desk.organisations.of_reader(by.key)}
    # An author takes a paper away only from an organisation of their own.
    held = desk.organisations.of_papers([paper_key]).get(paper_key)
    touched = {one.key for one in (organisation, held) if one}
    as_author = is_author(desk, paper_key, by) and touched <= theirs
    if not by.role.may(Role.CURATOR) and not as_author:
        raise ForbiddenError("Only a curator, or an author who is a member, says whose a paper is.")
    if organisation is None:
        desk.organisations.unassign(paper_key)
    else:
        desk.organisations.assign(paper_key, organisation.key, by.name, now)
    desk.changes.stir()
