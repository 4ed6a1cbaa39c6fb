"""The pages of editions: days, weeks, months, the archive, sections, and the front page."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broadsheet.catalogue import EditionKind, Pick
from broadsheet.faces.app import create
from broadsheet.service import Service
from broadsheet.settings import Settings
from tests.library.dailies import file_papers, tell, toy_dailies
from tests.library.site import fill, fill_empty

HTML = {"Accept": "text/html"}
NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
MARCH = date(2026, 3, 2)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home: told days on the 2nd and 4th, one made here on the 6th, a special one, a section."""
    settings = fill(tmp_path_factory.mktemp("home"))
    service = Service.open(settings)
    with service.catalogue.writing() as desk:
        one, two, three, *rest = file_papers(desk, toy_dailies(MARCH, 60))
        tell(desk, [one, two, three], "2026-03-02", (4, 9, 4))
        tell(desk, [three, *rest], "2026-03-04")
        for kind, label in ((EditionKind.DAY, "2026-03-06"), (EditionKind.SPECIAL, "tea-week")):
            edition = desk.editions.begin("", kind, label, (NOW, NOW))
            picks = [
                Pick(paper_key=two, place=1, line="Hot & new", picked_by="ada"),
                Pick(paper_key=one, place=2, reasons=("It was there.",)),
            ]
            desk.editions.put(edition.key, picks)
            desk.editions.publish(edition.key, NOW)
        desk.sections.add(
            "tea", title="All of Tea", query="kettles", cutoff="07:00", zone="UTC", size=5, made=NOW
        )
    service.index.catch_up(lambda _: None)
    service.index.close()
    service.catalogue.close()
    return settings


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[TestClient]:
    """The site in this process."""
    with TestClient(create(settings), headers=HTML) as client:
        yield client


def titles(text: str) -> list[str]:
    """The parts of the titles in a list of an edition, in order."""
    return re.findall(r"Of \w+, Part (\d+) of 2026-03-02</a></h2>", text)


def test_a_told_day_is_shown_by_votes(site: TestClient) -> None:
    answer = site.get("/papers/date/2026-03-02")
    assert answer.status_code == 200
    assert titles(answer.text) == ["2", "1", "3"]
    assert "Monday, 2 March 2026" in answer.text
    assert "that a source lists for this day" in answer.text
    assert "<b>9</b>" in answer.text
    assert '<link rel="next" href="/papers/date/2026-03-04">' in answer.text
    assert 'rel="prev"' not in answer.text
    assert "Wed 4 Mar" in answer.text
    tag = answer.headers["etag"]
    again = site.get("/papers/date/2026-03-02", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_one_that_made_itself_says_so_and_shows_lines_and_reasons(site: TestClient) -> None:
    text = site.get("/papers/date/2026-03-06").text
    assert "This edition made itself" in text
    assert "Hot &amp; new" in text
    assert "It was there." in text
    assert site.get("/formulas").text.count('id="editions"') == 1


def test_a_week_and_a_month_join_their_days_and_are_paged(site: TestClient) -> None:
    week = site.get("/papers/week/2026-W10").text
    assert len(titles(week)) == 50
    assert titles(week)[:2] == ["2", "1"]
    assert "?p=1" in week
    rest = site.get("/papers/week/2026-W10?p=1").text
    assert len(titles(rest)) == 10
    assert not set(titles(week)) & set(titles(rest))
    assert "March 2026" in site.get("/papers/month/2026-03").text
    assert site.get("/papers/week/2026-W10?p=x").status_code == 400


def test_an_empty_day_says_so_and_leads_on(site: TestClient) -> None:
    text = site.get("/papers/date/2026-03-03").text
    assert "There was no edition" in text
    assert "The next one is" in text
    assert "/papers/date/2026-03-04" in text
    assert "/papers/date/2026-03-02" in text
    assert "None" not in re.sub(r"<[^>]+>", "", text)


@pytest.mark.parametrize(
    ("path", "status", "hint"),
    [
        ("/papers/date/2026-13-01", 400, "YYYY-MM-DD"),
        ("/papers/date/yesterday", 400, "YYYY-MM-DD"),
        ("/papers/week/2026-W60", 400, "YYYY-Www"),
        ("/papers/month/2026", 400, "YYYY-MM"),
        ("/papers/date/2999-12-30", 404, "still to come"),
        ("/papers/week/2999-W01", 404, "still to come"),
        ("/papers/special/coffee", 404, "no special edition"),
        ("/papers/special/Coffee Time", 400, "a-z"),
        ("/sections/coffee", 404, "no section"),
        ("/sections/coffee/date/2026-03-02", 404, "no section"),
        ("/sections/tea/year/2026", 404, "no editions by"),
    ],
)
def test_what_is_not_there_says_what_is(
    site: TestClient, path: str, status: int, hint: str
) -> None:
    answer = site.get(path)
    assert answer.status_code == status
    assert hint in answer.text
    assert "etag" not in answer.headers


def test_the_day_that_is_being_filled_says_when_it_closes(
    site: TestClient, settings: Settings
) -> None:
    now = datetime.now(UTC)
    day = now.date() + timedelta(days=f"{now:%H:%M}" >= settings.edition_at)
    text = site.get(f"/papers/date/{day}").text
    assert "This edition is being filled" in text
    assert "07:00" in text


def test_the_archive_lists_every_day_by_month(site: TestClient) -> None:
    text = site.get("/editions").text
    days = re.findall(r'href="/papers/date/([\d-]+)"', text)
    assert days == ["2026-03-06", "2026-03-04", "2026-03-02"]
    assert "/papers/month/2026-03" in text
    assert "/papers/special/tea-week" in text
    assert site.get("/papers/special/tea-week").text.count("Hot &amp; new") == 1


def test_the_front_page_shows_the_latest_edition_with_its_lines(site: TestClient) -> None:
    text = site.get("/").text
    assert "Friday, 6 March 2026" in text
    assert "Hot &amp; new" in text
    assert text.index("Part 2 of") < text.index("Part 1 of")
    assert "/feeds/date.atom" in text


def test_the_page_of_a_paper_has_its_places(site: TestClient) -> None:
    number = titles(site.get("/papers/date/2026-03-02").text)[2]
    text = site.get(f"/papers/2603.02{int(number):03}").text
    assert 'No. 3 of 3: <a href="/papers/date/2026-03-02">Monday, 2 March 2026</a>' in text
    assert 'of 58: <a href="/papers/date/2026-03-04">' in text
    assert "mailto:?" in text
    assert "In editions" not in site.get("/papers/2411.90002").text


def test_a_section_says_what_it_is_and_has_an_archive(site: TestClient) -> None:
    assert "All of Tea" in site.get("/sections").text
    text = site.get("/sections/tea").text
    assert "There is no edition yet" in text
    assert "/feeds/sections/tea.rss" in text
    assert "There is no edition yet" in site.get("/sections/tea/editions").text
    assert "There was no edition" in site.get("/sections/tea/date/2026-03-02").text


def test_without_editions_pages_say_how_they_come(tmp_path: Path) -> None:
    with TestClient(create(fill_empty(tmp_path)), headers=HTML) as client:
        assert "There is no edition yet" in client.get("/editions").text
        assert "broadsheet section add" in client.get("/sections").text
        assert "There is nothing in this paper yet" in client.get("/").text


def test_a_told_edition_that_is_long_past_is_not_the_front_page(tmp_path: Path) -> None:
    settings = fill(tmp_path, toy_dailies(date(2026, 5, 1), 1))
    service = Service.open(settings)
    with service.catalogue.writing() as desk:
        keys = file_papers(desk, toy_dailies(MARCH, 2))
        tell(desk, keys, "2026-04-20")
    with TestClient(create(settings), headers=HTML) as client:
        assert "20 April 2026" in client.get("/").text
        with service.catalogue.writing() as desk:
            file_papers(desk, toy_dailies(date(2026, 5, 5), 1))
        assert "20 April 2026" not in client.get("/").text
    service.index.close()
    service.catalogue.close()
