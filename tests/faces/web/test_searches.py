"""Readers keep searches, see what they matched, and forget them: nothing without a button."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import Wishes
from broadsheet.digests import LONGEST_SEARCH, MOST_SEARCHES, add, reader_token
from broadsheet.faces.guard import present
from broadsheet.people import Reader
from tests.library.dumping import dump
from tests.library.people import cookie_of, enrol, token_of
from tests.library.site import asked, catalogue_behind

BROWSER = {"Accept": "text/html"}
_FIELD = re.compile(r'name="form" value="([0-9a-f]{64})"')
_OFFERED = re.compile(r'name="query" value="([^"]*)"><button type="submit">Keep this search')
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(1)> \u202egnirts\x00\r\nX: 1'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    """The site over the toy library, asked by somebody who is not signed in."""
    with asked(tmp_path / "home") as client:
        yield client


def entered(site: TestClient, name: str = "ada") -> Reader:
    """A reader who is signed in."""
    reader = enrol(catalogue_behind(site), name)
    site.cookies.clear()
    site.cookies.update(cookie_of(catalogue_behind(site), reader))
    return reader


def send(site: TestClient, shown: str, path: str, **fields: str) -> Any:
    """Load a page, then send a form of it."""
    field = _FIELD.search(site.get(shown).text)
    assert field
    return site.post(path, data={"form": field[1], **fields})


def kept(site: TestClient, reader: Reader) -> list[str]:
    with catalogue_behind(site).reading() as desk:
        return [one.query for one in desk.watches.of_reader(reader.key)]


def test_a_search_is_kept_from_its_page_with_its_filters(site: TestClient) -> None:
    reader = entered(site)
    address = "/papers?q=bees&year=2020..2030&category=cs.DS&category=cs.CL&author=Mira Quill"
    shown = site.get(address).text
    offered = _OFFERED.search(shown)
    assert offered
    assert (
        offered[1]
        == "year:2020..2030 category:cs.DS OR category:cs.CL author:Mira author:Quill bees"
    )
    assert send(site, address, "/searches", query=offered[1]).headers["location"] == "/searches"
    assert send(site, address, "/searches", query=f" {offered[1]}  ").status_code == 303
    assert kept(site, reader) == [offered[1]]
    assert _OFFERED.search(site.get(address).text) is None
    assert "keep this search</a>" in site.get(address).text


def test_what_was_understood_is_kept_as_it_was_read(site: TestClient) -> None:
    entered(site)
    offered = _OFFERED.search(site.get("/papers?q=swarms since 2020").text)
    assert offered
    assert offered[1] == "year:2020.. swarms"
    literal = _OFFERED.search(site.get("/papers?q=swarms since 2020&literal=1").text)
    assert literal
    assert literal[1] == "swarms since 2020"


def test_the_page_has_what_matched_and_forgets(site: TestClient) -> None:
    reader = entered(site)
    send(site, "/searches", "/searches", query="bees")
    with catalogue_behind(site).writing() as desk:
        (one,) = desk.watches.of_reader(reader.key)
        paper = desk.papers.latest(None, 1)[0]
        desk.watches.match(one.key, [paper[0]], paper[0], present())
    page = site.get("/searches")
    assert f'href="/papers/{paper[1].id}"' in page.text
    assert "/feeds/search.atom?q=bees" in page.text
    assert "no-store" in page.headers["cache-control"]
    other = entered(site, "bob")
    assert "bees" not in site.get("/searches").text
    assert send(site, "/searches", "/searches/forget", search=str(one.key)).status_code == 404
    assert send(site, "/searches", "/searches/forget", search="x").status_code == 400
    assert kept(site, reader) == ["bees"]
    assert kept(site, other) == []
    site.cookies.clear()
    site.cookies.update(cookie_of(catalogue_behind(site), reader))
    assert send(site, "/searches", "/searches/forget", search=str(one.key)).status_code == 303
    assert kept(site, reader) == []


def test_nobody_keeps_anything_without_an_account_or_a_form(site: TestClient) -> None:
    assert site.get("/searches").headers["location"].startswith("/sign-in")
    assert "Sign in to keep this search" in site.get("/papers?q=bees").text
    reader = entered(site)
    before = dump(catalogue_behind(site))
    assert site.post("/searches", data={"query": "bees"}).status_code == 403
    site.get("/searches?query=bees")
    assert kept(site, reader) == []
    assert dump(catalogue_behind(site)) == before


def test_hostile_queries_are_text_and_there_is_an_end(site: TestClient) -> None:
    reader = entered(site)
    send(site, "/searches", "/searches", query=HOSTILE)
    page = site.get("/searches").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page
    for nothing in ("", "   ", "!!!", "-only", "x" * (LONGEST_SEARCH + 1), "\u200b"):
        assert send(site, "/searches", "/searches", query=nothing).status_code == 400
    for number in range(MOST_SEARCHES):
        answer = send(site, "/searches", "/searches", query=f"word{number}")
        assert answer.status_code == (303 if number < MOST_SEARCHES - 1 else 400)
    assert len(kept(site, reader)) == MOST_SEARCHES


def test_a_readers_searches_come_in_letters_begun_without_an_account(site: TestClient) -> None:
    with catalogue_behind(site).writing() as desk:
        one = add(desk, "ada@example.org", "", Wishes(), present())
    reader = entered(site)
    send(site, "/searches", "/searches", query="bees")
    with catalogue_behind(site).reading() as desk:
        assert [each.key for each in desk.subscriptions.of_reader(reader.key)] == [one.key]
    assert "are in your next letter" in site.get("/searches").text
    key = site.app.state.service.signing_key  # type: ignore[attr-defined]
    preferences = site.get(f"/subscription/{reader_token(key, one.key)}").text
    assert "Those that you keep as a reader come too" in preferences


def test_programs_keep_and_forget_with_a_token(site: TestClient) -> None:
    reader = enrol(catalogue_behind(site), "ada")
    writes = token_of(catalogue_behind(site), reader)
    reads = token_of(catalogue_behind(site), reader, writes=False)
    assert site.get("/api/v1/searches", headers={"Accept": "*/*"}).status_code == 401
    assert site.post("/api/v1/searches", json={"query": "bees"}, headers=reads).status_code == 403
    made = site.post("/api/v1/searches", json={"query": "bees"}, headers=writes)
    again = site.post("/api/v1/searches", json={"query": " bees"}, headers=writes)
    assert (made.status_code, again.json()) == (201, made.json())
    assert site.get("/api/v1/searches", headers=reads).json() == {"searches": [made.json()]}
    assert made.json()["feed"].endswith(f"/feeds/search.atom?q={quote('bees')}&sort=date")
    assert site.get(made.json()["feed"]).status_code == 200
    for wrong in ({}, {"query": 1}, {"query": "!!!"}, {"query": "x" * 301}):
        assert site.post("/api/v1/searches", json=wrong, headers=writes).status_code == 400
    path = f"/api/v1/searches/{made.json()['key']}"
    assert (
        site.delete(
            path, headers=token_of(catalogue_behind(site), enrol(catalogue_behind(site), "bob"))
        ).status_code
        == 404
    )
    assert site.delete(path, headers=writes).status_code == 200
    assert site.delete(path, headers=writes).status_code == 404
    assert kept(site, reader) == []
