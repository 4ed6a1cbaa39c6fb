"""The pages for passkeys: sign in with one, add and remove them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.accounts import letters, passkeys
from broadsheet.accounts.passkeys import Ceremony
from broadsheet.accounts.signing_in import begin_session
from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import PRIVATE, base_of, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web.forms import (
    Form,
    first,
    inward,
    is_secure,
    onward,
    posted,
    visit,
    with_session,
)
from broadsheet.faces.web.proving import proven, visit_of
from broadsheet.faces.web.rendering import page
from broadsheet.faces.web.signing_in import entered
from broadsheet.faces.who import allowed, known, session_secret
from broadsheet.signing import digest, form_token


def _sign_in(request: Request) -> Response:
    # Both the form and the challenge are held to the visit, which may begin here.
    secret = session_secret(request) or visit(request)
    options, ticket = passkeys.asked_to_sign(_ceremony(request, secret))
    shown = {
        "options": options,
        "ticket": ticket,
        "onward": inward(request.query_params.get("next", "/")),
        "token": form_token(service_of(request).signing_key, secret),
    }
    response = page(request, "sign_in_passkey.html", shown, headers=PRIVATE)
    if session_secret(request):
        return response
    return with_session(response, secret, secure=is_secure(request))


def _enter(request: Request, form: Form) -> Response:
    visiting = visit_of(request)
    ceremony = _ceremony(request, visiting.secret)
    with service_of(request).catalogue.writing() as desk:
        reader = passkeys.signer(
            desk, ceremony, first(form, "ticket"), first(form, "credential"), visiting.now
        )
        secret = begin_session(desk, reader, visiting)
    return entered(request, secret, first(form, "next") or "/")


@proven
def _listed(request: Request) -> Response:
    reader, service = allowed(request, passkeys.LEAST).reader, service_of(request)
    with service.catalogue.reading() as desk:
        there = desk.identities.passkeys_of(reader.key)
    ceremony = _ceremony(request, session_secret(request))
    options, ticket = passkeys.asked_to_make(ceremony, service.settings.site_name, reader, there)
    shown = {"passkeys": there, "options": options, "ticket": ticket, "most": passkeys.MOST_NAME}
    return page(request, "account_passkeys.html", shown)


@proven
def _add(request: Request, form: Form) -> Response:
    reader, now = allowed(request, passkeys.LEAST).reader, present()
    ceremony = _ceremony(request, session_secret(request))
    with service_of(request).catalogue.writing() as desk:
        ticket, credential = first(form, "ticket"), first(form, "credential")
        passkeys.made(desk, ceremony, reader, first(form, "name"), ticket, credential, now)
        letters.tell(desk, reader, "A passkey was added to it.", now)
    return onward("/account/passkeys")


@proven
def _remove(request: Request, form: Form) -> Response:
    reader = known(request).reader
    with service_of(request).catalogue.writing() as desk:
        if not desk.identities.drop_passkey(first(form, "credential"), reader.key):
            raise NotFoundError("You have no such passkey.")
    return onward("/account/passkeys")


def _ceremony(request: Request, secret: str) -> Ceremony:
    service = service_of(request)
    base = base_of(service, request)
    scheme, _, rest = base.partition("://")
    origin = f"{scheme}://{rest.partition('/')[0]}"
    return Ceremony(service.signing_key, origin, digest(secret).hex())


routes: list[BaseRoute] = [
    Route("/sign-in/passkey", _sign_in),
    Route("/sign-in/passkey", posted(_enter), methods=["POST"]),
    Route("/account/passkeys", _listed),
    Route("/account/passkeys", posted(_add), methods=["POST"]),
    Route("/account/passkeys/remove", posted(_remove), methods=["POST"]),
]
