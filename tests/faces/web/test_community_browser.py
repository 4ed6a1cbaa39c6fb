"""Votes and comments in a real browser: with and without script, hostile words, both widths."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from broadsheet.catalogue import Catalogue
from broadsheet.community import commenting
from broadsheet.people import Reader, Role
from tests.library.hostile import HOSTILE, SCRIPT
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.site import fill, served

PAPER = "/papers/2502.90001"
OTHER = "/papers/toy:crowd"
WIDTHS = {"phone": 360, "desktop": 1440}
CALL = "alert(window.pwned=1)"
PAYLOADS = (
    SCRIPT,
    f"<img src=x onerror={CALL}>",
    f"<svg/onload={CALL}>",
    f"<iframe srcdoc='<script>{CALL}</script>'></iframe>",
    f"[a](javascript:{CALL})",
    f"[a](JaVaScRiPt&colon;{CALL})",
    f"[a](&#106;avascript:{CALL})",
    f"[a](java\tscript:{CALL})",
    f"[a](<javascript:{CALL}>)",
    f"[a]: javascript:{CALL}\n\n[a]",
    f"<javascript:{CALL}>",
    f"[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)\n\n{SCRIPT}",
    f"[a](vbscript:{CALL})",
    f'[a](https://x.example "onmouseover={CALL}")',
    f'[a](https://x.example/"onmouseover="{CALL})',
    f'![a](x"onerror="{CALL})',
    f"![a](javascript:{CALL})",
    f"`</code><script>{CALL}</script>`",
    f'```"><script>{CALL}</script>\nx\n```',
    f"> <script>{CALL}</script>\n\n- <b onclick={CALL}>x</b>",
    f"https://x.example/\"onmouseover='{CALL}'",
    f"@ann<script>{CALL}</script>",
    f"<!--><script>{CALL}</script>-->",
    f"<math><mtext><script>{CALL}</script></mtext></math>",
    f"$\\href{{javascript:{CALL}}}{{x}}$",
    f"</textarea><script>{CALL}</script>",
    f"\u202e\u2028{SCRIPT}\x00",
    *(f"{paper.title}\n\n{paper.abstract}" for paper in HOSTILE),
)


@dataclass(frozen=True)
class Stage:
    """A served site where much is said, who is at home there, and their cookies."""

    live: str
    people: dict[str, dict[str, str]]
    comments: tuple[int, ...]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """All payloads as comments of one paper, by somebody whose name is one too."""
    home = tmp_path_factory.mktemp("talk")
    fill(home)
    catalogue = catalogue_of(home)
    people = {
        name: enrol(catalogue, name, role)
        for name, role in {"ann": Role.READER, "eve": Role.READER, "moss": Role.MODERATOR}.items()
    }
    said = _fill(catalogue, people)
    cookies = {name: cookie_of(catalogue, reader) for name, reader in people.items()}
    catalogue.close()
    with served(home) as live:
        yield Stage(live, cookies, said)


def _fill(catalogue: Catalogue, people: dict[str, Reader]) -> tuple[int, ...]:
    now = datetime.now(UTC)
    with catalogue.writing() as desk:
        found = desk.papers.get(PAPER.rpartition("/")[2])
        assert found is not None
        key, paper = found
        eve, ann, moss = people["eve"], people["ann"], people["moss"]
        said = [commenting.write(desk, key, paper, eve, raw, now, limit=1000) for raw in PAYLOADS]
        for comment in said[:2]:
            commenting.report(desk, comment, ann, SCRIPT, now)
        commenting.edit(desk, said[0], paper, eve, f"{SCRIPT} again", now)
        commenting.hide(desk, said[2], moss, SCRIPT, now)
        commenting.react(desk, said[3], ann, "👍", now)
        commenting.write(
            desk, key, paper, ann, "A *reply* to @eve", now, limit=1000, parent=said[3].key
        )
    return tuple(comment.key for comment in said)


def window(
    browser: Browser,
    stage: Stage,
    name: str = "",
    *,
    width: str = "desktop",
    light: str = "light",
    script: bool = True,
) -> BrowserContext:
    """A window of somebody, or of nobody who is known."""
    context = browser.new_context(
        base_url=stage.live,
        viewport={"width": WIDTHS[width], "height": 800},
        color_scheme="dark" if light == "dark" else "light",
        java_script_enabled=script,
    )
    for cookie, value in stage.people.get(name, {}).items():
        context.add_cookies([{"name": cookie, "value": value, "url": stage.live}])
    return context


def listen(page: Page, told: list[str]) -> None:
    """Note every dialog, line on the console and error of a page."""

    def answer(dialog: Dialog) -> None:
        told.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", answer)
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))


def test_what_runs_would_be_heard(browser: Browser) -> None:
    told: list[str] = []
    page = browser.new_page()
    listen(page, told)
    page.set_content(f"<img src=x onerror={CALL}>")
    page.wait_for_function("window.pwned")
    assert told == ["1"]
    page.close()


@pytest.mark.parametrize("name", ["", "ann", "moss"])
def test_what_people_write_never_runs(browser: Browser, stage: Stage, name: str) -> None:
    told: list[str] = []
    asked: list[str] = []
    with window(browser, stage, name) as context:
        page = context.new_page()
        listen(page, told)
        page.on("request", lambda request: asked.append(request.url))
        paths = [PAPER, *(f"/comments/{key}" for key in stage.comments[:5])]
        for path in [
            *paths,
            *(["/moderation"] if name == "moss" else []),
            *(["/notices"] if name else []),
        ]:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("window.pwned") is None
            _touch_everything(page)
            assert page.evaluate("window.pwned") is None
    assert told == []
    assert all(address.startswith(stage.live) for address in asked)


def _touch_everything(page: Page) -> None:
    """What a mouse would set off, set off on every element; links are clicked in place."""
    page.evaluate(
        """() => {
            for (const element of document.querySelectorAll("main *")) {
                for (const kind of ["mouseover", "mouseenter", "focus", "error", "load", "toggle"])
                    element.dispatchEvent(new Event(kind));
            }
            for (const link of document.querySelectorAll(".words a")) {
                if (!/^(https?|mailto):/.test(link.protocol)) throw new Error(link.outerHTML);
                if (link.rel !== "nofollow ugc noopener") throw new Error(link.outerHTML);
            }
        }"""
    )


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_reader_votes_comments_and_replies(browser: Browser, stage: Stage, script: bool) -> None:
    with window(browser, stage, "ann", width="phone", script=script) as context:
        page = context.new_page()
        page.goto(OTHER)
        vote = page.locator("form[data-vote] button")
        expect(vote).to_have_attribute("aria-pressed", "false")
        vote.click()
        expect(vote).to_have_attribute("aria-pressed", "true")
        expect(vote.locator("[data-votes]")).to_have_text("1")
        vote.click()
        expect(vote).to_have_attribute("aria-pressed", "false")
        expect(vote.locator("[data-votes]")).to_have_text("0")
        mine = f"Said with script {'on' if script else 'off'}"
        page.get_by_label("Your comment").fill(mine)
        page.get_by_role("button", name="Comment", exact=True).click()
        said = page.locator(".comment:not(.reply)", has_text=mine)
        expect(said).to_be_visible()
        said.get_by_text("Reply").first.click()
        said.get_by_label("Your reply").fill("And answered")
        said.get_by_role("button", name="Reply", exact=True).click()
        expect(page.locator(".comment.reply", has_text="And answered").last).to_be_visible()
        assert "#comment-" in page.url


def test_a_vote_with_script_stays_on_the_page(browser: Browser, stage: Stage) -> None:
    with window(browser, stage, "eve") as context:
        page = context.new_page()
        page.goto("/papers")
        page.evaluate("window.stayed = true")
        vote = page.locator("form[data-vote] button").first
        vote.click()
        expect(vote).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("window.stayed")
        page.reload()
        expect(vote).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("width", "light"), list(product(WIDTHS, ("light", "dark"))))
@pytest.mark.parametrize("name", ["", "moss"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, stage: Stage, name: str, width: str, light: str
) -> None:
    paths = [PAPER, OTHER, "/papers", f"/comments/{stage.comments[0]}"]
    paths += ["/notices"] if name else []
    paths += ["/moderation"] if name == "moss" else []
    with window(browser, stage, name, width=width, light=light) as context:
        page = context.new_page()
        for path in paths:
            page.goto(path)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
            needed = page.evaluate("document.documentElement.scrollWidth")
            assert needed <= WIDTHS[width], f"{path} needs {needed} pixels"
