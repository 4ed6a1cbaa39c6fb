"""JSON Lines over HTTP: one file, pages that link on, and files that change meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.papers import Record
from broadsheet.sources.remote import Options, Page, Wanted
from broadsheet.sources.remote.jsonl import ENTRIES, JsonLines, open_source
from tests.library.servers.linking import Linking, linking, toy_pages

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
CHANGED = "Sun, 03 May 2026 20:00:00 GMT"


def pages(url: str, cursor: dict[str, str] | None = None) -> list[Page]:
    """The pages behind a cursor."""
    wanted = Wanted(now=NOW, cursor=cursor)
    return list(open_source(url, Options()).pages(Client(), wanted))


def ids(found: list[Page]) -> list[str | None]:
    return [e.native_id for page in found for e in page.entries if isinstance(e, Record)]


def test_pages_are_followed_and_can_be_gone_on_from() -> None:
    served = Linking(toy_pages(3), changed=CHANGED)
    with linking(served) as url:
        found = pages(url)
        assert ids(found) == [f"p{page}e{entry}" for page in range(3) for entry in range(4)]
        assert [page.cursor for page in found] == [
            {"url": f"{url}?page=1"},
            {"url": f"{url}?page=2"},
            None,
        ]
        assert {page.announced for page in found} == {datetime(2026, 5, 3, 20, tzinfo=UTC)}
        assert {page.through for page in found} == {NOW}
        served.asked.clear()
        assert ids(pages(url, dict(found[1].cursor or {}))) == [f"p2e{n}" for n in range(4)]
        assert served.asked == [2]


def test_a_long_file_is_cut_into_pages_and_gone_on_with_where_it_has_grown() -> None:
    lines: list[dict[str, object] | str] = [
        {"id": str(number), "title": f"Kettle {number}"} for number in range(ENTRIES + 5)
    ]
    served = Linking([lines])
    with linking(served) as url:
        first, second = pages(url)
        assert (len(first.entries), len(second.entries)) == (ENTRIES, 5)
        cursor = dict(first.cursor or {})
        assert cursor["entry"] == str(ENTRIES)
        lines.append({"id": "last", "title": "The last kettle"})
        assert ids(pages(url, cursor)) == [str(ENTRIES + n) for n in range(5)] + ["last"]
        # Nothing may be left out where what stood before has changed.
        lines.insert(0, {"id": "first", "title": "The first kettle"})
        assert len(ids(pages(url, cursor))) == ENTRIES + 7


def test_a_broken_line_is_one_broken_entry() -> None:
    served = Linking([[{"id": "1", "title": "Kettles"}, "no json", {"id": "2", "title": 7}]])
    with linking(served) as url:
        (page,) = pages(url)
    good, bad, worse = page.entries
    assert isinstance(good, Record)
    assert isinstance(bad, SourceError)
    assert isinstance(worse, SourceError)
    assert (bad.place, worse.place) == ("papers.jsonl:2", "papers.jsonl:3")


def test_an_empty_file_is_an_empty_page() -> None:
    with linking(Linking([["", " "]])) as url:
        (page,) = pages(url)
    assert (page.entries, page.cursor) == ((), None)


def test_pages_in_a_circle_end_with_an_error() -> None:
    served = Linking(toy_pages(2), turns=True)
    with linking(served) as url, pytest.raises(SourceError, match="in a circle"):
        pages(f"{url}?page=0")
    assert served.asked == [0, 1]


def test_a_server_that_refuses_is_an_error() -> None:
    with (
        linking(Linking(toy_pages(1), before=lambda _: 404)) as url,
        pytest.raises(FetchError, match="HTTP 404"),
    ):
        pages(url)


@pytest.mark.parametrize(
    "what", ["", "papers.jsonl", "ftp://host/x", "https://", "https://[host/x", "https://h/#hourly"]
)
def test_what_is_no_address_is_refused(what: str) -> None:
    with pytest.raises(SettingError):
        open_source(what, Options())


def test_the_rhythm_is_the_operators_word() -> None:
    def due(what: str) -> datetime | None:
        return open_source(what, Options()).expected(NOW)

    assert due("https://host.example/x") is None
    assert due("https://host.example/x#daily") == NOW - timedelta(days=1)
    assert due("https://host.example/x#weekly") == NOW - timedelta(days=7)


def test_each_address_has_a_name_of_its_own() -> None:
    one, other = open_source("https://a.example/x?1", Options()), "https://a.example/x?2"
    assert isinstance(one, JsonLines)
    assert one.name.startswith("a-example-x-")
    assert one.name != open_source(other, Options()).name
    assert len(open_source("https://a.example/" + "x" * 999, Options()).name) < 80
