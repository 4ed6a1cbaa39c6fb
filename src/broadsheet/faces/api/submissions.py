"""Papers submitted, read anew, linked and claimed, as Hugging Face's write API has it."""

import re
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from broadsheet.catalogue import ClaimState, Desk, Organisation
from broadsheet.community import (
    LONGEST_COMMENT,
    Found,
    Offer,
    assign,
    authors_of,
    claim,
    file_offer,
    fit_address,
    is_author,
    offered,
    settle_claim,
)
from broadsheet.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from broadsheet.faces.answers import path_of, service_of
from broadsheet.faces.api.huggingface import object_id
from broadsheet.faces.api.writing import Body, text_of, written, written_after
from broadsheet.faces.guard import present
from broadsheet.faces.lookups import looked_anew, looked_up
from broadsheet.faces.who import Asker
from broadsheet.identifiers import read_reference
from broadsheet.ingest import LONGEST_SUBMITTED, Prepared, file_links, file_submitted, links_said
from broadsheet.papers import Link, LinkKind, Paper, PaperId, Record
from broadsheet.people import Reader, Role
from broadsheet.service import submission_rules

_ARXIV = re.compile(r"\d{4}\.\d{4,5}", re.ASCII)
_LONGEST_ID = 500
_LONGEST_URL = 2_000
_LINKS = {"githubRepo": LinkKind.CODE, "projectPage": LinkKind.PROJECT}


def _bring(request: Request, asker: Asker, body: Body) -> Offer:
    """Look up what is submitted, and make it ready."""
    text = text_of(body, "paper_id", most=LONGEST_SUBMITTED)
    media = body.get("media_urls") or []
    if not isinstance(media, list) or not all(isinstance(url, str) for url in media):
        raise InputError("`media_urls` must be a list of addresses.")
    added = {name: text_of(body, name, most=_LONGEST_URL, required=False) for name in _LINKS}
    comment = text_of(body, "comment", most=LONGEST_COMMENT, required=False)
    service = service_of(request)
    return offered(
        service.catalogue,
        service.index,
        _new(looked_up(request, asker.reader, text)),
        present(),
        code=added["githubRepo"],
        project=added["projectPage"],
        media=media,
        comment=comment,
    )


def _submit(
    request: Request, desk: Desk, asker: Asker, _body: Body, offer: Offer
) -> tuple[int, Any]:
    """`POST /api/papers/submit`: file a paper, with a comment and addresses of media."""
    settings = service_of(request).settings
    rules, now = submission_rules(settings), present()
    filed = file_offer(desk, offer, asker.reader, rules, now, settings.zone)
    paper = desk.papers.by_keys([filed.paper_key])[filed.paper_key]
    if filed.submission is None:
        raise _here(paper)
    return 201, {"id": paper.id, "url": path_of(paper.id)}


def _read(request: Request, asker: Asker, body: Body) -> Offer | tuple[int, Prepared]:
    """Ask arXiv for a paper that is to be here; of one that is, only for its authors."""
    text = body.get("arxivId")
    if not isinstance(text, str) or not _ARXIV.fullmatch(text):
        raise InputError("`arxivId` must be an arXiv id such as 2301.00001.")
    service = service_of(request)
    with service.catalogue.reading() as desk:
        known = desk.papers.get(text)
        may = asker.reader.role.may(Role.CURATOR)
        if known and not may and not is_author(desk, known[0], asker.reader):
            raise ForbiddenError("Only an author may have a paper read again.")
    if known:
        return known[0], looked_anew(request, asker.reader, PaperId(text))
    record = _new(looked_up(request, asker.reader, text))
    return offered(service.catalogue, service.index, record, present(), backed=False)


def _index(
    request: Request,
    desk: Desk,
    asker: Asker,
    _body: Body,
    ready: Offer | tuple[int, Prepared],
) -> tuple[int, Any]:
    """`POST /api/papers/index`: have a paper of arXiv here, or read it again."""
    settings = service_of(request).settings
    rules, now = submission_rules(settings), present()
    if isinstance(ready, Offer):
        file_offer(desk, ready, asker.reader, rules, now, settings.zone)
    else:
        file_submitted(desk, ready[1], now)
        desk.changes.stir()
    return 200, {}


def _link(request: Request, desk: Desk, asker: Asker, body: Body) -> tuple[int, Any]:
    """`POST /api/papers/{objectId}/links`: say where its code and project are, and whose it is."""
    key, _ = _paper(desk, request.path_params["id"])
    of_author = is_author(desk, key, asker.reader)
    submission = desk.submissions.of_papers([key]).get(key)
    is_submitter = submission is not None and submission.reader_key == asker.reader.key
    if not (of_author or is_submitter or asker.reader.role.may(Role.ADMIN)):
        raise ForbiddenError("Only an author, its submitter or an admin may link a paper.")
    links = list(links_said(desk, key, of_author=of_author))
    for name, kind in _LINKS.items():
        if name not in body:
            continue
        links = [link for link in links if link.kind is not kind]
        url = text_of(body, name, most=_LONGEST_URL, required=False)
        if fit := fit_address(url, f"`{name}`"):
            links.append(Link(kind, fit))
    if any(name in body for name in _LINKS):
        file_links(desk, key, links, of_author=of_author, now=present())
    if "organizationId" in body:
        id = text_of(body, "organizationId", most=_LONGEST_ID, required=False)
        organisation = _organisation(desk, id) if id else None
        assign(desk, key, organisation, asker.reader, present())
    desk.changes.stir()
    return 200, {}


def _claim(_request: Request, desk: Desk, asker: Asker, body: Body) -> tuple[int, Any]:
    """`POST /api/settings/papers/claim`: be an author; an admin may say it of others."""
    key, paper = _paper(desk, text_of(body, "paperId", most=_LONGEST_ID))
    author = _author(paper, text_of(body, "claimAuthorId", most=_LONGEST_ID))
    target = text_of(body, "targetUserId", most=_LONGEST_ID, required=False)
    reader, now = _target(desk, asker, target), present()
    made = claim(desk, key, paper, reader, author, now)
    if reader.key != asker.reader.key and made.state is ClaimState.PENDING:
        made = settle_claim(
            desk, key, reader.key, asker.reader, author=author, believed=True, why="", now=now
        )
    verified = made.state is ClaimState.VERIFIED
    return 200, {"status": "claimed_verified" if verified else "claimed"}


def _new(found: Found) -> Record:
    """The record of a paper that is not here yet; ConflictError for one that is."""
    if found.record is None:
        raise _here(found.paper)
    return found.record


def _here(paper: Paper) -> ConflictError:
    return ConflictError(f"This paper is here already: {path_of(paper.id)}")


def _paper(desk: Desk, name: str) -> tuple[int, Paper]:
    id = str(read_reference(name) or name).replace("\0", "")
    found = desk.papers.get(name.replace("\0", "")) or desk.papers.get(id)
    if found is None:
        raise NotFoundError("Paper not found")
    return found


def _author(paper: Paper, id: str) -> str:
    """The name of the author of a paper that an id (or that name itself) means."""
    for place, (called, author) in enumerate(authors_of(paper).items()):
        if id in (object_id(paper.id, str(place), author.name), called):
            return called
    raise InputError("`claimAuthorId` is none of the paper's authors.")


def _target(desk: Desk, asker: Asker, id: str) -> Reader:
    """Whom a claim is made for: the asker, or for an admin whoever the name or id means."""
    if id in ("", asker.reader.name, object_id("reader", asker.reader.name)):
        return asker.reader
    if not asker.reader.role.may(Role.ADMIN):
        raise ForbiddenError("Only an admin may claim a paper for somebody else.")
    for reader in desk.readers.all():
        if id in (reader.name, object_id("reader", reader.name)):
            return reader
    raise NotFoundError("There is no such user.")


def _organisation(desk: Desk, id: str) -> Organisation:
    for one in desk.organisations.all():
        if id in (one.name, object_id("organisation", one.name)):
            return one
    raise NotFoundError("There is no such organization.")


routes = [
    Route("/api/papers/submit", written_after(_bring, _submit), methods=["POST"]),
    Route("/api/papers/index", written_after(_read, _index), methods=["POST"]),
    Route("/api/papers/{id:path}/links", written(_link), methods=["POST"]),
    Route("/api/settings/papers/claim", written(_claim), methods=["POST"]),
]
