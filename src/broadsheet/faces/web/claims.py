"""Claims of authorship: made and taken back on a paper's page, settled by moderators."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk
from broadsheet.community import claim, settle_claim, withdraw_claim
from broadsheet.errors import InputError, NotFoundError
from broadsheet.faces.answers import UNKEPT, path_of, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web import views
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import allowed
from broadsheet.papers import Paper
from broadsheet.people import Role

PATH = "/claims"
WITHDRAW = f"{PATH}/withdraw"
MODERATION = "/moderation/claims"
_PLACE = "#people"


def _claim(request: Request, form: Form) -> Response:
    asker = allowed(request)
    with service_of(request).catalogue.writing() as desk:
        key, paper = paper_named(desk, first(form, "paper"))
        author, seen = first(form, "author"), first(form, "authors") or None
        claim(desk, key, paper, asker.reader, author, present(), seen=seen)
    return onward(path_of(paper.id) + _PLACE)


def _withdraw(request: Request, form: Form) -> Response:
    asker = allowed(request)
    with service_of(request).catalogue.writing() as desk:
        key, paper = paper_named(desk, first(form, "paper"))
        withdraw_claim(desk, key, asker.reader)
    return onward(path_of(paper.id) + _PLACE)


def _waiting(request: Request) -> Response:
    allowed(request, Role.MODERATOR)
    with service_of(request).catalogue.reading() as desk:
        waiting = desk.claims.pending()
        papers = desk.papers.by_keys([one.paper_key for one in waiting])
        readers = desk.readers.by_keys([one.reader_key for one in waiting])
    rows = [
        {
            "claim": one,
            "view": views.paper_view(papers[one.paper_key]),
            "reader": readers[one.reader_key],
        }
        for one in waiting
    ]
    return page(request, "claims.html", {"rows": rows}, headers=UNKEPT)


def _settle(request: Request, form: Form) -> Response:
    asker = allowed(request, Role.MODERATOR)
    verdict = first(form, "verdict")
    if verdict not in ("verify", "refuse"):
        raise InputError("A claim is verified or refused.")
    with service_of(request).catalogue.writing() as desk:
        key, _ = paper_named(desk, first(form, "paper"))
        reader = desk.readers.named(first(form, "reader"))
        if reader is None:
            raise NotFoundError("There is no such reader.")
        settle_claim(
            desk,
            key,
            reader.key,
            asker.reader,
            author=first(form, "author"),
            believed=verdict == "verify",
            why=first(form, "why"),
            now=present(),
        )
    return onward(MODERATION)


def paper_named(desk: Desk, id: str) -> tuple[int, Paper]:
    """The paper that a form names, with its key; NotFoundError if there is none."""
    found = desk.papers.get(id) if id else None
    if found is None:
        raise NotFoundError(f"There is no paper {id[:200]}.")
    return found


routes: list[BaseRoute] = [
    Route(PATH, posted(_claim), methods=["POST"]),
    Route(WITHDRAW, posted(_withdraw), methods=["POST"]),
    Route(MODERATION, _waiting),
    Route(MODERATION, posted(_settle), methods=["POST"]),
]
