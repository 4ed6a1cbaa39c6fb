"""The command `user`: the first admin, and what it prints is what works."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue
from broadsheet.faces.app import create
from broadsheet.people import Role
from broadsheet.settings import read_settings
from tests.library.commands import broadsheet
from tests.library.people import catalogue_of

PASSWORD = "correct horse battery staple"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which nothing is yet."""
    return tmp_path / "home"


@pytest.fixture
def catalogue(home: Path) -> Iterator[Catalogue]:
    """Its catalogue, with an admin."""
    broadsheet(home, "user", "add", "Ada", "--email", "Ada@Example.org", "--role", "admin")
    opened = catalogue_of(home)
    yield opened
    opened.close()


def test_the_first_admin_signs_in_by_the_link_that_is_printed(home: Path) -> None:
    words = ("--role", "admin", "--full-name", "Ada Example")
    done = broadsheet(home, "user", "add", "ada", "--email", "ada@example.org", *words)
    base, _, path = done.stdout.strip().partition("/sign-in/link")
    assert base == "http://127.0.0.1:8080"
    assert "ada is admin here" in done.stderr
    app = create(read_settings(home))
    with TestClient(app, headers={"Accept": "text/html"}, follow_redirects=False) as client:
        text = client.get(f"/sign-in/link{path}").text
        form = text.partition('name="form" value="')[2][:64]
        fields = {"form": form, "pass": path.partition("=")[2]}
        assert client.post("/sign-in/link", data=fields).status_code == 303
        assert client.get("/admin/readers").status_code == 200


def test_names_are_checked(home: Path, catalogue: Catalogue) -> None:
    assert "is taken" in broadsheet(home, "user", "add", "ADA", code=6).stderr
    assert "1 to 39" in broadsheet(home, "user", "add", "a b", code=2).stderr
    assert "not an e-mail" in broadsheet(home, "user", "add", "b", "--email", "b", code=2).stderr
    assert "Nobody here" in broadsheet(home, "user", "role", "zoe", "admin", code=1).stderr


def test_roles_and_suspension_are_changed_and_listed(home: Path, catalogue: Catalogue) -> None:
    assert "the only admin" in broadsheet(home, "user", "suspend", "ada", code=6).stderr
    broadsheet(home, "user", "add", "grace", "--role", "admin")
    broadsheet(home, "user", "role", "ada", "moderator")
    broadsheet(home, "user", "suspend", "ada")
    told, _ = json.loads(broadsheet(home, "user", "list", "--format", "json").stdout)
    assert (told["name"], told["role"], told["email"]) == ("ada", "moderator", "ada@example.org")
    assert told["suspended"]
    assert told["confirmed"] is None
    broadsheet(home, "user", "suspend", "ada", "--lift")
    with catalogue.reading() as desk:
        ada, _ = desk.readers.all()
        log = desk.moderation.log(10)
    assert (ada.role, ada.suspended) == (Role.MODERATOR, None)
    assert [one.action for one in log] == ["suspension lifted", "suspended", "role"]
    assert {one.actor for one in log} == {"operator"}
    assert broadsheet(home, "user", "list").stdout.startswith("ada\tmoderator\tada@example.org\t")


def test_a_password_is_asked_for_and_never_an_argument(home: Path, catalogue: Catalogue) -> None:
    broadsheet(home, "user", "password", "ada", given=f"{PASSWORD}\n")
    with catalogue.reading() as desk:
        kept = desk.readers.password_of(1)
    assert kept
    assert kept.startswith("$argon2id$")
    assert "12 to 256" in broadsheet(home, "user", "password", "ada", given="x\n", code=2).stderr
    broadsheet(home, "user", "password", "ada", "--remove")
    with catalogue.reading() as desk:
        assert desk.readers.password_of(1) is None


def test_invitations_links_and_tokens_are_printed(home: Path, catalogue: Catalogue) -> None:
    link = broadsheet(home, "user", "link", "ada").stdout
    invited = broadsheet(home, "user", "invite", "--email", "b@example.org").stdout
    for one in (link, invited):
        assert one.startswith("http://127.0.0.1:8080/sign-in/link?pass=")
    token = broadsheet(
        home, "user", "token", "ada", "--read-only", "--label", "cron"
    ).stdout.strip()
    app = create(read_settings(home))
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        told = client.get("/api/whoami-v2").json()
    assert told["name"] == "ada"
    assert told["auth"]["accessToken"]["displayName"] == "cron"
    assert told["auth"]["accessToken"]["role"] == "read"


def test_where_a_proxy_names_readers_the_name_is_its(home: Path) -> None:
    broadsheet(home, "user", "add", "ada", "--role", "admin", BROADSHEET_ACCOUNTS="header")
    catalogue = catalogue_of(home)
    with catalogue.reading() as desk:
        assert desk.identities.reader_of("proxy", "ada") == 1
    catalogue.close()
