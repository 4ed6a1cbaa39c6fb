"""For the operator: what a subscriber's letter would be now, without one being sent."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.errors import ForbiddenError
from broadsheet.faces.answers import UNKEPT, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.mail import previewed, subscription_of
from broadsheet.faces.web.letters import FRAMED, FRAMING, PATH, may_read, operator_only
from broadsheet.faces.web.rendering import page

PREVIEW = f"{PATH}/preview"
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class _Seen:
    """A letter as it would be."""

    subject: str
    text: str
    html: str


def _preview(request: Request) -> Response:
    """The letter as a page and as text, or the last subscribers to choose from."""
    operator_only(request)
    service, email = service_of(request), request.query_params.get("for", "").strip()
    section = request.query_params.get("section", "")
    with service.catalogue.reading() as desk:
        subscribers = desk.subscriptions.page(0, _SHOWN) if may_read(request) else []
    shown = {
        "subscribers": subscribers,
        "email": email,
        "seen": _seen(request, email, section) if email else None,
        "framed": f"{PREVIEW}/html?{urlencode({'for': email, 'section': section})}",
    }
    headers = {**UNKEPT, "Content-Security-Policy": FRAMING}
    return page(request, "preview.html", shown, headers=headers)


def _framed(request: Request) -> Response:
    """The HTML part, which may do nothing but be looked at."""
    operator_only(request)
    email = request.query_params.get("for", "").strip()
    seen = _seen(request, email, request.query_params.get("section", ""))
    return HTMLResponse(seen.html, headers={**UNKEPT, "Content-Security-Policy": FRAMED})


def _seen(request: Request, email: str, section: str) -> _Seen:
    """The letter; ForbiddenError for whoever may not read letters, since its links let one in."""
    if not may_read(request):
        raise ForbiddenError("What letters say is shown to admins, or on the machine itself.")
    service = service_of(request)
    _, written = previewed(service, subscription_of(service, email, section), present())
    return _Seen(*written)


routes: list[BaseRoute] = [
    Route(PREVIEW, _preview),
    Route(f"{PREVIEW}/html", _framed),
]
