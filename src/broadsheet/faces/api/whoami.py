"""`GET /api/whoami-v2`: who a token is, as clients of Hugging Face ask after a sign-in."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.faces.answers import service_of
from broadsheet.faces.who import known


def _whoami(request: Request) -> Response:
    asker = known(request)
    reader = asker.reader
    with service_of(request).catalogue.reading() as desk:
        organisations = desk.organisations.of_reader(reader.key)
    told: dict[str, Any] = {
        "type": "user",
        "id": f"{reader.key:024x}",
        "name": reader.name,
        "fullname": reader.shown_name,
        "email": reader.email,
        "emailVerified": reader.confirmed is not None,
        "isPro": False,
        "canPay": False,
        "orgs": [{"name": one.name, "fullname": one.full_name} for one in organisations],
    }
    if asker.token:
        token = {
            "displayName": asker.token.name,
            "role": "write" if asker.writes else "read",
            "createdAt": f"{asker.token.made:%Y-%m-%dT%H:%M:%S}.000Z",
        }
        told["auth"] = {"type": "access_token", "accessToken": token}
    return JSONResponse(told)


routes: list[BaseRoute] = [Route("/api/whoami-v2", _whoami)]
