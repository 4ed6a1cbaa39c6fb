"""What pages about accounts share: the visit a request is, and who has given a secret lately."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from broadsheet.accounts.signing_in import Visit
from broadsheet.faces.guard import asker, counted_as, present
from broadsheet.faces.who import known, session_secret, who

_Rest = ParamSpec("_Rest")


def visit_of(request: Request) -> Visit:
    """The visit that a request is part of."""
    known_as = who(request)
    return Visit(
        secret=session_secret(request),
        agent=request.headers.get("user-agent", ""),
        address=counted_as(asker(request)),
        now=present(),
        reader_key=known_as.reader.key if known_as else None,
    )


def proven(
    page: Callable[Concatenate[Request, _Rest], Response],
) -> Callable[Concatenate[Request, _Rest], Response]:
    """A page, or a form's handler, for those who gave a secret lately; others are asked for one.

    Raises SignInError if nobody knows who asks.
    """

    @wraps(page)
    def asked(request: Request, /, *rest: _Rest.args, **named: _Rest.kwargs) -> Response:
        if not known(request).has_proved(present()):
            onward = urlencode({"next": request.url.path})
            return RedirectResponse(f"/sign-in/again?{onward}", 303)
        return page(request, *rest, **named)

    return asked
