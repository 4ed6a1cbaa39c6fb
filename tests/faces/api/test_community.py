"""Votes and comments over the API: as Hugging Face's clients ask, and in our own form."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue
from broadsheet.faces.app import create
from broadsheet.people import Role
from broadsheet.settings import Settings
from tests.library.claiming import claim
from tests.library.people import catalogue_of, enrol, token_of
from tests.library.site import fill

PAPER = "/api/papers/2502.90001"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with papers, where few votes and comments may be given."""
    return fill(tmp_path).model_copy(update={"vote_limit": 2, "comment_limit": 3})


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    """The catalogue of that home."""
    opened = catalogue_of(settings.home)
    yield opened
    opened.close()


@pytest.fixture
def site(settings: Settings) -> Iterator[TestClient]:
    """The site in this process."""
    with TestClient(create(settings)) as client:
        yield client


def test_a_vote_is_cast_and_withdrawn(site: TestClient, catalogue: Catalogue) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    answer = site.post(f"{PAPER}/upvote", headers=ann)
    assert answer.status_code == 200
    assert answer.json() == {"upvotes": 42, "upvoted": True, "held": False}
    assert "RateLimit" in answer.headers
    assert site.post(f"{PAPER}/upvote", headers=ann).json()["upvotes"] == 42
    assert site.get(PAPER).json()["upvotes"] == 42
    (item,) = [
        one
        for one in site.get("/api/papers/search?q=tidal").json()
        if one["paper"]["id"] == "2502.90001"
    ]
    assert (item["upvotes"], item["paper"]["upvotes"]) == (42, 42)
    assert site.get("/api/v1/papers/2502.90001").json()["votes"] == {"here": 1, "elsewhere": 41}
    told = site.get("/api/v1/papers/2502.90001/votes").json()
    assert told["votes"] == {"here": 1, "elsewhere": 41}
    assert [day["votes"] for day in told["days"]] == [1]
    gone = {"upvotes": 41, "upvoted": False, "held": False}
    assert site.delete(f"{PAPER}/upvote", headers=ann).json() == gone
    assert site.delete(f"{PAPER}/upvote", headers=ann).json() == gone
    assert site.get("/api/v1/papers/2502.90001/votes").json()["days"] == []


def test_votes_need_a_token_that_may_write(site: TestClient, catalogue: Catalogue) -> None:
    reader = enrol(catalogue, "ann")
    assert site.post(f"{PAPER}/upvote").status_code == 401
    reading = token_of(catalogue, reader, writes=False)
    assert site.post(f"{PAPER}/upvote", headers=reading).status_code == 403
    writing = token_of(catalogue, reader)
    assert site.post("/api/papers/none/upvote", headers=writing).status_code == 404


def test_more_votes_than_an_hour_has_room_for(site: TestClient, catalogue: Catalogue) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    ids = [one["paper"]["id"] for one in site.get("/api/papers/search").json()[:3]]
    answers = [site.post(f"/api/papers/{id}/upvote", headers=ann) for id in ids]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 3600
    assert "2 votes in an hour" in answers[2].json()["error"]


def test_a_comment_is_written_once_for_one_key(site: TestClient, catalogue: Catalogue) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann")) | {"Idempotency-Key": "k1"}
    body = {"comment": "A *fine* paper."}
    answer = site.post(f"{PAPER}/comment", json=body, headers=ann)
    assert answer.status_code == 201
    again = site.post(f"{PAPER}/comment", json=body, headers=ann)
    assert (again.status_code, again.json()) == (201, answer.json())
    other = site.post(f"{PAPER}/comment", json={"comment": "Other."}, headers=ann)
    assert other.status_code == 409
    shown = site.get(f"{PAPER}?field=comments").json()
    assert shown["numComments"] == 1
    assert shown["comments"] == [answer.json()]
    assert "comments" not in site.get(PAPER).json()


def test_the_documented_shape_of_a_thread(site: TestClient, catalogue: Catalogue) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    ben = token_of(catalogue, enrol(catalogue, "ben"))
    first = site.post(f"{PAPER}/comment", json={"comment": "One"}, headers=ann).json()
    path = f"{PAPER}/comment/{first['id']}"
    reply = site.post(f"{path}/reply", json={"comment": "Two"}, headers=ben).json()
    assert (first["type"], first["data"]["parentCommentId"]) == ("comment", None)
    assert first["author"]["name"] == "ann"
    assert first["author"]["fullname"] == "Ann Example"
    assert first["createdAt"].endswith("Z")
    assert first["data"]["latest"]["raw"] == "One"
    assert first["data"]["latest"]["html"] == "<p>One</p>\n"
    assert reply["data"]["parentCommentId"] == first["id"]
    assert site.post(f"{path}/hide", headers=ben).status_code == 403
    hidden = site.post(f"{path}/hide", headers=ann).json()
    assert hidden["data"]["hidden"]
    assert hidden["data"]["latest"]["raw"] == ""
    assert site.get(PAPER).json()["numComments"] == 1
    elsewhere = site.post(f"/api/papers/toy:script/comment/{reply['id']}/hide", headers=ben)
    assert elsewhere.status_code == 404
    for deed in ("hide", "reply"):
        foreign = site.post(f"{PAPER}/comment/67ad12/{deed}", json={"comment": "x"}, headers=ben)
        assert foreign.status_code == 404
        assert foreign.json() == {"error": "There is no comment '67ad12' here."}


def test_an_author_who_comments_takes_part(site: TestClient, catalogue: Catalogue) -> None:
    ann = enrol(catalogue, "ann")
    with catalogue.writing() as desk:
        found = desk.papers.get("2502.90001")
        assert found is not None
        claim(desk, found[0], ann.key, datetime.now(UTC), "verified")

    def takes_part() -> list[bool]:
        listed = site.get("/api/papers/search?q=tidal").json()
        return [one["isAuthorParticipating"] for one in listed if one["numComments"]]

    ben = token_of(catalogue, enrol(catalogue, "ben"))
    site.post(f"{PAPER}/comment", json={"comment": "One"}, headers=ben)
    assert takes_part() == [False]
    site.post(f"{PAPER}/comment", json={"comment": "Two"}, headers=token_of(catalogue, ann))
    assert takes_part() == [True]


def test_moderators_hide_with_a_reason(site: TestClient, catalogue: Catalogue) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    moss = token_of(catalogue, enrol(catalogue, "moss", Role.MODERATOR))
    first = site.post(f"{PAPER}/comment", json={"comment": "One"}, headers=ann).json()
    path = f"{PAPER}/comment/{first['id']}/hide"
    assert site.post(path, headers=moss).status_code == 400
    hidden = site.post(path, json={"reason": "Rude."}, headers=moss).json()
    assert hidden["data"]["hiddenReason"] == "Rude."


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"comment": ""}, 400), ({"comment": 7}, 400), ({"comment": "x" * 65_537}, 400)],
)
def test_comments_that_cannot_be(
    site: TestClient, catalogue: Catalogue, body: dict[str, object], status: int
) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    answer = site.post(f"{PAPER}/comment", json=body, headers=ann)
    assert answer.status_code == status
    assert "error" in answer.json()


def test_more_comments_than_an_hour_has_room_for(site: TestClient, catalogue: Catalogue) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    said = [
        site.post(f"{PAPER}/comment", json={"comment": str(place)}, headers=ann).status_code
        for place in range(4)
    ]
    assert said == [201, 201, 201, 429]


def test_our_own_form_of_the_comments(site: TestClient, catalogue: Catalogue) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    first = site.post(f"{PAPER}/comment", json={"comment": "One"}, headers=ann).json()
    answer = site.get("/api/v1/papers/2502.90001/comments")
    (comment,) = answer.json()["comments"]
    assert comment["id"] == int(first["id"])
    assert (comment["reader"], comment["name"], comment["text"]) == ("ann", "Ann Example", "One")
    assert (comment["edits"], comment["hidden"], comment["reactions"]) == (0, False, {})
    tag = {"If-None-Match": answer.headers["etag"]}
    assert site.get("/api/v1/papers/2502.90001/comments", headers=tag).status_code == 304
    assert site.get("/api/v1/papers/2502.90001").json()["comments"]["here"] == 1
    assert site.get("/api/v1/papers/none/comments").status_code == 404
    assert site.get("/api/v1/papers/none/votes").status_code == 404


def test_half_characters_and_keys_that_nothing_can_have(
    site: TestClient, catalogue: Catalogue
) -> None:
    ann = token_of(catalogue, enrol(catalogue, "ann"))
    half = site.post(f"{PAPER}/comment", content=b'{"comment": "\\ud800"}', headers=ann)
    assert (half.status_code, "half a character" in half.json()["error"]) == (400, True)
    for key in ("9" * 30, "9" * 5000):
        assert site.post(f"{PAPER}/comment/{key}/hide", headers=ann).status_code == 404
        assert site.get(f"/comments/{key}").status_code == 404
