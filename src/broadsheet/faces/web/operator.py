"""The operator's page: the steps of the daily round, when they come and what came of them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet.faces.answers import UNKEPT, service_of
from broadsheet.faces.guard import asker, is_among, present
from broadsheet.faces.scheduler import STEPS, round_status
from broadsheet.faces.web.rendering import page
from broadsheet.settings import Settings

PATH = "/operator"
_REFUSED = {
    "status": 403,
    "title": "Not for this address",
    "message": "This page is shown to the operator only.",
    "hint": "Addresses that may see it are named in the setting `operator_addresses`.",
}


def _operator(request: Request) -> Response:
    service = service_of(request)
    if not may_see(asker(request), service.settings):
        return page(request, "failure.html", _REFUSED, status=403, headers=UNKEPT)
    now = present()
    shown = {
        "round": round_status(service, STEPS, now),
        "zone": service.settings.zone,
        "now": now,
    }
    return page(request, "operator.html", shown, headers=UNKEPT)


def may_see(address: str, settings: Settings) -> bool:
    """Whether an address is one of those that the operator's page is shown to."""
    return is_among(address, settings.operator_addresses)


routes: list[BaseRoute] = [Route(PATH, _operator)]
