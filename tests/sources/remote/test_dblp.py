"""DBLP: pages, years, people of one name, hostile hits."""

from collections.abc import Iterator
from datetime import date

import pytest

from broadsheet.errors import SettingError, SourceError
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Options
from broadsheet.sources.remote import dblp as adapter
from tests.library.servers.dblp import Dblp, dblp, hit
from tests.library.servers.listening import Reply, as_json, listening
from tests.library.servers.walking import NOW, faults, ids, records, resumed_everywhere, walked

HITS = [hit(number) for number in range(230)]
TRUTH = [f"conf/kettle/Holm{number}" for number in range(230)]


@pytest.fixture
def served() -> Dblp:
    return Dblp(HITS)


@pytest.fixture
def source(served: Dblp) -> Iterator[adapter.Dblp]:
    with dblp(served) as base:
        yield adapter.open_source("kettle steam", Options(base=base))


def only(*hits: object) -> list[Record]:
    with dblp(Dblp(hits)) as base:
        pages = walked(adapter.open_source("k", Options(base=base)))
    assert faults(pages) == []
    return records(pages)


def test_every_hit_comes_once(source: adapter.Dblp, served: Dblp) -> None:
    pages = walked(source)
    assert ids(pages) == TRUTH
    assert [len(page.entries) for page in pages] == [100, 100, 30]
    assert served.asked[1].path == "/search/publ/api"
    assert served.asked[1].query == {
        "q": "kettle steam",
        "format": "json",
        "h": "100",
        "f": "100",
        "c": "0",
    }


def test_broken_off_after_any_page_nothing_is_missing(source: adapter.Dblp) -> None:
    assert resumed_everywhere(source, walked(source)) == [TRUTH] * 2


def test_a_query_that_finds_nothing_is_one_empty_page(source: adapter.Dblp, served: Dblp) -> None:
    served.hits = []
    (page,) = walked(source)
    assert (page.entries, page.cursor, page.total) == ((), None, 0)


def test_a_query_that_finds_more_than_is_given_says_so(
    source: adapter.Dblp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_REACH", 200)
    pages = walked(source)
    assert ids(pages) == TRUTH[:200]
    assert faults(pages) == ["of 230 publications the first 200 were read"]


def test_a_hit_becomes_a_record() -> None:
    (found,) = only(hit(7))
    assert (found.source, found.native_id, found.doi) == (
        "dblp",
        "conf/kettle/Holm7",
        "10.1234/kettle.7",
    )
    assert found.title == "Kettles and their steam 7"
    assert found.authors == (Author("Ana Holm"), Author("Li Wei"))
    assert (found.venue, found.announced) == ("KETTLE", PartialDate(2026))
    assert found.links == (Link(LinkKind.PAGE, "https://doi.org/10.1234/KETTLE.7"),)


def test_one_author_and_several_venues_are_read() -> None:
    lone = {"author": {"@pid": "01/1", "text": "Ana Holm"}}
    (found,) = only(hit(1, authors=lone, venue=["KETTLE", "STEAM"]))
    assert (found.authors, found.venue) == ((Author("Ana Holm"),), "KETTLE")


def test_a_preprint_of_arxiv_is_known_as_such() -> None:
    doi = "10.48550/ARXIV.2611.01234"
    (found,) = only(
        hit(1, doi=doi, ee=f"https://doi.org/{doi}", key="journals/corr/abs-2611-01234")
    )
    assert found.arxiv_id == "2611.01234"


def test_proceedings_as_such_are_left_out() -> None:
    assert only(hit(1, type="Editorship"), hit(2))[0].native_id == "conf/kettle/Holm2"


def test_what_is_withdrawn_is_said() -> None:
    assert [one.withdrawn for one in only(hit(1, type="Withdrawn Items"), hit(2))] == [True, False]


def test_of_the_days_wanted_the_years_count() -> None:
    hits = [hit(number, year=str(2020 + number)) for number in range(7)]
    with dblp(Dblp(hits)) as base:
        pages = walked(
            adapter.open_source("k", Options(base=base)),
            since=date(2022, 5, 1),
            until=date(2023, 2, 1),
        )
    assert ids(pages) == ["conf/kettle/Holm2", "conf/kettle/Holm3"]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (hit(2, key=None), "the publication has no `key`"),
        (hit(2, key="a b"), "the publication has no `key`"),
        (hit(2, title=[]), "`info.title` is a list, not text"),
        (hit(2, authors="x"), "`info.authors` is text, not an object"),
        (hit(2, authors={"author": [7]}), "not an object"),
        ({"info": []}, "`info` is a list, not an object"),
        (None, "the publication has no `key`"),
        ("x", "not an object"),
    ],
)
def test_a_hostile_hit_is_one_fault(one: object, said: str) -> None:
    with dblp(Dblp([hit(1), one, hit(3)])) as base:
        pages = walked(adapter.open_source("k", Options(base=base)))
    assert ids(pages) == ["conf/kettle/Holm1", "conf/kettle/Holm3"]
    (fault,) = faults(pages)
    assert said in fault


BROKEN = {
    "not JSON": Reply(b"{"),
    "a list": as_json([]),
    "no hits": as_json({"result": {}}),
    "no total": as_json({"result": {"hits": {"@total": "many"}}}),
    "no list": as_json({"result": {"hits": {"@total": "1", "hit": "x"}}}),
    "for ever": as_json({"result": {"hits": {"@total": "900", "hit": [hit(1)]}}}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_an_error_of_the_source(name: str) -> None:
    with listening(lambda _: BROKEN[name]) as base, pytest.raises(SourceError, match="dblp"):
        walked(adapter.open_source("k", Options(base=base)))


def test_a_query_is_needed() -> None:
    with pytest.raises(SettingError, match="says not which publications"):
        adapter.open_source(" ", Options())
    assert adapter.open_source("k", Options()).expected(NOW) is None
