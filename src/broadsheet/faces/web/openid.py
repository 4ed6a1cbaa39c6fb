"""Signing in at another site, and which sites an account is linked to."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.accounts import linking, openid
from broadsheet.accounts.letters import LINK_LASTS
from broadsheet.accounts.openid import SignInAttempt
from broadsheet.accounts.signing_in import PROXY, begin_session
from broadsheet.errors import ConflictError, ForbiddenError, NotFoundError
from broadsheet.faces.answers import UNKEPT, base_of, service_of
from broadsheet.faces.web.forms import Form, first, inward, is_secure, onward, posted
from broadsheet.faces.web.proving import proven, visit_of
from broadsheet.faces.web.rendering import page
from broadsheet.faces.web.signing_in import entered, offered
from broadsheet.faces.who import known, who
from broadsheet.service import open_sign_in_client
from broadsheet.settings import Provider
from broadsheet.signing import signed, unsigned

_COOKIE = "broadsheet-elsewhere"
_PURPOSE = "elsewhere"
_LINKING, _ENTERING = "link", "enter"


def _begin(request: Request) -> Response:
    name, provider = _provider(request)
    service, attempt = service_of(request), SignInAttempt.begin()
    with open_sign_in_client(service.settings) as client:
        endpoints = openid.discovered(client, provider)
    url = openid.asking_url(endpoints, provider, attempt, _back(request, name))
    what = _LINKING if request.query_params.get("link") and who(request) else _ENTERING
    path = inward(request.query_params.get("next", "/"))
    held = [name, what, path, attempt.state, attempt.nonce, attempt.verifier]
    answer = RedirectResponse(url, 303, headers=UNKEPT)
    answer.set_cookie(
        _COOKIE,
        signed(service.signing_key, _PURPOSE, held),
        max_age=int(LINK_LASTS.total_seconds()),
        path="/sign-in/with",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer


def _came_back(request: Request) -> Response:
    name, provider = _provider(request)
    what, _, attempt = _held(request, name)
    openid.check_back(provider, attempt, request.query_params)
    shown = {
        "provider": name,
        "label": provider.label or name,
        "query": {key: request.query_params.get(key, "") for key in ("code", "state", "iss")},
        "links": what == _LINKING,
    }
    return page(request, "sign_in_elsewhere.html", shown, headers=UNKEPT)


def _finish(request: Request, form: Form) -> Response:
    name, provider = _provider(request)
    service, visit = service_of(request), visit_of(request)
    what, path, attempt = _held(request, name)
    query = {key: first(form, key) for key in ("code", "state", "iss") if first(form, key)}
    code = openid.check_back(provider, attempt, query)
    with open_sign_in_client(service.settings) as client:
        claims = openid.vouched(client, provider, attempt, code, _back(request, name), visit.now)
    with service.catalogue.writing() as desk:
        if what == _LINKING:
            asker = known(request)
            if not asker.has_proved(visit.now):
                raise ForbiddenError("It was too long ago that you gave a secret.")
            reader = linking.link(desk, asker.reader, claims, visit.now)
        else:
            is_open = service.settings.accounts == "open"
            reader = linking.enter_by_identity(desk, claims, is_open=is_open, now=visit.now)
        secret = begin_session(desk, reader, visit)
    answer = entered(request, secret, "/account/elsewhere" if what == _LINKING else path)
    answer.delete_cookie(_COOKIE, path="/sign-in/with")
    return answer


@proven
def _linked(request: Request) -> Response:
    reader, service = known(request).reader, service_of(request)
    with service.catalogue.reading() as desk:
        identities = [one for one in desk.identities.of(reader.key) if one.issuer != PROXY]
    shown = {"identities": identities, "providers": offered(request)}
    return page(request, "account_elsewhere.html", shown)


@proven
def _unlink(request: Request, form: Form) -> Response:
    reader, service = known(request).reader, service_of(request)
    issuer, subject = first(form, "issuer"), first(form, "subject")
    with service.catalogue.writing() as desk:
        ways = len(desk.identities.of(reader.key)) + len(desk.identities.passkeys_of(reader.key))
        has_other = reader.email or desk.readers.password_of(reader.key) or ways > 1
        if not has_other:
            raise ConflictError(
                "This is your only way in.", hint="Give an address or a password first."
            )
        if issuer == PROXY or not desk.identities.unlink(issuer, subject, reader.key):
            raise NotFoundError("Your account is not linked to that.")
    return onward("/account/elsewhere")


def _provider(request: Request) -> tuple[str, Provider]:
    name = request.path_params["provider"]
    found = service_of(request).settings.sign_in_providers.get(name)
    if found is None:
        raise NotFoundError(f"Nobody signs in at {name} here.")
    return name, found


def _held(request: Request, name: str) -> tuple[str, str, SignInAttempt]:
    """What this browser began at a provider: to link or enter, where to go on, its secrets."""
    token = request.cookies.get(_COOKIE, "")
    held = unsigned(service_of(request).signing_key, _PURPOSE, token, LINK_LASTS)
    if held is None or held[0] != name:
        raise ForbiddenError(
            "This sign-in was not begun in this browser, or too long ago.",
            hint="Begin again on /sign-in.",
        )
    return held[1], held[2], SignInAttempt(*held[3:])


def _back(request: Request, name: str) -> str:
    return f"{base_of(service_of(request), request)}/sign-in/with/{name}/back"


routes: list[BaseRoute] = [
    Route("/sign-in/with/{provider}", _begin),
    Route("/sign-in/with/{provider}/back", _came_back),
    Route("/sign-in/with/{provider}/back", posted(_finish), methods=["POST"]),
    Route("/account/elsewhere", _linked),
    Route("/account/elsewhere", posted(_unlink), methods=["POST"]),
]
