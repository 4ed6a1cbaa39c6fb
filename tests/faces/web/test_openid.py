"""Signing in at another site: whom its word makes one, and which words are not believed."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.testclient import TestClient

from broadsheet.accounts import letters
from broadsheet.faces.app import create
from broadsheet.faces.guard import COOKIE, present
from broadsheet.people import Role
from broadsheet.settings import Settings
from tests.library.dumping import dump
from tests.library.people import cookie_of, enrol
from tests.library.servers import oidc
from tests.library.site import catalogue_behind, fill_empty

BROWSER = {"Accept": "text/html"}
PERSON = {
    "sub": "248289761001",
    "name": "Ada Example",
    "preferred_username": "Ada.E",
    "email": "Ada@Example.org",
    "email_verified": True,
}
_FIELDS = re.compile(r'type="hidden" name="(\w+)" value="([^"]+)"')


@pytest.fixture
def provider() -> Iterator[oidc.Provider]:
    """A provider that knows Ada."""
    provider = oidc.Provider(dict(PERSON))
    with provider.serving() as served:
        provider.url = served.url
        yield provider


class Site:
    """A site at which one may sign in with the provider."""

    def __init__(self, client: TestClient, provider: oidc.Provider) -> None:
        """As a browser asks."""
        self.client, self.provider = client, provider
        self.catalogue = catalogue_behind(client)

    def leave(self, query: str = "") -> str:
        """Go to the provider and agree; the path that the browser comes back to."""
        gone = self.client.get(f"/sign-in/with/lab{query}")
        assert gone.status_code == 303, gone.text
        assert gone.headers["cache-control"] in ("no-store", "private, no-store")
        agreed = httpx.get(gone.headers["location"])
        assert agreed.status_code == 302
        back = urlsplit(agreed.headers["location"])
        return f"{back.path}?{back.query}"

    def finish(self, back: str) -> Any:
        """Press the button on the page that one comes back to."""
        shown = self.client.get(back)
        if shown.status_code != 200:
            return shown
        fields = dict(_FIELDS.findall(shown.text))
        return self.client.post(urlsplit(back).path, data=fields)

    def come(self, query: str = "") -> Any:
        """Sign in there, and press the button here."""
        return self.finish(self.leave(query))

    def names(self) -> list[tuple[str, str | None]]:
        """Name and address of everybody."""
        with self.catalogue.reading() as desk:
            return [(reader.name, reader.email) for reader in desk.readers.all()]

    def is_signed_in(self) -> bool:
        """Whether this browser is somebody's."""
        return bool(self.client.get("/account").status_code == 200)


def settings_with(tmp_path: Path, provider: oidc.Provider, mode: str) -> Settings:
    """A home whose file names the provider."""
    home = tmp_path / "home"
    home.mkdir()
    told = (
        f'accounts = "{mode}"\n[sign_in_providers.lab]\nissuer = "{provider.url}"\n'
        f'client_id = "{oidc.CLIENT}"\nclient_secret = "{oidc.SECRET}"\nlabel = "The Lab"\n'
    )
    (home / "broadsheet.toml").write_text(told)
    return fill_empty(home)


@pytest.fixture
def site(tmp_path: Path, provider: oidc.Provider) -> Iterator[Site]:
    """A site that is open to all."""
    settings = settings_with(tmp_path, provider, "open")
    with TestClient(create(settings), headers=BROWSER, follow_redirects=False) as client:
        yield Site(client, provider)


def test_whom_the_other_site_knows_has_an_account_from_then_on(site: Site) -> None:
    assert "Sign in with The Lab" in site.client.get("/sign-in").text
    before = dump(site.catalogue)
    back = site.leave("?next=/about")
    assert "The Lab knows you" in site.client.get(back).text
    # A GET signs nobody in, and writes nothing.
    assert not site.is_signed_in()
    assert dump(site.catalogue) == before
    done = site.finish(back)
    assert (done.status_code, done.headers["location"]) == (303, "/about")
    assert site.is_signed_in()
    assert site.names() == [("ada-e", "ada@example.org")]
    site.client.cookies.clear()
    site.provider.person |= {"email": "other@example.org", "preferred_username": "x"}
    assert site.come().status_code == 303
    assert site.names() == [("ada-e", "ada@example.org")]


def test_an_address_makes_nobody_the_owner_of_an_account(site: Site) -> None:
    enrol(site.catalogue, "ada")
    assert site.come().status_code == 409
    assert not site.is_signed_in()
    # One that is not verified is as if it were not said.
    for claim in (False, "true", None):
        site.provider.person |= {"sub": f"not-{claim}", "email_verified": claim}
        assert site.come().status_code == 303
        site.client.cookies.clear()
    assert [email for _, email in site.names()] == ["ada@example.org", None, None, None]


def test_two_people_of_one_name_are_two(site: Site) -> None:
    site.come()
    site.client.cookies.clear()
    site.provider.person = {"sub": "another", "preferred_username": "ada.e"}
    site.come()
    assert [name for name, _ in site.names()] == ["ada-e", "ada-e-2"]


def test_an_account_is_linked_and_unlinked(site: Site) -> None:
    grace = enrol(site.catalogue, "grace")
    held = cookie_of(site.catalogue, grace)[COOKIE]
    site.client.cookies.set(COOKIE, held, domain="testserver.local")
    assert site.come("?link=1").headers["location"] == "/account/elsewhere"
    shown = site.client.get("/account/elsewhere").text
    assert "248289761001" in shown
    site.client.cookies.clear()
    site.come()
    assert site.is_signed_in()
    assert [name for name, _ in site.names()] == ["grace"]
    fields = dict(_FIELDS.findall(site.client.get("/account/elsewhere").text))
    assert site.client.post("/account/elsewhere", data=fields).status_code == 303
    with site.catalogue.reading() as desk:
        assert desk.identities.of(grace.key) == []


def test_where_one_is_invited_only_the_invited_come(
    tmp_path: Path, provider: oidc.Provider
) -> None:
    settings = settings_with(tmp_path, provider, "invite")
    with TestClient(create(settings), headers=BROWSER, follow_redirects=False) as client:
        site = Site(client, provider)
        assert site.come().status_code == 403
        with site.catalogue.writing() as desk:
            letters.invite(desk, "ada@example.org", Role.CURATOR, present())
        provider.person["email_verified"] = False
        assert site.come().status_code == 403
        provider.person["email_verified"] = True
        assert site.come().status_code == 303
        with site.catalogue.reading() as desk:
            assert [one.role for one in desk.readers.all()] == [Role.CURATOR]


LIES: dict[str, Any] = {
    "another nonce": lambda claims, _: claims.update(nonce="0" * 43),
    "no nonce": lambda claims, _: claims.pop("nonce"),
    "another audience": lambda claims, _: claims.update(aud="somebody"),
    "no audience": lambda claims, _: claims.pop("aud"),
    "two audiences, for the other": lambda claims, _: claims.update(
        aud=[oidc.CLIENT, "somebody"], azp="somebody"
    ),
    "two audiences, for none": lambda claims, _: claims.update(aud=[oidc.CLIENT, "somebody"]),
    "another issuer": lambda claims, _: claims.update(iss="https://evil.example"),
    "too old": lambda claims, _: claims.update(exp=int(time.time()) - 120),
    "without an end": lambda claims, _: claims.pop("exp"),
    "from the future": lambda claims, _: claims.update(iat=int(time.time()) + 3600),
    "of nobody": lambda claims, _: claims.pop("sub"),
    "of an empty name": lambda claims, _: claims.update(sub=""),
    "of a number": lambda claims, _: claims.update(sub=7),
    "of a very long name": lambda claims, _: claims.update(sub="x" * 256),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_not_believed(site: Site, lie: str) -> None:
    site.provider.lie = LIES[lie]
    assert site.come().status_code == 403
    assert site.names() == []
    assert not site.is_signed_in()


def test_a_token_that_another_key_signed_is_not_believed(site: Site) -> None:
    site.provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert site.come().status_code == 403
    assert site.names() == []


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_nobody_or_anybody_signed_is_not_believed(site: Site, algorithm: str) -> None:
    import base64
    import hashlib
    import hmac
    import json

    from broadsheet.accounts import openid
    from broadsheet.errors import ForbiddenError
    from broadsheet.settings import Provider

    now = int(time.time())
    claims = {"iss": site.provider.url, "aud": oidc.CLIENT, "nonce": "n", "sub": "1"}
    claims |= {"exp": now + 60, "iat": now}  # type: ignore[dict-item]

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    head = part(json.dumps({"alg": algorithm, "kid": "one"}).encode())
    body = f"{head}.{part(json.dumps(claims).encode())}"
    secret = site.provider.key.as_pem(private=False)
    mark = hmac.new(secret, body.encode(), hashlib.sha256).digest() if algorithm != "none" else b""
    keys = {"keys": [site.provider.key.as_dict(private=False)]}
    known = Provider(
        issuer=site.provider.url, client_id=oidc.CLIENT, client_secret=SecretStr(oidc.SECRET)
    )
    with pytest.raises(ForbiddenError):
        openid._believed(f"{body}.{part(mark)}", keys, known, "n", present())


@pytest.mark.parametrize(
    "change",
    [
        lambda back: back.replace("state=", "state=x"),
        lambda back: re.sub(r"state=[^&]+", "", back),
        lambda back: re.sub(r"iss=[^&]+", "iss=https://evil.example", back),
        lambda back: re.sub(r"code=[^&]+", "error=access_denied", back),
        lambda back: re.sub(r"code=[^&]+", "code=another", back),
    ],
)
def test_what_comes_back_must_be_what_was_begun(site: Site, change: Any) -> None:
    assert site.finish(change(site.leave())).status_code == 403
    assert site.names() == []


def test_another_browser_cannot_finish_it(site: Site) -> None:
    back = site.leave()
    site.client.cookies.clear()
    assert site.finish(back).status_code == 403
    site.leave()
    assert site.finish(back).status_code == 403


def test_a_code_works_once(site: Site) -> None:
    back = site.leave()
    fields = dict(_FIELDS.findall(site.client.get(back).text))
    assert site.client.post(urlsplit(back).path, data=fields).status_code == 303
    assert site.client.post(urlsplit(back).path, data=fields).status_code == 403


def test_a_provider_that_names_itself_otherwise_is_not_asked(site: Site) -> None:
    site.provider.named = "https://evil.example"
    assert site.client.get("/sign-in/with/lab").status_code == 502
    assert site.client.get("/sign-in/with/nowhere").status_code == 404


def test_a_secret_may_go_in_the_form_too(site: Site) -> None:
    site.provider.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert site.come().status_code == 303
    assert len(site.names()) == 1
