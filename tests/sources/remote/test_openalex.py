"""OpenAlex, asked of a server on this machine that answers in the documented shape."""

import json
from datetime import UTC, date, datetime

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
from broadsheet.sources.remote import Options, Remote, Tally, Wanted
from broadsheet.sources.remote.openalex import open_source
from tests.library.servers.openalex import Works, work
from tests.library.servers.replying import (
    CUT_OFF,
    HTML,
    Question,
    Reply,
    as_json,
    entries,
    pages,
    resumed,
)

NOW = datetime(2025, 2, 15, 12, tzinfo=UTC)
FILTER = "primary_topic.subfield.id:1702,type:article"
WANTED = Wanted(now=NOW, since=date(2025, 2, 1), until=date(2025, 2, 10))


def source(url: str, what: str = FILTER, key: str | None = None) -> Remote:
    return open_source(what, Options(base=f"{url}/", key=key))


def test_a_work() -> None:
    with Works([work(7)]).serving() as server:
        found = pages(source(server.url, key="secret"), WANTED)
    first = server.asked[0]
    assert first.query["filter"] == (
        f"{FILTER},from_publication_date:2025-02-01,to_publication_date:2025-02-10"
    )
    assert (first.query["cursor"], first.query["per_page"]) == ("*", "100")
    assert first.query["api_key"] == "secret"
    record, tally = entries(found)
    assert isinstance(record, Record)
    assert (record.source, record.native_id) == ("openalex", "W7")
    assert (record.title, record.abstract) == ("Kettle Number 7 Boils", "We boil kettles and boil")
    assert record.authors == (Author("Ada Kettle", "0000-0002-1825-0097"), Author("Bo Spout"))
    assert record.announced == PartialDate(2025, 2, 11)
    assert (record.venue, record.licence) == ("Journal of Kettles", "cc-by")
    assert (record.doi, record.arxiv_id) == ("https://doi.org/10.5555/Kettle.7", "2502.00007")
    assert record.links == (
        Link(LinkKind.PAGE, "https://doi.org/10.5555/kettle.7"),
        Link(LinkKind.PDF, "https://kettles.example/7.pdf"),
    )
    assert record.signals == ()
    cited = Signal(SignalKind.CITATIONS, value=7, at=NOW)
    assert tally == Tally(PaperId("openalex:W7"), (cited,))
    assert not record.retracted
    assert json.loads(record.raw) == work(7)
    assert found[0].total == 1


@pytest.mark.parametrize(
    ("what", "until", "through"),
    [
        (FILTER, None, datetime(2025, 1, 16, 12, tzinfo=UTC)),
        (FILTER, date(2025, 2, 10), datetime(2025, 1, 16, 12, tzinfo=UTC)),
        (FILTER, date(2025, 1, 10), datetime(2025, 1, 11, tzinfo=UTC)),
        (f"updated;{FILTER}", None, NOW),
        (f"updated;{FILTER}", date(2025, 2, 10), datetime(2025, 2, 11, tzinfo=UTC)),
    ],
)
def test_works_may_come_in_a_month_after_their_publication(
    what: str, until: date | None, through: datetime
) -> None:
    with Works([work(7)]).serving() as server:
        (page, _) = pages(source(server.url, what), Wanted(now=NOW, until=until))
    assert page.through == through


def test_without_days_the_filter_is_as_it_was_given() -> None:
    with Works([]).serving() as server:
        pages(source(server.url), Wanted(now=NOW))
    assert server.asked[0].query["filter"] == FILTER
    assert source(server.url).expected(NOW) is None


def test_the_days_may_be_those_of_changes() -> None:
    with Works([]).serving() as server:
        pages(source(server.url, f"updated;{FILTER}"), WANTED)
    said = server.asked[0].query["filter"]
    assert said == f"{FILTER},from_updated_date:2025-02-01,to_updated_date:2025-02-10"


def test_pages_to_the_end_and_going_on_behind_every_one() -> None:
    with Works([work(n) for n in range(1, 251)], most=50).serving() as server:
        asked = source(server.url)
        truth = entries(pages(asked, WANTED))
        assert len(server.asked) == 6
        # A later harvest's own days do not change what the stopped one was about.
        results = resumed(asked, WANTED, lambda cursor: Wanted(now=NOW, cursor=cursor))
    assert [record.native_id for record in truth if isinstance(record, Record)] == [
        f"W{n}" for n in range(1, 251)
    ]
    assert len(results) == 5
    assert all(result == truth for result in results)
    assert len({one.query["filter"] for one in server.asked}) == 1


def test_what_is_retracted_and_what_is_no_paper() -> None:
    works = [work(1, is_retracted=True), work(2, is_paratext=True), work(3)]
    with Works(works).serving() as server:
        found = entries(pages(source(server.url), WANTED))
    told = [(one.native_id, one.retracted) for one in found if isinstance(one, Record)]
    assert told == [("W1", True), ("W3", False)]


def test_a_repository_is_no_venue_and_an_arxiv_doi_tells_the_id() -> None:
    place = {"source": {"display_name": "arXiv (Cornell University)", "type": "repository"}}
    doi = "https://doi.org/10.48550/arxiv.2502.00009"
    works = [work(1, primary_location=place, doi=doi, locations=[])]
    with Works(works).serving() as server:
        record, _ = entries(pages(source(server.url), WANTED))
    assert isinstance(record, Record)
    assert (record.venue, record.arxiv_id) == ("", "2502.00009")


def test_a_work_of_which_little_is_known() -> None:
    names = set(work(1)) - {"id"}
    works = [work(1, **dict.fromkeys(names, None)), {"id": "https://openalex.org/W2"}]
    with Works(works).serving() as server:
        found = entries(pages(source(server.url), WANTED))
    assert [one.native_id for one in found if isinstance(one, Record)] == ["W1", "W2"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (None, "the work has no `id`"),
        ("W1", "`the record` is text"),
        (work(1, id=None), "the work has no `id`"),
        (work(1, id="https://openalex.org/A1"), "the work has no `id`"),
        (work(1, title={}), "`title` is an object"),
        (work(1, authorships={}), "`authorships` is an object"),
        (work(1, authorships=[{"author": "Ada"}]), "`author` is text"),
        (work(1, locations=[3]), "`the record` is a number"),
        (work(1, cited_by_count="many"), "`citations` is text"),
        (work(1, cited_by_count=-3), "`citations` is -3"),
        (work(1, is_retracted="perhaps"), "`retracted` is text"),
        (work(1, abstract_inverted_index=[]), "`abstract_inverted_index` is a list"),
        (work(1, abstract_inverted_index={"We": 0}), "not an object of lists"),
        (work(1, abstract_inverted_index={"We": [True]}), "not an object of places"),
        (work(1, abstract_inverted_index={"We": [-1]}), "not an object of places"),
        (work(1, abstract_inverted_index={"We": [10**15]}), "not an object of places"),
    ],
)
def test_a_broken_work_leaves_the_others_whole(broken: object, reason: str) -> None:
    with Works([work(1), broken, work(3)]).serving() as server:
        page = pages(source(server.url), WANTED)[0]
    (error,) = (one for one in page.entries if isinstance(one, SourceError))
    assert error.place == "openalex/works?cursor=*:2"
    with pytest.raises(SourceError, match=reason):
        raise error
    told = [one.native_id for one in page.entries if isinstance(one, Record)]
    assert told == ["W1", "W3"]


def outcome(url: str) -> str:
    """What comes of a harvest, in short."""
    try:
        (page,) = pages(source(url), WANTED)
    except SourceError as error:
        return error.reason
    return " ".join(type(entry).__name__ for entry in page.entries)


def test_a_work_nested_almost_too_deeply_does_no_harm() -> None:
    depths = [1, *range(800, 1_100, 20), *range(9_000, 100_000, 9_000)]
    left = iter(depths)

    def deep(_: Question) -> Reply:
        depth = next(left)
        work = b'{"id":"https://openalex.org/W1","x":' + b"[" * depth + b"]" * depth + b"}"
        return Reply(b'{"results":[' + work + b'],"meta":{}}')

    with Works([], other=deep).serving() as server:
        outcomes = [outcome(server.url) for _ in depths]
    assert (outcomes[0], outcomes[-1]) == ("Record", "the JSON is nested too deeply")
    assert set(outcomes) <= {"Record", "SourceError", "the JSON is nested too deeply"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HTML, "the answer is a web page"),
        (CUT_OFF, "cut off, or not JSON"),
        (as_json([work(1)]), None),
        (as_json({"error": "Invalid filter", "message": "What?"}), "'Invalid filter'"),
        (as_json({"meta": {"next_cursor": None}}), "the answer is not a list"),
        (as_json({"meta": None, "results": {}}), "the answer is not a list"),
        (as_json({"meta": [], "results": [work(1)]}), None),
        (as_json({"meta": {"next_cursor": 7, "count": "9"}, "results": [work(1)]}), None),
        (as_json({"meta": {"next_cursor": "*"}, "results": [work(1)]}), "the same page again"),
    ],
)
def test_odd_answers(answer: Reply, reason: str | None) -> None:
    with Works([], other=lambda _: answer).serving() as server:
        if reason is None:
            (page,) = pages(source(server.url), WANTED)
            assert (len(page.entries), page.cursor, page.total) == (2, None, None)
        else:
            with pytest.raises(SourceError, match=reason):
                pages(source(server.url), WANTED)


def test_a_key_that_is_refused_is_not_told() -> None:
    refused = as_json({"error": "Invalid key", "message": "No"}, 401)
    with (
        Works([], other=lambda _: refused).serving() as server,
        pytest.raises(FetchError, match="HTTP 401") as caught,
    ):
        pages(source(server.url, key="secret"), WANTED)
    assert "secret" not in f"{caught.value} {caught.value.hint} {source(server.url, key='secret')}"


@pytest.mark.parametrize("cursor", [{}, {"cursor": "Ils=50="}, {"filter": FILTER}])
def test_a_cursor_of_another_make(cursor: dict[str, str]) -> None:
    with pytest.raises(SourceError, match="the place to go on from"):
        pages(source("http://a.example"), Wanted(now=NOW, cursor=cursor))


@pytest.mark.parametrize(
    "what",
    [
        "",
        "kettles",
        "type:",
        "type:article,",
        "type:article&api_key=x",
        "monthly;type:article",
        "type:article,from_publication_date:2025-01-01",
    ],
)
def test_filters_that_cannot_be(what: str) -> None:
    with pytest.raises(SettingError):
        open_source(what, Options())
