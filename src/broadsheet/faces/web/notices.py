"""A reader's notices: who replied, mentioned them, or spoke about their paper."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.faces.answers import service_of
from broadsheet.faces.bodies import key_in
from broadsheet.faces.guard import present
from broadsheet.faces.web.forms import Form, first, onward, posted
from broadsheet.faces.web.rendering import page
from broadsheet.faces.who import known

PATH = "/notices"
_LISTED = 100


def _notices(request: Request) -> Response:
    asker = known(request)
    with service_of(request).catalogue.reading() as desk:
        notices = desk.notices.of(asker.reader.key, _LISTED)
    return page(request, "notices.html", {"notices": notices})


def _read(request: Request, form: Form) -> Response:
    """Note that the notices up to one were seen: a GET alone changes nothing."""
    asker, up_to = known(request), key_in(first(form, "up_to"))
    if up_to is not None:
        with service_of(request).catalogue.writing() as desk:
            desk.notices.mark_read(asker.reader.key, up_to, present())
    return onward(PATH)


def _letters(request: Request, form: Form) -> Response:
    """Have notices by mail too, or no more."""
    asker, letters = known(request), first(form, "letters") == "on"
    with service_of(request).catalogue.writing() as desk:
        reader = desk.readers.get(asker.reader.key) or asker.reader
        desk.readers.replace(replace(reader, letters=letters))
    return onward(PATH)


routes: list[BaseRoute] = [
    Route(PATH, _notices),
    Route(f"{PATH}/read", posted(_read), methods=["POST"]),
    Route(f"{PATH}/letters", posted(_letters), methods=["POST"]),
]
