"""A day of a site, from a paper that somebody brings to the page of the day after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from broadsheet.people import Role
from broadsheet.settings import PREFIX
from tests.library.browsing import WIDTHS
from tests.library.commands import broadsheet
from tests.library.dailies import toy_dailies
from tests.library.servers.arxiv import Arxiv, serving_arxiv
from tests.library.site import Live, fill, served
from tests.library.submitting import LANTERNS

SINCE_CUTOFF = timedelta(hours=6)
LOOKS = [
    ("phone", "light", True),
    ("phone", "dark", False),
    ("desktop", "dark", True),
    ("desktop", "light", False),
]
PEOPLE = {
    "ada": Role.READER,
    "bo": Role.READER,
    "cy": Role.READER,
    "dot": Role.CURATOR,
}


@dataclass(frozen=True)
class Look:
    """How somebody looks at the site: a browser of a width, in a light, with script or without."""

    browser: Browser
    width: str
    light: str
    script: bool

    @contextmanager
    def window(self, address: str, link: str = "") -> Iterator[Page]:
        """A window of somebody who signs in with the link that the operator gave them."""
        with self.browser.new_context(
            base_url=address,
            viewport={"width": WIDTHS[self.width], "height": 800},
            color_scheme="dark" if self.light == "dark" else "light",
            java_script_enabled=self.script,
        ) as context:
            page = context.new_page()
            if link:
                page.goto(link)
                page.get_by_role("button", name="Sign in as").click()
            yield page

    def is_sound(self, page: Page) -> None:
        """Nothing sticks out, and axe finds nothing."""
        if self.script:
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[self.width]
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()


@contextmanager
def days_later(days: int) -> Iterator[pytest.MonkeyPatch]:
    """What is started meanwhile believes that so many days have passed (libfaketime)."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LD_PRELOAD", str(library))
        patch.setenv("FAKETIME", f"+{days}d")
        patch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        yield patch


@pytest.mark.parametrize(("width", "light", "script"), LOOKS)
def test_a_day(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    browser: Browser,
    width: str,
    light: str,
    script: bool,
) -> None:
    look = Look(browser, width, light, script)
    cutoff = datetime.now(UTC) - SINCE_CUTOFF
    monkeypatch.setenv(f"{PREFIX}EDITION_AT", f"{cutoff:%H:%M}")
    today = cutoff.date() + timedelta(days=1)
    fill(tmp_path, toy_dailies(today) + toy_dailies(today + timedelta(days=1)))
    links = {name: joined(tmp_path, name, role) for name, role in PEOPLE.items()}
    with serving_arxiv(Arxiv(papers=[LANTERNS])) as arxiv:
        monkeypatch.setenv(f"{PREFIX}ENDPOINTS", f"arxiv-ids={arxiv.url}")
        with served(tmp_path) as site:
            brought(look, site, links["ada"])
            voted(look, site, links)
            published(look, site, links["dot"], today)
            said(look, site, tmp_path, today)
    with days_later(2) as patch:
        patch.setenv(f"{PREFIX}SCHEDULER", "true")
        with served(tmp_path, anew=True) as site:
            the_next_day(look, site, today)


def joined(home: Path, name: str, role: Role) -> str:
    """The path of the link with which somebody signs in for the first time."""
    words = ("user", "add", name, "--email", f"{name}@example.org", "--role", str(role))
    told = broadsheet(home, *words).stdout
    return told[told.index("/sign-in/link") :].split()[0]


def brought(look: Look, site: Live, link: str) -> None:
    """Ada brings a paper that was not here, and says why."""
    with look.window(site, link) as page:
        page.goto(f"/papers/submit?id={LANTERNS.id}")
        look.is_sound(page)
        page.get_by_role("button", name="Look it up").click()
        page.get_by_label("Why others should read it").fill("Fewer gradients are lost.")
        look.is_sound(page)
        page.get_by_role("button", name="Submit this paper").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Lanterns")
        expect(page.get_by_text("Fewer gradients are lost.")).to_be_visible()


def voted(look: Look, site: Live, links: dict[str, str]) -> None:
    """Bo and Cy vote for it, as Ada did by bringing it; the third vote shows to anybody."""
    for name in ("bo", "cy"):
        with look.window(site, links[name]) as page:
            page.goto(f"/papers/{LANTERNS.id}")
            button = page.get_by_role("button", name="Vote for Lanterns")
            button.click()
            expect(button).to_have_attribute("aria-pressed", "true")
            look.is_sound(page)
    with look.window(site) as page:
        page.goto(f"/papers/{LANTERNS.id}")
        expect(page.locator(".ballot b").first).to_have_text("3")
        expect(page.get_by_text("Votes: 3 here")).to_be_visible()


def published(look: Look, site: Live, link: str, today: date) -> None:
    """Dot finds it at the desk, puts it first with a line, and lets the edition out."""
    with look.window(site, link) as page:
        page.goto(f"/desk?kind=day&label={today}")
        look.is_sound(page)
        page.get_by_role("button", name="Pick Lanterns").click()
        page.get_by_role("button", name="Pick Of Kettles").click()
        page.get_by_label("Why it is here, in a line").first.fill("Hang one up at home.")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("status")).to_have_text("The edition is out.")


def said(look: Look, site: Live, home: Path, today: date) -> None:
    """Bo reads the front page, finds the paper first, and comments on it."""
    told = broadsheet(home, "user", "link", "bo").stdout
    link = told[told.index("/sign-in/link") :].split()[0]
    with look.window(site, link) as page:
        page.goto("/")
        look.is_sound(page)
        expect(page.get_by_text("Hang one up at home.")).to_be_visible()
        page.get_by_role("heading", level=2).nth(1).get_by_role("link").click()
        page.get_by_label("Your comment").fill("Ours are still **lit**. Thanks, @ada!")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.locator(".comment strong", has_text="lit")).to_be_visible()
        look.is_sound(page)
        page.goto(f"/papers/date/{today}")
        look.is_sound(page)


def the_next_day(look: Look, site: Live, today: date) -> None:
    """The day after has an edition that made itself, and the one before it is as it was."""
    with look.window(site) as page:
        tomorrow = today + timedelta(days=1)
        for _ in range(300):
            page.goto(f"/papers/date/{tomorrow}")
            if page.get_by_text("This edition made itself").count():
                break
            page.wait_for_timeout(200)
        expect(page.get_by_text("This edition made itself")).to_be_visible()
        look.is_sound(page)
        page.goto("/")
        look.is_sound(page)
        expect(page.get_by_text("Hang one up at home.")).to_have_count(0)
        page.get_by_role("link", name="The edition before").click()
        expect(page).to_have_url(f"{site}/papers/date/{today}")
        titles = page.locator(".edition h2").all_inner_texts()
        assert [title.split(",")[0] for title in titles] == [LANTERNS.title, "Of Kettles"]
        page.get_by_role("link", name="2 comments").click()
        expect(page.get_by_text("Hang one up at home.")).to_have_count(0)
        expect(page.locator(".comment strong", has_text="lit")).to_be_visible()
