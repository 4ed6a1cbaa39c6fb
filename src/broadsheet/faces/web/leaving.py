"""The pages for taking one's own along, and for leaving."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.accounts import leaving
from broadsheet.errors import BroadsheetError, InputError
from broadsheet.faces.answers import service_of
from broadsheet.faces.mail import remove_strays
from broadsheet.faces.web.forms import Form, first, onward, posted, without_session
from broadsheet.faces.web.proving import proven
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import known


@proven
def _json(request: Request) -> Response:
    return _file(leaving.as_json(_exported(request)), "application/json", "broadsheet-account.json")


@proven
def _zip(request: Request) -> Response:
    return _file(leaving.as_zip(_exported(request)), "application/zip", "broadsheet-account.zip")


@proven
def _delete_page(request: Request) -> Response:
    return page(request, "account_delete.html", {})


@proven
def _delete(request: Request, form: Form) -> Response:
    reader = known(request).reader
    if first(form, "name") != reader.name:
        raise InputError(f"To delete this account, write its name: {reader.name}.")
    service = service_of(request)
    with service.catalogue.writing() as desk:
        leaving.leave(desk, reader)
    # The account is gone: what fails here is done again by the post and by the daily round.
    with suppress(BroadsheetError):
        remove_strays(service)
        service.catalogue.empty_log()
    return without_session(onward("/"))


def _exported(request: Request) -> dict[str, object]:
    with service_of(request).catalogue.reading() as desk:
        return leaving.export(desk, known(request).reader)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content,
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


routes: list[BaseRoute] = [
    Route("/account/export.json", _json),
    Route("/account/export.zip", _zip),
    Route("/account/delete", _delete_page),
    Route("/account/delete", posted(_delete), methods=["POST"]),
]
