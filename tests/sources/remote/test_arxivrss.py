"""arXiv's feeds, and that a stale one is not taken for today's."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.papers import Author, PartialDate, Record
from broadsheet.sources.remote import Options, Page, Wanted
from broadsheet.sources.remote.arxivrss import open_source
from tests.library.servers.arxiv import Announced, Arxiv, serving_arxiv

TUESDAY = datetime(2025, 2, 11, 18, 30, tzinfo=UTC)
WEDNESDAY = datetime(2025, 2, 12, 18, 30, tzinfo=UTC)
EVENING = datetime(2025, 2, 13, 1, tzinfo=UTC)
NOW = datetime(2025, 2, 13, 15, tzinfo=UTC)
BATCH = [
    Announced("2502.08026", WEDNESDAY, title="R & D", doi="10.1234/k", venue="J. Pots 3"),
    Announced("2502.08025", TUESDAY, categories=("cs.CL",)),
    Announced("2412.00001", TUESDAY, kind="cross"),
    Announced("2401.00002", TUESDAY, kind="replace", version=3),
    Announced("hep-th/9901001", TUESDAY, kind="replace-cross", version=2),
]


def read(arxiv: Arxiv, what: str = "cs.LG+cs.CL", now: datetime = NOW) -> Page:
    with serving_arxiv(arxiv) as served:
        remote = open_source(what, Options(base=served.url))
        (page,) = remote.pages(Client(), Wanted(now=now))
    assert served.asked[0].endswith("cs.LG+cs.CL")
    return page


def records(page: Page) -> list[Record]:
    return [one for one in page.entries if isinstance(one, Record)]


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_feed_becomes_records(format: str) -> None:
    page = read(Arxiv(BATCH), f"cs.LG+cs.CL?format={format}")
    found = records(page)
    assert [one.native_id for one in found] == [one.id for one in BATCH]
    first = found[0]
    assert (first.title, first.abstract) == ("R & D", "We say something.")
    assert first.authors == (Author("Ada Example"), Author("Bob Example"))
    assert (first.doi, first.venue, first.source) == ("10.1234/k", "J. Pots 3", "arxiv-rss")
    assert first.categories == ("cs.LG", "cs.CL")
    assert first.licence == "http://creativecommons.org/licenses/by/4.0/"
    day = PartialDate(2025, 2, 13)
    assert [one.announced for one in found] == [day, day, None, None, None]
    assert [one.revised for one in found] == [None, None, None, day, day]
    assert (page.announced, page.cursor) == (EVENING, None)


def test_yesterdays_batch_under_a_fresh_date_is_yesterdays() -> None:
    built = datetime(2025, 2, 14, 5, tzinfo=UTC)
    now = datetime(2025, 2, 14, 15, tzinfo=UTC)
    page = read(Arxiv(BATCH, built=built), now=now)
    expected = open_source("cs.LG", Options()).expected(now)
    assert page.announced == EVENING
    assert expected == datetime(2025, 2, 14, 1, tzinfo=UTC)


def test_an_empty_feed_announces_nothing() -> None:
    page = read(Arxiv([]))
    assert (page.entries, page.announced) == ((), None)


def test_without_the_api_nobody_vouches_for_the_batch() -> None:
    page = read(Arxiv(BATCH, api_fails=True))
    assert len(records(page)) == 5
    assert page.announced is None


def test_an_id_of_another_form_makes_no_second_paper() -> None:
    twice = [BATCH[0], replace(BATCH[0], version=2, kind="replace")]
    assert len(records(read(Arxiv(twice)))) == 1


def test_an_item_without_an_id_is_broken_and_the_others_are_not() -> None:
    page = read(Arxiv([replace(BATCH[0], id="no id"), BATCH[1]]))
    assert [type(one) for one in page.entries] == [SourceError, Record]


@pytest.mark.parametrize("what", ["", "cs.LG+../etc", "cs.LG?format=json"])
def test_what_is_no_feed(what: str) -> None:
    with pytest.raises(SettingError):
        open_source(what, Options())
