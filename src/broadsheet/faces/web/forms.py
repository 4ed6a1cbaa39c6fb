"""Forms: shown with a token of their session, and taken only with it and from our own pages."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broadsheet.errors import ForbiddenError, InputError
from broadsheet.faces.guard import COOKIE, SECURE_COOKIE, is_same_site
from broadsheet.faces.who import form_token_of, who
from broadsheet.signing import is_same, new_secret
from broadsheet.text import storable

TOKEN = "form"
"""The name of the hidden field that carries the token."""
UNGUARDED = ("/unsubscribe/{token}",)
"""Paths whose POST needs no form of ours: a mail program leaves with one request (RFC 8058)."""
_MOST_FIELDS = 500
_MOST_DIGITS = 18
_LIFETIME_SECONDS = 30 * 24 * 3600

Form = Mapping[str, list[str]]
"""The fields of a form, each with all its values."""
Taking = Callable[[Request, Form], Response]


def posted(handler: Taking) -> Callable[[Request], Awaitable[Response]]:
    """A handler of a form's POST, which is called in a thread with the form's fields.

    ForbiddenError for a form that is not from a page of ours, shown in this session, and for one
    that comes with an API token: what that may do is said where programs write.
    """

    async def take(request: Request) -> Response:
        form = await _fields(request)
        expected = form_token_of(request)
        if not is_same_site(request):
            raise ForbiddenError("This form was sent from another site.")
        if not expected or not is_same(first(form, TOKEN), expected):
            raise ForbiddenError(
                "This form is not of this session any more.", hint="Load its page again."
            )
        return await run_in_threadpool(_handled, request, form)

    def _handled(request: Request, form: Form) -> Response:
        asker = who(request)
        if asker is not None and asker.by_token:
            raise ForbiddenError("Forms take no API token.", hint="Programs write under /api.")
        return handler(request, form)

    return take


def first(form: Form, name: str) -> str:
    """The first value of a field, without blanks around it; empty if there is none."""
    return next(iter(form.get(name, ())), "").strip()


def unstripped(form: Form, name: str) -> str:
    """The first value of a field as it was typed, such as a password; empty if there is none."""
    return next(iter(form.get(name, ())), "")


def number_in(text: str) -> int:
    """The whole number that a field holds; InputError for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise InputError("A field of the form holds no number where one must be.")
    return int(text)


def onward(path: str) -> Response:
    """Go on to another page after a form was taken; only ever to one of ours."""
    return RedirectResponse(inward(path), 303)


def inward(path: str) -> str:
    """A path of this site as it is, the front page instead of anything else."""
    # Browsers read a backslash as a slash, and leave out line ends and tabs.
    is_ours = path.startswith("/") and not path.startswith("//")
    return path if is_ours and "\\" not in path and path.isprintable() else "/"


def with_session(response: Response, secret: str, *, secure: bool) -> Response:
    """Let the browser keep the secret of a session, which no script can read."""
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        secret,
        max_age=_LIFETIME_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response


def without_session(response: Response) -> Response:
    """Let the browser forget the secret of its session."""
    for name in (SECURE_COOKIE, COOKIE):
        response.delete_cookie(name, path="/", secure=name == SECURE_COOKIE, httponly=True)
    return response


def is_secure(request: Request) -> bool:
    """Whether the browser came over HTTPS."""
    return request.url.scheme == "https"


def visit(request: Request) -> str:
    """The secret of a visit of somebody who has no session, so that forms can be held to it."""
    secret: str = request.scope.setdefault("broadsheet.visit", new_secret())
    return secret


async def _fields(request: Request) -> Form:
    """The text fields of a form; InputError for one that cannot be read."""
    try:
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            found: dict[str, list[str]] = {}
            for name, value in form.multi_items():
                if isinstance(value, str):
                    found.setdefault(name, []).append(storable(value))
            return found
    except HTTPException as error:
        raise InputError(f"The form cannot be read: {error.detail}") from error
