"""Every feed in every format, as readers of feeds and of XML see it."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product

import feedparser
import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import EditionChange, EditionKind, Pick
from broadsheet.faces.app import create
from broadsheet.service import Service
from broadsheet.settings import Settings
from tests.library.dailies import file_papers, tell, toy_dailies
from tests.library.site import fill

NOW = datetime(2026, 3, 6, 7, tzinfo=UTC)
EDITIONS = ("date", "week", "month", "special", "sections/tea")
LISTS = ("latest", "search", "category/cs.CL", "author/Mira Østergaard")
# An address of its own: the other tests look at theirs by another clock.
FEED = "/feeds/latest.atom?by=date"
FORMATS = ("atom", "rss", "json")
EVERY = [f"/feeds/{what}.{format}" for what, format in product((*EDITIONS, *LISTS), FORMATS)]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with hostile papers, told and published days, a special edition and a section's."""
    settings = fill(tmp_path_factory.mktemp("home"))
    service = Service.open(settings)
    with service.catalogue.writing() as desk:
        every = [key for key, _ in desk.papers.page(0, 99)]
        one, two, three = file_papers(desk, toy_dailies(date(2026, 3, 2), 3))
        tell(desk, [*every, one, two, three], "2026-03-02")
        for section, kind, label in (
            ("", EditionKind.DAY, "2026-03-06"),
            ("", EditionKind.SPECIAL, "tea-week"),
            ("tea", EditionKind.DAY, "2026-03-06"),
        ):
            edition = desk.editions.begin(section, kind, label, (NOW, NOW))
            picks = [Pick(paper_key=two, place=1, line="<b>Hot</b> & new")]
            desk.editions.put(edition.key, [*picks, Pick(paper_key=one, place=2)])
            desk.editions.publish(edition.key, NOW)
            why = EditionChange(
                NOW + timedelta(hours=1), "ada", "The order was changed.", "A slip."
            )
            desk.editions.note(edition.key, why)
        desk.sections.add(
            "tea", title="Tea", query="kettles", cutoff="07:00", zone="UTC", size=5, made=NOW
        )
    service.index.catch_up(lambda _: None)
    service.index.close()
    service.catalogue.close()
    return settings


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[TestClient]:
    """The site in this process."""
    with TestClient(create(settings)) as client:
        yield client


@pytest.mark.parametrize("path", [path for path in EVERY if not path.endswith("json")])
def test_feedparser_and_an_xml_parser_read_it(site: TestClient, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 200
    ET.fromstring(answer.content)
    read = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == ("atom10" if path.endswith("atom") else "rss20")
    assert read.feed.title
    assert read.feed.link.startswith("http://testserver/")
    assert read.entries
    ids = [entry.id for entry in read.entries]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("tag:broadsheet,2026:") for one in ids)
    assert all(entry.link.startswith("http://testserver/") for entry in read.entries)
    for entry in read.entries:
        told = [*entry.get("content", ()), *filter(None, [entry.get("summary_detail")])]
        assert all("<script" not in one.value or one.type == "text/plain" for one in told)


@pytest.mark.parametrize("path", [path for path in EVERY if path.endswith("json")])
def test_a_json_feed_has_what_the_format_asks_for(site: TestClient, path: str) -> None:
    answer = site.get(path)
    assert answer.headers["content-type"].startswith("application/feed+json")
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].startswith("http://testserver/feeds/")
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert "content_html" in item or "content_text" in item
        assert "<script" not in item.get("content_html", "")


@pytest.mark.parametrize("path", EVERY)
def test_a_reader_that_holds_it_gets_nothing_again(site: TestClient, path: str) -> None:
    answer = site.get(path)
    again = site.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_who_knows_dates_alone_gets_what_changed_and_nothing_else(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [NOW.replace(microsecond=300_000)]
    monkeypatch.setattr("broadsheet.faces.web.caching.present", lambda: clock[0])
    with TestClient(create(settings)) as site:
        # In the second in which it was first seen it could still change.
        assert "last-modified" not in site.get(FEED).headers
        clock[0] += timedelta(seconds=5)
        told = site.get(FEED).headers["last-modified"]
        assert told == "Fri, 06 Mar 2026 07:00:01 GMT"

        def status(*dates: str, tag: str = "") -> int:
            given = [("If-Modified-Since", one) for one in dates]
            given += [("If-None-Match", tag)] if tag else []
            return site.get(FEED, headers=given).status_code

        assert status(told) == 304
        assert status("Friday, 06-Mar-26 07:00:01 GMT") == 304
        assert status("Fri Mar  6 07:00:02 2026") == 304
        assert status("Fri, 06 Mar 2026 07:00:00 GMT") == 200
        assert status("yesterday") == 200
        assert status(told, told) == 200
        assert status(told, tag='"another"') == 200
        tag = site.get(FEED).headers["etag"]
        assert status("Fri, 06 Mar 2026 07:00:00 GMT", tag=tag) == 304
        service = site.app.state.service  # type: ignore[attr-defined]
        with service.catalogue.writing() as desk:
            desk.changes.stir()
        clock[0] += timedelta(seconds=5)
        assert status(told) == 200
        clock[0] += timedelta(seconds=5)
        assert site.get(FEED).headers["last-modified"] == "Fri, 06 Mar 2026 07:00:11 GMT"
        assert status(told) == 200
        assert status("Fri, 06 Mar 2026 07:00:11 GMT") == 304


def test_formats_agree_and_a_paper_keeps_its_id_in_every_feed(site: TestClient) -> None:
    atom, rss = (
        feedparser.parse(site.get(f"/feeds/date.{format}").content) for format in ("atom", "rss")
    )
    items = site.get("/feeds/date.json").json()["items"]
    ids = [entry.id for entry in atom.entries]
    assert [entry.id for entry in rss.entries] == ids == [item["id"] for item in items]
    latest = {entry.id for entry in feedparser.parse(site.get("/feeds/latest.rss").content).entries}
    assert set(ids) <= latest


def test_a_day_lists_papers_once_with_the_curators_line(site: TestClient) -> None:
    entries = feedparser.parse(site.get("/feeds/date.atom").content).entries
    assert entries[0].title.startswith("Of Lighthouses, Part 2")
    assert entries[0].published == "2026-03-06T07:00:00Z"
    assert entries[0].updated == "2026-03-06T08:00:00Z"
    assert "&lt;b&gt;Hot&lt;/b&gt; &amp; new" in entries[0].content[0].value
    # The third paper was in the told edition alone, from the beginning of its day.
    assert {entry.published for entry in entries[2:]} == {"2026-03-02T00:00:00Z"}
    assert len({entry.id for entry in entries}) == len(entries)


def test_a_week_is_one_entry_with_its_papers(site: TestClient) -> None:
    (entry,) = feedparser.parse(site.get("/feeds/week.rss").content).entries
    assert entry.id == "tag:broadsheet,2026:papers/week/2026-W10"
    assert entry.link == "http://testserver/papers/week/2026-W10"
    assert entry.description.count("<li>") > 10
    (special,) = site.get("/feeds/special.json").json()["items"]
    assert special["content_text"].splitlines()[0].startswith("Of Lighthouses")


def test_feeds_of_editions_are_told_apart_and_name_who_made_them(site: TestClient) -> None:
    told = [feedparser.parse(site.get(f"/feeds/{what}.atom").content) for what in EDITIONS]
    assert len({feed.feed.id for feed in told}) == len(EDITIONS)
    (special,) = told[EDITIONS.index("special")].entries
    assert (special.published, special.updated) == ("2026-03-06T07:00:00Z", "2026-03-06T08:00:00Z")
    assert special.author == "Broadsheet"


def test_a_section_and_a_search_have_only_theirs(site: TestClient) -> None:
    section = feedparser.parse(site.get("/feeds/sections/tea.atom").content)
    assert section.feed.title == "Tea: the daily editions"
    assert len(section.entries) == 2
    found = feedparser.parse(site.get("/feeds/search.rss?q=lighthouses").content)
    assert "Lighthouses" in found.entries[0].title
    category = feedparser.parse(site.get("/feeds/category/cs.CL.atom").content)
    assert all("cs.CL" in {tag.term for tag in entry.tags} for entry in category.entries)


@pytest.mark.parametrize(
    "path", ["/feeds/date.xml", "/feeds/years.atom", "/feeds/sections/coffee.rss", "/papers.xml"]
)
def test_what_is_no_feed_is_not_there(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_pages_lead_to_their_feeds_in_every_format(site: TestClient) -> None:
    page = site.get("/papers/date/2026-03-06", headers={"Accept": "text/html"}).text
    for kind in ("atom+xml", "rss+xml", "feed+json"):
        assert f'<link rel="alternate" type="application/{kind}"' in page


def test_the_list_of_feeds_names_feeds_that_are_there(site: TestClient) -> None:
    answer = site.get("/feeds.opml")
    root = ET.fromstring(answer.content)
    addresses = [outline.attrib["xmlUrl"] for outline in root.iter("outline")]
    assert len(addresses) == 7
    for address in addresses:
        assert site.get(address).status_code == 200
    assert json.dumps(addresses).count("sections/tea") == 1
