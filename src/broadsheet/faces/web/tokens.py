"""The page of a reader's API tokens; a new one is shown once."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.accounts.tokens import MOST_NAME, make_token
from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.proving import proven
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import allowed, known


@proven
def _tokens(request: Request) -> Response:
    return _listed(request, "")


@proven
def _make(request: Request, form: Form) -> Response:
    reader, writes = allowed(request).reader, first(form, "scope") == "write"
    with service_of(request).catalogue.writing() as desk:
        secret = make_token(desk, reader, first(form, "name"), writes, present())
    return _listed(request, secret)


@proven
def _revoke(request: Request, form: Form) -> Response:
    key = first(form, "token")
    with service_of(request).catalogue.writing() as desk:
        if not (key.isascii() and key.isdigit() and len(key) < 19) or not desk.sessions.drop_token(
            int(key), known(request).reader.key
        ):
            raise NotFoundError("You have no such token.")
    return onward("/account/tokens")


def _listed(request: Request, secret: str) -> Response:
    with service_of(request).catalogue.reading() as desk:
        tokens = desk.sessions.tokens_of(known(request).reader.key)
    shown = {"tokens": tokens, "secret": secret, "most": MOST_NAME}
    return page(request, "account_tokens.html", shown)


routes: list[BaseRoute] = [
    Route("/account/tokens", _tokens),
    Route("/account/tokens", posted(_make), methods=["POST"]),
    Route("/account/tokens/revoke", posted(_revoke), methods=["POST"]),
]
