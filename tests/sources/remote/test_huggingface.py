"""Daily papers, asked of a server on this machine that answers in the documented shape."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.ingest.fingerprints import fingerprint
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record, Signal, SignalKind
from broadsheet.sources import read
from broadsheet.sources.remote import Options, Remote, Tally, Wanted
from broadsheet.sources.remote.huggingface import edition_day, open_source, opening
from tests.library.servers.huggingface import DailyPapers, item
from tests.library.servers.replying import (
    CUT_OFF,
    HTML,
    NESTED,
    Reply,
    as_json,
    entries,
    pages,
    resumed,
)

NOW = datetime(2025, 2, 15, 12, tzinfo=UTC)
WEDNESDAY, THURSDAY, FRIDAY = "2025-02-12", "2025-02-13", "2025-02-14"
EDITIONS: dict[str, list[object]] = {
    WEDNESDAY: [item(n, "2025-02-12T05:00:00.000Z") for n in range(1, 6)],
    THURSDAY: [item(n, "2025-02-13T05:00:00.000Z") for n in range(11, 13)],
    FRIDAY: [item(n, "2025-02-14T05:00:00.000Z") for n in range(21, 28)],
}


def source(url: str, key: str | None = None) -> Remote:
    return open_source("", Options(base=f"{url}/", key=key))


def days(since: str, until: str, now: datetime = NOW) -> Wanted:
    return Wanted(now=now, since=date.fromisoformat(since), until=date.fromisoformat(until))


def ids(found: list[object]) -> list[str]:
    return [entry.native_id or "" for entry in found if isinstance(entry, Record)]


def test_a_paper_of_an_edition() -> None:
    with DailyPapers(EDITIONS).serving() as server:
        (page,) = pages(source(server.url, "secret"), days(THURSDAY, THURSDAY))
    (asked,) = server.asked
    assert asked.query == {"date": THURSDAY, "limit": "100", "p": "0"}
    assert asked.headers["authorization"] == "Bearer secret"
    record, tally = page.entries[:2]
    assert isinstance(record, Record)
    assert (record.source, record.native_id, record.arxiv_id) == (
        "huggingface",
        "2502.00011",
        "2502.00011",
    )
    assert record.title == "Kettle Number 11 Boils"
    assert record.abstract == "We boil kettle 11 and report how long it took."
    assert (record.summary_by, record.keywords, record.withdrawn) == ("", (), False)
    assert record.authors == (Author("Ada Kettle"), Author("Bo Spout"))
    assert record.announced == PartialDate(2025, 2, 11)
    assert record.links == (
        Link(LinkKind.PAGE, "https://huggingface.co/papers/2502.00011"),
        Link(LinkKind.CODE, "https://github.com/kettles/boil"),
        Link(LinkKind.PROJECT, "https://kettles.example/p"),
    )
    submitted = datetime(2025, 2, 13, 5, tzinfo=UTC)
    assert record.signals == (
        Signal(SignalKind.ORGANIZATION, text="The Kettle Lab", at=submitted),
        Signal(SignalKind.EDITION_DAY, text=THURSDAY, at=datetime(2025, 2, 13, tzinfo=UTC)),
    )
    assert isinstance(tally, Tally)
    assert tally.paper == "huggingface:2502.00011"
    assert tally.signals == (
        Signal(SignalKind.VOTES, value=11, at=NOW),
        Signal(SignalKind.COMMENTS, value=2, at=NOW),
        Signal(SignalKind.STARS, value=12, at=NOW),
    )
    assert json.loads(record.raw) == EDITIONS[THURSDAY][0]
    assert page.announced == datetime(2025, 2, 13, 2, 30, tzinfo=UTC)
    assert page.cursor is None


def test_a_file_of_the_same_edition_gives_the_same_signals(tmp_path: Path) -> None:
    said = {
        "id": "2502.00011",
        "title": "Kettle Number 11 Boils",
        "votes": 11,
        "comments": 2,
        "vote_snapshots": [{"at": NOW.isoformat(), "votes": 11, "comments": 2, "stars": 12}],
        "daily_dates": [THURSDAY],
    }
    path = tmp_path / "hf_daily.jsonl"
    path.write_text(json.dumps(said), "utf-8")
    (from_file,) = read(path)
    assert isinstance(from_file, Record)
    with DailyPapers(EDITIONS).serving() as server:
        (page,) = pages(source(server.url), days(THURSDAY, THURSDAY))
    record, tally = page.entries[:2]
    assert isinstance(record, Record)
    assert isinstance(tally, Tally)
    unnamed = {s for s in record.signals if s.kind is not SignalKind.ORGANIZATION}
    assert {*unnamed, *tally.signals} == set(from_file.signals)


def test_counts_that_change_leave_the_record_as_it_was() -> None:
    with DailyPapers({THURSDAY: [item(11, "2025-02-13T05:00:00.000Z")]}).serving() as server:
        (before,) = pages(source(server.url), days(THURSDAY, THURSDAY))
    more: list[object] = [item(11, "2025-02-13T05:00:00.000Z", upvotes=40)]
    with DailyPapers({THURSDAY: more}).serving() as server:
        (after,) = pages(source(server.url), days(THURSDAY, THURSDAY, NOW.replace(hour=18)))
    first, second = before.entries[0], after.entries[0]
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert fingerprint(first) == fingerprint(second)
    assert before.entries[1] != after.entries[1]


@pytest.mark.parametrize("links", [True, False])
def test_days_and_pages(links: bool) -> None:
    crowd: list[object] = [item(n, "2025-02-12T05:00:00.000Z") for n in range(1, 231)]
    server_of = DailyPapers({**EDITIONS, WEDNESDAY: crowd}, links=links)
    with server_of.serving() as server:
        found = pages(source(server.url), days(WEDNESDAY, FRIDAY))
    assert ids(entries(found)) == [f"2502.{n:05}" for n in (*range(1, 231), 11, 12, *range(21, 28))]
    asked = [(one.query["date"], one.query["p"]) for one in server.asked]
    assert asked == [
        *((WEDNESDAY, str(p)) for p in range(3)),
        (THURSDAY, "0"),
        (FRIDAY, "0"),
    ]


def test_small_pages_are_followed_where_the_server_links_them() -> None:
    with DailyPapers(EDITIONS, most=2).serving() as server:
        found = pages(source(server.url), days(WEDNESDAY, FRIDAY))
    assert len(ids(entries(found))) == len(set(ids(entries(found)))) == 14
    assert [len(ids(list(page.entries))) for page in found] == [2, 2, 1, 2, 2, 2, 2, 1]


def test_going_on_behind_every_page() -> None:
    whole = days(WEDNESDAY, FRIDAY)
    with DailyPapers(EDITIONS, most=2).serving() as server:
        asked = source(server.url)
        truth = entries(pages(asked, whole))
        results = resumed(
            asked,
            whole,
            lambda cursor: Wanted(now=NOW, since=whole.since, until=whole.until, cursor=cursor),
        )
    assert len(results) == 7
    assert all(result == truth for result in results)


def test_a_day_without_an_edition_is_empty_and_not_an_error() -> None:
    with DailyPapers(EDITIONS).serving() as server:
        (page,) = pages(source(server.url), days("2025-02-15", "2025-02-15"))
    assert page.entries == ()
    assert page.announced is None


def test_an_older_edition_given_for_a_saturday_is_not_saturdays() -> None:
    with DailyPapers(EDITIONS, fallback=True).serving() as server:
        (page,) = pages(source(server.url), days("2025-02-15", "2025-02-15"))
    assert page.announced == opening(date(2025, 2, 14))
    told = {
        signal.text
        for record in page.entries
        if isinstance(record, Record)
        for signal in record.signals
        if signal.kind is SignalKind.EDITION_DAY
    }
    assert told == {FRIDAY}


@pytest.mark.parametrize(
    ("submitted", "asked"),
    [
        ("2025-02-15T15:00:00.000Z", "2025-02-15"),
        ("2025-02-15T15:00:00.000Z", "2025-02-17"),
        ("2025-02-15T03:00:00.000Z", "2025-02-17"),
        ("not a time", "2025-02-17"),
        (None, "2025-02-17"),
    ],
)
def test_what_came_in_over_a_weekend_is_of_the_day_it_is_listed_on(
    submitted: object, asked: str
) -> None:
    listed: list[object] = [item(1, "", submittedOnDailyAt=submitted)]
    with DailyPapers({asked: listed}).serving() as server:
        wanted = days(asked, asked, datetime(2025, 2, 20, tzinfo=UTC))
        (page,) = pages(source(server.url), wanted)
    assert page.announced == opening(date.fromisoformat(asked))


def test_days_ahead_are_not_asked_for() -> None:
    with DailyPapers(EDITIONS).serving() as server:
        found = pages(source(server.url), Wanted(now=NOW, since=date(2025, 2, 14)))
        assert pages(source(server.url), Wanted(now=NOW, since=date(2025, 3, 1))) == []
    assert [one.query["date"] for one in server.asked] == [FRIDAY, "2025-02-15"]
    assert found[-1].cursor is None


@pytest.mark.parametrize(
    ("until", "through"),
    [("2025-02-01", "2025-02-02"), ("2025-02-08", "2025-02-09"), ("2025-02-15", "2025-02-09")],
)
def test_votes_are_counted_again_for_a_week(until: str, through: str) -> None:
    with DailyPapers({}).serving() as server:
        (page,) = pages(source(server.url), days(until, until))
    assert page.through == opening(date.fromisoformat(through))


def test_without_a_first_day_all_editions_are_read() -> None:
    with DailyPapers({}).serving() as server:
        pages(source(server.url), Wanted(now=NOW, until=date(2023, 5, 6)))
    asked = [one.query["date"] for one in server.asked]
    assert asked == ["2023-05-04", "2023-05-05", "2023-05-06"]


def test_a_source_whose_clock_is_behind() -> None:
    with DailyPapers(EDITIONS, newest=FRIDAY).serving() as server:
        found = pages(source(server.url), days(FRIDAY, "2025-02-15"))
        assert [len(ids(list(page.entries))) for page in found] == [7, 0]
        with pytest.raises(FetchError, match="HTTP 400"):
            pages(source(server.url), days("2025-02-15", "2025-02-15", NOW.replace(day=20)))


def test_a_server_that_gives_the_same_page_for_ever() -> None:
    same = as_json(EDITIONS[WEDNESDAY], Link='<x>; rel="next"')
    with DailyPapers({}, other=lambda _: same).serving() as server:
        found = pages(source(server.url), days(WEDNESDAY, WEDNESDAY))
    assert [len(ids(list(page.entries))) for page in found] == [5, 5]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (None, "no `paper`"),
        (7, "an object"),
        ([], "an object"),
        ({}, "no `paper`"),
        ({"paper": None}, "no `paper`"),
        ({"paper": "2502.00001"}, "`paper` is text"),
        (item(1, "", id=None), "no `paper`"),
        (item(1, "", id=25), "`paper.id` is a number"),
        (item(1, "", title=["A"]), "`title` is a list"),
        (item(1, "", authors="Ada"), "`paper.authors` is text"),
        (item(1, "", authors=[7]), r"`authors\[0\]` is a number"),
        (item(1, "", upvotes=-1), "`votes` is -1"),
        (item(1, "", upvotes=True), "`votes` is true or false"),
        (item(1, "", organization=7), "the record` is a number"),
        (item(1, "", publishedAt={}), "`date` is an object"),
    ],
)
def test_a_broken_item_leaves_the_others_whole(broken: object, reason: str) -> None:
    mixed = [EDITIONS[WEDNESDAY][0], broken, EDITIONS[WEDNESDAY][1]]
    with DailyPapers({WEDNESDAY: mixed}).serving() as server:
        (page,) = pages(source(server.url), days(WEDNESDAY, WEDNESDAY))
    (error,) = (one for one in page.entries if isinstance(one, SourceError))
    assert error.place == f"huggingface/daily_papers?date={WEDNESDAY}&p=0:2"
    with pytest.raises(SourceError, match=reason):
        raise error
    assert ids(list(page.entries)) == ["2502.00001", "2502.00002"]


def test_an_item_with_nothing_but_an_id_is_a_record() -> None:
    bare: list[object] = [{"paper": {"id": "2502.00001"}}]
    with DailyPapers({WEDNESDAY: bare}).serving() as server:
        (page,) = pages(source(server.url), days(WEDNESDAY, WEDNESDAY))
    (record,) = page.entries
    assert isinstance(record, Record)
    assert [signal.kind for signal in record.signals] == [SignalKind.EDITION_DAY]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HTML, "the answer is a web page"),
        (CUT_OFF, "the answer is cut off, or not JSON"),
        (Reply(b""), "the answer is cut off, or not JSON"),
        (Reply(b"\xff\xfe\xfd"), "the answer is cut off, or not JSON"),
        (NESTED, "the JSON is nested too deeply"),
        (as_json({"error": "Rate limited"}), "the answer is not a list: 'Rate limited'"),
        (as_json({"error": ["?"]}), "the answer is not a list$"),
        (as_json(None), "the answer is not a list$"),
    ],
)
def test_an_answer_that_is_no_listing(answer: Reply, reason: str) -> None:
    with (
        DailyPapers({}, other=lambda _: answer).serving() as server,
        pytest.raises(SourceError, match=reason),
    ):
        pages(source(server.url), days(WEDNESDAY, WEDNESDAY))


@pytest.mark.parametrize("cursor", [{}, {"day": "2025-02-12"}, {"day": "soon", "page": "0"}])
def test_a_cursor_of_another_make(cursor: dict[str, str]) -> None:
    with (
        DailyPapers(EDITIONS).serving() as server,
        pytest.raises(SourceError, match="the place to go on from"),
    ):
        pages(source(server.url), Wanted(now=NOW, cursor=cursor))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # Summer time in New York: the day flips at 01:30 UTC.
        (datetime(2025, 7, 2, 1, 29, tzinfo=UTC), date(2025, 7, 1)),
        (datetime(2025, 7, 2, 1, 30, tzinfo=UTC), date(2025, 7, 2)),
        (datetime(2025, 1, 2, 2, 29, tzinfo=UTC), date(2025, 1, 1)),
        (datetime(2025, 1, 2, 2, 30, tzinfo=UTC), date(2025, 1, 2)),
    ],
)
def test_the_day_flips_in_the_evening_of_new_york(moment: datetime, day: date) -> None:
    assert edition_day(moment) == day
    assert opening(edition_day(moment)) <= moment


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2025, 2, 14, 14, 29, tzinfo=UTC), date(2025, 2, 13)),
        (datetime(2025, 2, 14, 14, 30, tzinfo=UTC), date(2025, 2, 14)),
        (datetime(2025, 2, 17, 12, tzinfo=UTC), date(2025, 2, 14)),
        (datetime(2025, 2, 17, 15, tzinfo=UTC), date(2025, 2, 17)),
    ],
)
def test_an_edition_is_expected_on_weekdays(now: datetime, day: date) -> None:
    assert source("http://a.example").expected(now) == opening(day)


def test_it_has_no_parts() -> None:
    with pytest.raises(SettingError, match="this source has no parts"):
        open_source("cs.CL", Options())
    assert "secret" not in repr(open_source("", Options(key="secret")))
