"""The account pages in a real browser: both widths, both lights, with and without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from broadsheet.catalogue import Catalogue
from broadsheet.faces.guard import COOKIE
from broadsheet.people import Role
from tests.library.letterbox import links_sent
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.site import fill_empty, served

OPEN = ("/sign-in", "/sign-in/sent", "/sign-in/passkey", "/account")
OWN = (
    *("/account", "/account/address", "/account/password", "/account/tokens", "/account/delete"),
    *("/account/elsewhere", "/account/passkeys", "/sign-in/again", "/sign-out", "/admin/readers"),
)
LOOKS = [(360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home."""
    home = tmp_path_factory.mktemp("accounts")
    fill_empty(home)
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The site."""
    with served(home) as live:
        yield str(live)


@pytest.fixture(scope="module")
def catalogue(home: Path, address: str) -> Iterator[Catalogue]:
    """Its catalogue, with an admin whose name is long."""
    opened = catalogue_of(home)
    enrol(opened, "ada-of-a-rather-long-name-in-a-mast-he", Role.ADMIN)
    yield opened
    opened.close()


@pytest.mark.parametrize(("width", "light"), LOOKS)
def test_every_page_can_be_used_by_everybody(
    browser: Browser, address: str, catalogue: Catalogue, width: int, light: str
) -> None:
    with browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if light == "dark" else "light",
    ) as window:
        page = window.new_page()

        def look(path: str) -> None:
            page.goto(path)
            assert Axe().run(page).violations_count == 0, path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

        for path in OPEN:
            look(path)
        with catalogue.reading() as desk:
            (ada,) = desk.readers.all(Role.ADMIN)
        secret = cookie_of(catalogue, ada)[COOKIE]
        window.add_cookies([{"name": COOKIE, "value": secret, "url": address}])
        for path in OWN:
            look(path)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_somebody_is_invited_joins_makes_a_token_and_leaves(
    browser: Browser, home: Path, address: str, catalogue: Catalogue, script: bool
) -> None:
    with catalogue.reading() as desk:
        (ada,) = desk.readers.all(Role.ADMIN)
    secret = cookie_of(catalogue, ada)[COOKIE]
    name = "with-script" if script else "without"
    with browser.new_context(
        base_url=address, viewport={"width": 360, "height": 800}, java_script_enabled=script
    ) as window:
        window.add_cookies([{"name": COOKIE, "value": secret, "url": address}])
        page = window.new_page()
        page.goto("/admin/readers")
        page.get_by_label("E-mail address").fill(f"{name}@example.org")
        page.get_by_label("Role", exact=True).select_option("curator")
        page.get_by_role("button", name="Invite").click()
        expect(page.get_by_text("It is shown this once.")).to_be_visible()
        window.clear_cookies()
        page.goto(links_sent(home, catalogue)[-1])
        page.get_by_label("Name: a to z").fill(name)
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        page.get_by_label("Full name").fill("Grace Example")
        page.get_by_role("button", name="Keep this").click()
        expect(page.get_by_label("Full name")).to_have_value("Grace Example")
        page.goto("/account/tokens")
        page.get_by_label("What it is for").fill("laptop")
        page.get_by_role("button", name="Make it").click()
        expect(page.get_by_text("This is the new token.")).to_be_visible()
        page.goto("/account/delete")
        page.get_by_label("To be sure").fill(name)
        page.get_by_role("button", name="Delete my account").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    with catalogue.reading() as desk:
        assert desk.readers.named(name) is None
