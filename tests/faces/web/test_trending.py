"""What is trending, as pages and feeds show it."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue
from broadsheet.faces.app import create
from broadsheet.faces.web.trend_terms import in_hundredths
from broadsheet.papers import Signal, SignalKind
from broadsheet.people import Vote
from broadsheet.ranking.trending import Term, Trend
from tests.library.people import catalogue_of, enrol
from tests.library.site import fill

TIDES, BEES = "2502.90001", "2411.90002"
HOUR = timedelta(hours=1)


class Voting:
    """A site that is asked, and its catalogue, in which readers vote."""

    def __init__(self, site: TestClient, catalogue: Catalogue) -> None:
        """Join the two."""
        self.site, self.catalogue = site, catalogue

    def vote(self, paper: str, name: str, ago: timedelta = HOUR) -> None:
        """Let a new reader vote some time ago, and the pages know."""
        reader = enrol(self.catalogue, name).key
        with self.catalogue.writing() as desk:
            key = desk.papers.resolve([paper])[paper]
            desk.votes.cast(Vote(key, reader, datetime.now(UTC) - ago))
            desk.changes.stir()

    def listed(self, window: str) -> list[str]:
        """The papers of the page of a window, in order."""
        page = self.site.get(f"/papers/trending?window={window}").text
        return re.findall(r'<p class="terms"><a href="/formulas/trending\?paper=([^"]+)"', page)


@pytest.fixture
def voting(tmp_path: Path) -> Iterator[Voting]:
    """A site of its own for each test."""
    settings = fill(tmp_path, ())
    catalogue = catalogue_of(tmp_path)
    with TestClient(create(settings), headers={"Accept": "text/html"}) as site:
        yield Voting(site, catalogue)
    catalogue.close()


def test_papers_stand_by_their_numbers_in_each_window(voting: Voting) -> None:
    voting.vote(TIDES, "ann")
    for name in ("ben", "cem"):
        voting.vote(BEES, name)
    voting.vote("2501.90003", "dee", timedelta(days=3))
    assert voting.listed("today") == [BEES, TIDES]
    assert voting.listed("week")[:2] == [BEES, TIDES]
    assert len(voting.listed("week")) == 3
    assert len(voting.listed("month")) == 3
    voting.vote(TIDES, "eve")
    voting.vote(TIDES, "fay")
    assert voting.listed("today") == [TIDES, BEES]


def test_each_paper_has_its_votes_and_the_kept_page_follows_them(voting: Voting) -> None:
    voting.vote(TIDES, "ann")
    first = voting.site.get("/papers/trending")
    shown = re.compile(rf'/sign-in\?next=/papers/{TIDES}"><span[^>]*>▲</span>.*?<b>(\d+)</b>')
    assert (before := shown.search(first.text))
    voting.vote(TIDES, "ben")
    held = {"If-None-Match": first.headers["etag"]}
    again = voting.site.get("/papers/trending", headers=held)
    assert again.status_code == 200
    assert (after := shown.search(again.text))
    assert int(after[1]) == int(before[1]) + 1


def test_where_nothing_came_it_says_so(voting: Voting) -> None:
    page = voting.site.get("/papers/trending?window=today")
    assert "Nothing is trending today" in page.text
    assert "/papers/trending?window=month" in page.text
    refused = voting.site.get("/papers/trending?window=year")
    assert refused.status_code == 400
    assert "today, week, month" in refused.text


def test_a_paper_says_its_number_and_why(voting: Voting) -> None:
    voting.vote(BEES, "ann")
    paper = voting.site.get(f"/papers/{BEES}").text
    found = re.search(r"<b>(-?[0-9.]+)</b> at [0-9:]{5} UTC, number 1 of the week", paper)
    assert found
    why = voting.site.get(f"/formulas/trending?paper={BEES}").text
    assert f"Its number is <b>{found[1]}</b>" in why
    assert "1 votes here" not in why
    assert "1 vote here and 0 elsewhere count" in why
    written = re.findall(r'<td class="number">([^<]+)</td>', why)
    terms = [float(value.replace("\N{MINUS SIGN}", "-")) for value in written]
    assert len(terms) == 5
    assert round(sum(terms), 2) == float(found[1])
    risen = re.search(
        r"(?s)<b>([0-9.]+)</b></a> =(.*?)</p>", voting.site.get("/papers/trending").text
    )
    assert risen
    parts = re.findall(r"[+\N{MINUS SIGN}][0-9.]+", risen[2])
    assert round(sum(float(one.replace("\N{MINUS SIGN}", "-")) for one in parts), 2) == float(
        risen[1]
    )
    quiet = voting.site.get(f"/papers/{TIDES}").text
    assert "Nothing came to it in the month before" in quiet
    other = voting.site.get(f"/formulas/trending?paper={TIDES}").text
    assert "it is in no list" in other
    assert voting.site.get("/formulas/trending?paper=nothing").status_code == 404


@given(st.lists(st.floats(-9, 99), min_size=1, max_size=5))
@example([0.004] * 5)
@example([0.006, 0.006, -0.004])
def test_terms_as_they_are_shown_add_up_to_the_number_that_is_shown(values: list[float]) -> None:
    trend = Trend(tuple(Term(f"term {place}", 0, value) for place, value in enumerate(values)))
    shown = [value for _, value in in_hundredths(trend)]
    assert f"{sum(shown):.2f}".lstrip("-") == f"{trend.score:.2f}".lstrip("-")
    assert all(abs(one - value) < 0.01 + 1e-9 for one, value in zip(shown, values, strict=True))


def test_the_formula_is_told_with_its_constants(voting: Voting) -> None:
    page = voting.site.get("/formulas/trending").text
    for constant in ("<b>2 days</b>", "<b>7 days</b>", "<b>60 days</b>", "<b>0.25</b>"):
        assert constant in page
    assert "/formulas/trending" in voting.site.get("/formulas").text


def test_what_is_kept_holds_until_somebody_votes(voting: Voting) -> None:
    voting.vote(TIDES, "ann")
    first = voting.site.get("/papers/trending")
    tag = {"If-None-Match": first.headers["etag"]}
    assert voting.site.get("/papers/trending", headers=tag).status_code == 304
    voting.vote(BEES, "ben")
    assert voting.site.get("/papers/trending", headers=tag).status_code == 200


def test_feeds_have_the_order_in_three_formats(voting: Voting) -> None:
    voting.vote(TIDES, "ann")
    for name in ("ben", "cem"):
        voting.vote(BEES, name)
    feed = voting.site.get("/feeds/trending.json?window=week")
    items = json.loads(feed.text)["items"]
    assert [item["url"].rsplit("/", 1)[1] for item in items] == [BEES, TIDES]
    assert items[0]["id"] == f"tag:broadsheet,2026:{BEES}"
    tag = {"If-None-Match": feed.headers["etag"]}
    assert voting.site.get("/feeds/trending.json?window=week", headers=tag).status_code == 304
    for format, root in (("atom", "feed"), ("rss", "rss")):
        answer = voting.site.get(f"/feeds/trending.{format}")
        assert ET.fromstring(answer.text).tag.rsplit("}")[-1] == root
    assert voting.site.get("/feeds/trending.txt").status_code == 404
    assert "/feeds/trending.atom" in voting.site.get("/feeds.opml").text


def test_a_count_that_a_source_reports_moves_a_paper_too(voting: Voting) -> None:
    now = datetime.now(UTC)
    with voting.catalogue.writing() as desk:
        key = desk.papers.resolve([TIDES])[TIDES]
        desk.signals.add([(key, "hub", Signal(SignalKind.STARS, 900, at=now - HOUR))])
        desk.changes.mark([key])
    assert voting.listed("week") == [TIDES]


def test_the_page_of_a_paper_does_not_wait_for_every_vote(voting: Voting) -> None:
    voting.vote(TIDES, "ann")
    first = voting.site.get(f"/papers/{TIDES}").text
    voting.vote(BEES, "ben")
    # The page says of when it speaks, so that it is not wrong meanwhile.
    quiet = voting.site.get(f"/papers/{BEES}").text
    assert re.search(r"Nothing came to it in the month before [0-9:]{5} UTC", quiet)
    assert set(voting.listed("week")) == {TIDES, BEES}
    assert "of the week" in voting.site.get(f"/papers/{BEES}").text
    assert "number 1 of the week" in first
