"""What a paper's page says of people: who submitted it, whose it is, and what may be claimed."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from broadsheet.catalogue import Claim, Organisation, Submission
from broadsheet.community import authors_mark, authors_of, is_author, likely_author
from broadsheet.faces.answers import service_of
from broadsheet.faces.who import who
from broadsheet.papers import Paper
from broadsheet.people import Reader, Role


@dataclass(frozen=True, slots=True)
class Belonging:
    """What is shown beside a paper; `mine` is the asker's own claim.

    `claimable` are the names that may be claimed, `likely` the one of them that the asker is most
    likely, `authors_mark` what a form says of the authors it was made with; `assignable` the
    organisations that they may give the paper to.
    """

    submission: Submission | None
    submitter: Reader | None
    authors: tuple[tuple[str, Reader], ...]
    organisation: Organisation | None
    mine: Claim | None
    claimable: tuple[str, ...]
    likely: str
    authors_mark: str
    assignable: tuple[Organisation, ...]


def beside(request: Request, key: int, paper: Paper) -> dict[str, Any]:
    """The value of the template `_belonging.html`."""
    asker = who(request)
    with service_of(request).catalogue.reading() as desk:
        submission = desk.submissions.of_papers([key]).get(key)
        claims = desk.claims.of_papers([key]).get(key, [])
        organisation = desk.organisations.of_papers([key]).get(key)
        submitter_key = submission.reader_key if submission else None
        keys = [claim.reader_key for claim in claims] + ([submitter_key] if submitter_key else [])
        readers = desk.readers.by_keys(keys)
        mine = desk.claims.get(key, asker.reader.key) if asker else None
        assignable: list[Organisation] = []
        if asker and asker.may(Role.CURATOR):
            assignable = desk.organisations.all()
        elif asker and is_author(desk, key, asker.reader):
            assignable = desk.organisations.of_reader(asker.reader.key)
    taken = {claim.author for claim in claims}
    held = Belonging(
        submission=submission,
        submitter=readers.get(submitter_key or 0),
        authors=tuple((one.author, readers[one.reader_key]) for one in claims),
        organisation=organisation,
        mine=mine,
        claimable=tuple(name for name in authors_of(paper) if name not in taken) if asker else (),
        likely=likely_author(paper, asker.reader) if asker else "",
        authors_mark=authors_mark(paper),
        assignable=tuple(assignable),
    )
    return {"belonging": held}
