"""The page of letters: who sees it, what it shows, what a letter's page may do, and deciding."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from broadsheet.catalogue import DIGEST, Catalogue, Fate
from broadsheet.faces.app import create
from broadsheet.faces.guard import COOKIE
from broadsheet.faces.mail import open_post
from broadsheet.people import Role
from broadsheet.service import Service
from broadsheet.settings import Settings
from broadsheet.signing import form_token
from tests.library.letters import ask_for, leave_uncertain, letter
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.site import fill_empty

HERE = ("127.0.0.1", 50000)
ELSEWHERE = ("192.0.2.7", 50000)
SECRET = "s3cret"
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a letter in its folder, one that is uncertain, and one that waits."""
    settings = fill_empty(tmp_path_factory.mktemp("home")).model_copy(update={"post": False})
    now = datetime.now(UTC)
    service = Service.open(settings)
    with service.catalogue.writing() as desk:
        first = replace(letter("sign-in"), due=now, expires=None)
        desk.outbox.add(replace(first, subject="<i>"), now)
        desk.outbox.add(replace(first, recipient="eve@example.org"), now)
    open_post(service).do_due(threading.Event())
    with service.catalogue.writing() as desk:
        desk.outbox.add(replace(first, subject="three"), now)
        desk.outbox.add(replace(first, subject="four", due=now + timedelta(days=1)), now)
        until = now + timedelta(minutes=1)
        (third,) = desk.outbox.lease("one", now, until, 9)
        assert desk.outbox.hand_over(third.key, "one", now, until)
        desk.outbox.settle(third.key, "one", now, Fate.UNCERTAIN, "No answer came to it: <b>")
    service.index.close()
    service.catalogue.close()
    return settings


def site(settings: Settings, client: tuple[str, int] = HERE, host: str = "localhost") -> TestClient:
    """The site as somebody asks for it."""
    return TestClient(
        create(settings), f"http://{host}", headers={"Accept": "text/html"}, client=client
    )


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    opened = catalogue_of(settings.home)
    yield opened
    opened.close()


def token(text: str) -> str:
    """What the forms of a page carry."""
    found = re.search(r'name="form" value="([^"]+)"', text)
    assert found is not None
    return found[1]


def test_the_page_shows_the_fates_and_what_to_decide_on(settings: Settings) -> None:
    with site(settings) as client:
        answer = client.get("/letters")
        assert answer.status_code == 200
        assert "no-store" in answer.headers["cache-control"]
        for fate, count in (("accepted", 2), ("uncertain", 1), ("rejected", 0)):
            assert re.search(rf">{fate}</a> <span class=\"number\">{count}</span>", answer.text)
        assert "No answer came to it: &lt;b&gt;" in answer.text
        assert "nobody gets them" in answer.text
        assert SECRET not in answer.text
        assert answer.text.count("<h1") == 1
        only = client.get("/letters?state=queued").text
        assert "4, sign-in" in only
        assert "1, sign-in" not in only
        assert "1, sign-in" in client.get("/letters?before=2").text
        assert client.get("/letters?state=lost").status_code == 400
        assert client.get("/letters?before=x").status_code == 404


def test_a_letter_in_the_folder_is_shown_and_may_do_nothing(settings: Settings) -> None:
    with site(settings) as client:
        answer = client.get("/letters/1")
        assert f"pass={SECRET}&amp;x=1" in answer.text
        assert "<dt>Message-ID</dt>" in answer.text
        assert "&lt;i&gt;" in answer.text
        assert "frame-src 'self'" in answer.headers["content-security-policy"]
        assert 'sandbox=""' in answer.text
        framed = client.get("/letters/1/html")
        assert f"pass={SECRET}" in framed.text
        policy = framed.headers["content-security-policy"]
        assert {"sandbox", "default-src 'none'"} <= {part.strip() for part in policy.split(";")}
        assert "script-src" not in policy
        assert framed.headers["x-content-type-options"] == "nosniff"
        assert "is shown once it was put" in client.get("/letters/4").text
        assert client.get("/letters/4/html").status_code == 404
        for missing in ("99", "x", "-1", "9" * 30, "²"):
            assert client.get(f"/letters/{missing}").status_code == 404


def test_nobody_else_sees_it_but_an_admin(settings: Settings, catalogue: Catalogue) -> None:
    curator = cookie_of(catalogue, enrol(catalogue, "cora", Role.MODERATOR))
    admin = cookie_of(catalogue, enrol(catalogue, "ada", Role.ADMIN))
    with site(settings, ELSEWHERE, "papers.example.org") as client:
        for path in ("/letters", "/letters/1", "/letters/1/html"):
            for cookies in ({}, curator):
                client.cookies = cookies
                assert client.get(path).status_code == 403
            client.cookies = admin
            assert client.get(path).status_code == 200
        assert SECRET in client.get("/letters/1").text


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://papers.example.org", "localhost"),
        (None, "papers.example.org"),
        (None, "rebound.example.net"),
    ],
)
def test_what_letters_say_is_kept_from_those_who_only_seem_to_be_here(
    settings: Settings, base_url: str | None, host: str
) -> None:
    public = settings.model_copy(update={"base_url": base_url})
    with site(public, HERE, host) as client:
        assert client.get("/letters").status_code == 200
        answer = client.get("/letters/1")
        assert answer.status_code == 200
        assert SECRET not in answer.text
        assert client.get("/letters/1/html").status_code == 404


def test_what_was_handed_to_a_server_is_not_kept(settings: Settings) -> None:
    relayed = settings.model_copy(update={"mail_url": SecretStr("smtp://ada:s3same@localhost")})
    with site(relayed) as client:
        answer = client.get("/letters")
        assert "smtp://ada@localhost:25" in answer.text
        assert "s3same" not in answer.text
        assert "handed to a mail server" in client.get("/letters/3").text


@pytest.mark.parametrize(("choice", "fate"), [("again", Fate.QUEUED), ("drop", Fate.DROPPED)])
def test_an_uncertain_letter_is_decided_on_once(
    settings: Settings, catalogue: Catalogue, choice: str, fate: Fate
) -> None:
    key = leave_uncertain(catalogue, datetime.now(UTC), f"{choice}@example.org")
    path = f"/letters/{key}"
    with site(settings) as client:
        form = {"form": token(client.get("/letters").text), "choice": choice}
        assert client.post(path, data={**form, "form": "x"}).status_code == 403
        assert client.post(path, data={**form, "choice": "x"}).status_code == 400
        answer = client.post(path, data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/letters")
        assert client.post(path, data=form).status_code == 409
    with catalogue.reading() as desk:
        found = desk.outbox.get(key)
    assert found is not None
    assert found.state is fate


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with two days of regular letters: today's are uncertain but for one, which waits."""
    settings = fill_empty(tmp_path_factory.mktemp("runs")).model_copy(update={"post": False})
    now = datetime.now(UTC)
    opened = catalogue_of(settings.home)
    with opened.writing() as desk:
        for day, name in ((TODAY, "today"), (TODAY - timedelta(days=1), "before")):
            base = replace(letter(DIGEST), due=now, expires=None)
            subjects = [f"{key}:{day}" for key in range(1, 4)]
            desk.outbox.add_all([replace(base, subject=one) for one in subjects], now)
            fate = Fate.UNCERTAIN if day == TODAY else Fate.REJECTED
            for one in desk.outbox.lease(name, now, now + timedelta(minutes=5), 3):
                assert desk.outbox.hand_over(one.key, name, now, now + timedelta(minutes=5))
                desk.outbox.settle(one.key, name, now, fate, "so it is")
        desk.outbox.add(replace(base, subject=f"4:{TODAY}"), now)
    opened.close()
    return settings


def test_the_runs_of_each_day_are_counted_and_listed(runs: Settings) -> None:
    with site(runs) as client:
        text = client.get("/letters").text
        assert f'data-what="uncertain"><a href="/letters?day={TODAY}&amp;state=uncertain"' in text
        assert text.index(f"day={TODAY}") < text.index(f"day={TODAY - timedelta(days=1)}")
        rejected = client.get(f"/letters?day={TODAY - timedelta(days=1)}&state=rejected").text
        assert rejected.count("so it is") == 3
        assert "To decide on" not in rejected
        assert f'href="/papers/date/{TODAY}"' in client.get(f"/letters?day={TODAY}").text
        assert "None." in client.get("/letters?day=2020-01-01&state=accepted").text
        assert client.get("/letters?day=yesterday").status_code == 400


def test_all_that_is_uncertain_of_a_day_is_decided_on_at_once(runs: Settings) -> None:
    with site(runs) as client:
        text = client.get(f"/letters?day={TODAY}").text
        found = re.search(r'name="keys" value="([\d ]+)"', text)
        assert found is not None
        keys = found[1].split()
        assert len(keys) == 3
        form = {"form": token(text), "day": str(TODAY), "keys": " ".join(keys[1:])}
        assert client.post("/letters", data={**form, "choice": "x"}).status_code == 400
        assert (
            client.post("/letters", data={**form, "choice": "drop", "form": ""}).status_code == 403
        )
        answer = client.post("/letters", data={**form, "choice": "drop"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/letters?day={TODAY}")
        late = client.post("/letters", data={**form, "choice": "again", "keys": " ".join(keys)})
        assert late.status_code == 409
        assert "2 of 3 letters" in late.text
        too_many = " ".join(map(str, range(101)))
        answer = client.post("/letters", data={**form, "choice": "drop", "keys": too_many})
        assert answer.status_code == 400
    opened = catalogue_of(runs.home)
    with opened.reading() as desk:
        states = [one.state for one in desk.mailings.letters(TODAY, None, 9)]
    opened.close()
    assert sorted(states) == [Fate.DROPPED, Fate.DROPPED, Fate.QUEUED, Fate.QUEUED]


def test_nobody_else_decides(settings: Settings, catalogue: Catalogue) -> None:
    cookie = cookie_of(catalogue, enrol(catalogue, "eve"))
    with catalogue.reading() as desk:
        key = desk.keys.signing()
    assert key is not None
    with site(settings, ELSEWHERE) as client:
        client.cookies = cookie
        form = {"form": form_token(key, cookie[COOKIE]), "choice": "drop"}
        assert client.post("/letters/3", data=form).status_code == 403
        assert client.post("/letters", data={**form, "keys": "3"}).status_code == 403
    with catalogue.reading() as desk:
        assert desk.outbox.counts()[Fate.UNCERTAIN] == 1


def test_the_server_hands_letters_over_by_itself(settings: Settings, catalogue: Catalogue) -> None:
    ask_for(catalogue, 1, datetime.now(UTC), "served.example")

    def is_sent() -> bool:
        with catalogue.reading() as desk:
            last = desk.outbox.listed(Fate.ACCEPTED, 1)
        return last[0].letter.recipient == "reader0@served.example"

    with site(settings) as client:
        assert client.get("/letters").status_code == 200
        assert not is_sent()
    with site(settings.model_copy(update={"post": True})):
        for _ in range(3000):
            if is_sent():
                break
            time.sleep(0.02)
    assert is_sent()
