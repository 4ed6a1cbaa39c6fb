"""The ASGI application: routes, what every request passes through, and the pages of errors."""

import re
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from broadsheet import __version__
from broadsheet.errors import BroadsheetError, SignInError
from broadsheet.faces import monitoring
from broadsheet.faces.answers import PRIVATE, asked_path, headers_of, problem
from broadsheet.faces.api import huggingface
from broadsheet.faces.api import routes as api
from broadsheet.faces.guard import Limiter, asker, counted_as, is_personal, status_of
from broadsheet.faces.indexing import kept_level
from broadsheet.faces.mail import letters_sent, open_post
from broadsheet.faces.orphans import end_with_parent
from broadsheet.faces.peers import Peers
from broadsheet.faces.scheduler import STEPS, WATCHES, Scheduler, rounds_done
from broadsheet.faces.web import alike, pages
from broadsheet.faces.web import routes as web
from broadsheet.faces.web.caching import Drawn
from broadsheet.faces.web.rendering import is_for_people
from broadsheet.logs import set_up
from broadsheet.service import Service
from broadsheet.settings import Settings, read_settings

THREADS = 12
"""Requests that are worked on at a time in one process; the rest wait their turn."""
_COMPRESSED_FROM_BYTES = 1_000
_LONGEST_BODY = 1 << 20
_LONGER_BODIES = {alike.PATH: alike.LARGEST_FORM}
_PUBLIC = ("/static/", "/og/")
_TOO_LARGE = "The body is too large."
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,80}")
_SLASHES = re.compile(r"/{2,}")
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_DESCRIPTION = (
    "Search, papers and changes of one Broadsheet. Versions live side by side: what `/api/v1` "
    "answers only grows, and a version that is to go says so in `Deprecation` and `Sunset` "
    "headers for at least six months. HEAD is answered as GET is, without the body."
)


def from_environment() -> FastAPI:
    """The application of the home that the environment names, for servers that start it."""
    end_with_parent()
    return create(read_settings())


def create(settings: Settings) -> FastAPI:
    """The application over the catalogue that the settings name, opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        set_up(settings.log_format)
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        service = await anyio.to_thread.run_sync(lambda: Service.open(settings))
        app.state.service = service
        app.state.drawn = Drawn()
        try:
            with kept_level(service), _rounds(service), _letters(service):
                yield
        finally:
            service.index.close()
            service.catalogue.close()

    app = FastAPI(
        title=settings.site_name,
        version=__version__,
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        exception_handlers={
            BroadsheetError: _refused,
            RequestValidationError: _invalid,
            HTTPException: _http,
        },
        middleware=[
            Middleware(Peers, settings=settings),
            Middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies),
            Middleware(Door, limiter=Limiter(settings.rate_limit)),
            Middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM_BYTES, compresslevel=5),
        ],
    )
    for router in api.routers:
        app.include_router(router)
    further = [*api.routes, *monitoring.routes, *web.routes]
    app.router.routes.extend(further)
    known = [*(route for router in api.routers for route in router.routes), *further]
    app.state.patterns = {route.endpoint: route.path for route in known if isinstance(route, Route)}
    return app


def _rounds(service: Service) -> AbstractContextManager[None]:
    """The daily round in a thread of this process, if it is to be done here."""
    is_done_here = service.settings.scheduler and service.catalogue.writable
    scheduler = Scheduler(service, STEPS, watches=WATCHES)
    return rounds_done(scheduler) if is_done_here else nullcontext()


def _letters(service: Service) -> AbstractContextManager[None]:
    """The post in a thread of this process, if letters are to be handed over here."""
    is_done_here = service.settings.post and service.catalogue.writable
    return letters_sent(open_post(service)) if is_done_here else nullcontext()


class Door:
    """What every request passes: one path for one thing, a limit, headers, a log line, metrics.

    HEAD is answered as GET is, without the body (RFC 9110, 9.3.2), by whatever answers GET.
    """

    def __init__(self, app: ASGIApp, limiter: Limiter) -> None:
        """Stand in front of `app`."""
        self._app, self._limiter = app, limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        # A copy: the server looks at its own to know whether a body may follow.
        scope = {**scope, "method": "GET" if method == "HEAD" else method}
        # PostgreSQL takes no NUL in a text; forms have it replaced by the same.
        scope["path"] = _one_slash(scope["path"]).replace("\0", "\ufffd")
        scope["query_string"] = scope["query_string"].replace(b"%00", b"%EF%BF%BD")
        request = Request(scope)
        told = _Told(request, method)
        longest = _LONGER_BODIES.get(scope["path"], _LONGEST_BODY)
        is_api = scope["path"].startswith("/api/")
        # What reads whole files of papers costs as much as the API does.
        is_counted = is_api or (scope["path"], scope["method"]) == (alike.PATH, "POST")
        asking = counted_as(asker(request))
        allowance = self._limiter.take(asking, time.time()) if is_counted else None
        told.headers.update(allowance.headers() if allowance else {})

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                told.begin(message)
            elif method == "HEAD":
                message["body"] = b""
            await send(message)

        try:
            if allowance and not allowance.allowed:
                refusal = _answer(request, 429, "This address has asked too often.", "", {})
                await refusal(scope, receive, answer)
            elif _length(request) > longest:
                refusal = _answer(request, 413, _TOO_LARGE, f"It may have {longest:,} bytes.", {})
                await refusal(scope, receive, answer)
            else:
                await self._app(scope, _bounded(receive, longest), answer)
        except Exception as error:
            # What nobody foresaw: written down with its trace, and shown without.
            structlog.get_logger().error("failed", id=told.id, exc_info=error)
            if told.has_begun:
                raise
            message = f"Something went wrong here; it is written down as {told.id}."
            await _answer(request, 500, message, "", {})(scope, receive, answer)
        finally:
            told.end()


class _Told:
    """What is told of one request: its headers, its log line and its place in the metrics."""

    def __init__(self, request: Request, method: str) -> None:
        self._request, self._method = request, method
        self._started, self._status = time.perf_counter(), 500
        given = request.headers.get("x-request-id", "")
        self.id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        self.headers = {"X-Request-Id": self.id, **_SECURITY}
        self.has_begun = False
        if request.url.path.startswith("/api/"):
            self.headers["Access-Control-Allow-Origin"] = "*"

    def begin(self, message: Message) -> None:
        """Complete the head of the answer."""
        self.has_begun, self._status = True, message["status"]
        headers = MutableHeaders(scope=message)
        # A page that shows what is not ours says itself what that may do.
        policy = headers.get("content-security-policy")
        headers.update(self.headers)
        if policy is not None:
            headers["content-security-policy"] = policy
        # An error beneath is a page like any other, with the name of whoever asks in its head.
        is_same = self._request.url.path.startswith(_PUBLIC) and self._status in (200, 304)
        if is_personal(self._request) and not is_same:
            headers.update(PRIVATE)
            del headers["etag"]
        elif not is_same and "cache-control" not in headers:
            # Else a cache may keep it as it likes, and show it to whoever signs in (RFC 9111).
            headers["Cache-Control"] = "no-cache"
            headers.add_vary_header("Cookie, Authorization")

    def end(self) -> None:
        """One line, without the query: what people look for is theirs."""
        seconds = time.perf_counter() - self._started
        monitoring.count(_pattern(self._request), self._status, seconds)
        structlog.get_logger().info(
            "request",
            id=self.id,
            method=self._method,
            path=self._request.url.path,
            status=self._status,
            ms=round(seconds * 1000, 1),
        )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, BroadsheetError)
    is_page = is_for_people(request.headers) and not request.url.path.startswith("/api/")
    if isinstance(error, SignInError) and is_page and request.method == "GET":
        return RedirectResponse(f"/sign-in?{urlencode({'next': asked_path(request)})}", 303)
    return _answer(request, status_of(error), error.message, error.hint, headers_of(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return _answer(request, 422, f"`{where}`: {first['msg']}.", "See /openapi.json.", {})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    is_page = is_for_people(request.headers) and not request.url.path.startswith("/api/")
    if error.status_code == 404 and is_page:
        return pages.not_found(request)
    message = f"There is nothing at {request.url.path}."
    if error.status_code != 404:
        message = f"{request.method} {request.url.path}: {error.detail}."
    headers = dict(error.headers or {})
    if headers.get("Allow") == "GET":
        headers["Allow"] = "GET, HEAD"
    return _answer(request, error.status_code, message, "", headers)


def _answer(
    request: Request, status: int, message: str, hint: str, headers: Mapping[str, str]
) -> Response:
    """An error in the form that whoever asks can read."""
    path = request.url.path
    if path.startswith("/api/") and not path.startswith("/api/v1"):
        return huggingface.refusal(status, message, headers)
    if path.startswith("/api/") or not is_for_people(request.headers):
        return problem(status, message, hint=hint, headers=headers)
    response = pages.failure(request, status, message, hint)
    response.headers.update(headers)
    return response


def _pattern(request: Request) -> str:
    """The pattern of the path that answered, `none` if there is none."""
    endpoint = request.scope.get("endpoint")
    patterns: dict[object, str] = request.app.state.patterns
    return patterns.get(endpoint, "none")


def _length(request: Request) -> int:
    text = request.headers.get("content-length", "0")
    return int(text) if text.isdecimal() else 0


def _bounded(receive: Receive, most: int) -> Receive:
    """What a request sends, refused once it is more than `most` bytes, whatever it announced."""
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413, f"the body is larger than {most:,} bytes")
        return message

    return take


def _one_slash(path: str) -> str:
    """A path without repeated slashes, but for those in an id that has a colon (a DOI)."""
    head, colon, tail = path.partition(":")
    return _SLASHES.sub("/", head) + colon + tail


def openapi(settings: Settings) -> dict[str, Any]:
    """The description of our own API (OpenAPI 3.1)."""
    return create(settings).openapi()
