"""The HTTP client, against a real server on this machine."""

import json
import socket

import pytest

from broadsheet.errors import FetchError
from broadsheet.fetch import Client
from tests.library.serving import Answer, serving

SECRET = "open-sesame"


def test_json_both_ways() -> None:
    with serving(Answer(200, b'{"a": [1, null]}')) as server:
        answer = Client().post_json(server.url, {"ask": "é"}, {"X-Mine": "yes"})
    assert answer == {"a": [1, None]}
    (asked,) = server.asked
    assert json.loads(asked.body) == {"ask": "é"}
    assert asked.headers["X-Mine"] == "yes"
    assert asked.headers["User-Agent"].startswith("broadsheet/")


def test_waits_as_long_as_the_server_says() -> None:
    waits: list[float] = []
    busy = Answer(429, b"", {"Retry-After": "7"})
    patient = Answer(503, b"", {"Retry-After": "4000"})
    with serving(busy, patient, Answer(200, b"1")) as server:
        assert Client(sleep=waits.append).post_json(server.url, {}, {}) == 1
    assert waits == [7.0, 60.0]


def test_waits_twice_as_long_each_time_and_then_gives_up() -> None:
    waits: list[float] = []
    dated = Answer(503, b"", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
    with serving(*[dated] * 4) as server:
        client = Client(sleep=waits.append, jitter=lambda: 1.0)
        with pytest.raises(FetchError, match=r"gave HTTP 503\.$"):
            client.post_json(server.url, {}, {})
    assert waits == [1.0, 2.0, 4.0]
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [301, 400, 401, 404, 500])
def test_other_answers_are_final(status: int) -> None:
    with (
        serving(Answer(status, b"{}", {"Location": "/elsewhere"})) as server,
        pytest.raises(FetchError, match=f"HTTP {status}"),
    ):
        Client().post_json(server.url, {}, {})
    assert len(server.asked) == 1


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
        Client(most_bytes=1_000_000).post_json(server.url, {}, {})


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    waits: list[float] = []
    with pytest.raises(FetchError, match=r"gave no answer \(ConnectError\)"):
        Client(tries=2, sleep=waits.append).post_json(f"http://127.0.0.1:{port}", {}, {})
    assert len(waits) == 1


@pytest.mark.parametrize(
    "url", ["", "http://[", "ftp://a.example", "http:///x", "a.example", "http://a.example:port/"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(FetchError, match="not one of the web"):
        Client().post_json(url, {}, {})


@pytest.mark.parametrize("key", [SECRET, f"{SECRET}é", f"{SECRET}\nX: y"])
def test_errors_hold_no_secret(key: str) -> None:
    with serving(*[Answer(401, b"{}")]) as server, pytest.raises(FetchError) as caught:
        url = server.url.replace("://", f"://ada:{SECRET}@")
        headers = {"Authorization": f"Bearer {key}"}
        Client().post_json(f"{url}?key={SECRET}", {}, headers)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in f"{error}{getattr(error, 'hint', '')}"
        error = error.__cause__
