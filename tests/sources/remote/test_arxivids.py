"""arXiv's API: papers by their ids, in batches, and how it tells of errors."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Options, Wanted
from broadsheet.sources.remote.arxivids import BATCH, open_source
from tests.library.servers.arxiv import Announced, Arxiv, serving_arxiv
from tests.library.servers.telling import Told, telling

AT = datetime(2025, 2, 11, 23, 50, tzinfo=UTC)
WANTED = Wanted(now=AT + timedelta(days=9))


def test_an_entry_becomes_a_record() -> None:
    paper = Announced(
        "2502.08025",
        AT,
        title="R & D",
        version=2,
        updated=AT + timedelta(days=3),
        categories=("cs.LG", "cs.AI"),
        comment="https://github.com/a/b",
        venue="J. Pots",
        doi="10.1234/k",
    )
    with serving_arxiv(Arxiv([paper])) as served:
        remote = open_source("arXiv:2502.08025v2", Options(base=served.url))
        (page,) = remote.pages(Client(), WANTED)
    (record,) = page.entries
    assert isinstance(record, Record)
    assert (record.native_id, record.title, record.doi) == ("2502.08025", "R & D", "10.1234/k")
    assert record.authors == (Author("Ada Example"), Author("Bob Example"))
    assert record.categories == ("cs.LG", "cs.AI")
    assert (record.announced, record.revised) == (
        PartialDate(2025, 2, 11),
        PartialDate(2025, 2, 14),
    )
    assert record.links == (Link(LinkKind.CODE, "https://github.com/a/b"),)
    assert (record.venue, record.source, page.cursor) == ("J. Pots", "arxiv-ids", None)


def test_batches_and_where_to_go_on() -> None:
    papers = [Announced(f"2502.{n:05}", AT) for n in range(1, 2 * BATCH + 11)]
    with serving_arxiv(Arxiv(papers)) as served:
        what = ",".join(one.id for one in papers)
        remote = open_source(what, Options(base=served.url))
        pages = list(remote.pages(Client(), WANTED))
        again = Wanted(now=WANTED.now, cursor=pages[0].cursor)
        rest = list(remote.pages(Client(), again))
    assert [len(page.entries) for page in pages] == [BATCH, BATCH, 10]
    assert rest == pages[1:]
    assert "max_results=10" in served.asked[2]


def test_an_unknown_id_is_told() -> None:
    with serving_arxiv(Arxiv([Announced("2502.00001", AT)])) as served:
        remote = open_source("2502.00001,2502.00002", Options(base=served.url))
        (page,) = remote.pages(Client(), WANTED)
    known, unknown = page.entries
    assert isinstance(known, Record)
    assert isinstance(unknown, SourceError)
    assert unknown.place == "arxiv-ids:2502.00002"


def test_an_error_in_an_entry_is_an_error() -> None:
    with serving_arxiv(Arxiv(api_errs=True)) as served:
        remote = open_source("2502.00001", Options(base=served.url))
        with pytest.raises(SourceError, match="incorrect id format"):
            list(remote.pages(Client(), WANTED))


@pytest.mark.parametrize("told", [Told(b"<html/>"), Told(b"<feed><entry>"), Told(b"", 500)])
def test_no_usable_answer(told: Told) -> None:
    with telling(lambda path: told) as served:
        remote = open_source("2502.00001", Options(base=served.url))
        with pytest.raises(FetchError):
            list(remote.pages(Client(tries=1), WANTED))


@pytest.mark.parametrize("what", ["", "2502.00001,soon", "9999.1"])
def test_what_is_no_id(what: str) -> None:
    with pytest.raises(SettingError):
        open_source(what, Options())
