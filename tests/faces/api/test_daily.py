"""Daily papers in the form of Hugging Face's clients; the real clients are tested apart."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import EditionKind, Pick, Submission
from broadsheet.faces.app import create
from broadsheet.service import Service
from tests.library.dailies import file_papers, tell, toy_dailies
from tests.library.people import enrol
from tests.library.site import fill

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site with two told days and one made here, one paper of which Ada submitted."""
    settings = fill(tmp_path_factory.mktemp("home"))
    service = Service.open(settings)
    ada = enrol(service.catalogue, "ada")
    with service.catalogue.writing() as desk:
        one, two, three, four = file_papers(desk, toy_dailies(date(2026, 2, 27), 4))
        tell(desk, [one, two, three], "2026-03-02", (4, 9, 4))
        tell(desk, [three, four], "2026-03-04")
        edition = desk.editions.begin("", EditionKind.DAY, "2026-03-06", (AT, AT))
        picks = [Pick(paper_key=four, place=1), Pick(paper_key=two, place=2)]
        desk.editions.put(edition.key, picks)
        desk.editions.publish(edition.key, AT)
        desk.submissions.add(Submission(two, ada.key, AT))
    service.index.catch_up(lambda _: None)
    service.index.close()
    service.catalogue.close()
    with TestClient(create(settings)) as client:
        yield client


def parts(answer: Any) -> list[str]:
    """The last digits of the ids, in order."""
    return [item["paper"]["id"][-1] for item in answer.json()]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("date=2026-03-02", "213"),
        ("date=2026-03-04", "34"),
        ("date=2026-03-06", "24"),
        ("date=2026-03-03", ""),
        ("week=2026-W10", "2134"),
        ("month=2026-03", "2134"),
        ("week=2026-W01", ""),
        ("month=2026-03&limit=3", "213"),
        ("month=2026-03&limit=3&p=1", "4"),
        ("month=2026-03&limit=3&p=2", ""),
        ("", "2434213"),
        ("limit=3", "243"),
        ("limit=3&p=1", "421"),
        ("limit=3&p=2", "3"),
        ("sort=publishedAt&limit=1", "2"),
        ("sort=trending", "2314"),
        ("submitter=ada", "22"),
        ("submitter=ada&date=2026-03-02", "2"),
        ("submitter=ada&date=2026-03-04", ""),
        ("submitter=nobody", ""),
    ],
)
def test_days_weeks_months_and_pages(site: TestClient, query: str, expected: str) -> None:
    answer = site.get(f"/api/daily_papers?{query}")
    assert answer.status_code == 200, answer.text
    assert "".join(parts(answer)) == expected


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("date=2026-02-30", "2026-02-30"),
        ("date=today", "today"),
        ("week=2026-10", "2026-10"),
        ("month=2026-3", "2026-3"),
        ("limit=0", "`limit`"),
        ("limit=101", "`limit`"),
        ("p=-1", "`p`"),
        ("p=x", "`p`"),
        ("sort=votes", "`sort`"),
        ("date=2026-03-02&week=2026-W10", "Only one"),
    ],
)
def test_what_cannot_be_asked_for_is_named(site: TestClient, query: str, told: str) -> None:
    answer = site.get(f"/api/daily_papers?{query}")
    assert answer.status_code == 400
    assert told in answer.json()["error"]
    assert answer.json().keys() == {"error"}


def test_a_page_leads_to_the_next(site: TestClient) -> None:
    address, seen = "/api/daily_papers?month=2026-03&limit=2", list[str]()
    for _ in range(9):
        answer = site.get(address)
        seen += parts(answer)
        if "link" not in answer.headers:
            break
        assert answer.headers["link"].endswith('>; rel="next"')
        address = answer.headers["link"][1:].partition(">")[0]
    assert "".join(seen) == "2134"


def test_an_item_says_when_it_was_featured_and_by_whom(site: TestClient) -> None:
    second, first, *_ = site.get("/api/daily_papers?date=2026-03-02").json()
    assert first["publishedAt"] == "2026-03-02T00:00:00.000Z"
    assert first["paper"]["submittedOnDailyAt"] == first["publishedAt"]
    assert first["paper"]["publishedAt"] == "2026-02-27T00:00:00.000Z"
    assert "submittedBy" not in first
    assert second["upvotes"] == second["paper"]["upvotes"] == 9
    assert second["publishedAt"] == "2026-03-01T09:30:00.000Z"
    assert second["submittedBy"] == second["paper"]["submittedOnDailyBy"]
    assert second["submittedBy"]["user"] == "ada"
    assert second["submittedBy"]["fullname"] == "Ada Example"


def test_all_papers_are_listed_page_by_page(site: TestClient) -> None:
    address, seen = "/api/papers?limit=5", list[str]()
    for _ in range(9):
        answer = site.get(address)
        assert answer.status_code == 200
        seen += [item["paper"]["id"] for item in answer.json()]
        if "link" not in answer.headers:
            break
        address = answer.headers["link"][1:].partition(">")[0]
    assert len(seen) == len(set(seen)) == 21
    assert site.get("/api/papers?cursor=rubbish").status_code == 400
    assert site.get("/api/papers?limit=101").status_code == 400


def test_nothing_is_known_to_hang_on_a_paper(site: TestClient) -> None:
    answer = site.get("/api/arxiv/2502.90001/repos")
    assert answer.json() == {"models": [], "datasets": [], "spaces": []}
    assert site.get("/api/arxiv/2501.99999/repos").status_code == 404


def test_editions_over_our_own_api(site: TestClient) -> None:
    days = site.get("/api/v1/editions?limit=2").json()
    assert days["days"] == [
        {"label": "2026-03-06", "papers": 2},
        {"label": "2026-03-04", "papers": 2},
    ]
    assert days["next_before"] == "2026-03-04"
    rest = site.get("/api/v1/editions?before=2026-03-04").json()
    assert [day["label"] for day in rest["days"]] == ["2026-03-02"]
    assert rest["next_before"] is None
    edition = site.get("/api/v1/editions/day/2026-03-04?limit=1&offset=1").json()
    assert (edition["origin"], edition["count"], edition["published"]) == ("told", 2, None)
    assert (edition["before"], edition["after"]) == ("2026-03-02", "2026-03-06")
    assert [story["place"] for story in edition["papers"]] == [2]
    own = site.get("/api/v1/editions/day/2026-03-06").json()
    assert own["origin"] == "published"
    assert [story["paper"]["id"][-1] for story in own["papers"]] == ["4", "2"]
    assert site.get("/api/v1/editions/day/2026-03-03").status_code == 404
    assert site.get("/api/v1/editions/day/2026-02-30").status_code == 400
    assert site.get("/api/v1/editions/day/2026-03-04?section=tea").status_code == 404
    tag = site.get("/api/v1/editions").headers["etag"]
    assert site.get("/api/v1/editions", headers={"If-None-Match": tag}).status_code == 304
