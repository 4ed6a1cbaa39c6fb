"""Passkeys in a real browser with an authenticator of its own, and what is not believed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from broadsheet.catalogue import Catalogue
from broadsheet.faces.guard import COOKIE
from broadsheet.people import Role
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.site import fill_empty, served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home."""
    home = tmp_path_factory.mktemp("passkeys")
    fill_empty(home)
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The site under a name: no passkey is held to an address."""
    with served(home) as live:
        yield live.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def catalogue(home: Path) -> Iterator[Catalogue]:
    """Its catalogue, beside it."""
    opened = catalogue_of(home)
    yield opened
    opened.close()


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A window of its own."""
    with browser.new_context(base_url=address, viewport={"width": 360, "height": 800}) as opened:
        yield opened


def with_authenticator(page: Page, *, verifies: bool = True) -> None:
    """Give a page a device that holds keys, and whose owner is always there."""
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def sign_in(context: BrowserContext, address: str, catalogue: Catalogue, name: str) -> None:
    """Let the window be somebody's, who has just proved it."""
    with catalogue.reading() as desk:
        reader = desk.readers.named(name)
    assert reader
    secret = cookie_of(catalogue, reader)[COOKIE]
    context.add_cookies([{"name": COOKIE, "value": secret, "url": address}])


def test_a_curator_makes_a_passkey_and_signs_in_with_it(
    context: BrowserContext, address: str, catalogue: Catalogue
) -> None:
    enrol(catalogue, "ada", Role.CURATOR)
    sign_in(context, address, catalogue, "ada")
    page = context.new_page()
    with_authenticator(page)
    page.goto("/account/passkeys")
    assert Axe().run(page).violations_count == 0
    page.get_by_label("What it is called").fill("My <b>laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("My <b>laptop")).to_be_visible()
    context.clear_cookies()
    page.goto("/account")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/sign-in/passkey?next=/about")
    assert Axe().run(page).violations_count == 0
    before = [one["value"] for one in context.cookies()]
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{address}/about")
    assert before
    assert before[0] not in [one["value"] for one in context.cookies()]
    page.goto("/account")
    expect(page.get_by_text("curator")).to_be_visible()
    # It was proved just now, so this asks for nothing.
    page.goto("/account/passkeys")
    expect(page.get_by_text("last used on")).to_be_visible()
    page.get_by_role("button", name="Remove My <b>laptop, number 1").click()
    expect(page.get_by_text("You have none.")).to_be_visible()
    page.goto("/sign-out")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("not known here")).to_be_visible()


def test_a_copied_passkey_is_refused(
    context: BrowserContext, address: str, catalogue: Catalogue
) -> None:
    enrol(catalogue, "grace", Role.MODERATOR)
    sign_in(context, address, catalogue, "grace")
    page = context.new_page()
    with_authenticator(page)
    page.goto("/account/passkeys")
    page.get_by_label("What it is called").fill("Key")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("since")).to_be_visible()
    with catalogue.writing() as desk:
        desk.papers.connection.exec_driver_sql("UPDATE passkeys SET sign_count = 1000")
    context.clear_cookies()
    page.goto("/sign-in/passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("is not believed")).to_be_visible()
    page.goto("/account")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_the_ticket_of_another_session_is_refused(
    context: BrowserContext, address: str, catalogue: Catalogue
) -> None:
    enrol(catalogue, "hedy", Role.ADMIN)
    sign_in(context, address, catalogue, "hedy")
    page = context.new_page()
    with_authenticator(page)
    page.goto("/account/passkeys")
    ticket = page.locator('input[name="ticket"]').input_value()
    sign_in(context, address, catalogue, "hedy")
    page.goto("/account/passkeys")
    page.locator('input[name="ticket"]').evaluate(
        "(field, value) => { field.value = value }", ticket
    )
    page.get_by_label("What it is called").fill("Key")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("This took too long.")).to_be_visible()


def test_a_device_that_does_not_check_its_holder_is_of_no_use(
    context: BrowserContext, address: str, catalogue: Catalogue
) -> None:
    enrol(catalogue, "lise", Role.CURATOR)
    sign_in(context, address, catalogue, "lise")
    page = context.new_page()
    with_authenticator(page, verifies=False)
    page.goto("/account/passkeys")
    page.get_by_label("What it is called").fill("Key")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("It did not work")).to_be_visible()


def test_a_reader_has_none(context: BrowserContext, address: str, catalogue: Catalogue) -> None:
    enrol(catalogue, "mary")
    sign_in(context, address, catalogue, "mary")
    page = context.new_page()
    answer = page.goto("/account/passkeys")
    assert answer
    assert answer.status == 403
