"""Organisations: the list, the page of each, and what curators and authors do with them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk, Organisation
from broadsheet.community import assign, made_organisation
from broadsheet.errors import InputError, NotFoundError
from broadsheet.faces.answers import path_of, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web import views
from broadsheet.faces.web.claims import paper_named
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import allowed
from broadsheet.people import Role

PATH = "/organisations"
ASSIGN = "/papers/organisation"
LISTED = 100
"""Papers of an organisation that are shown, the last assigned."""


def _all(request: Request) -> Response:
    with service_of(request).catalogue.reading() as desk:
        shown = {"organisations": desk.organisations.all()}
    return page(request, "organisations.html", shown)


def _make(request: Request, form: Form) -> Response:
    allowed(request, Role.CURATOR)
    name, full_name, about, url = (
        first(form, field) for field in ("name", "full_name", "about", "url")
    )
    with service_of(request).catalogue.writing() as desk:
        made = made_organisation(desk, name, full_name, about, url, present())
    return onward(f"{PATH}/{made.name}")


def _one(request: Request) -> Response:
    with service_of(request).catalogue.reading() as desk:
        organisation = _named(desk, request.path_params["name"])
        members = desk.organisations.members(organisation.key)
        keys = desk.organisations.papers(organisation.key, LISTED)
        papers, readers = desk.papers.by_keys(keys), desk.readers.by_keys(members)
    shown = {
        "organisation": organisation,
        "members": [readers[key] for key in members],
        "papers": [views.paper_view(papers[key]) for key in keys],
    }
    return page(request, "organisation.html", shown)


def _member(request: Request, form: Form) -> Response:
    allowed(request, Role.CURATOR)
    verb = first(form, "verb")
    if verb not in ("add", "remove"):
        raise InputError("A member is added or removed.")
    with service_of(request).catalogue.writing() as desk:
        organisation = _named(desk, request.path_params["name"])
        reader = desk.readers.named(first(form, "reader"))
        if reader is None:
            raise NotFoundError(f"There is no reader called {first(form, 'reader')[:80]}.")
        if verb == "add":
            desk.organisations.join(organisation.key, reader.key, present())
        else:
            desk.organisations.leave(organisation.key, reader.key)
        desk.changes.stir()
    return onward(f"{PATH}/{organisation.name}")


def _assign(request: Request, form: Form) -> Response:
    asker = allowed(request)
    name = first(form, "organisation")
    with service_of(request).catalogue.writing() as desk:
        key, paper = paper_named(desk, first(form, "paper"))
        assign(desk, key, _named(desk, name) if name else None, asker.reader, present())
    return onward(f"{path_of(paper.id)}#people")


def _named(desk: Desk, name: str) -> Organisation:
    found = desk.organisations.named(name) if "\0" not in name else None
    if found is None:
        raise NotFoundError(f"There is no organisation called {name[:80]}.")
    return found


routes: list[BaseRoute] = [
    Route(PATH, _all),
    Route(PATH, posted(_make), methods=["POST"]),
    Route(f"{PATH}/{{name}}", _one),
    Route(f"{PATH}/{{name}}/members", posted(_member), methods=["POST"]),
    Route(ASSIGN, posted(_assign), methods=["POST"]),
]
