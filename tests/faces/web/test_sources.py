"""The page of sources, and the line on the front page that leads to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from tests.library.site import fill

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
LEAKY = "jsonl:https://me:hidden@host.example/x?token=hidden"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site with a source that nobody has harvested, and one that cannot be opened."""
    settings = fill(tmp_path_factory.mktemp("home"))
    settings = settings.model_copy(update={"sources": (LEAKY, "<b>pigeon</b>:coop", LEAKY)})
    with TestClient(create(settings), headers=BROWSER) as client:
        yield client


def test_a_site_without_sources_says_so_and_does_not_worry(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = fill(tmp_path_factory.mktemp("bare"))
    with TestClient(create(settings), headers=BROWSER) as bare:
        assert "nothing is fetched by itself" in bare.get("/sources").text
        assert "Not all is current" not in bare.get("/").text
        assert bare.get("/api/v1/sources").json() == {"sources": []}


def test_the_page_shows_each_source_once_and_no_secret(site: TestClient) -> None:
    answer = site.get("/sources")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count("Never harvested.") == 1
    assert "hidden" not in answer.text
    assert "<b>pigeon</b>" not in answer.text
    assert "There is no source of the kind" in answer.text


def test_it_is_linked_where_people_look(site: TestClient) -> None:
    assert '<a href="/sources">Where it comes from</a>' in site.get("/papers").text
    assert 'href="/sources"' in site.get("/about").text
    front = site.get("/").text
    assert "&lt;b&gt;pigeon&lt;/b&gt;:coop is wrong" in front


def test_the_api_says_the_same(site: TestClient) -> None:
    never, wrong = site.get("/api/v1/sources").json()["sources"]
    assert (never["state"], never["spec"]) == ("never", "jsonl:https://host.example/x")
    assert (never["announced"], never["harvested"], never["papers"]) == (None, None, 0)
    assert wrong["state"] == "wrong"


def test_the_front_page_is_sent_again_when_a_source_needs_a_look(tmp_path: Path) -> None:
    settings = fill(tmp_path)
    with TestClient(create(settings), headers=BROWSER) as calm:
        tag = calm.get("/").headers["etag"]
    worried = settings.model_copy(update={"sources": ("pigeon:coop",)})
    with TestClient(create(worried), headers=BROWSER) as site:
        assert site.get("/", headers={"If-None-Match": tag}).status_code == 200
