"""The account pages: what is changed on them, who is asked for a secret first, and tokens."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from broadsheet.accounts import names, roles, signing_in
from broadsheet.faces.app import create
from broadsheet.faces.guard import COOKIE, present
from broadsheet.people import Reader, Role
from broadsheet.settings import Settings
from tests.library.letterbox import links_sent
from tests.library.people import cookie_of, enrol
from tests.library.site import catalogue_behind, fill_empty

BROWSER = {"Accept": "text/html"}
PASSWORD = "correct horse battery staple"
DANGEROUS = (
    "/account/address",
    "/account/password",
    "/account/tokens",
    "/account/delete",
    "/account/export.json",
    "/account/export.zip",
    "/admin/readers",
)
_FIELD = re.compile(r'name="form" value="([0-9a-f]{64})"')
_SECRET = re.compile(r"<code>(\S+)</code>")


class Window:
    """A browser in which somebody is signed in."""

    def __init__(self, client: TestClient, reader: Reader | None) -> None:
        """Sign them in, having proved it now."""
        self.client = TestClient(client.app, headers=BROWSER, follow_redirects=False)
        self.catalogue = catalogue_behind(client)
        if reader:
            held = cookie_of(self.catalogue, reader)[COOKIE]
            self.client.cookies.set(COOKIE, held, domain="testserver.local")

    def get(self, path: str) -> Any:
        """A page."""
        return self.client.get(path)

    def send(self, shown: str, path: str, **fields: str) -> Any:
        """Load a page, then send a form of it."""
        field = _FIELD.search(self.client.get(shown).text)
        assert field, shown
        return self.client.post(path, data={"form": field[1], **fields})

    def reader(self, name: str) -> Reader:
        """A reader as the catalogue has them."""
        with self.catalogue.reading() as desk:
            found = desk.readers.named(name)
        assert found
        return found

    def letters(self) -> list[tuple[str, str]]:
        """Kind and recipient of each letter, the oldest first."""
        with self.catalogue.reading() as desk:
            found = desk.outbox.listed(None, 100)[::-1]
        return [(one.letter.kind, one.letter.recipient) for one in found]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home."""
    return fill_empty(tmp_path / "home")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The site."""
    with TestClient(create(settings), headers=BROWSER, follow_redirects=False) as client:
        yield client


@pytest.fixture
def ada(client: TestClient) -> Window:
    """A reader's window."""
    return Window(client, enrol(Window(client, None).catalogue, "ada"))


@pytest.fixture
def root(client: TestClient) -> Window:
    """An admin's window."""
    return Window(client, enrol(Window(client, None).catalogue, "root-admin", Role.ADMIN))


def test_a_reader_says_who_they_are(ada: Window) -> None:
    done = ada.send(
        "/account", "/account", name="Ada-L", full_name="Ada <i>L</i>", about="One\n\0two"
    )
    assert done.status_code == 303
    changed = ada.reader("ada-l")
    assert (changed.full_name, changed.about) == ("Ada <i>L</i>", "One\n\ufffdtwo")
    text = ada.get("/account").text
    assert "Ada &lt;i&gt;L&lt;/i&gt;" in text
    assert "<i>L" not in text
    enrol(ada.catalogue, "grace")
    for name, status in (("grace", 409), ("deleted", 400), ("a b", 400), ("x" * 40, 400)):
        assert ada.send("/account", "/account", name=name).status_code == status
    long = ada.send("/account", "/account", name="ada-l", about="x" * 2001)
    assert long.status_code == 400


@pytest.mark.parametrize("path", DANGEROUS)
def test_dangerous_pages_ask_for_a_secret_again(client: TestClient, path: str) -> None:
    window = Window(client, None)
    admin = enrol(window.catalogue, "admin-once", Role.ADMIN)
    window = Window(client, admin)
    assert window.get(path).status_code == 200
    with window.catalogue.writing() as desk:
        desk.papers.connection.exec_driver_sql("UPDATE sessions SET proved = 1000000")
    answer = window.get(path)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/sign-in/again?next={path.replace('/', '%2F')}",
    )
    assert Window(client, None).get(path).headers["location"].startswith("/sign-in?next=")


def test_a_dangerous_form_is_not_taken_from_who_was_proved_too_long_ago(ada: Window) -> None:
    field = _FIELD.search(ada.get("/account/delete").text)
    assert field
    with ada.catalogue.writing() as desk:
        desk.papers.connection.exec_driver_sql("UPDATE sessions SET proved = 1000000")
    for path in ("/account/delete", "/account/password", "/account/address", "/account/tokens"):
        done = ada.client.post(path, data={"form": field[1], "name": "ada", "email": "b@b.example"})
        assert done.headers["location"].startswith("/sign-in/again")
    assert ada.reader("ada")
    assert ada.letters() == []


def test_a_password_is_set_and_ends_the_other_sessions(client: TestClient, ada: Window) -> None:
    other = Window(client, ada.reader("ada"))
    assert ada.send("/account/password", "/account/password", password="short").status_code == 400
    before = ada.client.cookies[COOKIE]
    done = ada.send("/account/password", "/account/password", password=f" {PASSWORD} ")
    assert done.status_code == 303
    assert ada.client.cookies[COOKIE] != before
    assert ada.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert ada.letters() == [("account", "ada@example.org")]
    new = Window(client, None)
    for word, status in ((PASSWORD, 401), (f" {PASSWORD} ", 303)):
        done = new.send("/sign-in", "/sign-in/password", name="ada", password=word)
        assert done.status_code == status
    assert ada.send("/account/password", "/account/password", remove="1").status_code == 303
    assert new.get("/account").status_code == 303


def test_an_address_is_confirmed_at_the_new_one_and_told_to_the_old(
    settings: Settings, ada: Window
) -> None:
    ada.send("/account/address", "/account/address", email="New@Example.net")
    assert ada.letters() == [("address", "new@example.net"), ("account", "ada@example.org")]
    (link,) = links_sent(settings.home, ada.catalogue)
    assert ada.reader("ada").email == "ada@example.org"
    assert "Confirm this address" in ada.get(link).text
    assert ada.reader("ada").email == "ada@example.org"
    done = ada.send(link, "/sign-in/link", **{"pass": link.partition("=")[2]})
    assert done.status_code == 303
    assert ada.reader("ada").email == "new@example.net"
    assert ada.letters()[-1] == ("account", "ada@example.org")


def test_sessions_are_listed_and_ended(client: TestClient, ada: Window) -> None:
    others = [Window(client, ada.reader("ada")) for _ in range(3)]
    shown = re.findall(r'name="session" value="([0-9a-f]{64})"', ada.get("/account").text)
    assert len(shown) == 4
    ada.send("/account", "/account/sessions", session="others")
    assert [one.get("/account").status_code for one in others] == [303] * 3
    assert ada.get("/account").status_code == 200
    grace = Window(client, enrol(ada.catalogue, "grace"))
    mine = re.findall(r'name="session" value="([0-9a-f]{64})"', ada.get("/account").text)[0]
    grace.send("/account", "/account/sessions", session=mine)
    assert ada.get("/account").status_code == 200
    ada.send("/account", "/account/sessions", session=mine)
    assert ada.get("/account").status_code == 303


@pytest.mark.parametrize(("scope", "role"), [("read", "read"), ("write", "write")])
def test_a_token_is_shown_once_and_says_who_it_is(ada: Window, scope: str, role: str) -> None:
    made = ada.send("/account/tokens", "/account/tokens", name="my <b>laptop", scope=scope)
    secret = _SECRET.search(made.text)
    assert secret
    assert secret[1] not in ada.get("/account/tokens").text
    bearer = {"Authorization": f"Bearer {secret[1]}"}
    told = TestClient(ada.client.app).get("/api/whoami-v2", headers=bearer)
    assert told.headers["cache-control"] == "private, no-store"
    body = told.json()
    assert (body["name"], body["type"], body["orgs"]) == ("ada", "user", [])
    token = body["auth"]["accessToken"]
    assert (token["displayName"], token["role"]) == ("my <b>laptop", role)
    key = re.search(r'name="token" value="(\d+)"', ada.get("/account/tokens").text)
    assert key
    grace = Window(ada.client, enrol(ada.catalogue, "grace"))
    foreign = grace.send("/account/tokens", "/account/tokens/revoke", token=key[1])
    assert foreign.status_code == 404
    ada.send("/account/tokens", "/account/tokens/revoke", token=key[1])
    gone = TestClient(ada.client.app).get("/api/whoami-v2", headers=bearer)
    assert (gone.status_code, list(gone.json())) == (401, ["error"])


def test_an_account_is_deleted_by_writing_its_name(ada: Window) -> None:
    assert ada.send("/account/delete", "/account/delete", name="grace").status_code == 400
    assert ada.send("/account/delete", "/account/delete", name="ada").status_code == 303
    assert ada.get("/account").status_code == 303
    with ada.catalogue.reading() as desk:
        assert desk.readers.count() == 0


def test_a_deleted_account_leaves_no_trace_in_any_file_of_the_home(
    settings: Settings, client: TestClient
) -> None:
    catalogue = Window(client, None).catalogue
    zaphod = Window(client, enrol(catalogue, "zaphod"))
    zaphod.send("/account/password", "/account/password", password=PASSWORD)
    Window(client, None).send("/sign-in", "/sign-in", email="zaphod@example.org")
    assert links_sent(settings.home, catalogue)

    def traces() -> set[str]:
        files = [file for file in settings.home.rglob("*") if file.is_file()]
        found = [file for file in files if b"zaphod" in file.read_bytes().lower()]
        return {file.relative_to(settings.home).parts[0] for file in found}

    assert "letters" in traces()
    assert zaphod.send("/account/delete", "/account/delete", name="zaphod").status_code == 303
    assert "letters" not in traces()
    # A thread of the site may have been reading just then.
    while not catalogue.empty_log():
        time.sleep(0.05)
    assert traces() == set()


def test_admins_give_roles_suspend_and_invite(client: TestClient, root: Window) -> None:
    ada = Window(client, enrol(root.catalogue, "ada"))
    page = "/admin/readers"
    assert ada.get(page).status_code == 403
    root.send(page, f"{page}/role", name="ada", role="curator")
    assert root.reader("ada").role is Role.CURATOR
    assert root.send(page, f"{page}/role", name="ada", role="king").status_code == 400
    assert root.send(page, f"{page}/role", name="nobody", role="reader").status_code == 404
    for verb, fields in (("role", {"role": "reader"}), ("suspend", {})):
        assert root.send(page, f"{page}/{verb}", name="root-admin", **fields).status_code == 409
    root.send(page, f"{page}/suspend", name="ada")
    assert root.reader("ada").suspended
    assert ada.get("/account").status_code == 200
    assert ada.send("/account", "/account", name="ada").status_code == 403
    root.send(page, f"{page}/suspend", name="ada", lift="1")
    assert ada.send("/account", "/account", name="ada").status_code == 303
    made = root.send(page, f"{page}/invite", email="new@example.org", role="moderator")
    link = _SECRET.search(made.text)
    assert link
    assert root.letters() == [("invitation", "new@example.org")]
    assert link[1] not in root.get(page).text
    path = link[1].removeprefix("http://testserver")
    new = Window(client, None)
    secret = path.partition("=")[2]
    assert new.send(path, "/sign-in/link", name="hedy", **{"pass": secret}).status_code == 303
    assert root.reader("hedy").role is Role.MODERATOR
    root.send(page, f"{page}/invite", email="", role="reader")
    waiting = re.search(r'name="invitation" value="([0-9a-f]{64})"', root.get(page).text)
    assert waiting
    root.send(page, f"{page}/withdraw", invitation=waiting[1])
    assert "Withdraw" not in root.get(page).text


@pytest.mark.parametrize(
    ("peer", "headers", "known"),
    [
        ("10.1.2.3", {"Remote-User": "Ada@Uni.example"}, True),
        ("::ffff:10.1.2.3", {"Remote-User": "ada"}, True),
        ("10.2.0.1", {"Remote-User": "ada"}, False),
        ("testclient", {"Remote-User": "ada"}, False),
        # An address that anybody can write is not the one that counts.
        ("127.0.0.1", {"Remote-User": "ada", "X-Forwarded-For": "10.1.2.3"}, False),
        ("10.1.2.3", {"X-Remote-User": "ada"}, False),
        ("10.1.2.3", {"Remote_User": "ada"}, False),
        ("10.1.2.3", {"Remote-User": " "}, False),
    ],
)
def test_only_a_listed_proxy_names_readers(
    settings: Settings, peer: str, headers: dict[str, str], known: bool
) -> None:
    named = settings.model_copy(update={"accounts": "header", "account_proxies": ("10.1.0.0/16",)})
    with TestClient(
        create(named), headers={**BROWSER, **headers}, client=(peer, 9), follow_redirects=False
    ) as client:
        window = Window(client, None)
        window.client = client
        assert ("knows you as" in window.get("/sign-in").text) is known
        assert window.get("/account").status_code == 303
        done = window.send("/sign-in", "/sign-in/proxy") if known else None
        assert window.get("/account").status_code == (200 if known else 303)
        if done is not None:
            assert window.reader("ada").role is Role.READER
            assert window.get("/account/password").status_code == 200
        with window.catalogue.reading() as desk:
            assert desk.readers.count() == int(known)


def test_two_names_in_one_request_are_none(settings: Settings) -> None:
    named = settings.model_copy(update={"accounts": "header", "account_proxies": ("10.0.0.0/8",)})
    twice = [("Remote-User", "ada"), ("Remote-User", "root"), ("Accept", "text/html")]
    with TestClient(create(named), client=("10.1.2.3", 9)) as client:
        assert "knows you as" not in client.get("/sign-in", headers=twice).text


@pytest.mark.parametrize("mode", ["open", "invite"])
def test_other_modes_take_no_word_of_a_proxy(settings: Settings, mode: str) -> None:
    other = settings.model_copy(update={"accounts": mode, "account_proxies": ("10.0.0.0/8",)})
    with TestClient(create(other), headers=BROWSER, client=("10.1.2.3", 9)) as client:
        text = client.get("/sign-in", headers={"Remote-User": "ada"}).text
    assert "knows you as" not in text
    assert ("Everybody with an e-mail address" in text) is (mode == "open")


def test_a_session_of_a_former_password_hash_keeps_working(ada: Window) -> None:
    with ada.catalogue.writing() as desk:
        signing_in.set_password(desk, ada.reader("ada"), PASSWORD, present())
    assert ada.get("/account").status_code == 200


def test_a_form_sent_while_one_is_suspended_lifts_nothing(
    ada: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is suspended after their request was let in, and before it is carried out."""

    def suspended_meanwhile(text: str, *rest: object) -> str:
        with ada.catalogue.writing() as desk:
            reader = desk.readers.named("ada")
            assert reader
            roles.suspend(desk, reader, "root", present(), lift=False)
        return text

    monkeypatch.setattr(names, "checked_text", suspended_meanwhile)
    assert ada.send("/account", "/account", name="ada", about="x").status_code == 303
    assert ada.reader("ada").suspended is not None
