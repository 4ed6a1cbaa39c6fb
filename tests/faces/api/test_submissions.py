"""Hugging Face's write API for papers: submitted, read anew, linked and claimed with a token."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from broadsheet.faces.api.huggingface import object_id
from broadsheet.people import Reader, Role
from tests.library.people import enrol, token_of
from tests.library.submitting import ENTRY, Answer, Desk, desk_over


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A site of its own for each test: each changes it."""
    with desk_over(tmp_path) as one:
        one.be(None)
        yield one


def post(desk: Desk, path: str, body: Any, reader: Reader | None = None, key: str = "") -> Answer:
    """A write as a program sends it."""
    headers = token_of(desk.catalogue, reader or desk.reader)
    if key:
        headers["Idempotency-Key"] = key
    return desk.site.post(path, json=body, headers=headers)


def test_a_paper_is_submitted_with_all_that_is_said_of_it(desk: Desk) -> None:
    body = {
        "paper_id": "2611.00001",
        "comment": "Read it at night.",
        "media_urls": ["https://media.example/lanterns.png"],
        "githubRepo": "https://github.com/example/lanterns",
    }
    answer = post(desk, "/api/papers/submit", body)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"id": "2611.00001", "url": "/papers/2611.00001"}
    shown = desk.site.get("/api/papers/2611.00001").json()
    user = object_id("reader", "ada")
    assert shown["submittedOnDailyBy"] == {
        "_id": user,
        "avatarUrl": "http://testserver/static/mark.svg",
        "isPro": False,
        "fullname": "Ada Example",
        "user": "ada",
        "name": "ada",
        "type": "user",
    }
    assert shown["submittedOnDailyAt"].endswith(".000Z")
    assert shown["mediaUrls"] == ["https://media.example/lanterns.png"]
    assert shown["githubRepo"] == "https://github.com/example/lanterns"
    listed = desk.site.get("/api/papers/search?limit=1").json()[0]
    assert listed["paper"]["id"] == "2611.00001"
    assert listed["submittedBy"]["_id"] == user
    assert listed["mediaUrls"] == ["https://media.example/lanterns.png"]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({}, 400, "`paper_id` must be a text that is not empty."),
        ({"paper_id": 7}, 400, "`paper_id` must be a text that is not empty."),
        ({"paper_id": "2502.90001"}, 409, "This paper is here already: /papers/2502.90001"),
        (
            {"paper_id": "2001.00002"},
            403,
            "A paper must have been announced in the last 60 days. "
            "This one was announced 2020-01-03.",
        ),
        ({"paper_id": "2611.09999"}, 404, "arXiv knows no paper with the arXiv id 2611.09999."),
        (
            {"paper_id": ENTRY, "media_urls": ["javascript:alert(1)"]},
            400,
            "Media: the address is not of the web.",
        ),
        ({"paper_id": ENTRY, "media_urls": "x"}, 400, "`media_urls` must be a list of addresses."),
    ],
    ids=range(7),
)
def test_what_is_not_taken_is_said_as_these_clients_read_it(
    desk: Desk, body: Any, status: int, error: str
) -> None:
    answer = post(desk, "/api/papers/submit", body)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_the_cap_of_a_day_says_when_to_come_again(tmp_path: Path) -> None:
    with desk_over(tmp_path, submission_cap=1) as desk:
        assert post(desk, "/api/papers/submit", {"paper_id": ENTRY}).status_code == 201
        answer = post(desk, "/api/papers/submit", {"paper_id": "2611.00001"})
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 86_400
        assert "You have submitted 1 papers today" in answer.json()["error"]


@pytest.mark.parametrize("path", ["papers/submit", "papers/index", "settings/papers/claim"])
def test_only_a_token_that_may_write_writes(desk: Desk, path: str) -> None:
    assert desk.site.post(f"/api/{path}", json={}).status_code == 401
    reading = token_of(desk.catalogue, desk.reader, writes=False)
    assert desk.site.post(f"/api/{path}", json={}, headers=reading).status_code == 403
    desk.be(desk.reader)
    assert desk.site.post(f"/api/{path}", json={}).status_code == 403


def test_the_same_request_is_asked_once_and_answered_alike(desk: Desk) -> None:
    body = {"paper_id": "2611.00001"}
    first = post(desk, "/api/papers/submit", body, key="one")
    asked = len(desk.arxiv.asked)
    again = post(desk, "/api/papers/submit", body, key="one")
    assert (
        (again.status_code, again.json())
        == (first.status_code, first.json())
        == (201, again.json())
    )
    assert len(desk.arxiv.asked) == asked
    other = post(desk, "/api/papers/submit", {"paper_id": "2611.00003"}, key="one")
    assert other.status_code == 409


def test_twenty_tokens_submit_one_paper_once(desk: Desk) -> None:
    readers = [enrol(desk.catalogue, f"reader{number}") for number in range(10)]
    headers = [token_of(desk.catalogue, reader) for reader in readers]

    def send(number: int) -> int:
        body = {"paper_id": "2611.00001"}
        return desk.site.post("/api/papers/submit", json=body, headers=headers[number]).status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(send, range(10)))
    # Some find no place among the look-ups at a time; nobody files it twice.
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 502, 503}
    with desk.catalogue.reading() as held:
        assert len(held.submissions.latest(20)) == 1
    assert desk.catalogue.check() == []


def test_a_paper_of_arxiv_is_read_and_read_again_by_its_authors(desk: Desk) -> None:
    answer = post(desk, "/api/papers/index", {"arxivId": "2611.00001"})
    assert (answer.status_code, answer.json()) == (200, {})
    with desk.catalogue.reading() as held:
        key = held.papers.resolve(["2611.00001"])["2611.00001"]
        assert held.votes.count([key]) == {key: 0}
    again = post(desk, "/api/papers/index", {"arxivId": "2611.00001"})
    assert again.status_code == 403
    assert again.json() == {"error": "Only an author may have a paper read again."}
    cora = enrol(desk.catalogue, "cora", Role.CURATOR)
    assert post(desk, "/api/papers/index", {"arxivId": "2611.00001"}, cora).json() == {}


@pytest.mark.parametrize(
    "id", ["2611.00001v1", "hep-th/9901001", "abc", "", None, "2611.00001\n", 7]
)
def test_an_id_is_of_one_form(desk: Desk, id: object) -> None:
    answer = post(desk, "/api/papers/index", {"arxivId": id})
    assert answer.status_code == 400
    assert answer.json() == {"error": "`arxivId` must be an arXiv id such as 2301.00001."}


def test_links_are_said_by_those_who_may(desk: Desk) -> None:
    post(desk, "/api/papers/submit", {"paper_id": "2611.00001"})
    path = "/api/papers/2611.00001/links"
    body = {"githubRepo": "https://github.com/a/b", "projectPage": "https://lanterns.example/"}
    bob = enrol(desk.catalogue, "bob")
    assert post(desk, path, body, bob).status_code == 403
    assert post(desk, path, body).json() == {}
    shown = desk.site.get("/api/papers/2611.00001").json()
    assert (shown["githubRepo"], shown["projectPage"]) == tuple(body.values())
    assert post(desk, path, {"githubRepo": None}).json() == {}
    shown = desk.site.get("/api/papers/2611.00001").json()
    assert "githubRepo" not in shown
    assert shown["projectPage"] == "https://lanterns.example/"
    bad = post(desk, path, {"githubRepo": "http://10.0.0.8/"})
    assert bad.status_code == 400
    assert "does not lead to the public web" in bad.json()["error"]
    assert post(desk, "/api/papers/2611.99999/links", body).json() == {"error": "Paper not found"}


def test_a_paper_is_claimed_and_shown_with_its_author(desk: Desk) -> None:
    mira = enrol(desk.catalogue, "mira")
    author = desk.site.get("/api/papers/2502.90001").json()["authors"][0]
    body = {"paperId": "2502.90001", "claimAuthorId": author["_id"], "targetUserId": "mira"}
    assert post(desk, "/api/settings/papers/claim", body).status_code == 403
    assert post(desk, "/api/settings/papers/claim", body, mira).json() == {"status": "claimed"}
    assert "status" not in desk.site.get("/api/papers/2502.90001").json()["authors"][0]
    second = desk.site.get("/api/papers/2502.90001").json()["authors"][1]
    root = enrol(desk.catalogue, "root", Role.ADMIN)
    body = {"paperId": "2502.90001", "claimAuthorId": second["_id"], "targetUserId": "ada"}
    said = post(desk, "/api/settings/papers/claim", body, root)
    assert said.json() == {"status": "claimed_verified"}
    shown = desk.site.get("/api/papers/2502.90001").json()["authors"][1]
    assert shown["status"] == "claimed_verified"
    assert shown["user"]["user"] == "ada"
    assert shown["name"] == second["name"]
