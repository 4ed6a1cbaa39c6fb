"""The admins' page of readers: roles, suspension, invitations."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.accounts import letters, names, roles
from broadsheet.errors import InputError
from broadsheet.faces.answers import base_of, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.proving import proven
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import allowed
from broadsheet.people import Purpose, Role

PATH = "/admin/readers"


@proven
def _readers(request: Request) -> Response:
    return _listed(request, "")


@proven
def _change_role(request: Request, form: Form) -> Response:
    actor = allowed(request, Role.ADMIN).reader.name
    role = _role(first(form, "role"))
    with service_of(request).catalogue.writing() as desk:
        reader = roles.reader_named(desk, first(form, "name"))
        roles.change_role(desk, reader, role, actor, present())
    return onward(PATH)


@proven
def _suspend(request: Request, form: Form) -> Response:
    actor, lift = allowed(request, Role.ADMIN).reader.name, bool(first(form, "lift"))
    with service_of(request).catalogue.writing() as desk:
        reader = roles.reader_named(desk, first(form, "name"))
        roles.suspend(desk, reader, actor, present(), lift=lift)
    return onward(PATH)


@proven
def _invite(request: Request, form: Form) -> Response:
    allowed(request, Role.ADMIN)
    role = _role(first(form, "role"))
    email = names.checked_email(first(form, "email")) if first(form, "email") else ""
    service = service_of(request)
    with service.catalogue.writing() as desk:
        link = letters.invite(desk, email, role, present())
    return _listed(request, base_of(service, request) + link)


@proven
def _withdraw(request: Request, form: Form) -> Response:
    allowed(request, Role.ADMIN)
    try:
        digest = bytes.fromhex(first(form, "invitation"))
    except ValueError as error:
        raise InputError("There is no such invitation.") from error
    with service_of(request).catalogue.writing() as desk:
        desk.passes.drop(digest)
    return onward(PATH)


def _listed(request: Request, link: str) -> Response:
    allowed(request, Role.ADMIN)
    with service_of(request).catalogue.reading() as desk:
        readers = desk.readers.all()
        waiting = desk.passes.waiting(Purpose.INVITATION, present())
    shown = {
        "readers": readers,
        "roles": list(Role),
        "invitations": [(digest.hex(), one) for digest, one in waiting],
        "link": link,
        "days": letters.INVITATION_LASTS.days,
    }
    return page(request, "admin_readers.html", shown)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise InputError(f"There is no role named {text}.") from error


routes: list[BaseRoute] = [
    Route(PATH, _readers),
    Route(f"{PATH}/role", posted(_change_role), methods=["POST"]),
    Route(f"{PATH}/suspend", posted(_suspend), methods=["POST"]),
    Route(f"{PATH}/invite", posted(_invite), methods=["POST"]),
    Route(f"{PATH}/withdraw", posted(_withdraw), methods=["POST"]),
]
