"""Answers kept on disk: asked for again by tag or date, whole or not at all, and not too many."""

import os
from pathlib import Path

import pytest

from broadsheet.errors import FetchError, StoreError
from broadsheet.fetch import Client
from broadsheet.fetch.cache import Cache
from tests.library.clocks import Clock
from tests.library.serving import Answer, Asked, serving

TAGGED = {"ETag": '"one"', "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT", "X-Age": "1"}


def client(folder: Path | None) -> Client:
    clock = Clock()
    return Client(
        allowed_hosts=("127.0.0.1", "127.0.0.2"), folder=folder, clock=clock, sleep=clock.sleep
    )


def conditions(asked: Asked) -> tuple[str | None, str | None]:
    headers = {name.lower(): text for name, text in asked.headers.items()}
    return headers.get("if-none-match"), headers.get("if-modified-since")


def test_asked_for_again_by_tag_and_date(tmp_path: Path) -> None:
    news = Answer(200, b"newer", {"ETag": '"two"'})
    unchanged = Answer(304, b"", {"X-Age": "2"})
    answers = (Answer(200, b"news", TAGGED), unchanged, news, unchanged)
    with serving(*answers) as server:
        found = [client(tmp_path).get(server.url, conditional=True) for _ in answers]
    assert [(answer.content, answer.unchanged, answer.status) for answer in found] == [
        (b"news", False, 200),
        (b"news", True, 200),
        (b"newer", False, 200),
        (b"newer", True, 200),
    ]
    assert found[1].headers["etag"] == '"one"'
    assert found[1].headers["x-age"] == "2"
    assert [conditions(asked) for asked in server.asked] == [
        (None, None),
        ('"one"', TAGGED["Last-Modified"]),
        ('"one"', TAGGED["Last-Modified"]),
        ('"two"', None),
    ]


@pytest.mark.parametrize("kept", [True, False])
def test_not_without_being_asked_to(kept: bool, tmp_path: Path) -> None:
    """Neither without `conditional` nor without a folder."""
    with serving(*[Answer(200, b"news", TAGGED)] * 2) as server:
        asking = client(tmp_path if kept else None)
        for _ in range(2):
            assert not asking.get(server.url, conditional=not kept).unchanged
    assert {conditions(asked) for asked in server.asked} == {(None, None)}
    assert not (tmp_path / "kept").exists()


def test_other_questions_have_other_answers(tmp_path: Path) -> None:
    with serving(*[Answer(200, b"mine", TAGGED)] * 4) as server:
        asking = client(tmp_path)
        for headers in ({"Authorization": "Bearer a"}, {"Authorization": "Bearer b"}, {}):
            asking.get(server.url, headers=headers, conditional=True)
        asking.get(server.url, query={"page": "2"}, conditional=True)
    assert {conditions(asked) for asked in server.asked} == {(None, None)}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "private, No-Store", **TAGGED},
        {"ETag": '"' + "a" * 2000 + '"'},
        {"ETag": '"\x01"'},
        {"ETag": ""},
    ],
)
def test_what_cannot_be_asked_for_again_is_not_kept(
    headers: dict[str, str], tmp_path: Path
) -> None:
    answers = (Answer(200, b"old", TAGGED), *[Answer(200, b"new", headers)] * 2)
    with serving(*answers) as server:
        for _ in answers:
            client(tmp_path).get(server.url, conditional=True)
    assert conditions(server.asked[2]) == (None, None)
    assert list((tmp_path / "kept").iterdir()) == []


def test_the_tag_is_for_the_server_that_gave_it(tmp_path: Path) -> None:
    with serving(Answer(200, b"1", TAGGED), Answer(304, b""), host="127.0.0.2") as other:
        away = Answer(302, b"", {"Location": f"{other.url}/x"})
        with serving(away, away) as server:
            found = [client(tmp_path).get(server.url, conditional=True) for _ in range(2)]
    assert [answer.unchanged for answer in found] == [False, True]
    assert [conditions(asked)[0] for asked in server.asked] == [None, None]
    assert [conditions(asked)[0] for asked in other.asked] == [None, '"one"']


def test_unchanged_from_what_is_not_kept() -> None:
    with serving(Answer(304, b"")) as server, pytest.raises(FetchError, match="HTTP 304"):
        client(None).get(server.url)


def test_what_is_longer_than_wanted_is_not_taken_from_what_is_kept(tmp_path: Path) -> None:
    with serving(*[Answer(200, b"news", TAGGED)] * 2) as server:
        client(tmp_path).get(server.url, conditional=True)
        with pytest.raises(FetchError, match="more than 3 bytes"):
            client(tmp_path).get(server.url, conditional=True, most_bytes=3)


def test_neither_address_nor_key_lies_on_the_disk(tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer open-sesame"}
    with serving(Answer(200, b"news", TAGGED)) as server:
        client(tmp_path).get(f"{server.url}/?key=open-sesame", headers=headers, conditional=True)
    (file,) = (tmp_path / "kept").iterdir()
    assert b"sesame" not in file.read_bytes()
    assert "sesame" not in file.name


HEADERS = {"etag": '"a"'}


@pytest.mark.parametrize("place", [0, 70, 150, -1])
def test_a_damaged_file_is_as_none(place: int, tmp_path: Path) -> None:
    cache = Cache(tmp_path, 1000)
    cache.keep("q", "http://a.example/", HEADERS, b"news\nof today")
    kept = cache.find("q")
    assert kept is not None
    assert kept.content == b"news\nof today"
    (file,) = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert cache.find("q") is None
    file.write_bytes(b"")
    assert cache.find("q") is None


def test_the_least_used_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 4000)
    for name in "abc":
        cache.keep(name, "http://a.example/", HEADERS, bytes(1000))
        for file in tmp_path.iterdir():
            stat = file.stat()
            os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns - 10**9))
    assert cache.find("a") is not None
    cache.keep("d", "http://a.example/", HEADERS, bytes(1000))
    assert [name for name in "abcd" if cache.find(name)] == ["a", "c", "d"]
    cache.keep("e", "http://a.example/", HEADERS, bytes(5000))
    assert [name for name in "abcde" if cache.find(name)] == []
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 4000


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    cache = Cache(tmp_path / "file" / "kept", 1000)
    with pytest.raises(StoreError, match="cannot be written"):
        cache.keep("q", "http://a.example/", HEADERS, b"news")
