"""The same site over a catalogue in PostgreSQL."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from tests.conftest import Postgres
from tests.library.site import fill


@pytest.fixture(scope="module")
def site(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A whole site whose catalogue is in a server of our own."""
    url = postgres.new_catalogue()
    settings = fill(tmp_path_factory.mktemp("home"), url=url)
    with TestClient(create(settings), headers={"Accept": "text/html"}) as client:
        yield client
    postgres.drop(url)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/papers", 200),
        ("/papers?q=attention", 200),
        ("/papers/2502.90001", 200),
        ("/papers/%00", 404),
        ("/papers?q=%00", 200),
        ("/papers.bib", 200),
        ("/about", 200),
        ("/api/papers/search?q=attention", 200),
        ("/api/v1/papers", 200),
        ("/api/v1/papers/%00", 404),
        ("/api/v1/changes", 200),
        ("/readyz", 200),
    ],
)
def test_every_kind_of_page_is_there(site: TestClient, path: str, status: int) -> None:
    assert site.get(path).status_code == status


PATHS = (
    "/readers/{}", "/sections/{}", "/sections/{}/editions", "/sections/{}/date/2026-01-01",
    "/sections/{}/thumbs", "/organisations/{}", "/subscribe?section={}", "/sign-in/link?pass={}",
    "/sign-in/with/{}", "/papers/special/{}", "/feeds/sections/{}.atom", "/feeds/search.atom?q={}",
    "/feeds/category.atom?name={}", "/feeds/author.atom?name={}", "/feeds/categories/{}.atom",
    "/feeds/authors/{}.atom", "/formulas/trending?paper={}", "/papers/trending?category={}",
    "/papers/{}/comments.atom", "/papers/submit?paper={}", "/og/papers/{}.png", "/suggest?q={}",
    "/papers?author={}", "/papers?cursor={}", "/desk?section={}", "/desk?kind=special&label={}",
    "/subscription/{}", "/unsubscribe/{}", "/subscribe/confirm/{}", "/letters?state={}",
    "/api/daily_papers?submitter={}", "/api/daily_papers?date={}", "/api/papers/{}",
    "/api/v1/papers/{}/votes", "/api/v1/papers/{}/comments", "/api/v1/trending?category={}",
    "/api/v1/editions/day/{}", "/api/v1/search?q={}", "/api/v1/papers?cursor={}",
    "/api/v1/editions?section={}", "/papers/like?ids={}", "/thumbs/{}", "/thumbs/{}.png",
)  # fmt: skip
"""Every kind of address that takes a text from whoever asks."""


@pytest.mark.parametrize("path", PATHS)
def test_no_text_in_an_address_is_too_odd_for_the_database(site: TestClient, path: str) -> None:
    for text in ("%00", "a%00b", "%ed%a0%80", "9" * 25):
        assert site.get(path.format(text)).status_code < 500


def test_a_bearer_of_odd_headers_is_refused_as_any_other(site: TestClient) -> None:
    for odd in (b"a\0b", b"\xff", b"9" * 25):
        bearer, cookie = (
            {b"Authorization": b"Bearer " + odd},
            {b"Cookie": b"broadsheet-session=" + odd},
        )
        assert site.get("/api/whoami-v2", headers=bearer).status_code == 401
        assert site.get("/", headers=cookie).status_code == 200
