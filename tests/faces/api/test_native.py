"""Our own API: search with reasons, papers, batches, changes, problems and limits."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.cards import MEDIA_TYPES, ExportFormat
from broadsheet.faces.app import create
from broadsheet.ingest import join
from broadsheet.service import Service
from tests.library.site import fill

V1 = "/api/v1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A whole site in this process."""
    with TestClient(create(fill(tmp_path_factory.mktemp("home")))) as client:
        yield client


def test_a_search_gives_its_reasons(site: TestClient) -> None:
    page = site.get(f"{V1}/search?q=attention&facets=5").json()
    hit = page["hits"][0]
    assert hit["id"] == "2502.90001"
    assert hit["all_words"] is True
    assert hit["lexical"]["rank"] == 1
    assert hit["semantic"]["rank"] >= 1
    assert 0 < hit["fused"] <= 1
    assert {"value": 2025, "papers": 1} in page["facets"]["year"]
    assert "<mark>Attention</mark>" in hit["snippet"]


def test_pages_follow_each_other_by_link(site: TestClient) -> None:
    seen: list[str] = []
    answer = site.get(f"{V1}/search?q=the&mode=semantic&limit=4")
    while True:
        seen += [hit["id"] for hit in answer.json()["hits"]]
        if "next" not in answer.links:
            break
        answer = site.get(answer.links["next"]["url"])
    assert len(seen) == len(set(seen)) > 8


def test_all_papers_are_listed_once(site: TestClient) -> None:
    seen: list[str] = []
    answer = site.get(f"{V1}/papers?limit=5")
    while True:
        seen += [paper["id"] for paper in answer.json()["papers"]]
        if "next" not in answer.links:
            break
        answer = site.get(answer.links["next"]["url"])
    assert len(seen) == len(set(seen)) == 17


def test_a_paper_tells_who_said_what(site: TestClient) -> None:
    paper = site.get(f"{V1}/papers/2502.90001v1").json()
    assert paper["provenance"]["title"][0]["source"] == "toy"
    assert {
        key: value for key, value in paper["signals"][1].items() if key in ("kind", "value")
    } == {"kind": "votes", "value": 41}
    alike = site.get(f"{V1}/papers/2502.90001/related?limit=3").json()["papers"]
    assert len(alike) == 3
    assert "2502.90001" not in {one["id"] for one in alike}


def test_a_batch_keeps_the_order_and_says_what_is_not_there(site: TestClient) -> None:
    asked = {"ids": ["nothing:1", "2502.90001", "toy:crowd", "2502.90001v2"]}
    papers = site.post(f"{V1}/papers/batch", json=asked).json()["papers"]
    assert [paper and paper["id"] for paper in papers] == [
        None,
        "2502.90001",
        "toy:crowd",
        "2502.90001",
    ]


def test_papers_like_given_ones_in_three_ways(site: TestClient) -> None:
    by_id = site.post(f"{V1}/like", json={"papers": ["2502.90001v2", "nothing:1"], "limit": 3})
    assert by_id.status_code == 200
    body = by_id.json()
    assert (body["read"], body["known"], body["cut"]) == (2, 1, False)
    assert body["unread"] == [{"place": "nothing:1", "reason": "no paper here has this id"}]
    assert len(body["hits"]) == 3
    assert "2502.90001" not in {hit["id"] for hit in body["hits"]}
    assert {hit["like"]["id"] for hit in body["hits"]} == {"2502.90001"}
    bibtex = "@misc{a, title={Swarms agree on a place without a map}}"
    for given in ({"text": "Swarms agree on a place without a map"}, {"bibtex": bibtex}):
        first = site.post(f"{V1}/like", json=given).json()["hits"][0]
        assert first["id"] == "2411.90002"
        assert first["like"] == {
            "id": None,
            "title": "Swarms agree on a place without a map",
            "cosine": first["like"]["cosine"],
        }
        assert first["score"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({}, 400, "No paper was given"),
        ({"text": " "}, 400, "nothing in the text"),
        ({"papers": ["nothing:1"]}, 400, "None of the ids"),
        ({"bibtex": "kettles"}, 400, "No paper could be read"),
        ({"bibtex": "@misc{a, title={"}, 400, "does not end"),
        ({"text": "kettles", "limit": 101}, 422, "limit"),
        ({"papers": ["a"] * 201}, 422, "papers"),
        ({"words": "kettles"}, 422, "words"),
        ({"text": "a" * (1 << 20)}, 413, "too large"),
    ],
)
def test_what_no_paper_can_be_like_is_a_problem(
    site: TestClient, given: dict[str, object], status: int, says: str
) -> None:
    answer = site.post(f"{V1}/like", json=given)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


def test_a_text_in_another_encoding_is_told_what_to_do_about_it(site: TestClient) -> None:
    told = site.post(f"{V1}/like", json={"text": "K\0e\0" * 100}).json()
    assert "UTF-16-LE" in told["detail"]
    assert told["hint"] == "give it in UTF-8"


def test_a_body_that_does_not_say_its_length_is_bounded_too(site: TestClient) -> None:
    pieces = (b"a" * (1 << 18) for _ in range(5))
    json = {"Content-Type": "application/json"}
    assert site.post(f"{V1}/like", content=pieces, headers=json).status_code == 413
    assert site.post(f"{V1}/like", content="kettles").status_code in (415, 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/search?q=" + "a" * 10_000, 400),
        ("GET", "/search?q=a&cursor=rubbish", 400),
        ("GET", "/search?q=a&year=soon", 400),
        ("GET", "/search?q=a&limit=100000000000000000000", 422),
        ("GET", "/search?q=a&mode=nonsense", 422),
        ("GET", "/papers?cursor=W251bGws", 400),
        ("GET", "/papers/%00", 404),
        ("GET", "/papers/..%2f..%2fx", 404),
        ("GET", "/changes?since=-1", 422),
        ("DELETE", "/search", 405),
        ("GET", "/nothing", 404),
    ],
)
def test_what_cannot_be_is_a_problem_document(
    site: TestClient, method: str, path: str, status: int
) -> None:
    answer = site.request(method, V1 + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"] == problem["error"]
    assert problem["title"]


def test_bodies_of_the_wrong_kind_are_refused(site: TestClient) -> None:
    text = site.post(
        f"{V1}/papers/batch", content='{"ids": ["a"]}', headers={"Content-Type": "text/plain"}
    )
    assert text.status_code in (415, 422)
    assert site.post(f"{V1}/papers/batch", json={"ids": []}).status_code == 422
    assert site.post(f"{V1}/papers/batch", json={"ids": ["a"] * 101}).status_code == 422
    assert site.post(f"{V1}/papers/batch", content=b"x" * (2 << 20)).status_code == 413
    broken = site.post(
        f"{V1}/papers/batch", content="{", headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 422
    assert broken.headers["content-type"] == "application/problem+json"


def test_followers_see_each_change_and_where_papers_went(tmp_path: Path) -> None:
    settings = fill(tmp_path / "home")
    with TestClient(create(settings)) as site:
        first = site.get(f"{V1}/changes?limit=100").json()
        assert len(first["changes"]) == 17
        assert not first["more"]
        service = Service.open(settings)
        join(service.catalogue, "toy:crowd", "toy:rtl")
        service.catalogue.close()
        later = site.get(f"{V1}/changes?since={first['next_since']}").json()
        gone = [change for change in later["changes"] if change["gone"]]
        assert later["lineage"] == first["lineage"]
        assert len(gone) == 1
        assert gone[0]["id"] in ("toy:crowd", "toy:rtl")
        assert gone[0]["now"] != gone[0]["id"]
        assert site.get(f"{V1}/papers/{gone[0]['id']}").json()["id"] == gone[0]["now"]


def test_an_address_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    settings = fill(tmp_path / "home").model_copy(update={"rate_limit": 3})
    with TestClient(create(settings)) as site:
        answers = [site.get(f"{V1}/papers?limit=1") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert answers[0].headers["ratelimit"].startswith('"api";r=2;t=')
        assert answers[3].headers["ratelimit"].startswith('"api";r=0;t=')
        assert answers[3].headers["ratelimit-policy"] == '"fixed window";"api";q=3;w=300'
        assert 0 < int(answers[3].headers["retry-after"]) <= 300
        assert answers[3].headers["content-type"] == "application/problem+json"
        assert site.get("/papers").status_code == 200


def test_operators_see_that_it_lives_is_ready_and_how_it_fares(tmp_path: Path) -> None:
    settings = fill(tmp_path / "home")
    with TestClient(create(settings)) as site:
        assert site.get("/readyz").json() == {"ready": True, "index_behind": 0}
        assert site.get("/healthz").text == "ok\n"
        text = site.get("/metrics").text
        assert "broadsheet_papers 17" in text
        assert 'broadsheet_letters{kind="digest",fate="uncertain"} 0' in text
        assert 'broadsheet_requests_total{route="/readyz",status="200"}' in text


def test_an_index_that_is_gone_is_made_again_while_it_serves(tmp_path: Path) -> None:
    settings = fill(tmp_path / "home")
    with TestClient(create(settings)) as site:
        (tmp_path / "home" / "index").rename(tmp_path / "gone")
        statuses = set()
        for _ in range(200):
            answer = site.get(f"{V1}/search?q=attention")
            statuses.add(answer.status_code)
            if answer.status_code == 200 and answer.json()["hits"]:
                break
            assert answer.headers["retry-after"] == "5"
            time.sleep(0.1)
        assert answer.json()["hits"][0]["id"] == "2502.90001"
        assert statuses <= {200, 503}


def test_a_question_is_understood_unless_literally(site: TestClient) -> None:
    asked = {"q": "Can you find me papers on attention since 2024 with code?"}
    page = site.get(f"{V1}/search", params=asked).json()
    assert page["query"] == asked["q"]
    assert page["understood"] == [
        {"typed": "since 2024", "read_as": "year:2024..", "given_up": False},
        {"typed": "with code", "read_as": "has:code", "given_up": False},
        {"typed": "Can you find me papers on", "read_as": "", "given_up": False},
    ]
    assert page["hits"][0]["id"] == "2502.90001"
    assert page["holding_all_words"] == 1
    literal = site.get(f"{V1}/search", params={**asked, "literal": "true"}).json()
    assert literal["understood"] == []
    assert literal["holding_all_words"] == 0
    assert site.get(f"{V1}/search?q=a&literal=perhaps").status_code == 422


def test_a_cursor_is_of_one_reading(site: TestClient) -> None:
    asked = f"{V1}/search?q=a+map+since+1900&limit=1"
    answer = site.get(asked)
    assert answer.json()["understood"]
    assert site.get(answer.links["next"]["url"]).json()["hits"]
    cursor = answer.json()["next_cursor"]
    assert site.get(f"{asked}&cursor={cursor}&literal=true").status_code == 400
    literal = site.get(f"{asked}&literal=true")
    assert "literal=true" in literal.links["next"]["url"]


def test_what_leaves_nothing_is_given_up(site: TestClient) -> None:
    page = site.get(f"{V1}/search?q=attention+before+1950").json()
    assert page["understood"] == [
        {"typed": "before 1950", "read_as": "year:..1949", "given_up": True}
    ]
    assert page["notes"]
    assert page["hits"]


def test_a_search_that_runs_out_of_time_is_marked_and_not_kept(tmp_path: Path) -> None:
    hasty = fill(tmp_path).model_copy(update={"search_budget": 1e-9})
    with TestClient(create(hasty)) as client:
        answer = client.get(f"{V1}/search?q=attention")
        assert answer.json()["partial"] is True
        assert answer.json()["hits"][0]["id"] == "2502.90001"
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        page = client.get("/papers?q=attention", headers={"Accept": "text/html"})
        assert "the search was stopped after" in page.text
        assert page.headers["cache-control"] == "no-store"
        # What is taken away is whole.
        assert client.get("/papers.json?q=attention").headers["etag"]


@pytest.mark.parametrize("format", ExportFormat)
def test_a_list_is_exported_in_every_format(site: TestClient, format: ExportFormat) -> None:
    asked = {"format": str(format), "q": "attention"}
    answer = site.get(f"{V1}/papers/export", params=asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{MEDIA_TYPES[format]}; charset=utf-8"
    assert "Tidal Attention" in answer.text
    held = {"If-None-Match": answer.headers["etag"]}
    assert site.get(f"{V1}/papers/export", params=asked, headers=held).status_code == 304


def test_an_export_is_bounded_and_in_the_order_of_the_list(site: TestClient) -> None:
    def ids(**asked: str) -> list[str]:
        answer = site.get(f"{V1}/papers/export", params=asked)
        assert answer.status_code == 200
        return [json.loads(line)["id"] for line in answer.text.splitlines()]

    latest = site.get(f"{V1}/papers", params={"limit": 100}).json()["papers"]
    assert ids() == [paper["id"] for paper in latest]
    assert ids(limit="2") == ids()[:2]
    hits = site.get(f"{V1}/search", params={"q": "attention", "limit": 3}).json()["hits"]
    assert ids(q="attention", limit="3") == [hit["id"] for hit in hits]
    filtered = site.get(f"{V1}/search", params={"category": "cs.CL"}).json()["hits"]
    assert set(ids(category="cs.CL")) == {hit["id"] for hit in filtered}
    for wrong in ({"limit": "1001"}, {"limit": "0"}, {"format": "exe"}):
        assert site.get(f"{V1}/papers/export", params=wrong).status_code == 422
    assert site.get(f"{V1}/papers/export", params={"q": "a" * 5000}).status_code == 400
    assert site.get(f"{V1}/papers/export", params={"year": "soon"}).status_code == 400
