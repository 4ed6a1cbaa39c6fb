"""A small OpenID Connect provider that knows one person, and lies as it is told to."""

import base64
import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.library.servers.replying import Question, Replied, Reply, as_json, replying

CLIENT, SECRET = "broadsheet", "a secret: of/its own"


@dataclass
class Provider:
    """One person by their claims; `lie` changes the claims or the header before they are signed."""

    person: dict[str, Any]
    lie: Callable[[dict[str, Any], dict[str, Any]], None] = lambda claims, header: None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    url: str = ""
    named: str = ""
    discovery: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def serving(self) -> AbstractContextManager[Replied]:
        """The server; `url` is to be set to its address."""
        return replying(self._answer)

    def _answer(self, asked: Question) -> Reply:
        paths: dict[str, Callable[[Question], Reply]] = {
            "/.well-known/openid-configuration": self._configuration,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": lambda _: as_json(KeySet([self.key]).as_dict(private=False)),
        }
        answer = paths.get(asked.path)
        return answer(asked) if answer else Reply(b"", 404)

    def _configuration(self, _: Question) -> Reply:
        told = {
            "issuer": self.named or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return as_json(told | self.discovery)

    def _authorize(self, asked: Question) -> Reply:
        """The person agrees at once."""
        query = dict(asked.query)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.url}
        return Reply(b"", 302, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def _token(self, asked: Question) -> Reply:
        """An ID token for a code that was not used, to its client, with its verifier."""
        form = dict(parse_qsl(asked.body.decode()))
        begun = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(b"broadsheet:a%20secret%3A%20of%2Fits%20own").decode()
        is_client = asked.headers.get("authorization") == f"Basic {basic}" or (
            form.get("client_id"),
            form.get("client_secret"),
        ) == (CLIENT, SECRET)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (
            begun is None
            or not is_client
            or begun["code_challenge"] != challenge
            or begun["redirect_uri"] != form.get("redirect_uri")
        ):
            return as_json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": begun["nonce"],
            **self.person,
        }
        header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.lie(claims, header)
        token = jwt.encode(header, claims, self.signs_with or self.key, algorithms=["RS256"])
        return as_json({"access_token": "x", "token_type": "Bearer", "id_token": token})
