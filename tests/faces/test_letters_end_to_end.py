"""A letter from its subscriber's first click to the last, over a real server and a real browser."""

import json
import re
import time as clock
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from broadsheet.accounts import letters
from broadsheet.catalogue import Cadence, Fate, Wishes
from broadsheet.digests import add, ask
from broadsheet.people import Role
from tests.library.commands import broadsheet
from tests.library.dumping import dump
from tests.library.letters import part, read
from tests.library.people import catalogue_of, enrol
from tests.library.publishing import publish
from tests.library.servers.smtp import Taken, mail_server
from tests.library.site import fill, served

BASE = "https://letters.example"
ADA = "ada@example.org"
DAY = timedelta(days=1)


@pytest.fixture
def peer() -> Iterator[tuple[int, Taken]]:
    """A mail server that takes everything."""
    with mail_server() as started:
        yield started


@pytest.fixture
def home(tmp_path: Path, peer: tuple[int, Taken]) -> Path:
    """The toy library, with letters that go to that server."""
    folder = tmp_path / "home"
    fill(folder)
    chosen = {"mail_url": f"smtp://127.0.0.1:{peer[0]}", "base_url": BASE}
    lines = [f"{name} = {json.dumps(value)}" for name, value in chosen.items()]
    (folder / "broadsheet.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def until(what: Callable[[], bool]) -> None:
    """Wait for something that another thread or process does."""
    for _ in range(300):
        if what():
            return
        clock.sleep(0.1)
    raise AssertionError("it never came")


def links_of(content: bytes) -> list[str]:
    """Every address in a letter: in its text, its page and its head."""
    message = read(content)
    texts = [part(message, "plain"), part(message, "html"), str(message["List-Unsubscribe"] or "")]
    texts.append(str(message["List-Help"] or ""))
    found = [link for text in texts for link in re.findall(r"https?://[^\s\"'<>]+", text)]
    return list(dict.fromkeys(link.replace("&amp;", "&") for link in found))


def test_from_the_first_click_to_the_last(
    home: Path, peer: tuple[int, Taken], browser: Browser
) -> None:
    """Subscribe, confirm, get the edition, leave with one request, and get no further letter."""
    taken = peer[1]
    with served(home) as live:
        page = browser.new_page(base_url=live)
        page.goto("/subscribe")
        page.get_by_label("E-mail address").fill(ADA)
        page.get_by_label("How often").select_option("daily")
        page.get_by_label("At what hour").select_option(str(datetime.now(UTC).hour))
        page.get_by_label("In which time zone").fill("UTC")
        page.get_by_role("button", name="Subscribe").click()
        assert "Look into your mail" in page.content()
        until(lambda: taken.to(ADA) == 1)
        (link,) = {one for one in links_of(taken.letters[0][2]) if "/subscribe/confirm/" in one}
        page.goto(link.replace(BASE, live))
        page.get_by_role("button", name="Yes, send me letters").click()
        assert "every day at " in page.content()

        catalogue, now = catalogue_of(home), datetime.now(UTC)
        with catalogue.writing() as desk:
            (one,) = desk.subscriptions.of_address(ADA)
            # As if it had been confirmed the day before.
            desk.subscriptions.activate(one.key, now - DAY, (now - DAY).date())
        publish(catalogue, now.date(), [1, 2, 3], now)
        assert "1 letter composed" in broadsheet(home, "digest", "send").stderr
        assert "0 letters composed" in broadsheet(home, "digest", "send").stderr
        until(lambda: taken.to(ADA) == 2)
        letter = read(taken.letters[1][2])
        assert "Tidal Attention" in part(letter, "html")
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

        leave = str(letter["List-Unsubscribe"]).strip("<>").replace(BASE, live)
        answer = httpx.post(leave, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.history) == (200, [])
        publish(catalogue, (now + DAY).date(), [4, 5], now)
        with catalogue.writing() as desk:
            desk.subscriptions.connection.exec_driver_sql("UPDATE subscriptions SET last_day = ''")
        assert "0 letters composed" in broadsheet(home, "digest", "send").stderr
        assert taken.to(ADA) == 2
        catalogue.close()


def test_a_scanner_that_runs_scripts_changes_nothing(
    home: Path, peer: tuple[int, Taken], browser: Browser
) -> None:
    """M9: every link of every kind of letter, by GET, by HEAD and in a browser."""
    taken = peer[1]
    with served(home) as live:
        catalogue, now = catalogue_of(home), datetime.now(UTC)
        publish(catalogue, now.date(), range(1, 13), now)
        with catalogue.writing() as desk:
            key = desk.keys.signing()
            assert key
            wishes = Wishes(cadence=Cadence.DAILY, hour=now.hour, size=12)
            add(desk, ADA, "", wishes, now - 2 * DAY)
            assert ask(desk, "bob@example.org", "", wishes, now, key)
        eve = enrol(catalogue, "eve")
        with catalogue.writing() as desk:
            letters.ask_for_link(desk, "eve@example.org", is_open=False, now=now)
            letters.invite(desk, "new@example.org", Role.CURATOR, now=now)
        assert "1 letter composed" in broadsheet(home, "digest", "send").stderr
        until(lambda: len(taken.letters) == 4)

        def is_settled() -> bool:
            with catalogue.reading() as desk:
                return desk.outbox.counts()[Fate.ACCEPTED] == 4

        until(is_settled)
        found = [link for _, _, content in taken.letters for link in links_of(content)]
        links = [link.replace(BASE, live) for link in dict.fromkeys(found)]
        assert len(links) > 50
        before = dump(catalogue)
        window = browser.new_context(java_script_enabled=True)
        page = window.new_page()
        for link in links:
            assert httpx.head(link).status_code < 500
            assert httpx.get(link, headers={"Accept": "text/html"}).status_code == 200, link
            page.goto(link, wait_until="load")
        page.wait_for_timeout(500)
        assert dump(catalogue) == before
        assert eve.key
        catalogue.close()
