"""The pages in a real browser: what a reader does, at both widths, in both lights, with axe."""

from itertools import pairwise, product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from broadsheet.faces.answers import path_of
from tests.library.browsing import WIDTHS
from tests.library.hostile import CROWDED, HOSTILE, SCRIPTED

ALIKE = list(product(WIDTHS, ("light", "dark")))
PATHS = (
    "/",
    "/papers",
    "/papers?q=attention",
    "/papers?q=attention&year=2025",
    "/papers?q=xyzzyplugh&mode=lexical",
    "/papers?q=a&cursor=rubbish",
    "/papers/2502.90001",
    "/about",
    "/formulas",
    "/bench",
    "/operator",
    "/letters",
    "/papers/like",
    "/subscribe",
    "/subscribe/sent",
    "/editions",
    "/sections",
    "/papers/date/2025-02-12",
    "/papers/date/2025-02-13",
    "/papers/week/2025-W07",
    "/papers/date/2999-01-01",
    "/papers/2501.99999",
    *(path_of(paper.id) for paper in HOSTILE),
)


def window(browser: Browser, live: str, width: str, light: str, script: bool) -> BrowserContext:
    """A new window that stands for one reader."""
    return browser.new_context(
        base_url=live,
        viewport={"width": WIDTHS[width], "height": 800},
        color_scheme="dark" if light == "dark" else "light",
        java_script_enabled=script,
        accept_downloads=True,
    )


@pytest.mark.parametrize(("width", "light"), ALIKE)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_reader_searches_narrows_reads_and_takes_along(
    browser: Browser, live: str, width: str, light: str, script: bool
) -> None:
    with window(browser, live, width, light, script) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Search the papers").fill("attention")
        page.get_by_role("button", name="Search").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("attention")
        page.get_by_role("link", name="cs.CL", exact=True).last.click()
        expect(page.get_by_role("link", name="Remove the filter category: cs.CL")).to_be_visible()
        page.get_by_text("Why this result").first.click()
        expect(page.get_by_text("It holds all of your words.").first).to_be_visible()
        page.get_by_role("link", name="Tidal Attention for Very Long Documents").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tidal Attention")
        with page.expect_download() as taken:
            page.get_by_role("link", name="RIS").click()
        assert taken.value.path().read_text("utf-8").startswith("TY  - CONF")
        similar = page.get_by_role("region", name="Similar papers").get_by_role("link")
        similar.nth(1).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.url.startswith(f"{live}/papers")


@pytest.mark.parametrize(("width", "light"), ALIKE)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, live: str, width: str, light: str
) -> None:
    complaints: list[str] = []
    with window(browser, live, width, light, script=True) as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        for path in PATHS:
            page.goto(path)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
            needed = page.evaluate("document.documentElement.scrollWidth")
            assert needed <= WIDTHS[width], f"{path} needs {needed} pixels"
    expected = "Failed to load resource: the server responded with a status of 40"
    assert [told for told in complaints if not told.startswith(expected)] == []


@pytest.mark.parametrize("path", ["/", "/papers", path_of(SCRIPTED.id), "/papers?q=kettles+seg"])
def test_stored_text_never_runs_and_nothing_is_fetched_elsewhere(
    browser: Browser, live: str, path: str
) -> None:
    asked: list[str] = []
    with window(browser, live, "desktop", "light", script=True) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.pwned") is None
    assert asked
    assert all(address.startswith(live) for address in asked)


def test_the_keyboard_reaches_everything_in_reading_order(browser: Browser, live: str) -> None:
    with window(browser, live, "desktop", "light", script=True) as context:
        page = context.new_page()
        page.goto("/papers?q=attention")
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.goto("/papers/2502.90001")
        order = [focused_after_tab(page) for _ in range(9)]
        assert order[:6] == [
            "Skip to the content",
            "Latest",
            "Trending",
            "Editions",
            "Submit",
            "By mail",
        ]
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))"
        )
        steps = [after - before for before, after in pairwise(levels)]
        assert levels[0] == 1
        assert max(steps) <= 1


def test_what_is_copied_is_the_entry(browser: Browser, live: str) -> None:
    with window(browser, live, "desktop", "light", script=True) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto("/papers/2502.90001")
        page.get_by_text("Show the BibTeX entry").click()
        entry = page.get_by_role("group").filter(has_text="Show the BibTeX entry")
        entry.get_by_role("button", name="Copy").click()
        expect(entry.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("@inproceedings{ostergaard2025tidal")


def test_a_crowd_of_authors_keeps_the_page_short(browser: Browser, live: str) -> None:
    with window(browser, live, "phone", "light", script=False) as context:
        page = context.new_page()
        page.goto(path_of(CROWDED.id))
        assert page.evaluate("document.documentElement.scrollHeight") < 4000


def focused(page: Page) -> str:
    """The text of what has the focus."""
    text: str = page.evaluate("document.activeElement.textContent.trim()")
    return text


def focused_after_tab(page: Page) -> str:
    """The text of what has the focus after one Tab."""
    page.keyboard.press("Tab")
    return focused(page)


def test_titles_are_suggested_while_one_types(browser: Browser, live: str) -> None:
    context = window(browser, live, "desktop", "light", True)
    page = context.new_page()
    page.goto("/")
    page.locator("#q").press_sequentially("atten")
    page.wait_for_selector("#titles option", state="attached")
    shown = page.locator("#titles option").first.get_attribute("value")
    assert shown
    assert "atten" in shown.lower()
    context.close()
