"""What every page shares: its masthead, and sentences of ours made into HTML."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from broadsheet.faces.web.rendering import linked
from tests.library.site import fill_empty


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ask on the page /sign-in.", 'Ask on the page <a href="/sign-in">/sign-in</a>.'),
        (
            "Then at /papers/date/2026-11-22, they say.",
            'Then at <a href="/papers/date/2026-11-22">/papers/date/2026-11-22</a>, they say.',
        ),
        ("Write 1/2 or and/or.", "Write 1/2 or and/or."),
        ("Not //evil.example/ or /x//y.", "Not //evil.example/ or /x//y."),
        ("Nor /api/v1?q=<b> here.", "Nor /api/v1?q=&lt;b&gt; here."),
        ('/papers "<script>', "/papers &#34;&lt;script&gt;"),
    ],
)
def test_our_addresses_in_a_sentence_become_links_and_nothing_else_does(
    text: str, html: str
) -> None:
    assert linked(text) == html


def test_the_masthead_has_the_date_of_the_zone_that_is_set(tmp_path: Path) -> None:
    settings = fill_empty(tmp_path)
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        zone = ZoneInfo(name)
        there = settings.model_copy(update={"time_zone": name})
        with TestClient(create(there), headers={"Accept": "text/html"}) as site:
            before = datetime.now(zone)
            text = site.get("/").text
            days = {before.date(), datetime.now(zone).date()}
        assert any(f'<time datetime="{day}">' in text for day in days)


def test_a_mistake_in_a_form_says_how_to_go_on(tmp_path: Path) -> None:
    browser = {"Accept": "text/html"}
    with TestClient(create(fill_empty(tmp_path)), headers=browser) as site:
        token = site.get("/subscribe").text.partition('name="form" value="')[2][:64]
        answer = site.post("/subscribe", data={"form": token, "email": "nobody"})
    assert answer.status_code == 400
    assert "Something in the form is not right" in answer.text
    assert "what you typed is still there" in answer.text
