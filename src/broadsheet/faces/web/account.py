"""The account pages: what others see of a reader, address, password and sessions."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.accounts import letters, names, passwords, signing_in
from broadsheet.errors import InputError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web.forms import Form, first, onward, posted, unstripped
from broadsheet.faces.web.proving import proven, visit_of
from broadsheet.faces.web.rendering import page
from broadsheet.faces.web.signing_in import entered
from broadsheet.faces.who import allowed, known, session_secret
from broadsheet.signing import digest


def _account(request: Request) -> Response:
    reader = known(request).reader
    with service_of(request).catalogue.reading() as desk:
        sessions = desk.sessions.of(reader.key, present())
        has_password = desk.readers.password_of(reader.key) is not None
    mine = digest(session_secret(request))
    shown = {
        "reader": reader,
        "has_password": has_password,
        "sessions": [(key.hex(), session, key == mine) for key, session in sessions],
    }
    return page(request, "account.html", shown)


def _describe(request: Request, form: Form) -> Response:
    asker = allowed(request).reader
    full_name = names.checked_text(
        first(form, "full_name"), "full name", names.MOST_FULL_NAME
    ).replace("\n", " ")
    about = names.checked_text(first(form, "about"), "text about you", names.MOST_ABOUT)
    with service_of(request).catalogue.writing() as desk:
        # As they are now: role and suspension may have changed since the request was let in.
        reader = desk.readers.get(asker.key) or asker
        name = reader.name
        if first(form, "name").lower() != name:
            name = names.untaken_name(desk, first(form, "name"))
            desk.personal.rename(reader.name, name)
        desk.readers.replace(replace(reader, name=name, full_name=full_name, about=about))
        desk.changes.stir()
    return onward("/account")


@proven
def _address_page(request: Request) -> Response:
    shown = {"minutes": int(letters.LINK_LASTS.total_seconds() // 60), "is_sent": False}
    return page(request, "account_address.html", shown)


@proven
def _change_address(request: Request, form: Form) -> Response:
    reader = known(request).reader
    email = names.checked_email(first(form, "email"))
    if email == reader.email:
        raise InputError("That is your address already.")
    with service_of(request).catalogue.writing() as desk:
        letters.ask_for_address(desk, reader, email, present())
    return onward("/sign-in/sent")


@proven
def _password_page(request: Request) -> Response:
    with service_of(request).catalogue.reading() as desk:
        has_password = desk.readers.password_of(known(request).reader.key) is not None
    return page(
        request, "account_password.html", {"rule": passwords.RULE, "has_password": has_password}
    )


@proven
def _change_password(request: Request, form: Form) -> Response:
    reader, visit = known(request).reader, visit_of(request)
    new = "" if first(form, "remove") else unstripped(form, "password")
    if not new and not first(form, "remove"):
        raise InputError("There is no password in the form.", hint=passwords.RULE)
    with service_of(request).catalogue.writing() as desk:
        signing_in.set_password(desk, reader, new, visit.now)
        desk.sessions.end_all(reader.key)
        secret = signing_in.begin_session(desk, reader, visit)
    return entered(request, secret, "/account")


def _end_sessions(request: Request, form: Form) -> Response:
    reader = known(request).reader
    with service_of(request).catalogue.writing() as desk:
        if first(form, "session") == "others":
            desk.sessions.end_all(reader.key, digest(session_secret(request)))
        else:
            desk.sessions.end_one(_digest(first(form, "session")), reader.key)
    return onward("/account")


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise InputError("There is no such session.") from error


routes: list[BaseRoute] = [
    Route("/account", _account),
    Route("/account", posted(_describe), methods=["POST"]),
    Route("/account/address", _address_page),
    Route("/account/address", posted(_change_address), methods=["POST"]),
    Route("/account/password", _password_page),
    Route("/account/password", posted(_change_password), methods=["POST"]),
    Route("/account/sessions", posted(_end_sessions), methods=["POST"]),
]
