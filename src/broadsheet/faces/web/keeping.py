"""Pages that an asker may keep: not made again while nothing has changed that they show."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from broadsheet.faces.answers import fresh, is_known, service_of, state_tag, unchanged, wanted
from broadsheet.service import Service

HTML = "text/html"
Handler = Callable[[Request], Response]


def kept(handler: Handler, *kinds: str, beside: Callable[[Service], str] = lambda _: "") -> Handler:
    """A handler that need not answer what the asker holds already.

    `beside` is what an answer depends on besides the catalogue and the index.
    """

    def answer(request: Request) -> Response:
        kind = wanted(request, kinds) if kinds else HTML
        service = service_of(request)
        tag = state_tag(service, request, kind + beside(service))
        if is_known(request, tag):
            return unchanged(tag)
        response = handler(request)
        if response.status_code == 200 and "Cache-Control" not in response.headers:
            response.headers.update(fresh(tag))
        return response

    return answer
