"""Zotero, asked of a server on this machine that answers in the documented shape."""

import json
from datetime import UTC, date, datetime

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Options, Remote, Wanted
from broadsheet.sources.remote.zotero import open_source
from tests.library.servers.replying import (
    CUT_OFF,
    HTML,
    Question,
    Reply,
    as_json,
    client,
    entries,
    pages,
    resumed,
)
from tests.library.servers.zotero import Library, item

NOW = datetime(2025, 2, 15, 12, tzinfo=UTC)
ALL = Wanted(now=NOW)


def source(url: str, what: str = "users/1", key: str | None = None) -> Remote:
    return open_source(what, Options(base=f"{url}/", key=key))


def ids(found: list[object]) -> list[str]:
    return [entry.arxiv_id or "" for entry in found if isinstance(entry, Record)]


def library(*numbers: int) -> list[object]:
    """Items of which a higher number was changed later."""
    return [item(n, f"2025-02-{1 + n // 24:02}T{n % 24:02}:00:00Z") for n in numbers]


def test_an_item() -> None:
    with Library([item(7)]).serving() as server:
        (page,) = pages(source(server.url, key="secret"), ALL)
    (asked,) = server.asked
    assert asked.path == "/users/1/items/top"
    assert asked.headers["authorization"] == "Bearer secret"
    (record,) = page.entries
    assert isinstance(record, Record)
    assert (record.source, record.native_id) == ("zotero", "users/1/items/KETTL007")
    assert (record.title, record.abstract) == ("Kettle Number 7 Boils", "We boil kettle 7.")
    assert record.authors == (Author("Ada Kettle"), Author("Bo Spout"))
    assert (record.arxiv_id, record.doi) == ("2502.00007", "10.48550/arxiv.2502.00007")
    assert record.announced == PartialDate(2025, 2, 11)
    assert record.links == (Link(LinkKind.PAGE, "http://arxiv.org/abs/2502.00007"),)
    assert (record.keywords, record.signals) == ((), ())
    assert (page.cursor, page.through, page.total) == (None, None, 1)


def test_what_readers_write_for_themselves_stays_theirs() -> None:
    with Library([item(7)]).serving() as server:
        (record,) = entries(pages(source(server.url), ALL))
    assert isinstance(record, Record)
    assert set(json.loads(record.raw)) == {
        *("key", "itemType", "title", "creators", "abstractNote", "repository", "archiveID"),
        *("date", "DOI", "url"),
    }


@pytest.mark.parametrize(
    ("changes", "arxiv_id", "doi"),
    [
        ({"archiveID": "arXiv:2502.1"}, "2502.00001", None),
        ({"archiveID": "", "url": ""}, "2502.00001", None),
        ({"archiveID": "", "url": "", "extra": "DOI: 10.5555/Pot\n"}, None, "10.5555/pot"),
        ({"DOI": "10.5555/POT"}, "2502.00001", "10.5555/pot"),
        ({"archiveID": None, "url": None, "extra": None}, None, None),
    ],
)
def test_ids_from_wherever_they_stand(
    changes: dict[str, object], arxiv_id: str | None, doi: str | None
) -> None:
    with Library([item(1, **{"DOI": "", **changes})]).serving() as server:
        (record,) = entries(pages(source(server.url), ALL))
    assert isinstance(record, Record)
    assert (record.arxiv_id, record.doi) == (arxiv_id, doi)


def test_where_an_article_appeared() -> None:
    told = item(1, itemType="journalArticle", publicationTitle="Journal of Kettles")
    with Library([told]).serving() as server:
        (record,) = entries(pages(source(server.url, "groups/2"), ALL))
    assert isinstance(record, Record)
    assert (record.venue, record.native_id) == ("Journal of Kettles", "groups/2/items/KETTL001")


def test_what_is_no_paper_is_passed_over() -> None:
    kinds = ("note", "attachment", "annotation", "webpage", "film")
    items: list[object] = [item(n, itemType=kind) for n, kind in enumerate(kinds)]
    with Library([*items, item(9)]).serving() as server:
        assert ids(entries(pages(source(server.url), ALL))) == ["2502.00009"]


def test_a_collection_of_a_library_gives_the_same_records() -> None:
    with Library([item(7)]).serving() as server:
        whole = entries(pages(source(server.url), ALL))
        part = entries(pages(source(server.url, "users/1/collections/ABCD2345"), ALL))
    assert server.asked[1].path == "/users/1/collections/ABCD2345/items/top"
    (one,), (other,) = whole, part
    assert isinstance(one, Record)
    assert isinstance(other, Record)
    assert one.native_id == other.native_id


@pytest.mark.parametrize("total", [True, False])
def test_all_pages(total: bool) -> None:
    with Library(library(*range(1, 251)), total=total).serving() as server:
        found = pages(source(server.url), ALL)
    assert ids(entries(found)) == [f"2502.{n:05}" for n in range(250, 0, -1)]
    assert [asked.query["start"] for asked in server.asked] == ["0", "100", "200"]


def test_going_on_behind_every_page() -> None:
    with Library(library(*range(1, 24)), most=5).serving() as server:
        truth = entries(pages(source(server.url), ALL))
        results = resumed(source(server.url), ALL, lambda cursor: Wanted(now=NOW, cursor=cursor))
    assert len(truth) == 23
    assert len(results) == 4
    assert all(result == truth for result in results)


def test_only_what_was_changed_in_the_wanted_days_is_read() -> None:
    wanted = Wanted(now=NOW, since=date(2025, 2, 3), until=date(2025, 2, 4))
    with Library(library(*range(1, 200)), most=10).serving() as server:
        found = pages(source(server.url), wanted)
    # Hours 48 to 95 of the month are those two days.
    assert ids(entries(found)) == [f"2502.{n:05}" for n in range(95, 47, -1)]
    assert len(server.asked) == 16


def test_a_library_that_changes_meanwhile_is_read_from_the_beginning_again() -> None:
    held = Library(library(*range(1, 13)), most=4)
    with held.serving() as server:
        harvest = source(server.url).pages(client(), ALL)
        found = [next(harvest)]
        # Without a second beginning, what moved up into the first page would be missed.
        held.items = held.items[:-2]
        held.version += 1
        found.extend(harvest)
    assert set(ids(entries(found))) == {f"2502.{n:05}" for n in range(1, 13)}
    assert [asked.query["start"] for asked in server.asked] == ["0", "4", "0", "4", "8"]


def test_so_it_is_when_it_changed_before_the_harvest_went_on() -> None:
    held = Library(library(*range(1, 13)), most=4)
    with held.serving() as server:
        first = next(iter(source(server.url).pages(client(), ALL)))
        held.items = held.items[:-2]
        held.version += 1
        rest = pages(source(server.url), Wanted(now=NOW, cursor=first.cursor))
    assert set(ids(entries([first, *rest]))) == {f"2502.{n:05}" for n in range(1, 13)}


def test_a_library_that_never_keeps_still() -> None:
    held = Library(library(*range(1, 13)), most=4)

    def busy(_: Question) -> None:
        held.version += 1

    held.other = busy
    with (
        held.serving() as server,
        pytest.raises(SourceError, match="changes faster than it can be read"),
    ):
        pages(source(server.url), ALL)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (None, "has no `key`"),
        (7, "has no `key`"),
        ({"data": None}, "has no `key`"),
        ({"data": []}, "`the record` is a list"),
        (item(2, key=None), "has no `key`"),
        (item(2, key="../../x"), "has no `key`"),
        (item(2, itemType=None, title=5), "`title` is a number"),
        (item(2, creators={}), "`creators` is an object"),
        (item(2, creators=["Ada"]), "`the record` is text"),
        (item(2, creators=[{"creatorType": "author", "name": 5}]), "`name` is a number"),
        (item(2, extra=[]), "`extra` is a list"),
        (item(2) | {"meta": "none"}, "`meta` is text"),
    ],
)
def test_a_broken_item_leaves_the_others_whole(broken: object, reason: str) -> None:
    with Library([item(1), broken, item(3)]).serving() as server:
        (page,) = pages(source(server.url), ALL)
    (error,) = (one for one in page.entries if isinstance(one, SourceError))
    with pytest.raises(SourceError, match=reason):
        raise error
    assert sorted(ids(list(page.entries))) == ["2502.00001", "2502.00003"]


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (HTML, SourceError, "the answer is a web page"),
        (CUT_OFF, SourceError, "cut off, or not JSON"),
        (as_json({"error": "x"}), SourceError, "the answer is not a list"),
        (Reply(b"Forbidden", 403), FetchError, "HTTP 403"),
    ],
)
def test_answers_that_cannot_be_read(answer: Reply, error: type[Exception], reason: str) -> None:
    with (
        Library([], other=lambda _: answer).serving() as server,
        pytest.raises(error, match=reason),
    ):
        pages(source(server.url), ALL)


@pytest.mark.parametrize("total", ["", "-1", "many", "9" * 40])
def test_a_total_that_is_no_number(total: str) -> None:
    odd = as_json([item(1)], Total_Results=total, Last_Modified_Version="7")
    with Library([], other=lambda _: odd).serving() as server:
        (page,) = pages(source(server.url), ALL)
    assert (page.total, len(page.entries)) == (None, 1)


@pytest.mark.parametrize(
    "cursor", [{}, {"start": "5"}, {"start": "-5", "version": "1"}, {"start": "", "version": "1"}]
)
def test_a_cursor_of_another_make(cursor: dict[str, str]) -> None:
    with pytest.raises(SourceError, match="the place to go on from"):
        pages(source("http://a.example"), Wanted(now=NOW, cursor=cursor))


@pytest.mark.parametrize(
    "what", ["", "users", "users/ada", "1234", "users/1/items", "users/1/collections/abc", "orgs/1"]
)
def test_libraries_that_cannot_be(what: str) -> None:
    with pytest.raises(SettingError, match="not the library of a reader or a group"):
        open_source(what, Options())


def test_it_has_no_rhythm_and_its_key_is_not_told() -> None:
    held = source("http://a.example", key="secret")
    assert held.expected(NOW) is None
    assert "secret" not in repr(held)
