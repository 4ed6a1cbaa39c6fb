"""bioRxiv and medRxiv: intervals in pages, versions, licences, what a journal published."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from broadsheet.curation import tidy
from broadsheet.errors import SettingError, SourceError
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Options, medrxiv
from broadsheet.sources.remote import biorxiv as adapter
from tests.library.servers.biorxiv import Server, biorxiv, preprint
from tests.library.servers.listening import Reply, as_json, listening
from tests.library.servers.walking import NOW, faults, ids, records, resumed_everywhere, walked

PREPRINTS = [preprint(number) for number in range(230)]
TRUTH = [str(one["doi"]) for one in PREPRINTS]


@pytest.fixture
def served() -> Server:
    return Server(PREPRINTS)


@pytest.fixture
def source(served: Server) -> Iterator[adapter.Preprints]:
    with biorxiv(served) as base:
        yield adapter.open_source("", Options(base=base))


def only(*preprints: dict[str, object]) -> list[Record]:
    with biorxiv(Server(preprints)) as base:
        pages = walked(adapter.open_source("", Options(base=base)))
    assert faults(pages) == []
    return records(pages)


def test_an_interval_is_read_page_by_page(source: adapter.Preprints, served: Server) -> None:
    pages = walked(source, since=date(2026, 11, 1))
    assert ids(pages) == TRUTH
    assert [len(page.entries) for page in pages] == [100, 100, 30]
    assert [asked.path for asked in served.asked] == [
        f"/details/biorxiv/2026-11-01/2026-11-21/{at}/json" for at in (0, 100, 200)
    ]
    assert {page.total for page in pages} == {230}
    assert pages[-1].announced == datetime(2026, 11, 12, tzinfo=UTC)
    assert pages[-1].through == datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize("rows", [30, 100])
def test_broken_off_after_any_page_nothing_is_missing(
    source: adapter.Preprints, served: Server, rows: int
) -> None:
    served.rows = rows
    pages = walked(source)
    assert ids(pages) == TRUTH
    assert resumed_everywhere(source, pages) == [TRUTH] * (len(pages) - 1)


def test_a_server_that_claims_more_than_it_gives_is_read_to_its_end(
    source: adapter.Preprints, served: Server
) -> None:
    served.claimed = 12
    pages = walked(source)
    assert ids(pages) == TRUTH
    assert (pages[-1].entries, pages[-1].cursor) == ((), None)


def test_the_days_wanted_are_those_of_posting(source: adapter.Preprints) -> None:
    pages = walked(source, since=date(2026, 11, 3), until=date(2026, 11, 4))
    assert ids(pages) == TRUTH[40:80]
    assert pages[-1].through == datetime(2026, 11, 4, tzinfo=UTC)


def test_days_without_preprints_are_one_empty_page(source: adapter.Preprints) -> None:
    (page,) = walked(source, since=date(2026, 11, 20))
    assert (page.entries, page.cursor, page.announced) == ((), None, None)


def test_nothing_is_asked_for_from_before_a_server_opened(
    source: adapter.Preprints, served: Server
) -> None:
    walked(source, since=date(1999, 1, 1))
    assert served.asked[0].path.startswith("/details/biorxiv/2013-11-07/")
    with biorxiv(served) as base:
        walked(medrxiv.open_source("", Options(base=base)))
    assert served.asked[-1].path.startswith("/details/medrxiv/2019-06-06/")


def test_a_category_is_asked_for(served: Server) -> None:
    with biorxiv(served) as base:
        source = adapter.open_source("Cell Biology", Options(base=base))
        walked(source)
    assert served.asked[0].query == {"category": "cell_biology"}
    assert source.expected(NOW) is None
    with pytest.raises(SettingError, match="is no category of medrxiv"):
        medrxiv.open_source("../x", Options())


def test_a_preprint_becomes_a_record() -> None:
    (found,) = only(preprint(7))
    doi = "10.1101/2026.11.01.600007"
    assert (found.source, found.native_id, found.doi) == ("biorxiv", doi, doi)
    assert found.title == "Kettle proteins, part 7"
    assert found.authors == (Author("A. Holm"), Author("L. Wei"))
    assert (found.announced, found.revised) == (PartialDate(2026, 11, 1), None)
    assert found.categories == ("cell biology",)
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert found.links == (
        Link(LinkKind.PAGE, f"https://www.biorxiv.org/content/{doi}v1"),
        Link(LinkKind.PDF, f"https://www.biorxiv.org/content/{doi}v1.full.pdf"),
    )


def test_the_latest_version_of_a_page_is_kept_whatever_their_order() -> None:
    versions = [
        preprint(1, version=str(n), title=f"Version {n} of the kettle", date=f"2026-11-1{n}")
        for n in (2, 3, 1)
    ]
    (found,) = only(*versions)
    assert found.title == "Version 3 of the kettle"
    assert found.announced == PartialDate(2026, 11)
    assert found.revised == PartialDate(2026, 11, 13)


def test_what_a_journal_published_is_linked_and_the_preprint_keeps_its_doi() -> None:
    (found,) = only(preprint(1, published="10.1234/Kettle.1"))
    assert found.links[-1] == Link(LinkKind.PAGE, "https://doi.org/10.1234/kettle.1")
    assert tidy(found).doi == "10.1101/2026.11.01.600001"


@pytest.mark.parametrize("more", [{"type": "withdrawn"}, {"title": "WITHDRAWN: Kettle proteins"}])
def test_what_is_withdrawn_is_said_to_be(more: dict[str, object]) -> None:
    (found,) = only(preprint(1, **more))
    assert found.withdrawn
    assert found.title.startswith("Kettle proteins")


@pytest.mark.parametrize(
    ("said", "licence"),
    [("cc_by_nc_nd", "https://creativecommons.org/licenses/by-nc-nd/4.0/"), ("cc_no", "cc_no")],
)
def test_a_licence_is_said_by_its_address(said: str, licence: str) -> None:
    assert only(preprint(1, license=said))[0].licence == licence


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"doi": None}, "the preprint has no DOI"),
        ({"doi": "10.1101/a\u0007b"}, "the preprint has no DOI"),
        ({"title": 7}, "`title` is a number, not text"),
        ({"authors": []}, "`authors` is a list, not text"),
        ({"published": {}}, "`published` is an object, not text"),
    ],
)
def test_a_hostile_preprint_is_one_fault(more: dict[str, object], said: str) -> None:
    with biorxiv(Server([preprint(1), {**preprint(2), **more}, 7, None])) as base:
        pages = walked(adapter.open_source("", Options(base=base)))
    assert ids(pages) == ["10.1101/2026.11.01.600001"]
    assert said in faults(pages)[0]
    assert len(faults(pages)) == 3


BROKEN = {
    "not JSON": Reply(b"<?php"),
    "a list": as_json([]),
    "no status": as_json({"messages": [], "collection": []}),
    "an error": as_json({"messages": [{"status": "error: database"}], "collection": []}),
    "no list": as_json({"messages": [{"status": "ok"}], "collection": "x"}),
    "for ever": as_json({"messages": [{"status": "ok"}], "collection": [preprint(1)]}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_an_error_of_the_source(name: str) -> None:
    with listening(lambda _: BROKEN[name]) as base, pytest.raises(SourceError, match="biorxiv"):
        walked(adapter.open_source("", Options(base=base)))


@pytest.mark.parametrize("cursor", [{}, {"since": "x", "until": "y", "at": "1"}])
def test_a_cursor_of_another_source_is_refused(
    cursor: dict[str, str], source: adapter.Preprints
) -> None:
    with pytest.raises(SourceError, match=r"place to go on from"):
        walked(source, cursor=cursor)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ((2026, 11, 21), (2026, 11, 19)),
        ((2026, 11, 24), (2026, 11, 20)),
        ((2026, 11, 25), (2026, 11, 23)),
    ],
)
def test_a_working_day_is_expected_to_have_brought_something(
    now: tuple[int, int, int], day: tuple[int, int, int], source: adapter.Preprints
) -> None:
    assert source.expected(datetime(*now, 12, tzinfo=UTC)) == datetime(*day, tzinfo=UTC)
