"""The HTTP client, against a real server on this machine."""

import json
import logging
import socket
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet import __version__
from broadsheet.errors import FetchError
from broadsheet.fetch import Client
from tests.library.clocks import Clock
from tests.library.serving import Answer, serving

SECRET = "open-sesame"


def own(clock: Clock | None = None, **limits: Any) -> Client:
    """A client that may ask this machine, and waits on a clock that nobody waits for."""
    clock = clock or Clock()
    limits = {"jitter": lambda: 1.0, **limits}
    return Client(allowed_hosts=("127.0.0.1",), clock=clock, sleep=clock.sleep, **limits)


def post(client: Client, url: str) -> object:
    return client.post_json(url, {}, {})


def get(client: Client, url: str) -> object:
    return client.get(url)


METHODS = pytest.mark.parametrize("ask", [post, get])
Ask = Callable[[Client, str], object]


def test_json_both_ways() -> None:
    with serving(Answer(200, b'{"a": [1, null]}')) as server, own() as client:
        answer = client.post_json(server.url, {"ask": "é"}, {"X-Mine": "yes"})
    assert answer == {"a": [1, None]}
    (asked,) = server.asked
    assert json.loads(asked.body) == {"ask": "é"}
    assert asked.headers["X-Mine"] == "yes"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["User-Agent"] == f"broadsheet/{__version__}"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_webhook_is_told_whatever_it_answers(status: int) -> None:
    with serving(Answer(status, b"")) as server, own() as client:
        client.tell_json(server.url, {"tell": "é"})
    (asked,) = server.asked
    assert json.loads(asked.body) == {"tell": "é"}


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_a_webhook_that_refuses_was_not_told(status: int) -> None:
    with (
        serving(Answer(status, b"", {"Location": "/"})) as server,
        own() as client,
        pytest.raises(FetchError, match=f"HTTP {status}"),
    ):
        client.tell_json(server.url, {})
    assert len(server.asked) == 1


def test_get() -> None:
    given = Answer(200, b"<a/>", {"Content-Type": "text/xml", "X-Two": "1"})
    with serving(given) as server, own() as client:
        query = {"q": "a b&c", "api_key": SECRET}
        answer = client.get(f"{server.url}/x?y=1", query=query, headers={"Accept": "text/xml"})
    assert (answer.status, answer.content, answer.unchanged) == (200, b"<a/>", False)
    assert (answer.headers["content-type"], answer.headers["x-two"]) == ("text/xml", "1")
    assert answer.url == f"{server.url}/x?y=1&q=a+b%26c"
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", f"/x?y=1&q=a+b%26c&api_key={SECRET}")
    assert (asked.headers["Accept"], asked.headers["Accept-Encoding"]) == ("text/xml", "gzip")


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ("", ""),
        ("Ada Byron <ada@field.example>", " (mailto:ada@field.example)"),
        ("https://field.example/about", " (https://field.example/about)"),
        ("Zoë\r\nX-Evil: (1)\x00", " (ZoX-Evil: 1)"),
    ],
)
def test_says_who_asks(contact: str, said: str) -> None:
    with serving(Answer(200, b"")) as server, own(contact=contact) as client:
        client.get(server.url)
    assert server.asked[0].headers["User-Agent"] == f"broadsheet/{__version__}{said}"


@METHODS
def test_waits_as_long_as_the_server_says(ask: Ask) -> None:
    clock = Clock()
    busy = Answer(429, b"", {"Retry-After": "7"})
    with serving(busy, Answer(200, b"1")) as server, own(clock) as client:
        ask(client, server.url)
    assert clock.waits == [7.0]


@METHODS
def test_does_not_come_before_it_is_told_to(ask: Ask) -> None:
    clock = Clock()
    with serving(Answer(503, b"", {"Retry-After": "4000"})) as server, own(clock) as client:
        with pytest.raises(FetchError, match=r"HTTP 503\.$") as caught:
            ask(client, server.url)
        assert (caught.value.status, caught.value.retry_after) == (503, 4000)
        clock.now += 1000
        with pytest.raises(FetchError, match="is not asked for another 3000 seconds") as caught:
            ask(client, server.url)
        assert (caught.value.status, caught.value.retry_after) == (None, 3000)
    assert len(server.asked) == 1
    assert clock.waits == []


@METHODS
def test_waits_twice_as_long_each_time_and_then_gives_up(ask: Ask) -> None:
    clock = Clock()
    past = Answer(503, b"", {"Retry-After": "Wed, 21 Oct 1992 07:28:00 GMT"})
    with (
        serving(*[past] * 4) as server,
        pytest.raises(FetchError, match=r"gave HTTP 503\.$") as caught,
    ):
        ask(own(clock), server.url)
    assert clock.waits == [1.0, 2.0, 4.0]
    assert len(server.asked) == 4
    assert (caught.value.status, caught.value.retry_after) == (503, 8.0)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 406, 500])
def test_other_answers_are_final(status: int) -> None:
    with (
        serving(Answer(status, b"{}", {"Location": "/elsewhere"})) as server,
        pytest.raises(FetchError, match=f"HTTP {status}") as caught,
    ):
        post(own(), server.url)
    assert caught.value.status == status
    assert len(server.asked) == 1


def test_a_get_is_asked_again_where_a_post_is_not() -> None:
    with serving(Answer(500, b""), Answer(408, b""), Answer(200, b"1")) as server:
        assert own().get(server.url).content == b"1"


def test_a_spent_allowance_is_waited_for() -> None:
    clock = Clock()
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(clock.now) + 90)}
    with serving(Answer(403, b"", spent), Answer(200, b"1")) as server:
        assert own(clock).get(server.url).content == b"1"
    assert clock.waits == [90.0]


def test_a_service_that_fails_again_and_again_is_left_alone() -> None:
    clock = Clock()
    failing = [Answer(503, b"")] * 9
    with serving(*failing, Answer(200, b"1"), Answer(200, b"2")) as server, own(clock) as client:
        for _ in range(2):
            with pytest.raises(FetchError, match="HTTP 503"):
                client.get(server.url)
        assert len(server.asked) == 8
        with pytest.raises(FetchError, match="60 seconds since 8 requests in a row failed"):
            client.get(server.url)
        assert len(server.asked) == 8
        clock.now += 60
        with pytest.raises(FetchError, match="HTTP 503") as caught:
            client.get(server.url)
        assert caught.value.retry_after == 120
        assert len(server.asked) == 9
        clock.now += 120
        assert [client.get(server.url).content for _ in range(2)] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(200, b"<html>Sign in</html>"), "an answer that is not JSON"),
        (Answer(200, b"\xff\xfe\xfd"), "an answer that is not JSON"),
        (Answer(200, b"[" * 200_000), "an answer that is not JSON"),
        (Answer(200, b"{}", {"Content-Encoding": "gzip"}), "an answer that cannot be unpacked"),
        (Answer(200, b" " * 2_000_000), "an answer of more than 1000000 bytes"),
    ],
)
def test_unusable_answers(answer: Answer, message: str) -> None:
    with serving(answer) as server, pytest.raises(FetchError, match=message):
        post(own(most_bytes=1_000_000), server.url)


@METHODS
def test_nobody_there(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    clock = Clock()
    with pytest.raises(FetchError, match=r"gave no answer \(ConnectError\)") as caught:
        ask(own(clock, tries=2), f"http://127.0.0.1:{port}")
    assert caught.value.status is None
    assert len(clock.waits) == 1


@METHODS
@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://[",
        "ftp://a.example",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http:///x",
        "a.example",
        "http://a.example:port/",
        "http://a.example:0/",
        "http://a%00.example/",
        "http://a b.example/",
        "http://\n/",
        "http://a.example/" + "a" * 100_000,
    ],
)
def test_an_address_that_is_none(ask: Ask, url: str) -> None:
    with pytest.raises(FetchError, match="not one of the web"):
        ask(own(), url)


@METHODS
@pytest.mark.parametrize(
    "answer", [Answer(401, b"{}"), Answer(200, b"\x1f", {"Content-Encoding": "gzip"})]
)
@pytest.mark.parametrize("key", [SECRET, f"{SECRET}é", f"{SECRET}\nX: y"])
def test_errors_and_logs_hold_no_secret(
    ask: Ask, answer: Answer, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Authorization": f"Bearer {key}", "X-Api-Key": SECRET}
    with serving(answer) as server, pytest.raises(FetchError) as caught:
        url = f"{server.url.replace('://', f'://ada:{SECRET}@')}?key={SECRET}#{SECRET}"
        if ask is get:
            own().get(url, headers=headers)
        else:
            own().post_json(url.replace("?", f"/{SECRET}?"), {"a": SECRET}, headers)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error}{getattr(error, 'hint', '')}"
        error = error.__cause__
    assert SECRET not in caplog.text


def test_user_and_password_of_an_address_become_a_header() -> None:
    with serving(Answer(200, b"1")) as server:
        answer = own().get(f"{server.url.replace('://', '://ada:b%40c@')}/x")
    assert answer.url == f"{server.url}/x"
    assert server.asked[0].headers["Authorization"] == "Basic YWRhOmJAYw=="


def test_cookies_are_not_kept() -> None:
    with serving(Answer(200, b"", {"Set-Cookie": "a=b"}), Answer(200, b"")) as server:
        client = own()
        client.get(server.url)
        client.get(server.url)
    assert "Cookie" not in server.asked[1].headers
