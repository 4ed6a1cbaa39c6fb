"""Where mail providers tell of bounces and complaints; they give a password, not a cookie."""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Bounce
from broadsheet.digests import take_back
from broadsheet.errors import ForbiddenError, SignInError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import present
from broadsheet.faces.mail import (
    certificate_of,
    is_signed,
    message_of,
    told_by_postmark,
    told_by_ses,
)
from broadsheet.service import open_client
from broadsheet.signing import is_same

POSTMARK, SES = "/webhooks/postmark", "/webhooks/ses"
_NOTIFICATION = "Notification"
_LARGEST_CERTIFICATE = 20_000
_BASIC = "basic "


async def _postmark(request: Request) -> Response:
    return await _taken(request, told_by_postmark)


async def _ses(request: Request) -> Response:
    """Signed notifications of the topic that is set; the operator confirms its subscription."""
    _let_in(request)
    told = message_of(await request.body())
    expected = service_of(request).settings.mail_hook_topic
    if not expected or told["TopicArn"] != expected:
        raise ForbiddenError(
            "Notifications of this topic are not believed.",
            hint="The operator names the topic in the setting `mail_hook_topic`.",
        )
    if told["Type"] != _NOTIFICATION:
        return JSONResponse({"bounces": 0})
    await run_in_threadpool(_check, request, told)
    return await _taken(request, told_by_ses)


def _check(request: Request, told: Mapping[str, Any]) -> None:
    """Raise ForbiddenError unless a notification is signed by Amazon; FetchError as `get`."""
    settings = service_of(request).settings
    address = certificate_of(told, settings.endpoints.get("sns"))
    if address is not None:
        with open_client(settings) as client:
            certificate = client.get(address, most_bytes=_LARGEST_CERTIFICATE).content
        if is_signed(told, certificate, present()):
            return
    raise ForbiddenError("This notification is not signed by Amazon.")


async def _taken(request: Request, read: Callable[[bytes, datetime], list[Bounce]]) -> Response:
    """Act on what is told, each thing once."""
    _let_in(request)
    body = await request.body()

    def act() -> int:
        bounces = read(body, present())
        with service_of(request).catalogue.writing() as desk:
            return sum(take_back(desk, one) for one in bounces)

    return JSONResponse({"bounces": await run_in_threadpool(act)})


def _let_in(request: Request) -> None:
    """Raise unless the password that is set was given, as the basic scheme has it (RFC 7617)."""
    secret = service_of(request).settings.mail_hook_secret
    if secret is None:
        raise ForbiddenError(
            "Nothing is taken here.", hint="The operator sets `mail_hook_secret` first."
        )
    given = request.headers.get("authorization", "")
    if given[: len(_BASIC)].lower() != _BASIC:
        raise SignInError("Give the password of the setting `mail_hook_secret`.")
    try:
        decoded = base64.b64decode(given[len(_BASIC) :], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    if not is_same(decoded.partition(":")[2], secret.get_secret_value()):
        raise SignInError("That is not the password of the setting `mail_hook_secret`.")


routes: list[BaseRoute] = [
    Route(POSTMARK, _postmark, methods=["POST"]),
    Route(SES, _ses, methods=["POST"]),
]
