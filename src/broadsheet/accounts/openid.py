"""Signing in at another site by OpenID Connect: the code flow with PKCE, and what is believed."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from broadsheet.errors import FetchError, ForbiddenError, OutsideError
from broadsheet.fetch import Client
from broadsheet.settings import Provider
from broadsheet.signing import is_same, new_secret

_SCOPE = "openid email profile"
# Only signatures that the issuer alone can make: with a shared secret we could sign too.
_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
)
_LEEWAY_SECONDS = 60
_MOST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked, as it says itself (OpenID Connect Discovery 1.0)."""

    authorization: str
    token: str
    keys: str
    takes_basic: bool


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """What one sign-in is known again by: kept in the browser that began it, and signed."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls) -> "SignInAttempt":
        """One with secrets of its own."""
        return cls(new_secret(), new_secret(), new_secret())


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom a provider vouches for; `email` is empty unless it says that it is verified."""

    issuer: str
    subject: str
    email: str
    name: str
    called: str


def discovered(client: Client, provider: Provider) -> Endpoints:
    """Where a provider is asked; OutsideError if it does not say, or names another issuer."""
    url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    told = _object(client.get(url).content, provider)
    if told.get("issuer") != provider.issuer:
        raise OutsideError(f"{provider} names itself otherwise.", hint="Set that as its issuer.")
    methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    try:
        return Endpoints(
            authorization=_text(told["authorization_endpoint"]),
            token=_text(told["token_endpoint"]),
            keys=_text(told["jwks_uri"]),
            takes_basic="client_secret_basic" in methods,
        )
    except (KeyError, TypeError) as error:
        raise OutsideError(f"{provider} does not say where it is asked.") from error


def asking_url(endpoints: Endpoints, provider: Provider, attempt: SignInAttempt, back: str) -> str:
    """Where the browser is sent; it comes `back` with a code (RFC 6749, RFC 7636)."""
    challenge = hashlib.sha256(attempt.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": _SCOPE,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in endpoints.authorization else "?"
    return endpoints.authorization + mark + urlencode(query)


def check_back(provider: Provider, attempt: SignInAttempt, query: Mapping[str, str]) -> str:
    """The code that a browser came back with; ForbiddenError if it is not from this attempt."""
    if not is_same(query.get("state", ""), attempt.state):
        raise _refused("It was not begun in this browser, or too long ago.")
    # A provider that says who it is must be the one that was asked (RFC 9207).
    if query.get("iss", provider.issuer) != provider.issuer:
        raise _refused("Another site answered.")
    if not query.get("code"):
        raise _refused("The other site did not agree.")
    return query["code"]


def vouched(
    client: Client, provider: Provider, attempt: SignInAttempt, code: str, back: str, now: datetime
) -> Claims:
    """Whom a provider vouches for, by a code that works once.

    Raises ForbiddenError if its token cannot be believed, FetchError if it does not answer.
    """
    endpoints = discovered(client, provider)
    token = _exchanged(client, endpoints, provider, attempt, code, back)
    keys = _object(client.get(endpoints.keys).content, provider)
    claims = _believed(token, keys, provider, attempt.nonce, now)
    email = claims.get("email") if claims.get("email_verified") is True else ""
    return Claims(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        email=email if isinstance(email, str) else "",
        name=str(claims.get("name") or ""),
        called=str(claims.get("preferred_username") or claims.get("name") or email or ""),
    )


def _exchanged(
    client: Client,
    endpoints: Endpoints,
    provider: Provider,
    attempt: SignInAttempt,
    code: str,
    back: str,
) -> str:
    """The ID token that a code is good for."""
    secret = provider.client_secret.get_secret_value()
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": attempt.verifier,
    }
    headers = {}
    if endpoints.takes_basic:
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        fields |= {"client_id": provider.client_id, "client_secret": secret}
    try:
        told = client.post_form(endpoints.token, fields, headers)
    except FetchError as error:
        if error.status in (400, 401, 403):
            raise _refused("The other site did not take its own code.") from error
        raise
    token = told.get("id_token") if isinstance(told, dict) else None
    if not isinstance(token, str):
        raise _refused("The other site vouched for nobody.")
    return token


def _believed(
    token: str, keys: dict[str, Any], provider: Provider, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of an ID token, if it may be believed (OpenID Connect Core 1.0, 3.1.3.7)."""
    try:
        known = KeySet.import_key_set(keys)  # type: ignore[arg-type]
        claims = jwt.decode(token, known, algorithms=list(_ALGORITHMS)).claims
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
        )
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _refused(f"What the other site signed is not believed ({error}).") from error
    audience, subject = claims["aud"], claims["sub"]
    checks: tuple[Callable[[], bool], ...] = (
        lambda: is_same(str(claims.get("nonce", "")), nonce),
        lambda: (
            not isinstance(audience, list)
            or len(audience) == 1
            or claims.get("azp") == provider.client_id
        ),
        lambda: claims.get("azp", provider.client_id) == provider.client_id,
        lambda: isinstance(subject, str) and 0 < len(subject) <= _MOST_SUBJECT,
    )
    if not all(check() for check in checks):
        raise _refused("What the other site signed is not for this sign-in.")
    return claims


def _object(content: bytes, provider: Provider) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise OutsideError(f"{provider} gave an answer that is not JSON.") from error
    if not isinstance(told, dict):
        raise OutsideError(f"{provider} gave an answer that is no JSON object.")
    return told


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _refused(why: str) -> ForbiddenError:
    return ForbiddenError(f"You could not be signed in. {why}", hint="Begin again on /sign-in.")
