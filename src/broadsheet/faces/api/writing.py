"""Writes over the API: a token that may write, a JSON body, and one answer however often asked."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from broadsheet.catalogue import Desk
from broadsheet.errors import ConflictError, ForbiddenError, InputError
from broadsheet.faces.answers import service_of
from broadsheet.faces.bodies import json_object
from broadsheet.faces.guard import present
from broadsheet.faces.who import Asker, allowed
from broadsheet.people import Role
from broadsheet.text import storable

_LONGEST_KEY = 255
Body = dict[str, Any]
Write = Callable[[Request, Desk, Asker, Body], tuple[int, Any]]
"""What a write does in its transaction: the status and the JSON value of its answer."""
_T = TypeVar("_T")


def written(write: Write, least: Role = Role.READER) -> Callable[[Request], Awaitable[Response]]:
    """A handler of a write, done in one transaction that also keeps its answer.

    As `written_after`, with nothing to do before.
    """
    return written_after(
        lambda *_: None,
        lambda request, desk, asker, body, _: write(request, desk, asker, body),
        least,
    )


def written_after(
    before: Callable[[Request, Asker, Body], _T],
    write: Callable[[Request, Desk, Asker, Body, _T], tuple[int, Any]],
    least: Role = Role.READER,
) -> Callable[[Request], Awaitable[Response]]:
    """A handler of a write that is given what was done `before` its transaction, as a fetch.

    With an `Idempotency-Key` (IETF draft, httpapi-idempotency-key-header) the same request gets
    the same answer again for as long as `keep_days` says, and another one with that key is
    refused. ForbiddenError without a bearer token: a cookie changes nothing here.
    """

    async def take(request: Request) -> Response:
        sent = await request.body()
        return await run_in_threadpool(_write, request, sent)

    def _write(request: Request, sent: bytes) -> Response:
        asker = allowed(request, least)
        if not asker.by_token:
            raise ForbiddenError("This takes a bearer token.", hint="Make one on your account.")
        body = _body(sent)
        key = _key(request)
        told = f"{request.method} {request.url.path}\0".encode() + sent
        asked = hashlib.sha256(told).digest()
        catalogue = service_of(request).catalogue
        with catalogue.reading() as desk:
            if given := _given(desk, asker, key, asked):
                return given
        ready = before(request, asker, body)
        with catalogue.writing() as desk:
            # The same request may have come twice at once.
            if given := _given(desk, asker, key, asked):
                return given
            status, answer = write(request, desk, asker, body, ready)
            if key:
                kept = json.dumps(answer)
                desk.answered.keep(asker.reader.key, key, asked, status, kept, present())
        return JSONResponse(answer, status)

    return take


def text_of(body: Body, name: str, *, most: int, required: bool = True) -> str:
    """A text of a body, at most `most` characters long; InputError says what is wrong with it."""
    value = body.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise InputError(f"`{name}` must be a text that is not empty.")
    if len(value) > most:
        raise InputError(f"`{name}` may have {most:,} characters; it has {len(value):,}.")
    return storable(value)


def _given(desk: Desk, asker: Asker, key: str, asked: bytes) -> Response | None:
    """The answer that a request got before; ConflictError for another one with its key."""
    before = desk.answered.get(asker.reader.key, key) if key else None
    if before is None:
        return None
    if before.request != asked:
        raise ConflictError("This Idempotency-Key belongs to another request.")
    return JSONResponse(json.loads(before.body), before.status)


def _body(sent: bytes) -> Body:
    """The object that was sent, an empty one if nothing was."""
    return json_object(sent) if sent.strip() else {}


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise InputError(f"An Idempotency-Key has at most {_LONGEST_KEY} printable characters.")
    return key
