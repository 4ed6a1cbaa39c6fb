"""Crossref: every work once, whenever a harvest is broken off; retractions; hostile answers."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.curation import tidy
from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.ingest.filing import file_batch
from broadsheet.ingest.preparing import named, prepared
from broadsheet.papers import (
    Author,
    Link,
    LinkKind,
    PaperId,
    PartialDate,
    Record,
    Signal,
    SignalKind,
)
from broadsheet.sources.remote import Options, Tally
from broadsheet.sources.remote import crossref as adapter
from tests.library.servers.crossref import Crossref, crossref, work
from tests.library.servers.listening import Reply, as_json, listening
from tests.library.servers.walking import (
    NOW,
    faults,
    ids,
    records,
    resumed_everywhere,
    tallies,
    walked,
)

WORKS = sorted((work(number) for number in range(230)), key=lambda one: str(one["indexed"])[-45:])
TRUTH = [str(one["DOI"]).lower() for one in WORKS]


@pytest.fixture
def served() -> Crossref:
    return Crossref(WORKS)


@pytest.fixture
def source(served: Crossref) -> Iterator[adapter.Crossref]:
    with crossref(served) as base:
        yield adapter.open_source("kettles that sing", Options(base=base, contact="a@k.example"))


def test_every_work_comes_once_in_the_order_of_indexing(
    source: adapter.Crossref, served: Crossref
) -> None:
    pages = walked(source)
    assert ids(pages) == TRUTH
    assert [len(ids([page])) for page in pages] == [100, 100, 30, 0]
    assert {page.total for page in pages} == {230}
    assert pages[-1].cursor is None
    assert served.asked[0].query == {
        "query": "kettles that sing",
        "sort": "indexed",
        "order": "asc",
        "rows": "100",
        "cursor": "*",
        "mailto": "a@k.example",
    }


def test_broken_off_after_any_page_nothing_is_missing_and_nothing_comes_twice(
    source: adapter.Crossref,
) -> None:
    assert resumed_everywhere(source, walked(source)) == [TRUTH] * 3


def test_a_forgotten_cursor_goes_on_from_the_day_it_came_to(
    source: adapter.Crossref, served: Crossref
) -> None:
    pages = walked(source)
    for number, page in enumerate(pages[:-1], start=1):
        assert page.cursor
        served.expired = {page.cursor["cursor"]}
        had = ids(pages[:number]) + ids(walked(source, cursor=page.cursor))
        assert list(dict.fromkeys(had)) == TRUTH
        assert served.asked[-1].query["filter"] == f"from-index-date:{page.cursor['from']}"


def test_another_refusal_is_not_taken_for_a_forgotten_cursor(
    source: adapter.Crossref, served: Crossref
) -> None:
    served.expired = {"*"}
    with pytest.raises(FetchError):
        walked(source)


def test_the_days_wanted_are_those_of_indexing(source: adapter.Crossref) -> None:
    pages = walked(source, since=date(2026, 11, 3), until=date(2026, 11, 4))
    wanted = [
        str(one["DOI"]).lower() for one in WORKS if re.search("2026-11-0[34]T", str(one["indexed"]))
    ]
    assert len(wanted) == 24
    assert ids(pages) == wanted


def test_a_work_becomes_a_record(source: adapter.Crossref) -> None:
    (found,) = (one for one in records(walked(source)) if one.native_id == "10.1234/kettle.7")
    assert found.title == "On the singing of kettle number 7"
    assert tidy(found).abstract == "Kettle 7 sings."
    assert found.authors == (
        Author("Ana Holm", "0000-0001-2345-6789"),
        Author("The Kettle Collaboration"),
    )
    assert (found.venue, found.announced) == ("Kettles Quarterly", PartialDate(2026, 3, 8))
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert found.links == (
        Link(LinkKind.PAGE, "https://doi.org/10.1234/kettle.7"),
        Link(LinkKind.PDF, "https://kettles.example/7.pdf"),
    )
    assert (found.source, found.retracted) == ("crossref", False)
    assert found.references == ("doi:10.1234/spout", "doi:10.1234/steam")


def test_citations_are_counted_apart_from_what_a_work_says(source: adapter.Crossref) -> None:
    pages = walked(source)
    assert {record.signals for record in records(pages)} == {()}
    signals = (Signal(SignalKind.CITATIONS, value=7, at=NOW),)
    assert Tally(PaperId("crossref:10.1234/kettle.7"), signals) in tallies(pages)


def only(one: object) -> list[Record]:
    """The records that become of one work."""
    with crossref(Crossref([one])) as base:
        return records(walked(adapter.open_source("k", Options(base=base))))


@pytest.mark.parametrize("kind", ["retraction", "withdrawal", "removal", "Retraction"])
def test_a_work_that_a_notice_takes_back_is_retracted(kind: str) -> None:
    update = {"DOI": "10.1234/notice", "type": kind, "source": "retraction-watch"}
    (found,) = only(work(1, **{"updated-by": [update]}))
    assert found.retracted


def test_a_correction_takes_nothing_back() -> None:
    (found,) = only(work(1, **{"updated-by": [{"DOI": "10.1234/c", "type": "correction"}]}))
    assert not found.retracted


@pytest.mark.parametrize(
    "title",
    [
        "Retraction: On the singing of kettles",
        "Retraction Note: On the singing of kettles",
        "RETRACTED ARTICLE: On the singing of kettles",
        "Retraction notice to \u201cOn the singing of kettles\u201d",
        "Retraction of: On the singing of kettles",
        "Withdrawal: On the singing of kettles",
    ],
)
def test_a_notice_marks_the_work_it_is_about(title: str) -> None:
    update = {"DOI": "10.1234/Kettle.1", "type": "retraction", "label": "Retraction"}
    (found,) = only(work(9, title=[title], **{"update-to": [update]}))
    assert found.doi == "10.1234/kettle.1"
    assert found.native_id == "10.1234/kettle.9"
    assert found.retracted
    assert found.title == "On the singing of kettles"
    assert not found.authors


def test_a_notice_retracts_the_paper_that_the_catalogue_has(sqlite_catalogue: Catalogue) -> None:
    update = {"DOI": "10.1234/Kettle.1", "type": "retraction"}
    notice = work(9, title=["Retraction: On the singing of kettle number 1"])
    for one in (work(1), notice | {"update-to": [update]}):
        with sqlite_catalogue.writing() as desk:
            file_batch(desk, [prepared(named(record)) for record in only(one)], NOW)
    with sqlite_catalogue.reading() as desk:
        assert desk.papers.count() == 1
        filed = desk.papers.get("doi:10.1234/kettle.1")
    assert filed is not None
    paper = filed[1]
    assert paper.retracted
    assert paper.title == "On the singing of kettle number 1"
    assert paper.authors[0].name == "Ana Holm"


def test_a_title_that_speaks_of_retractions_is_left_alone() -> None:
    (found,) = only(work(1, title=["Retraction of membranes in kettles"]))
    assert found.title == "Retraction of membranes in kettles"


def test_the_preprint_of_a_work_is_known() -> None:
    related = {"id-type": "doi", "id": "10.48550/arXiv.2611.01234", "asserted-by": "subject"}
    (found,) = only(work(1, relation={"has-preprint": [related]}))
    assert found.arxiv_id == "2611.01234"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"DOI": None}, "the work has no DOI"),
        ({"DOI": "kettle"}, "the work has no DOI"),
        ({"DOI": "10.1234/a\u0000b"}, "the work has no DOI"),
        ({"DOI": 7}, "`DOI` is a number, not text"),
        ({"title": "Kettles"}, "`title` is text, not a list"),
        ({"title": [7]}, "`title[0]` is a number, not text"),
        ({"abstract": {}}, "`abstract` is an object, not text"),
        ({"author": {}}, "`author` is an object, not a list"),
        ({"author": [7]}, "`the record` is a number, not an object"),
        ({"is-referenced-by-count": -1}, "`citations` is -1"),
        ({"relation": []}, "`relation` is a list, not an object"),
        ({"update-to": "x"}, "`update-to` is text, not a list"),
        ({"link": [None, {"URL": 1, "content-type": "application/pdf"}]}, "`URL` is a number"),
    ],
)
def test_a_hostile_work_is_one_fault(more: dict[str, object], said: str) -> None:
    with crossref(Crossref([work(1), {**work(2), **more}, work(3)])) as base:
        pages = walked(adapter.open_source("kettles", Options(base=base)))
    assert ids(pages) == ["10.1234/kettle.1", "10.1234/kettle.3"]
    (fault,) = faults(pages)
    assert said in fault


@pytest.mark.parametrize("one", [None, 7, "kettle", [], [[]]])
def test_what_is_no_work_is_one_fault(one: object) -> None:
    with crossref(Crossref([work(1), one])) as base:
        pages = walked(adapter.open_source("kettles", Options(base=base)))
    assert (len(ids(pages)), len(faults(pages))) == (1, 1)


@pytest.mark.parametrize(
    "more",
    [
        {"published": {"date-parts": [[None]]}, "issued": None},
        {"published": {"date-parts": [["2026"]]}, "issued": {"date-parts": [[99999, 1]]}},
        {"published": {"date-parts": []}, "issued": {"date-parts": [[]]}},
    ],
)
def test_a_date_that_cannot_be_is_left_out(more: dict[str, object]) -> None:
    (found,) = only(work(1, **more))
    assert found.announced is None


BROKEN = {
    "not JSON": Reply(b"{"),
    "a page": Reply(b"<html><body>Just a moment</body></html>"),
    "nested": Reply(b"[" * 100_000),
    "a list": as_json([]),
    "no message": as_json({"status": "ok"}),
    "a text for a message": as_json({"message": "kettle"}),
    "no items": as_json({"message": {"next-cursor": "x"}}),
    "items that are none": as_json({"message": {"items": {}}}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_an_error_of_the_source(name: str) -> None:
    with listening(lambda _: BROKEN[name]) as base, pytest.raises(SourceError, match="crossref"):
        walked(adapter.open_source("kettles", Options(base=base)))


def test_the_same_page_again_and_again_comes_to_an_end() -> None:
    page = as_json({"message": {"items": [work(1)], "next-cursor": "x", "total-results": "many"}})
    with listening(lambda _: page) as base, pytest.raises(SourceError, match="same page again"):
        walked(adapter.open_source("kettles", Options(base=base)))


@pytest.mark.parametrize("cursor", [{}, {"cursor": "x"}, {"cursor": 1, "since": "", "from": ""}])
def test_a_cursor_of_another_source_is_refused(
    cursor: dict[str, str], source: adapter.Crossref
) -> None:
    with pytest.raises(SourceError, match=r"has no `"):
        walked(source, cursor=cursor)


def test_a_filter_is_told_from_a_query() -> None:
    found = adapter.open_source("issn:2835-8856,type:journal-article", Options())
    assert (found.filter, found.query) == ("issn:2835-8856,type:journal-article", "")
    found = adapter.open_source("kettles: a survey", Options())
    assert (found.filter, found.query) == ("", "kettles: a survey")
    with pytest.raises(SettingError, match="says not which works"):
        adapter.open_source(" ", Options())


def test_a_key_is_sent_and_not_shown(served: Crossref) -> None:
    with crossref(served) as base:
        source = adapter.open_source("k", Options(base=base, key="steam"))
        walked(source)
    assert served.asked[0].headers["Crossref-Plus-API-Token"] == "Bearer steam"
    assert "steam" not in repr(source)
    assert source.expected(NOW) is None
