"""Semantic Scholar, asked of a server on this machine that answers in the documented shape."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.papers import Paper, PaperId, PartialDate, Record, Signal, SignalKind
from broadsheet.sources.remote import Cursor, Options, Remote, Tally, Wanted
from broadsheet.sources.remote.semanticscholar import SemanticScholar, name_of, open_source
from tests.library.servers.replying import CUT_OFF, HTML, Reply, as_json, entries, pages, resumed
from tests.library.servers.semanticscholar import Batches, answer

NOW = datetime(2025, 2, 15, 12, tzinfo=UTC)


def paper(number: int, abstract: str = "We boil kettles.") -> Paper:
    native_id = f"2502.{number:05}"
    announced = PartialDate(2025, 2, number) if number < 28 else None
    title = f"Kettle Number {number} Boils"
    return Paper(
        id=PaperId(native_id),
        title=title,
        abstract=abstract,
        arxiv_id=native_id,
        announced=announced,
    )


def wanted(
    *papers: Paper,
    since: date | None = None,
    until: date | None = None,
    cursor: Cursor | None = None,
) -> Wanted:
    return Wanted(now=NOW, since=since, until=until, cursor=cursor, papers=lambda: iter(papers))


def source(url: str, key: str | None = None) -> Remote:
    return open_source("", Options(base=f"{url}/", key=key))


def known(*numbers: int) -> Batches:
    return Batches({f"ARXIV:2502.{n:05}": answer(n) for n in numbers})


def cited(number: int) -> Tally:
    signal = Signal(SignalKind.CITATIONS, value=10 * number, at=NOW)
    return Tally(PaperId(f"2502.{number:05}"), (signal,))


def test_citations_of_a_paper_and_no_summary_where_an_abstract_is() -> None:
    with known(3).serving() as server:
        (page,) = pages(source(server.url, "secret"), wanted(paper(3)))
    (asked,) = server.asked
    assert asked.headers["x-api-key"] == "secret"
    assert asked.query["fields"] == (
        "corpusId,externalIds,title,citationCount,tldr,references.externalIds"
    )
    assert page.entries == (cited(3),)
    assert (page.cursor, page.through) == (None, None)


def test_a_summary_where_there_is_no_abstract() -> None:
    with known(3).serving() as server:
        (page,) = pages(source(server.url), wanted(paper(3, abstract="")))
    assert "x-api-key" not in server.asked[0].headers
    tally, record = page.entries
    assert tally == cited(3)
    assert isinstance(record, Record)
    assert record.abstract == "Kettle 3 boils in a minute."
    assert record.summary_by == "Semantic Scholar tldr@v2.0.0"
    assert (record.source, record.native_id) == ("semanticscholar", "260003")
    assert (record.arxiv_id, record.title) == ("2502.00003", "Kettle Number 3 Boils")
    # The count changes all the time; what the record says does not.
    assert record.signals == ()


def test_what_a_paper_cites_is_said_with_a_summary_only_where_none_is_its_own() -> None:
    cites = [
        {"externalIds": {"ArXiv": "2401.00009", "DOI": "10.1/a"}},
        {"externalIds": {"DOI": "10.1/b", "CorpusId": 7}},
        {"externalIds": {"CorpusId": 8}},
        {"externalIds": None},
    ]
    said = {f"ARXIV:2502.{n:05}": answer(n, references=cites) for n in (1, 2, 3)}
    before = replace(paper(2), abstract="Short.", summary_by="Semantic Scholar tldr@v2.0.0")
    asked = wanted(paper(1), before, paper(3, abstract=""))
    with Batches(said).serving() as server:
        (page,) = pages(source(server.url), asked)
    found = [entry for entry in page.entries if isinstance(entry, Record)]
    assert {one.references for one in found} == {("2401.00009", "doi:10.1/b")}
    assert [one.abstract[:6] for one in found] == ["", "Kettle", "Kettle"]


def test_a_paper_without_a_summary_or_a_count() -> None:
    said = {
        "ARXIV:2502.00001": answer(1, tldr=None),
        "ARXIV:2502.00002": answer(2, citationCount=None, tldr={"model": "m", "text": None}),
        "ARXIV:2502.00003": {"corpusId": 260_003},
    }
    with Batches(said).serving() as server:
        (page,) = pages(source(server.url), wanted(*(paper(n, "") for n in (1, 2, 3))))
    assert page.entries == (cited(1),)


def test_what_is_unknown_there_is_passed_over() -> None:
    with known(1, 3).serving() as server:
        (page,) = pages(source(server.url), wanted(paper(1), paper(2), paper(3)))
    assert page.entries == (cited(1), cited(3))


def test_a_batch_of_which_nothing_is_known_is_noted_and_the_harvest_goes_on() -> None:
    papers = [paper(n) for n in range(1, 5)]
    with known(3, 4).serving() as server:
        found = pages(SemanticScholar(server.url, batch=2), wanted(*papers))
    first, second = found
    (note,) = first.entries
    assert isinstance(note, SourceError)
    assert "none of these 2 papers is known" in note.reason
    assert second.entries == (cited(3), cited(4))


def test_no_more_than_five_hundred_are_asked_about_at_once() -> None:
    papers = [paper(n) for n in range(1, 1202)]
    with known(*range(1, 1202)).serving() as server:
        found = pages(source(server.url), wanted(*papers))
    assert [len(json.loads(asked.body)["ids"]) for asked in server.asked] == [500, 500, 201]
    assert entries(found) == [cited(n) for n in range(1, 1202)]


def test_going_on_behind_every_page() -> None:
    papers = [paper(n) for n in range(20, 0, -1)]
    with known(*range(1, 21)).serving() as server:
        asked = SemanticScholar(server.url, batch=3)
        truth = entries(pages(asked, wanted(*papers)))
        results = resumed(asked, wanted(*papers), lambda cursor: wanted(*papers, cursor=cursor))
    assert truth == [cited(n) for n in range(20, 0, -1)]
    assert len(results) == 6
    assert all(result == truth for result in results)


def test_going_on_where_the_catalogue_has_changed() -> None:
    papers = [paper(n) for n in range(6, 0, -1)]
    joined = replace(papers[1], id=PaperId("2501.09999"), aliases=(papers[1].id,))
    with known(*range(1, 10)).serving() as server:
        asked = SemanticScholar(server.url, batch=2)
        cursor = pages(asked, wanted(*papers))[0].cursor
        newer = entries(pages(asked, wanted(paper(7), *papers, cursor=cursor)))
        renamed = entries(pages(asked, wanted(papers[0], joined, *papers[2:], cursor=cursor)))
        gone = entries(pages(asked, wanted(papers[0], *papers[2:], cursor=cursor)))
    rest = [cited(n) for n in range(4, 0, -1)]
    assert newer == renamed == rest
    assert gone == [cited(6), *rest]


def test_the_wanted_days_are_those_of_the_papers() -> None:
    papers = [
        paper(12),
        paper(11),
        paper(10),
        replace(paper(9), announced=PartialDate(2025, 2)),
        replace(paper(8), announced=PartialDate(2025)),
        replace(paper(7), announced=PartialDate(2025, 1)),
        replace(paper(6), announced=PartialDate(2024, 12, 31)),
        replace(paper(5), announced=None),
    ]
    with known(*range(1, 13)).serving() as server:
        day = date(2025, 2, 11)
        found = entries(pages(source(server.url), wanted(*papers, since=day, until=day)))
    assert found == [cited(11), cited(9), cited(8), cited(5)]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"arxiv_id": "hep-th/9901001", "doi": "10.1/x"}, "ARXIV:hep-th/9901001"),
        ({"doi": "10.1/x"}, "DOI:10.1/x"),
        ({"aliases": ("acl:2020.acl-main.1",)}, "ACL:2020.acl-main.1"),
        ({"aliases": ("semanticscholar:260003",)}, "CorpusId:260003"),
        ({}, None),
    ],
)
def test_what_a_paper_is_called_there(facts: dict[str, object], name: str | None) -> None:
    nameless = Paper(id=PaperId("title:00ff"))
    assert name_of(replace(nameless, **facts)) == name  # type: ignore[arg-type]


def test_a_paper_with_another_kind_of_id_is_known_by_what_the_answer_says() -> None:
    unnamed = Paper(id=PaperId("acl:2020.acl-main.1"), title="Kettles")
    with Batches({"ACL:2020.acl-main.1": answer(3)}).serving() as server:
        (page,) = pages(source(server.url), wanted(unnamed, Paper(id=PaperId("title:00ff"))))
    tally, record = page.entries
    assert isinstance(tally, Tally)
    assert tally.paper == "acl:2020.acl-main.1"
    assert isinstance(record, Record)
    assert record.arxiv_id == "2502.00003"


def test_nothing_is_asked_where_no_paper_has_an_id() -> None:
    with known().serving() as server:
        assert pages(source(server.url), wanted(Paper(id=PaperId("title:00ff")))) == []
        assert pages(source(server.url), wanted()) == []
    assert server.asked == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (7, "`the record` is a number"),
        ([], "`the record` is a list"),
        (answer(2, citationCount="9 or so"), "`citations` is text"),
        (answer(2, citationCount=-1), "`citations` is -1"),
        (answer(2, corpusId=[]), "`id` is a list"),
        (answer(2, title=9), "`title` is a number"),
        (answer(2, tldr="short"), "`tldr` is text"),
        (answer(2, tldr={"text": 9}), "`tldr.text` is a number"),
    ],
)
def test_a_broken_answer_leaves_the_others_whole(broken: object, reason: str) -> None:
    said = {**known(1, 3).answers, "ARXIV:2502.00002": broken}
    with Batches(said).serving() as server:
        (page,) = pages(source(server.url), wanted(paper(1), paper(2), paper(3)))
    first, error, third = page.entries
    assert (first, third) == (cited(1), cited(3))
    assert isinstance(error, SourceError)
    with pytest.raises(SourceError, match=reason):
        raise error


@pytest.mark.parametrize(
    ("reply", "error", "reason"),
    [
        (HTML, FetchError, "not JSON"),
        (CUT_OFF, FetchError, "not JSON"),
        (as_json({"error": "Too fast"}), SourceError, "the answer is not a list: 'Too fast'"),
        (as_json(None), SourceError, "the answer is not a list"),
        (as_json([answer(1)] * 3), SourceError, "2 papers were asked about, 3 answered"),
        (as_json({"message": "Forbidden"}, 403), FetchError, "HTTP 403"),
    ],
)
def test_answers_that_cannot_be_read(reply: Reply, error: type[Exception], reason: str) -> None:
    with (
        Batches({}, other=lambda _: reply).serving() as server,
        pytest.raises(error, match=reason),
    ):
        pages(source(server.url), wanted(paper(1), paper(2)))


def test_the_shared_pool_says_no_twice() -> None:
    busy: Iterator[Reply] = iter([as_json({"message": "Slow"}, 429, Retry_After="1")] * 2)
    with Batches(known(1).answers, other=lambda _: next(busy, None)).serving() as server:
        (page,) = pages(source(server.url), wanted(paper(1)))
    assert page.entries == (cited(1),)
    assert len(server.asked) == 3


def test_a_cursor_of_another_make() -> None:
    with pytest.raises(SourceError, match="the place to go on from has no `paper`"):
        pages(source("http://a.example"), wanted(paper(1), cursor={"page": "2"}))


def test_it_has_no_parts_and_no_rhythm() -> None:
    with pytest.raises(SettingError, match="the catalogue's own papers"):
        open_source("cs.CL", Options())
    assert source("http://a.example").expected(NOW) is None
    assert "secret" not in repr(source("http://a.example", "secret"))
