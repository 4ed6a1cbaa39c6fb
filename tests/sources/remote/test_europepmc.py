"""Europe PMC: every result once, retracted ones marked, hostile answers."""

from collections.abc import Iterator
from datetime import date

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
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
from broadsheet.sources.remote import europepmc as adapter
from tests.library.servers.europepmc import EuropePmc, europepmc, result
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

RESULTS = [result(number) for number in range(230)]
TRUTH = [f"MED/{one['id']}" for one in RESULTS]


@pytest.fixture
def served() -> EuropePmc:
    return EuropePmc(RESULTS)


@pytest.fixture
def source(served: EuropePmc) -> Iterator[adapter.EuropePmc]:
    with europepmc(served) as base:
        yield adapter.open_source(
            "TITLE:kettle OR steam", Options(base=base, contact="a@k.example")
        )


def only(one: object) -> Record:
    with europepmc(EuropePmc([one])) as base:
        (found,) = records(walked(adapter.open_source("k", Options(base=base))))
    return found


@pytest.mark.parametrize("repeats", [True, False])
def test_every_result_comes_once(
    source: adapter.EuropePmc, served: EuropePmc, repeats: bool
) -> None:
    served.repeats = repeats
    pages = walked(source)
    assert ids(pages) == TRUTH
    assert pages[-1].cursor is None
    assert {page.total for page in pages} == {230}
    assert served.asked[0].query == {
        "query": "(TITLE:kettle OR steam)",
        "resultType": "core",
        "format": "json",
        "pageSize": "100",
        "cursorMark": "*",
        "email": "a@k.example",
    }


def test_broken_off_after_any_page_nothing_is_missing(source: adapter.EuropePmc) -> None:
    pages = walked(source)
    assert resumed_everywhere(source, pages) == [TRUTH] * (len(pages) - 1)


def test_a_mark_that_is_not_known_any_more_begins_anew(
    source: adapter.EuropePmc, served: EuropePmc
) -> None:
    pages = walked(source)
    assert pages[0].cursor
    served.expired = {pages[0].cursor["cursor"]}
    had = ids(pages[:1]) + ids(walked(source, cursor=pages[0].cursor)[:1])
    assert had == TRUTH[:100] * 2
    served.expired = {"*"}
    with pytest.raises(FetchError):
        walked(source)


def test_the_days_wanted_are_those_of_the_last_update(
    source: adapter.EuropePmc, served: EuropePmc
) -> None:
    walked(source, since=date(2026, 11, 1))
    said = "(TITLE:kettle OR steam) AND UPDATE_DATE:[2026-11-01 TO 2026-11-21]"
    assert {asked.query["query"] for asked in served.asked} == {said}


def test_a_result_becomes_a_record() -> None:
    found = only(result(7))
    assert (found.source, found.native_id) == ("europepmc", "MED/40000007")
    assert (found.doi, found.title) == ("10.1234/steam.7", "Steam in kettle 7")
    assert found.authors == (Author("Ana Holm", "0000-0001-2345-6789"), Author("Kettle Group"))
    assert (found.venue, found.announced) == ("Kettles Quarterly", PartialDate(2026, 11, 3))
    assert (found.licence, found.keywords) == ("cc by", ("Steam",))
    assert found.links == (
        Link(LinkKind.PAGE, "https://europepmc.org/article/MED/40000007"),
        Link(LinkKind.PDF, "https://europepmc.org/articles/PMC7?pdf=render"),
    )
    assert not found.retracted


def test_citations_are_counted_apart_from_what_a_result_says() -> None:
    with europepmc(EuropePmc([result(7)])) as base:
        pages = walked(adapter.open_source("k", Options(base=base)))
    signals = (Signal(SignalKind.CITATIONS, value=7, at=NOW),)
    assert tallies(pages) == [Tally(PaperId("europepmc:MED/40000007"), signals)]
    assert [record.signals for record in records(pages)] == [()]


@pytest.mark.parametrize(
    "more",
    [
        {"pubTypeList": {"pubType": ["Journal Article", "Retracted Publication"]}},
        {"commentCorrectionList": {"commentCorrection": [{"id": "1", "type": "Retraction in"}]}},
    ],
)
def test_a_retracted_article_is_marked(more: dict[str, object]) -> None:
    assert only(result(1, **more)).retracted


def test_authors_who_are_not_listed_are_read_from_their_line() -> None:
    found = only(result(1, authorList=None, authorString="Holm A, Wei L."))
    assert [author.name for author in found.authors] == ["Holm A", "Wei L"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"id": None}, "the result has no `source` and `id`"),
        ({"source": "M/D"}, "the result has no `source` and `id`"),
        ({"title": []}, "`title` is a list, not text"),
        ({"authorList": []}, "`authorList` is a list, not an object"),
        ({"journalInfo": {"journal": 7}}, "`journalInfo.journal` is a number, not an object"),
        ({"citedByCount": "many"}, "is text, not a whole number"),
        ({"keywordList": {"keyword": [7]}}, "`keywords[0]` is a number, not text"),
        ({"pubTypeList": {"pubType": "x"}}, "`pubTypeList.pubType` is text, not a list"),
    ],
)
def test_a_hostile_result_is_one_fault(more: dict[str, object], said: str) -> None:
    with europepmc(EuropePmc([result(1), {**result(2), **more}, None, result(3)])) as base:
        pages = walked(adapter.open_source("k", Options(base=base)))
    assert ids(pages) == ["MED/40000001", "MED/40000003"]
    assert said in faults(pages)[0]


BROKEN = {
    "not JSON": Reply(b"<responseWrapper/>"),
    "a list": as_json([]),
    "an error": as_json({"errCode": 404, "errMsg": "no such query"}),
    "no list": as_json({"resultList": {"result": {}}}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_an_error_of_the_source(name: str) -> None:
    with listening(lambda _: BROKEN[name]) as base, pytest.raises(SourceError, match="europepmc"):
        walked(adapter.open_source("k", Options(base=base)))


def test_the_same_page_again_comes_to_an_end() -> None:
    marks = iter(range(1000))

    def answer(_: object) -> Reply:
        return as_json({"resultList": {"result": [result(1)]}, "nextCursorMark": f"{next(marks)}"})

    with listening(answer) as base, pytest.raises(SourceError, match="same page again"):
        walked(adapter.open_source("k", Options(base=base)))


def test_a_query_is_needed() -> None:
    with pytest.raises(SettingError, match="says not which articles"):
        adapter.open_source(" ", Options())
    assert adapter.open_source("k", Options()).expected(NOW) is None
