"""The pages for coming in and going: by a link in a letter, by a password, by a proxy's word."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.accounts import letters, names, signing_in
from broadsheet.errors import BroadsheetError, ForbiddenError, InputError, SignInError
from broadsheet.faces.answers import UNKEPT, service_of
from broadsheet.faces.guard import NAMED, asker, counted_as, present, status_of
from broadsheet.faces.web.forms import (
    Form,
    first,
    inward,
    is_secure,
    onward,
    posted,
    unstripped,
    with_session,
    without_session,
)
from broadsheet.faces.web.proving import visit_of
from broadsheet.faces.web.rendering import is_for_people, page
from broadsheet.faces.who import known, session_secret, who
from broadsheet.people import Purpose, Reader
from broadsheet.signing import digest

_LINK_PASS = "pass"
_LONGEST_PATH = 500
"""Of a page to which a letter leads back, in characters: links that are too long are broken."""


def offered(request: Request) -> list[dict[str, str]]:
    """Name and label of each other site at which one may sign in."""
    providers = service_of(request).settings.sign_in_providers
    return [{"name": name, "label": one.label or name} for name, one in providers.items()]


def entered(request: Request, secret: str, path: str) -> Response:
    """Go on to a page with the cookie of a new session."""
    return with_session(onward(path), secret, secure=is_secure(request))


def _sign_in(request: Request) -> Response:
    path = inward(request.query_params.get("next", "/"))
    return RedirectResponse(path, 303) if who(request) else _ways(request, {"next": [path]})


def _ways(request: Request, form: Form, problem: BroadsheetError | None = None) -> Response:
    """The ways of coming in; after a mistake with what it was, and what was typed but the password.

    Programs, and readers who are in already, get the mistake as any other.
    """
    if problem and (who(request) or not is_for_people(request.headers)):
        raise problem
    settings = service_of(request).settings
    shown = {
        "onward": inward(first(form, "next") or "/"),
        "accounts": settings.accounts,
        "providers": offered(request),
        "named": request.scope.get(NAMED, ""),
        "problem": problem,
        "called": first(form, "name"),
        "email": first(form, "email"),
    }
    status = status_of(problem) if problem else 200
    return page(request, "sign_in.html", shown, status=status, headers=UNKEPT)


def _ask_for_link(request: Request, form: Form) -> Response:
    try:
        email = names.checked_email(first(form, "email"))
    except InputError as mistake:
        return _ways(request, form, mistake)
    service = service_of(request)
    is_open = service.settings.accounts == "open"
    with service.catalogue.writing() as desk:
        letters.count_asking(desk, counted_as(asker(request)), present())
        letters.ask_for_link(
            desk, email, is_open=is_open, now=present(), onward=_elsewhere(first(form, "next"))
        )
    return onward("/sign-in/sent")


def _sent(request: Request) -> Response:
    shown = {
        "minutes": _minutes(letters.LINK_LASTS.total_seconds()),
        "window": _minutes(letters.LETTER_EVERY.total_seconds()),
        "is_shown_to_operator": service_of(request).settings.mail_url is None,
    }
    return page(request, "sign_in_sent.html", shown, headers=UNKEPT)


def _sign_in_by_password(request: Request, form: Form) -> Response:
    called, password = first(form, "name"), unstripped(form, "password")
    catalogue = service_of(request).catalogue
    try:
        _, secret = signing_in.sign_in_by_password(catalogue, called, password, visit_of(request))
    except SignInError as mistake:
        return _ways(request, form, mistake)
    return entered(request, secret, first(form, "next") or "/")


def _sign_in_by_proxy(request: Request, form: Form) -> Response:
    if not (called := request.scope.get(NAMED)):
        raise ForbiddenError("No proxy that is trusted here says who you are.")
    with service_of(request).catalogue.writing() as desk:
        signing_in.enter_by_proxy(desk, called, present())
    return onward(first(form, "next") or "/")


def _link(request: Request) -> Response:
    secret = request.query_params.get(_LINK_PASS, "")
    with service_of(request).catalogue.reading() as desk:
        found = signing_in.found_pass(desk, secret, present())
        reader = desk.readers.get(found.reader_key) if found.reader_key else None
        wish = "" if reader else names.free_name(desk, found.email or "reader")
    shown = {
        "secret": secret,
        "onward": _elsewhere(request.query_params.get("next", "")),
        "reader": reader,
        "email": found.email,
        "role": found.role,
        "wish": wish if found.email else "",
        "moves": found.purpose is Purpose.ADDRESS,
    }
    return page(request, "sign_in_link.html", shown, headers=UNKEPT)


def _follow_link(request: Request, form: Form) -> Response:
    with service_of(request).catalogue.writing() as desk:
        reader, secret = signing_in.follow(
            desk, first(form, _LINK_PASS), first(form, "name"), visit_of(request)
        )
    return entered(request, secret, _elsewhere(first(form, "next")) or _first_page(reader))


def _again(request: Request) -> Response:
    reader = known(request).reader
    with service_of(request).catalogue.reading() as desk:
        has_password = desk.readers.password_of(reader.key) is not None
    shown = {
        "onward": inward(request.query_params.get("next", "/account")),
        "has_password": has_password,
    }
    return page(request, "sign_in_again.html", shown, headers=UNKEPT)


def _prove(request: Request, form: Form) -> Response:
    called, password = known(request).reader.name, unstripped(form, "password")
    catalogue = service_of(request).catalogue
    _, secret = signing_in.sign_in_by_password(catalogue, called, password, visit_of(request))
    return entered(request, secret, first(form, "next") or "/account")


def _sign_out_page(request: Request) -> Response:
    known(request)
    return page(request, "sign_out.html", {}, headers=UNKEPT)


def _sign_out(request: Request, form: Form) -> Response:
    with service_of(request).catalogue.writing() as desk:
        desk.sessions.end(digest(session_secret(request)))
    return without_session(onward("/"))


def _first_page(reader: Reader) -> str:
    """Where somebody goes on who came by a link: those without a full name to their account."""
    return "/" if reader.full_name else "/account"


def _elsewhere(path: str) -> str:
    """A page of ours that is not the front page, to which a letter may lead; else nothing."""
    path = inward(path) if len(path) <= _LONGEST_PATH else "/"
    return "" if path == "/" else path


def _minutes(seconds: float) -> int:
    return round(seconds / 60)


routes: list[BaseRoute] = [
    Route("/sign-in", _sign_in),
    Route("/sign-in", posted(_ask_for_link), methods=["POST"]),
    Route("/sign-in/sent", _sent),
    Route("/sign-in/password", posted(_sign_in_by_password), methods=["POST"]),
    Route("/sign-in/proxy", posted(_sign_in_by_proxy), methods=["POST"]),
    Route("/sign-in/link", _link),
    Route("/sign-in/link", posted(_follow_link), methods=["POST"]),
    Route("/sign-in/again", _again),
    Route("/sign-in/again", posted(_prove), methods=["POST"]),
    Route("/sign-out", _sign_out_page),
    Route("/sign-out", posted(_sign_out), methods=["POST"]),
]
