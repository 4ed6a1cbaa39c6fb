"""Pages that are drawn once for all who read them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient

from broadsheet.community.voting import cast
from broadsheet.faces.app import create
from broadsheet.faces.guard import present
from broadsheet.faces.web.caching import Drawn
from tests.library.people import cookie_of, enrol
from tests.library.site import catalogue_behind, fill

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create(fill(tmp_path / "home")), headers=BROWSER) as client:
        yield client


def test_a_page_is_drawn_again_when_something_changes_and_not_before(site: TestClient) -> None:
    first, again = site.get("/"), site.get("/")
    assert first.content == again.content
    for answer in (first, again):
        # Each request has a name of its own.
        del answer.headers["x-request-id"]
    assert first.headers.multi_items() == again.headers.multi_items()
    drawn: Drawn = site.app.state.drawn  # type: ignore[attr-defined]
    assert len(drawn) == 1
    catalogue = catalogue_behind(site)
    reader = enrol(catalogue, "ada")
    with catalogue.writing() as desk:
        (key, _), *_ = desk.papers.page(0, 1)
        cast(desk, key, reader, present(), limit=10)
    after = site.get("/")
    assert after.headers["etag"] != first.headers["etag"]
    assert len(drawn) == 2


def test_what_somebody_sees_is_drawn_for_them_alone(site: TestClient) -> None:
    catalogue = catalogue_behind(site)
    anybody = site.get("/").text
    site.cookies.update(cookie_of(catalogue, enrol(catalogue, "ada")))
    own = site.get("/")
    assert "ada" in own.text
    assert own.headers["cache-control"] == "private, no-store"
    site.cookies.clear()
    assert "ada" not in site.get("/").text
    assert site.get("/").text.count("<article") == anybody.count("<article")


def test_what_sends_an_answer_does_not_change_what_is_kept() -> None:
    drawn = Drawn()
    drawn.put("a", Response("page", headers={"X-One": "1"}))
    sent = drawn.get("a")
    assert sent is not None
    sent.headers["X-Two"] = "2"
    kept = drawn.get("a")
    assert kept is not None
    assert (kept.body, kept.headers["x-one"], "x-two" in kept.headers) == (b"page", "1", False)


def test_what_is_sent_bit_by_bit_or_is_too_long_is_not_kept() -> None:
    drawn = Drawn(most_bytes=3)
    drawn.put("a", StreamingResponse(iter(["one"])))
    drawn.put("b", Response("four"))
    assert (drawn.get("a"), drawn.get("b"), len(drawn)) == (None, None, 0)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 12)), max_size=40))
def test_no_more_is_kept_than_may_be_and_the_last_is_there(asked: list[tuple[str, int]]) -> None:
    drawn, last = Drawn(most_bytes=20), dict[str, int]()
    for tag, size in asked:
        drawn.put(tag, Response(b"x" * size))
        last[tag] = size
        page = drawn.get(tag)
        assert page is not None
        assert len(page.body) == size
        pages = {one: drawn.get(one) for one in last}
        sizes = {one: len(kept.body) for one, kept in pages.items() if kept}
        assert sum(sizes.values()) <= 20
        assert all(last[one] == kept for one, kept in sizes.items())
