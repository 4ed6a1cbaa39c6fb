"""From the desk to the page in a real browser, with and without JavaScript, at both widths."""

from collections.abc import Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from broadsheet.people import Role
from tests.library.browsing import WIDTHS
from tests.library.dailies import toy_dailies
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.site import fill, served

DAY = date(2026, 3, 2)
ROUNDS = [
    ("2026-03-02", True, "phone", "light"),
    ("2026-03-03", True, "desktop", "dark"),
    ("2026-03-04", False, "phone", "dark"),
    ("2026-03-05", False, "desktop", "light"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A served site with papers of four days, and the cookie of a curator."""
    home = tmp_path_factory.mktemp("desk")
    fill(home, tuple(one for label, *_ in ROUNDS for one in toy_dailies(date.fromisoformat(label))))
    catalogue = catalogue_of(home)
    cookie = cookie_of(catalogue, enrol(catalogue, "ada", Role.CURATOR))
    catalogue.close()
    with served(home) as address:
        yield address, cookie


@pytest.mark.parametrize(("label", "script", "width", "light"), ROUNDS)
def test_a_curator_picks_orders_writes_previews_and_publishes(
    browser: Browser,
    desk: tuple[str, dict[str, str]],
    label: str,
    script: bool,
    width: str,
    light: str,
) -> None:
    address, cookie = desk
    with browser.new_context(
        base_url=address,
        viewport={"width": WIDTHS[width], "height": 900},
        color_scheme="dark" if light == "dark" else "light",
        java_script_enabled=script,
    ) as context:
        context.add_cookies([{"name": k, "value": v, "url": address} for k, v in cookie.items()])
        page = context.new_page()
        page.goto(f"/desk?kind=day&label={label}")
        for subject in ("Kettles", "Lighthouses", "Glaciers"):
            page.get_by_role("button", name=f"Pick Of {subject}").click()
        expect(page.get_by_text("Picked (3)")).to_be_visible()
        page.get_by_role("button", name="Up Of Glaciers").click()
        page.get_by_label("Why it is here, in a line").first.fill("Kettles come first")
        page.get_by_label("Place").nth(2).fill("1")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_have_text("Saved.")
        page.get_by_role("link", name="Preview").click()
        expect(page.get_by_text("This is a preview")).to_be_visible()
        page.go_back()
        if script:
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("status")).to_have_text("The edition is out.")
        page.get_by_label("Why you change it").fill("Too many")
        page.get_by_role("button", name="Take out Of Glaciers").click()
        _is_published(page, label)


def _is_published(page: Page, label: str) -> None:
    """The page that readers see."""
    page.goto(f"/papers/date/{label}")
    titles = page.locator(".edition h2").all_inner_texts()
    assert [title.split(",")[0] for title in titles] == ["Of Lighthouses", "Of Kettles"]
    expect(page.get_by_text("Kettles come first")).to_be_visible()
    expect(page.get_by_text("chosen by Ada Example")).to_be_visible()
    expect(page.get_by_text("was taken out. (Too many)")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", level=2).nth(1)).to_contain_text("Of Lighthouses")
