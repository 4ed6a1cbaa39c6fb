"""Who is asking: somebody signed in, a program with a token, or whom a trusted proxy names."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request

from broadsheet.accounts.signing_in import named_by_proxy
from broadsheet.errors import ForbiddenError, SignInError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import COOKIE, NAMED, SECURE_COOKIE, present
from broadsheet.people import ApiToken, Reader, Role
from broadsheet.signing import digest, form_token

PROOF_LASTS = timedelta(minutes=15)
"""How long after giving a secret somebody may do what is dangerous."""
_HELD = "broadsheet.asker"
_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who is known: by a session (`proved` at a moment), a token or a proxy's word."""

    reader: Reader
    by_token: bool = False
    writes: bool = True
    proved: datetime | None = None
    token: ApiToken | None = None

    def has_proved(self, now: datetime) -> bool:
        """Whether they gave a secret lately, so that they may do what is dangerous."""
        return self.proved is not None and now - self.proved < PROOF_LASTS

    def may(self, least: Role) -> bool:
        """Whether they may do what needs a role; who is suspended may only read."""
        return self.reader.suspended is None and self.reader.role.may(least)


def who(request: Request) -> Asker | None:
    """Who asks, as far as the request shows it; asked of the catalogue once a request."""
    scope = request.scope
    if _HELD not in scope:
        scope[_HELD] = _find(request)
    asker: Asker | None = scope[_HELD]
    return asker


def known(request: Request) -> Asker:
    """Who asks; SignInError if nobody knows."""
    asker = who(request)
    if asker is None:
        raise SignInError("Sign in first.", hint="The page /sign-in says how.")
    return asker


def allowed(request: Request, least: Role = Role.READER) -> Asker:
    """Who asks, if they may change what needs a role.

    Raises SignInError if nobody knows them, ForbiddenError if their role is not enough, if they
    are suspended, or if their token may only read.
    """
    asker = known(request)
    if asker.reader.suspended is not None:
        raise ForbiddenError("This account is suspended: it may only read.")
    if not asker.reader.role.may(least):
        raise ForbiddenError(f"This is for those who are {least} at least.")
    if not asker.writes:
        raise ForbiddenError("This token may only read.", hint="Make one that may write.")
    return asker


def session_secret(request: Request) -> str:
    """What the session cookie holds, empty if there is none."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE) or ""


def form_token_of(request: Request) -> str:
    """What forms of the page carry; empty without a session cookie."""
    secret = session_secret(request)
    return form_token(service_of(request).signing_key, secret) if secret else ""


def _find(request: Request) -> Asker | None:
    catalogue = service_of(request).catalogue
    authorization = request.headers.get("authorization", "")
    if authorization[: len(_BEARER)].lower() == _BEARER:
        secret = authorization[len(_BEARER) :].strip()
        with catalogue.reading() as desk:
            token = desk.sessions.token(digest(secret), present())
            reader = desk.readers.get(token.reader_key) if token else None
        return Asker(reader, True, token.writes, token=token) if reader and token else None
    if name := request.scope.get(NAMED):
        with catalogue.reading() as desk:
            reader = named_by_proxy(desk, name)
        # The proxy vouches for them with every request.
        return Asker(reader, proved=present()) if reader else None
    if secret := session_secret(request):
        with catalogue.reading() as desk:
            session = desk.sessions.get(digest(secret), present())
            reader = desk.readers.get(session.reader_key) if session else None
        return Asker(reader, proved=session.proved) if reader and session else None
    return None
