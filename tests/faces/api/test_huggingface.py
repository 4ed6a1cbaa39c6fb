"""The wire format of Hugging Face's papers, field by field; the real clients are tested apart."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from tests.library.site import fill


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A whole site in this process."""
    with TestClient(create(fill(tmp_path_factory.mktemp("home")))) as client:
        yield client


def test_search_is_a_bare_array_with_fields_at_both_levels(site: TestClient) -> None:
    (first, *_) = site.get("/api/papers/search?q=tidal attention&limit=3").json()
    paper = first["paper"]
    assert paper["id"] == "2502.90001"
    assert paper["publishedAt"] == first["publishedAt"] == "2025-02-11T00:00:00.000Z"
    assert paper["title"] == first["title"] == "Tidal Attention for Very Long Documents"
    assert paper["summary"] == first["summary"]
    assert paper["upvotes"] == first["upvotes"] == 41
    assert [author["name"] for author in paper["authors"]] == ["Mira Østergaard", "Tomás Quill"]
    assert all(len(author["_id"]) == 24 for author in paper["authors"])
    assert first["githubRepo"] == "https://code.example/quill/tides"
    assert first["organization"]["fullname"] == "Institute of Slow Reading"
    assert first["ai_keywords"] == ["attention", "long documents"]
    assert "authors" not in first
    assert "comments" not in first


def test_without_a_query_the_latest_are_listed(site: TestClient) -> None:
    papers = site.get("/api/papers/search").json()
    days = [item["publishedAt"] for item in papers if item["publishedAt"]]
    assert len(papers) == 17
    assert days == sorted(days, reverse=True)
    assert all(day.endswith("Z") for day in days)


@pytest.mark.parametrize("limit", ["0", "-1", "121", "many", "9" * 30])
def test_a_limit_that_cannot_be_is_named(site: TestClient, limit: str) -> None:
    answer = site.get(f"/api/papers/search?q=a&limit={limit}")
    assert answer.status_code == 400
    assert answer.json() == {"error": "`limit` must be a whole number from 1 to 120."}


@pytest.mark.parametrize("name", ["2502.90001", "2502.90001v2", "arXiv:2502.90001", "2502%2E90001"])
def test_a_paper_is_unwrapped_whatever_its_id_is_written_like(site: TestClient, name: str) -> None:
    paper = site.get(f"/api/papers/{name}").json()
    assert paper["id"] == "2502.90001"
    assert re.fullmatch("[0-9a-f]{24}", paper["discussionId"])
    assert paper["numComments"] == 0
    assert paper["linkedModels"] == paper["linkedDatasets"] == paper["linkedSpaces"] == []
    assert paper["numTotalModels"] == 0


def test_slashes_in_ids_and_before_paths(site: TestClient) -> None:
    doi = "doi:10.1002/(SICI)1097-4636(1998)43:4%3C338::AID-JBM16%3E3.0.CO;2-B"
    assert site.get(f"/api/papers/{doi}").json()["title"] == "W" * 400
    assert site.get("http://testserver//api//papers/2502.90001").json()["id"] == "2502.90001"


@pytest.mark.parametrize("name", ["2501.99999", "%00", "a/b", "x" * 3000])
def test_unknown_papers_are_an_error_object(site: TestClient, name: str) -> None:
    answer = site.get(f"/api/papers/{name}")
    assert answer.status_code == 404
    assert "error" in answer.json()


def test_what_newer_clients_ask_first_is_answered(site: TestClient) -> None:
    assert site.get("/api/agent-harnesses").json() == {"standardEnvVars": [], "harnesses": {}}


def test_errors_have_this_apis_form_and_answers_can_be_kept(site: TestClient) -> None:
    assert site.post("/api/papers/search").json()["error"]
    assert site.get("/api/unheard-of").json()["error"]
    tag = site.get("/api/papers/2502.90001").headers["etag"]
    again = site.get("/api/papers/2502.90001", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_what_cannot_be_shown_is_not_understood(site: TestClient) -> None:
    old = site.get("/api/papers/search?q=attention before 2000").json()
    assert any(item["publishedAt"] > "2000" for item in old)
