"""Signing in and out by the pages: letters, links, passwords, and secrets that change (W7)."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from broadsheet.accounts import letters, signing_in
from broadsheet.catalogue import Catalogue
from broadsheet.faces.app import create
from broadsheet.faces.guard import COOKIE, present
from broadsheet.settings import Settings
from tests.library.letterbox import links_sent
from tests.library.people import cookie_of, enrol
from tests.library.site import catalogue_behind, fill_empty

BROWSER = {"Accept": "text/html"}
PASSWORD = "correct horse battery staple"
ELSEWHERE = (
    "//evil.example/",
    "/\\evil.example/",
    "/papers\\..\\evil",
    "/\t/evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "/" + "x" * 500,
)
_FIELD = re.compile(r'name="form" value="([0-9a-f]{64})"')
_NEXT = re.compile(r'name="next" value="([^"]*)"')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home."""
    return fill_empty(tmp_path / "home")


@pytest.fixture
def site(settings: Settings) -> Iterator[TestClient]:
    """The site, as a browser asks."""
    with TestClient(create(settings), headers=BROWSER, follow_redirects=False) as client:
        yield client


def catalogue_of(site: TestClient) -> Catalogue:
    """The catalogue of a site."""
    catalogue = catalogue_behind(site)
    return catalogue


def send(site: TestClient, shown: str, path: str, **fields: str) -> Any:
    """Load a page, then send a form of it."""
    field = _FIELD.search(site.get(shown).text)
    assert field
    return site.post(path, data={"form": field[1], **fields})


def links(site: TestClient) -> list[str]:
    """The paths of the links in all letters, the oldest first."""
    home: Path = site.app.state.service.settings.home  # type: ignore[attr-defined]
    return links_sent(home, catalogue_of(site))


def test_a_link_is_asked_for_followed_and_pressed(site: TestClient) -> None:
    enrol(catalogue_of(site), "ada")
    asked = send(site, "/sign-in", "/sign-in", email="Ada@Example.org")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in/sent")
    (link,) = links(site)
    # Whatever looks at the link, and however often, signs nobody in.
    for _ in range(3):
        assert "Sign in as ada" in site.get(link).text
    assert site.head(link).status_code in (200, 405)
    assert site.get("/sign-out").status_code == 303
    before = site.cookies[COOKIE]
    secret = link.partition("pass=")[2]
    done = send(site, link, "/sign-in/link", **{"pass": secret})
    assert done.status_code == 303
    assert site.cookies[COOKIE] != before
    assert "Sign out" in site.get("/sign-out").text
    assert site.get(link).status_code == 403


def test_a_link_leads_on_to_the_page_on_which_one_asked(site: TestClient) -> None:
    enrol(catalogue_of(site), "ada")
    came_from = "/papers?q=a+b&sort=date"
    (kept,) = set(_NEXT.findall(site.get("/sign-in", params={"next": came_from}).text))
    send(site, "/sign-in", "/sign-in", email="ada@example.org", next=unescape(kept))
    (link,) = links(site)
    # Whoever changes the link leads nobody elsewhere.
    secret = dict(parse_qsl(urlsplit(link).query))["pass"]
    for elsewhere in ELSEWHERE:
        changed = site.get("/sign-in/link", params={"pass": secret, "next": elsewhere})
        assert "Sign in as ada" in changed.text
        assert not _NEXT.findall(changed.text)
    (kept,) = _NEXT.findall(site.get(link).text)
    done = send(site, link, "/sign-in/link", **{"pass": secret}, next=unescape(kept))
    assert (done.status_code, done.headers["location"]) == (303, came_from)


def test_a_link_never_leads_to_another_site(site: TestClient) -> None:
    for number, elsewhere in enumerate(ELSEWHERE):
        ada = enrol(catalogue_of(site), f"ada{number}")
        with catalogue_of(site).writing() as desk:
            link = letters.make_link(desk, ada, present())
        secret = link.partition("pass=")[2]
        done = send(site, link, "/sign-in/link", **{"pass": secret}, next=elsewhere)
        assert (done.status_code, done.headers["location"]) == (303, "/")
    send(site, "/sign-out", "/sign-out")
    send(site, "/sign-in", "/sign-in", email="ada0@example.org", next=ELSEWHERE[0])
    assert not [one for one in links(site) if "next" in one]


def test_no_answer_tells_whether_an_address_has_an_account(site: TestClient) -> None:
    enrol(catalogue_of(site), "ada")
    answers = [
        send(site, "/sign-in", "/sign-in", email=email)
        for email in ("ada@example.org", "nobody@example.org")
    ]
    assert len({(one.status_code, one.headers["location"]) for one in answers}) == 1
    assert len(links(site)) == 1
    told = [
        send(site, "/sign-in", "/sign-in/password", name=name, password=PASSWORD)
        for name in ("ada", "nobody")
    ]
    assert told[0].status_code == told[1].status_code == 401
    strip = re.compile(r'[0-9a-f]{64}|value="(?:ada|nobody)"')
    assert strip.sub("", told[0].text) == strip.sub("", told[1].text)


def test_who_mistypes_is_asked_again_with_what_they_typed_but_the_password(
    site: TestClient,
) -> None:
    wrong = send(site, "/sign-in", "/sign-in/password", name="ada", password="n0t it", next="/x")
    assert wrong.status_code == 401
    assert "do not belong together" in wrong.text
    assert 'name="name" value="ada"' in wrong.text
    assert set(_NEXT.findall(wrong.text)) == {"/x"}
    assert "n0t it" not in wrong.text
    address = send(site, "/sign-in", "/sign-in", email="a@b")
    assert address.status_code == 400
    assert 'type="email" value="a@b"' in address.text
    # What is typed is text, and another site is not where one goes on.
    hostile = send(site, "/sign-in", "/sign-in", email='"><b>', next="//evil.example")
    assert "<b>" not in hostile.text.partition("<main")[2].partition("</main")[0]
    assert set(_NEXT.findall(hostile.text)) == {"/"}


def test_the_secret_and_the_form_token_change_at_sign_in_and_sign_out(site: TestClient) -> None:
    """W7, with the negative control that the new ones do work."""
    ada = enrol(catalogue_of(site), "ada")
    with catalogue_of(site).writing() as desk:
        signing_in.set_password(desk, ada, PASSWORD, present())
    page = site.get("/sign-in").text
    before, token_before = site.cookies[COOKIE], _FIELD.search(page)
    send(site, "/sign-in", "/sign-in/password", name="ada", password=PASSWORD)
    during, token_during = site.cookies[COOKIE], _FIELD.search(site.get("/sign-out").text)
    assert token_before
    assert token_during
    assert (before, token_before[1]) != (during, token_during[1])

    def status(cookie: str, token: str = "") -> int:
        fresh = TestClient(site.app, headers=BROWSER, follow_redirects=False)
        fresh.cookies.set(COOKIE, cookie)
        if token:
            return fresh.post("/sign-out", data={"form": token}).status_code
        return fresh.get("/sign-in/again").status_code

    # The cookie of before is nobody's; the new one is somebody's.
    assert status(before) == 303
    assert status(during) == 200
    # A form of before is not one of the new session.
    assert status(during, token_before[1]) == 403
    assert status(during) == 200
    assert status(during, token_during[1]) == 303
    assert status(during) == 303
    assert status(during, token_during[1]) == 303
    send(site, "/sign-in", "/sign-in/password", name="ada", password=PASSWORD)
    assert site.cookies[COOKIE] not in (before, during)


def test_a_cookie_that_somebody_planted_is_never_signed_in(site: TestClient) -> None:
    ada = enrol(catalogue_of(site), "ada")
    with catalogue_of(site).writing() as desk:
        signing_in.set_password(desk, ada, PASSWORD, present())
    site.cookies.set(COOKIE, "planted", domain="testserver.local")
    send(site, "/sign-in", "/sign-in/password", name="ada", password=PASSWORD)
    thief = TestClient(site.app, headers=BROWSER, follow_redirects=False)
    thief.cookies.set(COOKIE, "planted")
    assert thief.get("/sign-in/again").status_code == 303


def test_who_gave_no_secret_lately_is_asked_for_one(site: TestClient) -> None:
    ada = enrol(catalogue_of(site), "ada")
    with catalogue_of(site).writing() as desk:
        signing_in.set_password(desk, ada, PASSWORD, present())
    held = cookie_of(catalogue_of(site), ada)[COOKIE]
    site.cookies.set(COOKIE, held, domain="testserver.local")
    before = site.cookies[COOKIE]
    wrong = send(site, "/sign-in/again", "/sign-in/again", password="x", next="/about")
    assert wrong.status_code == 401
    right = send(site, "/sign-in/again", "/sign-in/again", password=PASSWORD, next="//evil.example")
    assert (right.status_code, right.headers["location"]) == (303, "/")
    assert site.cookies[COOKIE] != before


def test_links_in_letters_never_begin_with_what_a_request_says(settings: Settings) -> None:
    known = settings.model_copy(update={"base_url": "https://papers.example.org"})
    with TestClient(create(known), headers=BROWSER, base_url="http://evil.example") as site:
        enrol(catalogue_of(site), "ada")
        send(site, "/sign-in", "/sign-in", email="ada@example.org")
        assert len(links(site)) == 1
        (letter,) = (settings.home / "letters").glob("*.eml")
    text = letter.read_text("utf-8")
    assert "https://papers.example.org/sign-in/link" in text.replace("=\n", "").replace("=3D", "=")
    assert "evil" not in text
