"""The page on which a paper is submitted: looked up, shown, and only then sent."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Concern, SubmissionState
from broadsheet.community import (
    FREE,
    LONGEST_COMMENT,
    MOST_MEDIA,
    Found,
    checks_of,
    file_offer,
    offered,
)
from broadsheet.errors import BroadsheetError, InputError, NotFoundError
from broadsheet.faces.answers import UNKEPT, headers_of, path_of, service_of
from broadsheet.faces.guard import present, status_of
from broadsheet.faces.lookups import looked_up
from broadsheet.faces.web import views
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import Asker, allowed
from broadsheet.ingest import LONGEST_SUBMITTED, presented, sealed, unsealed
from broadsheet.papers import Record
from broadsheet.people import Role
from broadsheet.service import submission_rules
from broadsheet.signing import signed, unsigned

PATH = "/papers/submit"
SEND = f"{PATH}/send"
DESK = "/desk/submissions"
_PURPOSE = "submission"
_LOOKED_AT = timedelta(hours=2)
"""How long what was looked up may be sent."""
_LISTED = 100
_PREFILLED = 500
_SAID_BY = {
    "arxiv-ids": "arXiv",
    "crossref": "Crossref",
    "openalex": "OpenAlex",
    "broadsheet": "your entry",
}
_ADDED = ("code", "project", "media", "comment")


@dataclass(frozen=True, slots=True)
class _Preview:
    """A paper that is looked at before it is sent, and what its submitter has added so far."""

    record: Record
    added: dict[str, str]


def _submit(request: Request) -> Response:
    # A reader's GET asks for nothing elsewhere: what it names only stands in the form.
    return _page(request, request.query_params.get("id", "")[:_PREFILLED])


def _look(request: Request, form: Form) -> Response:
    asker = allowed(request)
    text = first(form, "paper")[: LONGEST_SUBMITTED + 1]
    try:
        found = looked_up(request, asker.reader, text)
    except BroadsheetError as error:
        return _page(request, text, problem=error)
    if found.record is None:
        return _page(request, text, found=found)
    return _page(request, "", preview=_Preview(found.record, dict.fromkeys(_ADDED, "")))


def _send(request: Request, form: Form) -> Response:
    asker, service, now = allowed(request), service_of(request), present()
    try:
        record = _looked_at(request, asker, first(form, "token"))
    except BroadsheetError as error:
        return _page(request, "", problem=error)
    preview = _Preview(record, {name: first(form, name) for name in _ADDED})
    try:
        offer = offered(
            service.catalogue,
            service.index,
            record,
            now,
            code=preview.added["code"],
            project=preview.added["project"],
            comment=preview.added["comment"],
            media=preview.added["media"].split(),
        )
        rules, zone = submission_rules(service.settings), service.settings.zone
        with service.catalogue.writing() as desk:
            filed = file_offer(desk, offer, asker.reader, rules, now, zone)
            paper = desk.papers.by_keys([filed.paper_key])[filed.paper_key]
    except BroadsheetError as error:
        return _page(request, "", preview=preview, problem=error)
    return onward(path_of(paper.id))


def _looked_at(request: Request, asker: Asker, token: str) -> Record:
    """The record that this reader was shown; InputError if it was not, or long ago."""
    key = service_of(request).signing_key
    values = unsigned(key, _PURPOSE, token, _LOOKED_AT)
    if not values or values[0] != str(asker.reader.key):
        raise InputError("This was looked up too long ago.", hint="Look the paper up again.")
    return unsealed(values[1])


def _page(
    request: Request,
    text: str,
    *,
    found: Found | None = None,
    preview: _Preview | None = None,
    problem: BroadsheetError | None = None,
) -> Response:
    rules = submission_rules(service_of(request).settings)
    shown: dict[str, Any] = {
        "text": text,
        "rules": rules.in_words(),
        "free": FREE,
        "problem": problem,
        "known": views.paper_view(found.paper) if found else None,
        "preview": _shown(request, preview) if preview else None,
        "most_media": MOST_MEDIA,
        "longest_comment": LONGEST_COMMENT,
        "longest": LONGEST_SUBMITTED,
    }
    status = status_of(problem) if problem else 200
    headers = {**UNKEPT, **(headers_of(problem) if problem else {})}
    return page(request, "submit.html", shown, status=status, headers=headers)


def _shown(request: Request, preview: _Preview) -> dict[str, Any]:
    """A paper as it would be filed, what the rules say of it, and what the desk would be told."""
    asker, service, now = allowed(request), service_of(request), present()
    paper = presented(preview.record, now)
    rules, zone = submission_rules(service.settings), service.settings.zone
    with service.catalogue.reading() as desk:
        checks = checks_of(desk, rules, paper, asker.reader, now, zone)
    concerns: tuple[Concern, ...] = ()
    if paper.title:
        concerns = offered(service.catalogue, service.index, preview.record, now).concerns
    sealed_record = [str(asker.reader.key), sealed(preview.record)]
    return {
        "view": views.paper_view(paper),
        "authors": [one.text for one in views.authors(paper)],
        "abstract": views.abstract(paper),
        "links": [(str(link.kind), link.url) for link in paper.links],
        "checks": checks,
        "may": asker.reader.role.may(FREE) or all(one.met for one in checks),
        "concerns": concerns,
        "added": preview.added,
        "source": _SAID_BY.get(preview.record.source, preview.record.source),
        "token": signed(service.signing_key, _PURPOSE, sealed_record),
    }


def _desk(request: Request) -> Response:
    allowed(request, Role.CURATOR)
    service = service_of(request)
    with service.catalogue.reading() as desk:
        latest = desk.submissions.latest(_LISTED)
        flagged = {one.key: one for one in desk.submissions.flagged(_LISTED)}
        papers = desk.papers.by_keys([one.paper_key for one in (*latest, *flagged.values())])
        keys = [one.reader_key for one in (*latest, *flagged.values()) if one.reader_key]
        readers = desk.readers.by_keys(keys)

    def rows(submissions: Any) -> list[dict[str, Any]]:
        return [
            {
                "submission": one,
                "view": views.paper_view(papers[one.paper_key]),
                "reader": readers.get(one.reader_key or 0),
            }
            for one in submissions
        ]

    shown = {"flagged": rows(flagged.values()), "latest": rows(latest)}
    return page(request, "submissions.html", shown, headers=UNKEPT)


def _seen(request: Request, form: Form) -> Response:
    allowed(request, Role.CURATOR)
    key = first(form, "submission")
    with service_of(request).catalogue.writing() as desk:
        held = desk.submissions.get(int(key)) if key.isdecimal() and len(key) < 16 else None
        if held is None:
            raise NotFoundError("There is no such submission.")
        desk.submissions.settle(held.key, SubmissionState.SEEN)
    return onward(DESK)


routes: list[BaseRoute] = [
    Route(PATH, _submit),
    Route(PATH, posted(_look), methods=["POST"]),
    Route(SEND, posted(_send), methods=["POST"]),
    Route(DESK, _desk),
    Route(DESK, posted(_seen), methods=["POST"]),
]
