"""Redirects: followed by us, a few, and without keys for others."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import FetchError
from broadsheet.fetch import Client
from broadsheet.fetch.questions import host_of, question
from tests.library.clocks import Clock
from tests.library.serving import Answer, Asked, serving

KEYS = {"Authorization": "Bearer open-sesame", "X-Api-Key": "open-sesame", "Accept": "text/xml"}


def client() -> Client:
    clock = Clock()
    return Client(allowed_hosts=("127.0.0.1", "127.0.0.2"), clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_followed_on_the_same_server_with_the_keys(status: int) -> None:
    def answer(asked: Asked) -> Answer:
        moved = Answer(status, b"moved", {"Location": "../there?a=1#part"})
        return Answer(200, b"here") if asked.path == "/there?a=1" else moved

    with serving(by=answer) as server:
        found = client().get(f"{server.url}/old/one", headers=KEYS)
    assert (found.content, found.url) == (b"here", f"{server.url}/there?a=1")
    for asked in server.asked:
        assert asked.method == "GET"
        assert {name: asked.headers[name] for name in KEYS} == KEYS


def test_keys_stay_behind_when_the_host_changes() -> None:
    with serving(Answer(200, b"1"), host="127.0.0.2") as other:
        away = Answer(302, b"", {"Location": f"http://eve:mallory@{other.url[7:]}/x"})
        with serving(away) as server:
            found = client().get(server.url.replace("//", "//ada:secret@"), headers=KEYS)
    assert found.url == f"{other.url}/x"
    (asked,) = other.asked
    headers = {name.lower(): text for name, text in asked.headers.items()}
    assert headers["accept"] == "text/xml"
    assert not headers.keys() & {"authorization", "x-api-key"}


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("http://a.example/x", "http://a.example/y", True),
        ("http://a.example/x", "https://a.example/x", True),
        ("https://a.example:443/x", "//A.example/y", True),
        ("http://a.example/x", "http://b.example/x", False),
        ("http://a.example/x", "http://a.example:8080/x", False),
        ("http://a.example:8080/x", "https://a.example/x", False),
        ("https://a.example/x", "https://a.example.evil.example/x", False),
        ("https://a.example/x", "https://b.a.example/x", False),
    ],
)
def test_who_gets_the_keys(old: str, new: str, kept: bool) -> None:
    sent_on = question("GET", old, headers=KEYS).sent_on(new)
    names = {name.lower() for name in (KEYS if kept else ("Accept",))}
    assert set(sent_on.headers) == names


def test_keys_are_never_sent_in_the_clear() -> None:
    with pytest.raises(FetchError, match="without encryption, and there is a key"):
        question("GET", "https://a.example/x", headers=KEYS).sent_on("http://a.example/x")
    plain = question("GET", "https://a.example/x", headers={"Accept": "a/b"})
    assert str(plain.sent_on("http://a.example/x").url) == "http://a.example/x"


def test_a_loop_has_an_end() -> None:
    around = Answer(302, b"", {"Location": "/again"})
    with serving(*[around] * 7) as server, pytest.raises(FetchError, match="more than 5 redirects"):
        client().get(server.url)
    assert len(server.asked) == 6


def test_a_redirect_to_nowhere_in_particular() -> None:
    with serving(Answer(302, b"")) as server, pytest.raises(FetchError, match="HTTP 302") as caught:
        client().get(server.url)
    assert caught.value.status == 302


@given(st.text())
def test_any_location_is_followed_or_refused(location: str) -> None:
    asked = question("GET", "https://a.example/x?y=z", headers=KEYS)
    try:
        found = asked.sent_on(location)
    except FetchError:
        return
    assert found.url.scheme == "https"
    assert not found.url.userinfo
    if found.url.raw_host != asked.url.raw_host:
        assert set(found.headers) == {"accept"}


@given(st.text())
def test_any_address_is_read_or_refused(url: str) -> None:
    try:
        found = question("GET", f"http://{url}")
    except FetchError:
        return
    assert isinstance(found.url, httpx.URL)
    assert found.url.scheme == "http"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://LocalHost/v1", "localhost:80"),
        ("https://ada:x@models.example", "models.example:443"),
        ("http://[::1]:11434/v1", "::1:11434"),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host
