"""Votes, comments, notices and moderation as a browser without script uses them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue
from broadsheet.faces.answers import path_of
from broadsheet.faces.app import create
from broadsheet.papers import Paper
from broadsheet.people import Reader, Role
from tests.library.claiming import claim
from tests.library.hostile import HOSTILE
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.site import fill

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAPER = "/papers/2502.90001"
ATOM = "{http://www.w3.org/2005/Atom}"


class Visitor:
    """Somebody who is signed in, and sends the forms that pages show them."""

    def __init__(self, site: TestClient, catalogue: Catalogue, reader: Reader) -> None:
        self.reader = reader
        self._site = site
        cookie = cookie_of(catalogue, reader)
        self._headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookie.items())}

    def get(self, path: str) -> Any:
        """A page."""
        return self._site.get(path, headers=self._headers)

    def send(self, path: str, fields: dict[str, str], **headers: str) -> Any:
        """A form of this visitor's, with the token that it is shown with."""
        token = re.search(r'name="form" value="([0-9a-f]+)"', self.get("/papers").text)
        assert token is not None
        return self._site.post(
            path,
            data={"form": token[1], **fields},
            headers={**self._headers, **headers},
            follow_redirects=False,
        )

    def say(self, text: str, paper: str = PAPER, **fields: str) -> int:
        """Write a comment; its key."""
        answer = self.send(f"{paper}/comments", {"comment": text, **fields})
        assert answer.status_code == 303, answer.text
        return int(answer.headers["location"].rpartition("-")[2])


class Town:
    """A site, its catalogue, and some who are at home there."""

    def __init__(self, site: TestClient, catalogue: Catalogue) -> None:
        self.site, self.catalogue = site, catalogue
        self.ann, self.ben = self.newcomer("ann"), self.newcomer("ben")
        self.moss = self.newcomer("moss", Role.MODERATOR)

    def newcomer(self, name: str, role: Role = Role.READER) -> Visitor:
        """A new reader."""
        return Visitor(self.site, self.catalogue, enrol(self.catalogue, name, role))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A whole site in this process."""
    settings = fill(tmp_path)
    catalogue = catalogue_of(tmp_path)
    with TestClient(create(settings), headers=BROWSER) as client:
        yield Town(client, catalogue)
    catalogue.close()


def count(text: str) -> int:
    """The votes that a page of a paper shows at its head."""
    found = re.search(r"Votes: </span><b(?: data-votes)?>([\d,]+)</b>", text)
    assert found is not None
    return int(found[1].replace(",", ""))


def test_a_vote_is_shown_beside_what_was_counted_elsewhere(town: Town) -> None:
    before = town.site.get(PAPER)
    assert count(before.text) == 41
    assert "/sign-in?next=/papers/2502.90001" in before.text
    answer = town.ann.send(f"{PAPER}/vote", {"vote": "cast", "next": "/papers"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/papers")
    again = town.ann.send(f"{PAPER}/vote", {"vote": "cast"})
    assert again.headers["location"] == PAPER
    after = town.site.get(PAPER, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert count(after.text) == 42
    assert "Votes: 1 here, 41 elsewhere as last counted" in after.text
    mine = town.ann.get(PAPER).text
    assert 'name="vote" value="withdraw"' in mine
    assert 'aria-pressed="true"' in mine
    town.ann.send(f"{PAPER}/vote", {"vote": "withdraw"})
    assert count(town.site.get(PAPER).text) == 41


def test_lists_let_readers_vote_and_show_others_where_to_sign_in(town: Town) -> None:
    for path in ("/papers", "/papers?q=attention"):
        assert f'action="{PAPER}/vote"' in town.ann.get(path).text
        text = town.site.get(path).text
        assert "/vote" not in text
        assert 'name="form"' not in text
        assert "/sign-in?next=/papers/2502.90001" in text


def test_a_script_gets_the_count(town: Town) -> None:
    answer = town.ann.send(f"{PAPER}/vote", {"vote": "cast"}, Accept="application/json")
    assert answer.json() == {"votes": 42, "mine": True, "held": False}
    answer = town.ann.send(f"{PAPER}/vote", {"vote": "withdraw"}, Accept="application/json")
    assert answer.json() == {"votes": 41, "mine": False, "held": False}


def test_ones_own_paper_is_refused_in_words(town: Town) -> None:
    with town.catalogue.writing() as desk:
        key = desk.papers.resolve(["arxiv:2502.90001", "2502.90001"]).popitem()[1]
        claim(desk, key, town.ann.reader.key, datetime.now(UTC), "verified")
    answer = town.ann.send(f"{PAPER}/vote", {"vote": "cast"})
    assert answer.status_code == 403
    assert "This paper is your own" in answer.text
    assert "It is your own" in town.ann.get(PAPER).text


def test_nobody_else_may_vote_or_speak(town: Town) -> None:
    assert town.site.post(f"{PAPER}/vote", data={"vote": "cast"}).status_code == 403
    assert town.site.get(f"{PAPER}/vote").status_code == 404
    other = town.ann.send(f"{PAPER}/vote", {"form": "0" * 64, "vote": "cast"})
    assert other.status_code == 403
    assert town.ann.send("/papers/none/vote", {"vote": "cast"}).status_code == 404
    assert count(town.site.get(PAPER).text) == 41


def test_a_discussion_with_replies_badges_and_edits(town: Town) -> None:
    with town.catalogue.writing() as desk:
        key = desk.papers.resolve(["2502.90001", "arxiv:2502.90001"]).popitem()[1]
        claim(desk, key, town.ben.reader.key, datetime.now(UTC), "verified")
    first = town.ann.say("Is the *tide* measured, @moss?")
    reply = town.ben.say("Yes.", parent=str(first))
    text = town.site.get(PAPER).text
    assert "<p>Is the <em>tide</em> measured" in text
    assert text.index(f'id="comment-{first}"') < text.index(f'id="comment-{reply}"')
    assert text.count('<span class="badge">author</span>') == 1
    assert 'href="/sign-in?next=/papers/2502.90001">Sign in to comment' in text
    edited = town.ann.send(f"/comments/{first}/edit", {"comment": "Is it measured?"})
    assert edited.headers["location"] == f"{PAPER}#comment-{first}"
    assert '<span class="fine">edited</span>' in town.site.get(PAPER).text
    history = town.site.get(f"/comments/{first}").text
    assert "Is the *tide* measured, @moss?" in history
    assert town.ben.send(f"/comments/{first}/edit", {"comment": "Mine"}).status_code == 403
    assert town.site.get("/comments/99").status_code == 404


def test_those_concerned_have_notices_until_they_are_read(town: Town) -> None:
    first = town.ann.say("What says @moss?")
    town.ben.say("Nothing.", parent=str(first))
    assert ">Notices <b>(1)</b></a>" in town.ann.get("/papers").text
    listed = town.moss.get("/notices").text
    assert "Ann Example mentioned you: Tidal Attention" in listed
    assert f'href="/comments/{first}"' in listed
    # To look changes nothing; only the button does.
    assert town.moss.get("/notices").text.count('class="unread"') == 1
    up_to = re.search(r'name="up_to" value="(\d+)"', listed)
    assert up_to is not None
    assert town.moss.send("/notices/read", {"up_to": up_to[1]}).status_code == 303
    assert 'class="unread"' not in town.moss.get("/notices").text
    assert (
        town.site.get("/notices", follow_redirects=False).headers["location"].startswith("/sign-in")
    )


def test_notices_come_by_mail_to_who_asks_for_it(town: Town) -> None:
    assert "They can come by mail too, to ann@example.org." in town.ann.get("/notices").text
    first = town.ann.say("One")
    town.ben.say("Two", parent=str(first))
    town.ann.send("/notices/letters", {"letters": "on"})
    assert "They come to you by mail too." in town.ann.get("/notices").text
    town.ben.say("Three", parent=str(first))
    town.ann.send("/notices/letters", {"letters": "off"})
    town.ben.say("Four", parent=str(first))
    with town.catalogue.reading() as desk:
        (posted,) = desk.outbox.listed(None, 9)
        assert desk.notices.unread(town.ann.reader.key) == 3
    assert (posted.letter.kind, posted.letter.recipient) == ("notice", "ann@example.org")


def test_reactions_are_buttons_that_turn_on_and_off(town: Town) -> None:
    key = town.ann.say("Good.")
    town.ben.send(f"/comments/{key}/react", {"reaction": "🎉"})
    assert '<span title="ben">🎉 1</span>' in town.site.get(PAPER).text
    assert 'aria-pressed="true" aria-label="React with 🎉, 1 so far"' in town.ben.get(PAPER).text
    town.ben.send(f"/comments/{key}/react", {"reaction": "🎉"})
    assert "🎉" not in town.site.get(PAPER).text
    assert town.ben.send(f"/comments/{key}/react", {"reaction": "x"}).status_code == 400


def test_what_is_reported_is_settled_and_logged(town: Town) -> None:
    rude, fine = town.ann.say("Rude words"), town.ann.say("Fair words")
    for key in (rude, fine):
        answer = town.ben.send(f"/comments/{key}/report", {"why": "It is rude."})
        assert answer.status_code == 303
    assert town.site.get("/moderation", follow_redirects=False).status_code == 303
    assert town.ben.get("/moderation").status_code == 403
    page = town.moss.get("/moderation").text
    assert page.count("It is rude.") == 2
    settle = "/moderation/reports"
    refused = town.moss.send(settle, {"comment": str(rude), "action": "hide", "why": ""})
    assert refused.status_code == 400
    town.moss.send(settle, {"comment": str(rude), "action": "hide", "why": "Rude indeed."})
    town.moss.send(settle, {"comment": str(fine), "action": "dismiss", "why": "Not rude."})
    page = town.moss.get("/moderation").text
    assert "It is rude." not in page
    assert [line in page for line in ("hide comment", "dismiss reports")] == [True, True]
    text = town.site.get(PAPER).text
    assert "Rude words" not in text
    assert "Fair words" in text
    assert "This comment was hidden: Rude indeed." in text
    assert "Rude words" not in town.site.get(f"/comments/{rude}").text
    assert "Rude words" in town.moss.get(f"/comments/{rude}").text
    assert town.ann.send(f"/comments/{rude}/show", {}).status_code == 403
    assert town.moss.send(f"/comments/{rude}/show", {}).status_code == 303
    assert "Rude words" in town.site.get(PAPER).text


def test_held_votes_are_let_go_or_dropped(town: Town) -> None:
    now = datetime.now(UTC)
    crowd = [town.newcomer(f"new{place}") for place in range(5)]
    with town.catalogue.writing() as desk:
        for one in crowd:
            desk.readers.replace(replace(one.reader, joined=now))
    for one in crowd:
        answer = one.send(f"{PAPER}/vote", {"vote": "cast"})
        assert answer.status_code == 303
    assert count(town.site.get(PAPER).text) == 41
    assert "Your vote for this paper waits" in crowd[0].get(PAPER).text
    page = town.moss.get("/moderation").text
    assert "5 held, 0 counted. 5 votes within 10 minutes" in page
    key = re.search(r'name="paper" value="(\d+)"', page)
    assert key is not None
    fields = {"paper": key[1], "action": "release", "why": "A seminar."}
    assert town.ben.send("/moderation/votes", fields).status_code == 403
    assert town.moss.send("/moderation/votes", fields).status_code == 303
    assert count(town.site.get(PAPER).text) == 46
    assert town.moss.send("/moderation/votes", fields).status_code == 404
    assert "release votes" in town.moss.get("/moderation").text


def test_the_feed_of_a_papers_comments(town: Town) -> None:
    first = town.ann.say("One & *two*")
    town.ben.say("Three", parent=str(first))
    answer = town.site.get(f"{PAPER}/comments.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    entries = ET.fromstring(answer.content).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}content") for entry in entries] == [
        "<p>Three</p>\n",
        "<p>One &amp; <em>two</em></p>\n",
    ]
    assert entries[1].findtext(f"{ATOM}id") == f"tag:broadsheet,2026:comment:{first}"
    tag = answer.headers["etag"]
    known = town.site.get(f"{PAPER}/comments.atom", headers={"If-None-Match": tag})
    assert known.status_code == 304
    assert town.site.get("/papers/none/comments.atom").status_code == 404


def test_who_left_is_deleted_and_their_words_are_gone(town: Town) -> None:
    first = town.ann.say("Words of mine")
    town.ben.say("An answer", parent=str(first))
    with town.catalogue.writing() as desk:
        desk.personal.forget(town.ann.reader)
        desk.changes.stir()
    text = town.site.get(PAPER).text
    assert "Words of mine" not in text
    assert "<b>deleted</b>" in text
    assert "An answer" in text


@pytest.mark.parametrize("paper", HOSTILE, ids=lambda paper: paper.id)
def test_hostile_papers_can_be_spoken_of(town: Town, paper: Paper) -> None:
    path = path_of(paper.id)
    key = town.ann.say("Hm.", paper=path)
    assert f'id="comment-{key}"' in town.site.get(path).text
    assert town.ann.send(f"{path}/vote", {"vote": "cast"}).headers["location"] == path
