"""Authorship: claimed by whoever says to be an author, believed by ORCID or by a moderator."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from broadsheet.catalogue import Claim, ClaimState, Desk
from broadsheet.community.notices import tell
from broadsheet.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from broadsheet.ingest import names_of
from broadsheet.papers import Author, Paper
from broadsheet.people import Reader, Role
from broadsheet.text import plain

BY_ORCID = "orcid"
LONGEST_WHY = 1_000
_SAME_NAME = " authors of this name, "
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.IGNORECASE)


def claim(
    desk: Desk,
    paper_key: int,
    paper: Paper,
    reader: Reader,
    author: str,
    now: datetime,
    *,
    seen: str | None = None,
) -> Claim:
    """Claim that a reader is the author of a paper that is called `author` in `authors_of`.

    Verified at once where that author's ORCID, as a source says it, is the reader's; else it waits
    for a moderator. `seen` is the `authors_mark` of the authors that the reader chose among, None
    if they named one in another way. Raises InputError for a name that is not on the paper,
    ConflictError where the authors changed since they were seen, where somebody is known to be that
    author, or where the reader claims to be one already.
    """
    held = desk.claims.get(paper_key, reader.key)
    if held and held.state is not ClaimState.REFUSED:
        raise ConflictError("You have claimed this paper already.")
    authors, own = authors_of(paper), _with_orcid(paper, reader)
    if seen is not None and seen != authors_mark(paper):
        raise ConflictError(
            "The authors of this paper have changed since you saw them.",
            hint="Look at its page again, and claim the author that you are.",
        )
    if author not in authors:
        raise InputError(f"The paper has no author called “{author[:80]}”.")
    if own and own != author:
        raise InputError(f"By your ORCID you are “{own}” on this paper.")
    for other in desk.claims.of_papers([paper_key]).get(paper_key, ()):
        if other.author == author:
            raise ConflictError(f"Somebody else is known to be {author}.")
    made = Claim(paper_key, reader.key, author, now, how=_speaks(authors, author, reader))
    if own:
        made = replace(made, state=ClaimState.VERIFIED, how=BY_ORCID, settled=now)
        _raise(desk, reader)
    desk.claims.put(made)
    desk.changes.stir()
    return made


def settle_claim(
    desk: Desk,
    paper_key: int,
    reader_key: int,
    by: Reader,
    *,
    author: str,
    believed: bool,
    why: str,
    now: datetime,
) -> Claim:
    """Verify or refuse the claim to be `author` that is pending, note that and tell the claimant.

    Nobody settles their own, and `why` is said where a claim is refused (else InputError).
    Raises NotFoundError if nothing is pending, ForbiddenError, and ConflictError where another
    author is claimed by now, where somebody else is known to be that author, or where the paper
    has no such author any more.
    """
    held = desk.claims.get(paper_key, reader_key)
    if held is None or held.state is not ClaimState.PENDING:
        raise NotFoundError("There is no such claim that waits.")
    if reader_key == by.key:
        raise ForbiddenError("Nobody settles a claim of their own.")
    why = " ".join(why.split())[:LONGEST_WHY]
    if not believed and not why:
        raise InputError("Say why the claim is refused.")
    if held.author != author:
        raise ConflictError(
            f"Another author is claimed by now: {held.author}.", hint="Look at the claims again."
        )
    if believed:
        _believable(desk, held)
    state = ClaimState.VERIFIED if believed else ClaimState.REFUSED
    settled = replace(held, state=state, settled=now, settled_by=by.name)
    desk.claims.put(settled)
    reader = desk.readers.get(reader_key)
    if believed and reader:
        _raise(desk, reader)
    _tell(desk, settled, by, why, now)
    desk.changes.stir()
    return settled


def _believable(desk: Desk, held: Claim) -> None:
    """Raise ConflictError for a claim that cannot be verified, as the paper is now."""
    others = desk.claims.of_papers([held.paper_key]).get(held.paper_key, ())
    if any(one.author == held.author for one in others):
        raise ConflictError(f"Somebody else is known to be {held.author}.")
    authors = authors_of(desk.papers.by_keys([held.paper_key])[held.paper_key])
    if held.author not in authors or not _is_still_meant(authors, held):
        raise ConflictError(
            f"The authors of the paper have changed since {held.author} was claimed.",
            hint="Refuse the claim, and ask the reader to make it again.",
        )


def _is_still_meant(authors: Mapping[str, Author], held: Claim) -> bool:
    """Whether an author with a namesake, now or then, is who was claimed: by place and ORCID."""
    same = _of_same_name(authors, held.author)
    if not same:
        return _SAME_NAME not in held.how
    return same in held.how and orcid_of(held.how) == orcid_of(authors[held.author].orcid)


def withdraw_claim(desk: Desk, paper_key: int, reader: Reader) -> None:
    """Take a claim back; whoever has no verified one left is no author any more.

    Raises NotFoundError if there is none.
    """
    if desk.claims.get(paper_key, reader.key) is None:
        raise NotFoundError("You have not claimed this paper.")
    desk.claims.remove(paper_key, reader.key)
    # As they are now: role and suspension may have changed since the request was let in.
    reader = desk.readers.get(reader.key) or reader
    left = (one for one in desk.claims.of_reader(reader.key) if one.state is ClaimState.VERIFIED)
    if reader.role is Role.AUTHOR and not any(left):
        desk.readers.replace(replace(reader, role=Role.READER))
    desk.changes.stir()


def is_author(desk: Desk, paper_key: int, reader: Reader) -> bool:
    """Whether a reader is known to be an author of a paper."""
    held = desk.claims.get(paper_key, reader.key)
    return held is not None and held.state is ClaimState.VERIFIED


def orcid_of(text: str | None) -> str:
    """The ORCID in a text, as it is written without an address; empty if there is none."""
    found = _ORCID.search(text or "")
    return found[0].upper() if found else ""


def likely_author(paper: Paper, reader: Reader) -> str:
    """The author of a paper that a reader most likely is, by ORCID or else by name; empty if none.

    Names are compared as the catalogue compares those of papers: by family names.
    """
    if own := _with_orcid(paper, reader):
        return own
    names = names_of(reader.full_name)
    fitting = [called for called, one in authors_of(paper).items() if names & names_of(one.name)]
    return fitting[0] if len(fitting) == 1 else ""


def authors_of(paper: Paper) -> dict[str, Author]:
    """The authors of a paper by what each is called, in order; no two are called the same."""
    called = told_apart([plain(author.name) for author in paper.authors])
    return dict(zip(called, paper.authors, strict=True))


def authors_mark(paper: Paper) -> str:
    """What is the same as long as a paper has the same authors in the same order (16 digits)."""
    told = [[plain(one.name), orcid_of(one.orcid)] for one in paper.authors]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def told_apart(names: Sequence[str]) -> list[str]:
    """The names of a paper's authors; who has the name of one before has a number behind it."""
    called: dict[str, None] = {}
    for name in names:
        number = 1
        while (one := name if number == 1 else f"{name} ({number})") in called:
            number += 1
        called[one] = None
    return list(called)


def _with_orcid(paper: Paper, reader: Reader) -> str:
    """What the author of a paper is called who has the reader's ORCID; empty if none has."""
    own = orcid_of(reader.orcid)
    found = (called for called, one in authors_of(paper).items() if orcid_of(one.orcid) == own)
    return next(found, "") if own else ""


def _speaks(authors: Mapping[str, Author], called: str, reader: Reader) -> str:
    """What a moderator should know: whether name and ORCID fit, and who else is called so."""
    author = authors[called]
    named = bool(names_of(reader.full_name) & names_of(author.name))
    said = ["The names fit." if named else f"The reader is called {reader.shown_name}."]
    if same := _of_same_name(authors, called):
        said.append(same)
    theirs, own = orcid_of(author.orcid), orcid_of(reader.orcid)
    if theirs and own:
        said.append(f"A source gives the author's ORCID as {theirs}; the reader's is {own}.")
    elif theirs:
        said.append(f"A source gives the author's ORCID as {theirs}; the reader's is not known.")
    return " ".join(said)


def _of_same_name(authors: Mapping[str, Author], called: str) -> str:
    """Where the authors stand who have the name of one, and which is meant; empty if none has."""
    name = _bare(authors[called])
    places = [place for place, one in enumerate(authors.values(), 1) if _bare(one) == name]
    if len(places) == 1:
        return ""
    return (
        f"The paper has {len(places)}{_SAME_NAME}at places {' and '.join(map(str, places))}; "
        f"the one at {list(authors).index(called) + 1} is claimed."
    )


def _bare(author: Author) -> str:
    return plain(author.name)


def _tell(desk: Desk, settled: Claim, by: Reader, why: str, now: datetime) -> None:
    """Note in the log what became of a claim, and tell whoever made it."""
    paper = desk.papers.by_keys([settled.paper_key])[settled.paper_key]
    action = "claim verified" if settled.state is ClaimState.VERIFIED else "claim refused"
    desk.moderation.note(by.name, action, f"paper:{paper.id}", why or settled.author, now)
    became = f"verified. {why}" if settled.state is ClaimState.VERIFIED else f"refused: {why}"
    text = f"That you are {settled.author} on “{plain(paper.title)}” was {became}".strip()
    tell(desk, settled.reader_key, "claim", text, f"/papers/{quote(paper.id)}", now)


def _raise(desk: Desk, reader: Reader) -> None:
    """Make a reader an author, whose standing is what it is now."""
    reader = desk.readers.get(reader.key) or reader
    if not reader.role.may(Role.AUTHOR):
        desk.readers.replace(replace(reader, role=Role.AUTHOR))
