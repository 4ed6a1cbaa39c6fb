"""A letter is looked at before it is sent, by those who may read letters."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import Cadence, Wishes
from broadsheet.digests import add
from broadsheet.faces.guard import present
from broadsheet.people import Role
from tests.library.dumping import dump
from tests.library.people import cookie_of, enrol
from tests.library.site import asked, catalogue_behind

BROWSER = {"Accept": "text/html"}
SEEN = "/letters/preview?for=ada@example.org"
FRAMED = "/letters/preview/html?for=ada@example.org"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    """The site with a subscriber, asked by somebody elsewhere."""
    with asked(tmp_path / "home") as client:
        with catalogue_behind(client).writing() as desk:
            wishes = Wishes(cadence=Cadence.DAILY, hour=present().hour)
            add(desk, "ada@example.org", "", wishes, present() - timedelta(days=2))
        yield client


def test_an_admin_sees_the_letter_and_nothing_is_kept(site: TestClient) -> None:
    admin = enrol(catalogue_behind(site), "root", Role.ADMIN)
    site.cookies.update(cookie_of(catalogue_behind(site), admin))
    before = dump(catalogue_behind(site))
    assert "ada@example.org" in site.get("/letters/preview").text
    page = site.get(SEEN)
    assert page.status_code == 200
    assert "/unsubscribe/" in page.text
    framed = site.get(FRAMED)
    assert "sandbox" in framed.headers["content-security-policy"]
    assert "No more letters" in framed.text
    assert site.get("/letters/preview?for=bob@example.org").status_code == 404
    assert dump(catalogue_behind(site)) == before


@pytest.mark.parametrize(
    "path", ["/letters/preview", SEEN, SEEN.replace("preview?", "preview/html?")]
)
def test_nobody_else_does(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 403
    for role in (Role.READER, Role.MODERATOR):
        reader = enrol(catalogue_behind(site), f"the-{role}", role)
        site.cookies.clear()
        site.cookies.update(cookie_of(catalogue_behind(site), reader))
        assert site.get(path).status_code == 403
