"""Answers over HTTP: which kind is wanted, whether the asker has it already, and problems."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from broadsheet import __version__
from broadsheet.errors import (
    BroadsheetError,
    NotFoundError,
    SearchIndexError,
    SignInError,
    TooOftenError,
)
from broadsheet.faces.guard import RETRY_SECONDS, is_personal, present, status_of
from broadsheet.identifiers import read_reference
from broadsheet.papers import Paper
from broadsheet.service import Service

JSON = "application/json"
PROBLEM = "application/problem+json"
REVALIDATE = "public, no-cache"
"""Anybody may keep it, and asks whether it still holds before each use."""
UNKEPT = {"Cache-Control": "no-store"}
"""The headers of an answer that may be another one the next time, such as partial results."""
PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Cookie, Authorization"}
"""The headers of an answer to somebody who said who they are."""
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_SAFE = "/:()!*';,@+$&="
_TITLES = {
    400: "The request cannot be understood",
    401: "Sign in first",
    403: "Not allowed",
    404: "There is no such thing here",
    405: "That method is not allowed here",
    406: "That kind of answer is not available",
    409: "That is there already",
    413: "The request is too large",
    414: "The address is too long",
    415: "That kind of content is not taken",
    422: "A parameter cannot be used",
    429: "Too many requests",
    500: "Something went wrong here",
    502: "Something outside failed",
    503: "Not ready: try again shortly",
}


def asked_path(request: Request) -> str:
    """The path that was asked for, with its query."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def service_of(request: Request) -> Service:
    """What the application opened when it began."""
    service: Service = request.app.state.service
    return service


def state_tag(service: Service, request: Request, kind: str) -> str:
    """A weak entity tag that differs whenever an answer of this kind could (RFC 9110, 8.8.3).

    It differs each day, since "today" and "this year" do, and so does the date of the masthead,
    which is that of the zone that is set.
    """
    with service.catalogue.reading() as desk:
        state = [desk.changes.lineage(), desk.changes.latest(), desk.changes.stirs()]
    try:
        # Both, since reading papers again moves no watermark and yet changes what is found.
        state += [service.index.reader().watermark, service.index.lacking()]
    except SearchIndexError:
        state.append(-1)
    now = present()
    days = now.date(), now.astimezone(service.settings.zone).date()
    told = repr((__version__, state, kind, str(request.url), days))
    return f'W/"{hashlib.blake2b(told.encode(), digest_size=12).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the asker already holds what the tag names (If-None-Match, weak comparison).

    What is somebody's own is never kept, so nobody who says who they are holds it.
    """
    if is_personal(request):
        return False
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or _TAG.findall(tag)[0] in _TAG.findall(held)


def unless_held(request: Request, kind: str, make: Callable[[], Response]) -> Response:
    """The answer that `make` gives, or 304 for whoever holds it already (If-None-Match).

    `kind` is all that it depends on besides its address, the catalogue and the index. One that
    is no 200, or says itself how it is kept, is left as it is.
    """
    tag = state_tag(service_of(request), request, kind)
    if is_known(request, tag):
        return unchanged(tag)
    response = make()
    if response.status_code == 200 and "Cache-Control" not in response.headers:
        response.headers.update(fresh(tag))
    return response


def kept_json(handler: Callable[..., Mapping[str, Any] | Response]) -> Callable[..., Response]:
    """A handler of a request and its parameters, whose JSON object is made only for who lacks it.

    It may give a whole answer in place of an object.
    """

    @wraps(handler)
    def answer(request: Request, **named: Any) -> Response:
        def make() -> Response:
            made = handler(request, **named)
            return made if isinstance(made, Response) else JSONResponse(made)

        return unless_held(request, JSON, make)

    return answer


def unchanged(tag: str) -> Response:
    """The answer that what the asker holds still holds."""
    return Response(status_code=304, headers=fresh(tag))


def fresh(tag: str) -> dict[str, str]:
    """The headers that let an answer be kept."""
    return {"ETag": tag, "Cache-Control": REVALIDATE, "Vary": "Accept, Cookie"}


def wanted(request: Request, offered: Sequence[str]) -> str:
    """The media type of those offered (the first being ours to choose) that is asked for.

    By weight and, among equals, by our order (RFC 9110, 12.5.1); the first if none fits.
    """
    asked = [_range(part) for part in request.headers.get("accept", "*/*").split(",")]
    best, best_weight = offered[0], 0.0
    for kind in offered:
        weight = max(
            (
                (exactness, q)
                for pattern, q in asked
                if (exactness := _exactness(pattern, kind)) > 0
            ),
            default=(0, 0.0),
        )[1]
        if weight > best_weight:
            best, best_weight = kind, weight
    return best


def problem(
    status: int, detail: str, *, hint: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """An error as a problem document (RFC 9457), with `error` for clients that look for that."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, "The request failed"),
        "status": status,
        "detail": detail,
        "error": detail,
    }
    if hint:
        body["hint"] = hint
    return JSONResponse(body, status, media_type=PROBLEM, headers=dict(headers or {}))


def title_of(status: int) -> str:
    """What a status means, in a few words."""
    return _TITLES.get(status, "The request failed")


def headers_of(error: BroadsheetError) -> dict[str, str]:
    """The headers that an error brings with it."""
    if isinstance(error, TooOftenError):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, SignInError):
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(RETRY_SECONDS)} if status_of(error) == 503 else {}


def base_of(service: Service, request: Request) -> str:
    """The address that our paths are joined to, without a slash at its end."""
    return (service.settings.base_url or str(request.base_url)).rstrip("/")


def path_of(paper_id: str) -> str:
    """The path of a paper's page."""
    return f"/papers/{quote(paper_id, safe=_SAFE)}"


def found_paper(service: Service, name: str) -> tuple[int, Paper] | None:
    """The paper that an id, versioned id, DOI or alias leads to, with its key."""
    # PostgreSQL takes no NUL in a text, and no id holds one.
    if "\0" in name or not name:
        return None
    with service.catalogue.reading() as desk:
        return desk.papers.get(name) or desk.papers.get(str(read_reference(name) or name))


def named_paper(service: Service, name: str) -> tuple[int, Paper]:
    """The paper that an id, versioned id, DOI or alias leads to, with its key; NotFoundError."""
    found = found_paper(service, name)
    if found is None:
        raise NotFoundError(f"There is no paper {name}.", hint="Look for it with /api/v1/search.")
    return found


def _range(part: str) -> tuple[str, float]:
    pattern, *parameters = part.split(";")
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                weight = min(1.0, max(0.0, float(value)))
            except ValueError:
                weight = 0.0
    return pattern.strip().lower(), weight


def _exactness(pattern: str, kind: str) -> int:
    """How exactly a media range names a type: 3, 2 (`text/*`), 1 (`*/*`), 0 not at all."""
    if pattern == kind:
        return 3
    if pattern == kind.split("/")[0] + "/*":
        return 2
    return 1 if pattern == "*/*" else 0
