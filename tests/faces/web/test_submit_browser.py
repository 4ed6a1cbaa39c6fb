"""Submitting and claiming in a real browser, at both widths, with and without script, with axe."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from broadsheet.catalogue import Catalogue
from broadsheet.people import Reader, Role
from broadsheet.settings import PREFIX
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.servers.arxiv import Arxiv, serving_arxiv
from tests.library.site import fill, served
from tests.library.submitting import LANTERNS

WIDTHS = (360, 1440)
WAYS = list(product(WIDTHS, ("light", "dark"), (True, False)))


@dataclass(frozen=True)
class Site:
    """A site that is served, with a browser before it."""

    address: str
    catalogue: Catalogue
    browser: Browser

    @contextmanager
    def open(self, reader: Reader, way: tuple[int, str, bool]) -> Iterator[Page]:
        """A new window of somebody who is signed in."""
        width, light, script = way
        with self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if light == "dark" else "light",
            java_script_enabled=script,
        ) as context:
            for name, value in cookie_of(self.catalogue, reader).items():
                context.add_cookies([{"name": name, "value": value, "url": self.address}])
            yield context.new_page()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    """A site whose arXiv has a paper for each way in which a page is looked at."""
    home = tmp_path_factory.mktemp("submit")
    papers = [
        replace(LANTERNS, id=f"2611.0010{at}", title=f"Lanterns of the Kind Number {at}")
        for at in range(len(WAYS))
    ]
    fill(home, ())
    with serving_arxiv(Arxiv(papers=papers)) as arxiv, pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"{PREFIX}ENDPOINTS", f"arxiv-ids={arxiv.url}")
        catalogue = catalogue_of(home)
        with served(home) as address:
            yield Site(str(address), catalogue, browser)
        catalogue.close()


def is_sound(page: Page, script: bool) -> None:
    """Nothing stands out over the edge, and axe finds nothing."""
    if not script:
        return
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("at", range(len(WAYS)), ids=["-".join(map(str, way)) for way in WAYS])
def test_a_paper_is_fetched_from_its_missing_page_sent_and_claimed(site: Site, at: int) -> None:
    way = WAYS[at]
    reader = enrol(site.catalogue, f"ada{at}")
    with site.open(reader, way) as page:
        page.goto(f"/papers/2611.0010{at}")
        page.get_by_role("link", name="Fetch it").click()
        expect(page.get_by_label("The paper:")).to_have_value(f"2611.0010{at}")
        is_sound(page, way[2])
        page.get_by_role("button", name="Look it up").click()
        expect(page.get_by_role("heading", name=f"Kind Number {at}")).to_be_visible()
        is_sound(page, way[2])
        page.get_by_label("Address of the code").fill(f"https://code.example/{at}")
        page.get_by_label("Why others should read it").fill("Sign up now to read it.")
        page.get_by_role("button", name="Submit this paper").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Kind Number {at}")
        people = page.get_by_role("region", name="People")
        expect(people).to_contain_text("Submitted by")
        people.get_by_text("Are you an author?").click()
        people.get_by_label("On this paper I am").select_option("Bob Example")
        people.get_by_role("button", name="Claim it").click()
        expect(people).to_contain_text("You say that you are Bob Example")
        is_sound(page, way[2])
        page.goto(f"/readers/ada{at}")
        expect(page.get_by_role("heading", name=f"Kind Number {at}").first).to_be_visible()
        is_sound(page, way[2])


@pytest.mark.parametrize("way", WAYS[::2], ids=["-".join(map(str, way)) for way in WAYS[::2]])
def test_the_desk_and_moderators_have_their_pages(site: Site, way: tuple[int, str, bool]) -> None:
    moderator = enrol(site.catalogue, f"mod{way[0]}{way[1]}", Role.MODERATOR)
    with site.open(moderator, way) as page:
        for path in ("/desk/submissions", "/moderation/claims", "/organisations"):
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            is_sound(page, way[2])
