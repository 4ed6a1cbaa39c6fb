"""Templates into answers: one Jinja environment, escaping everything that is not marked safe."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from broadsheet import __version__
from broadsheet.faces.answers import PRIVATE, asked_path, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.web.forms import is_secure, visit, with_session
from broadsheet.faces.who import form_token_of, who
from broadsheet.signing import form_token

_OURS = re.compile(r"(?<=\s)(/[a-z][a-z0-9-]*(?:/[a-z0-9-]+)*)(?=[.,;:)]?(?:\s|$))")
"""An address of these pages, as hints name them."""
_HERE = Path(__file__).parent
_UNREAD = "broadsheet.unread"
_FOREVER = "public, max-age=31536000, immutable"


class Statics(StaticFiles):
    """Our own style, script and marks; an address that names the content may be kept for ever."""

    def __init__(self) -> None:
        """Serve the package's folder."""
        super().__init__(directory=_HERE / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        if response.status_code == 200 and scope.get("query_string", b"").startswith(b"v="):
            response.headers["Cache-Control"] = _FOREVER
        return response


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A template filled in.

    Templates know who is asking (`me`, None for anybody) and `form_token()` for the hidden field
    of a form; that of somebody without a session begins a visit, and such a page is not kept.
    """
    settings = service_of(request).settings
    asker = who(request)
    begun: list[str] = []

    def form_token_for() -> str:
        held = form_token_of(request)
        if not held:
            begun.append(visit(request))
            held = form_token(service_of(request).signing_key, begun[0])
        return held

    shared = {
        "me": asker.reader if asker else None,
        "may": asker.may if asker else lambda _: False,
        "form_token": form_token_for,
        "unread_notices": lambda: _unread(request),
        "site": settings.site_name,
        "today": present().astimezone(settings.zone),
        "version": __version__,
        "path": request.url.path,
        "asked": asked_path(request),
        "q": "",
        "mode": "hybrid",
    }
    text = _environment().get_template(template).render({**shared, **values})
    response = HTMLResponse(text, status, headers=dict(headers or {}))
    if begun:
        response.headers.update(PRIVATE)
        with_session(response, begun[0], secure=is_secure(request))
    return response


def _unread(request: Request) -> int:
    """How many notices wait for who is asking, counted once a request."""
    asker, scope = who(request), request.scope
    if asker is not None and _UNREAD not in scope:
        with service_of(request).catalogue.reading() as desk:
            scope[_UNREAD] = desk.notices.unread(asker.reader.key)
    return int(scope.get(_UNREAD, 0))


def is_for_people(headers: Headers) -> bool:
    """Whether an answer is to be read in a browser."""
    return "text/html" in headers.get("accept", "")


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = _static
    environment.filters["linked"] = linked
    return environment


def linked(text: str) -> Markup:
    """A sentence of ours in which our own addresses are links; all of it is escaped."""
    return Markup(_OURS.sub(r'<a href="\1">\1</a>', str(escape(text))))


@lru_cache
def _static(name: str) -> str:
    """The address of a file of ours, which changes when the file does."""
    content = (_HERE / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.blake2b(content, digest_size=6).hexdigest()}"
