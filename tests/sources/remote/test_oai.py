"""OAI-PMH repositories, against a real one on this machine with all its ways to go wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Cursor, Gone, Options, Page, Wanted
from broadsheet.sources.remote.oai import Repository, open_source
from tests.library.servers.oai import SECONDS, Faults, Held, generated, serving_oai
from tests.library.servers.oai import Repository as Holding
from tests.library.servers.replying import client
from tests.library.servers.telling import Told, telling

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def source(url: str, query: str = "") -> Repository:
    return open_source(f"{url}{query}", Options())


def pages(
    remote: Repository, cursor: Cursor | None = None, since: date | None = None, *, tries: int = 1
) -> Iterator[Page]:
    return remote.pages(client(tries=tries), Wanted(now=NOW, cursor=cursor, since=since))


def ids(found: list[Page]) -> list[str]:
    return [
        one.native_id or "" for page in found for one in page.entries if isinstance(one, Record)
    ]


def names(held: list[Held]) -> list[str]:
    return [f"arXiv.org/{one.id}" for one in held]


def test_all_pages_make_the_whole_truth() -> None:
    held = generated(95, per_day=7)
    with serving_oai(Holding(held, page=10)) as served:
        found = list(pages(source(served.url)))
    assert ids(found) == names(held)
    assert [page.cursor is None for page in found] == [False] * 9 + [True]
    assert [page.total for page in found] == [95] * 9 + [None]
    assert {page.through for page in found} == {datetime(2025, 3, 1, 4, tzinfo=UTC)}
    asked = served.repository.asked
    assert asked[0] == {"verb": "Identify"}
    assert asked[1] == {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    assert all(one.keys() == {"verb", "resumptionToken"} for one in asked[2:])


def test_dublin_core_becomes_a_record() -> None:
    one = Held(
        "2502.1", "2025-02-13", "T & U", "Ada B. Example, Bo Roe", "Abstract.", doi="10.1234/x"
    )
    with serving_oai(Holding([one])) as served:
        (page,) = pages(source(served.url, "?name=mine"))
    (record,) = page.entries
    assert isinstance(record, Record)
    assert (record.source, record.native_id, record.format) == (
        "mine",
        "arXiv.org/2502.1",
        "oai_dc",
    )
    assert (record.title, record.abstract, record.doi) == ("T & U", "Abstract.", "10.1234/x")
    assert record.authors == (Author("Ada B. Example"), Author("Bo Roe"))
    assert record.announced == PartialDate(2025, 2, 13)
    assert record.links == (Link(LinkKind.PAGE, "http://arxiv.org/abs/2502.1"),)
    assert record.raw.startswith("<record><header>")
    assert record.raw.endswith("</metadata></record>")
    assert page.announced == datetime(2025, 2, 13, tzinfo=UTC)


def test_the_deleted_are_gone() -> None:
    held = generated(20, deleted_every=5)
    with serving_oai(Holding(held)) as served:
        found = list(pages(source(served.url)))
    gone = [one for page in found for one in page.entries if isinstance(one, Gone)]
    assert [one.native_id for one in gone] == names(held[4::5])
    assert len(ids(found)) == 16


def test_nothing_new_is_a_good_and_empty_page() -> None:
    with serving_oai(Holding(generated(5))) as served:
        (page,) = pages(source(served.url), since=date(2026, 1, 1))
    assert (page.entries, page.cursor, page.announced) == ((), None, None)
    assert page.through == datetime(2025, 3, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("granularity", ["YYYY-MM-DD", SECONDS])
def test_days_are_asked_for_as_the_repository_counts(granularity: str) -> None:
    held = generated(30, per_day=10)
    if granularity == SECONDS:
        held = [replace(one, stamp=f"{one.stamp}T23:59:59Z") for one in held]
    with serving_oai(Holding(held, granularity=granularity)) as served:
        wanted = Wanted(now=NOW, since=date(2015, 1, 7), until=date(2015, 1, 7))
        found = list(source(served.url).pages(client(), wanted))
    assert ids(found) == names(held[10:20])


def test_no_day_before_the_first_is_asked_for() -> None:
    with serving_oai(Holding(generated(3))) as served:
        list(pages(source(served.url), since=date(1990, 1, 1)))
    assert "from" not in served.repository.asked[1]


def test_sets_come_one_after_the_other() -> None:
    held = generated(40)
    with serving_oai(Holding(held, page=4)) as served:
        remote = source(served.url, "?set=math,physics:hep-th")
        found = list(pages(remote))
    assert ids(found) == names(held[2::4] + held[3::4])
    assert [(page.cursor or {}).get("set") for page in found[1:4]] == [
        "math",
        "physics:hep-th",
        "physics:hep-th",
    ]
    assert remote.name == "127-0-0-1-math-physics-hep-th"


@pytest.mark.parametrize("stop", range(1, 12))
def test_what_was_broken_off_is_gone_on_with(stop: int) -> None:
    held = generated(48, per_day=5)
    with serving_oai(Holding(held, page=6)) as served:
        remote = source(served.url, "?set=cs,math,physics:hep-th")
        first = list(islice(pages(remote), stop))
        rest = list(pages(remote, first[-1].cursor)) if first[-1].cursor else []
    assert sorted(ids(first) + ids(rest)) == sorted(names(held))
    assert len({page.through for page in first + rest}) == 1


def test_an_expired_token_goes_on_from_the_last_datestamp() -> None:
    held = generated(100, per_day=8)
    with serving_oai(Holding(held, page=10, faults=Faults(expired={4, 7}))) as served:
        found = list(pages(source(served.url)))
    assert sorted(set(ids(found))) == sorted(names(held))
    assert len(ids(found)) < 100 + 2 * 30
    begun = [one for one in served.repository.asked if "metadataPrefix" in one]
    assert "from" not in begun[0]
    assert all(one["from"] > "2015-01-06" for one in begun[1:])
    assert len(begun) == 3


def test_an_expired_token_after_a_night_goes_on_from_the_last_datestamp() -> None:
    held = generated(60, per_day=10)
    with serving_oai(Holding(held, page=10)) as served:
        remote = source(served.url)
        first = list(islice(pages(remote), 4))
        served.repository.faults.expired = {4}
        rest = list(pages(remote, first[-1].cursor))
    assert set(ids(first) + ids(rest)) == set(names(held))
    assert len(ids(rest)) == 40


def test_where_records_come_in_no_order_an_expired_token_means_all_again() -> None:
    held = generated(60, per_day=5)[::-1]
    with serving_oai(Holding(held, page=10, faults=Faults(expired={3}))) as served:
        found = list(pages(source(served.url), since=date(2015, 1, 8)))
    assert set(ids(found)) == {f"arXiv.org/{one.id}" for one in held if one.stamp >= "2015-01-08"}
    assert [one["from"] for one in served.repository.asked if "from" in one] == ["2015-01-08"] * 2


def test_tokens_that_always_expire_are_an_error_and_no_loop() -> None:
    held = generated(30, per_day=30)
    with serving_oai(Holding(held, page=10, faults=Faults(refuses_tokens=True))) as served:
        with pytest.raises(SourceError, match="expire before a list has got on"):
            list(pages(source(served.url)))
        assert len(served.repository.asked) < 12


@pytest.mark.parametrize("faults", [Faults(loop_from=3), Faults(ignores_tokens=True)])
def test_tokens_that_go_in_a_circle_are_an_error(faults: Faults) -> None:
    with serving_oai(Holding(generated(90), page=10, faults=faults)) as served:
        with pytest.raises(SourceError, match="lead back to a page"):
            list(pages(source(served.url)))
        assert len(served.repository.asked) < 8


def test_a_page_cut_short_leaves_the_cursor_good() -> None:
    held = generated(50)
    with serving_oai(Holding(held, page=10, faults=Faults(truncated={2}))) as served:
        remote = source(served.url)
        got: list[Page] = []
        with pytest.raises(FetchError, match="not well-formed"):
            got.extend(pages(remote))
        got = list(islice(pages(remote), 2))
        rest = list(pages(remote, got[-1].cursor))
    assert ids(got) + ids(rest) == names(held)


def test_a_broken_record_is_an_entry_among_the_others() -> None:
    bad = (
        "<OAI-PMH><responseDate>2025-02-02T00:00:00Z</responseDate><ListRecords>"
        "<record><header><datestamp>2025-02-01</datestamp></header></record>"
        "<record><header><identifier>oai:x:1</identifier></header><metadata/></record>"
        "<record/><record><header><identifier>oai:x:2</identifier></header>"
        "<metadata><dc><title>T</title></dc></metadata><about><dc><title>U</title></dc></about>"
        "</record></ListRecords></OAI-PMH>"
    )
    found = read(bad)
    assert [type(one) for one in found] == [SourceError, SourceError, SourceError, Record]
    assert isinstance(found[1], SourceError)
    assert found[1].place == "127-0-0-1:x/1"
    assert "no title" in found[1].reason
    assert isinstance(found[3], Record)
    assert found[3].title == "T"


IDENTIFY = (
    b"<OAI-PMH><responseDate>2025-02-02T00:00:00Z</responseDate><Identify><granularity>YYYY-MM-DD"
    b"</granularity><earliestDatestamp>2000-01-01</earliestDatestamp></Identify></OAI-PMH>"
)


def read(listed: str | bytes) -> list[object]:
    """The entries of one page that is answered as it is given."""
    content = listed.encode() if isinstance(listed, str) else listed
    answers = iter([Told(IDENTIFY), Told(content)])
    with telling(lambda path: next(answers)) as server:
        (page,) = pages(open_source(server.url, Options()))
    return list(page.entries)


def listed(inner: str) -> str:
    return (
        '<?xml version="1.0"?><OAI-PMH><ListRecords><record><header>'
        f"<identifier>oai:x:1</identifier></header><metadata>{inner}</metadata></record></ListRecords></OAI-PMH>"
    )


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + listed("<title>&b;</title>")[21:]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (LAUGHS, "document type"),
        ("<!DOCTYPE html><html><body>Down<br></body></html>", "a web page"),
        ("<html><body>Down<br></body></html>", "a web page"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type"),
        ("<a>" * 100_000, "nested too deeply"),
        ("<feed>Sign in</feed>", "no OAI-PMH"),
        ("", "not well-formed"),
        ("\0" * 50, "not well-formed"),
        (b"\xff\xfe" + "<OAI-PMH>".encode("utf-16-le"), "not well-formed"),
        ("<OAI-PMH/>", "neither records nor an error"),
        (
            '<OAI-PMH><error code="badArgument">no  such\nset</error></OAI-PMH>',
            "badArgument: no su",
        ),
        ("<OAI-PMH>" + "<x/>" * 250_000 + "</OAI-PMH>", "too much besides"),
        (
            "<OAI-PMH><ListRecords>" + "<record/>" * 100_001 + "</ListRecords></OAI-PMH>",
            "more than 100000 entries",
        ),
    ],
)
def test_pages_that_cannot_be_read(content: str | bytes, message: str) -> None:
    with pytest.raises((FetchError, SourceError), match=message):
        read(content)


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ("<title>a\x0bb\x00c</title>", "abc"),
        ("<title>a&#11;b&#x1F600;</title>", "ab\U0001f600"),
        ("<title>caf&eacute;&nbsp;&bogus; R&D &amp; &lt;</title>", "café\xa0&bogus; R&D & <"),
        ("<title><![CDATA[a < b]]></title>", "a < b"),
        ("<title>" + "&amp;" * 5000 + "</title>", "&" * 5000),
        ("<ns:title xmlns:ns='urn:x'>a<!-- no -->b</ns:title>", "ab"),
    ],
)
def test_text_that_xml_does_not_allow_is_mended(inner: str, title: str) -> None:
    (record,) = read(listed(inner))
    assert isinstance(record, Record)
    assert record.title == title


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (listed("<title>é</title>").encode("latin-1"), "\ufffd"),
        (listed("<title>é</title>").replace("?>", " encoding='latin-1'?>").encode("latin-1"), "é"),
        (listed("<title>Ж</title>").replace("?>", ' encoding="cp1251"?>').encode("cp1251"), "Ж"),
        (listed("<title>é</title>").replace("?>", ' encoding="zlib"?>').encode(), "é"),
        (b"\xef\xbb\xbf" + listed("<title>é</title>").encode(), "é"),
        (listed("<title>é</title>").encode("utf-16"), "é"),
    ],
)
def test_encodings(content: bytes, title: str) -> None:
    (record,) = read(content)
    assert isinstance(record, Record)
    assert record.title == title
    assert record.raw.startswith("<record>")


def test_a_record_with_too_much_in_it_is_broken_and_the_next_is_not() -> None:
    huge = listed("<dc>" + "<creator/>" * 200_001 + "</dc>").replace(
        "</ListRecords>",
        "<record><header><identifier>oai:x:2</identifier></header>"
        "<metadata><title>T</title></metadata></record></ListRecords>",
    )
    broken, good = read(huge)
    assert isinstance(broken, SourceError)
    assert "too many elements" in broken.reason
    assert isinstance(good, Record)


def test_a_clock_ahead_of_time_leaves_no_gap() -> None:
    ahead = IDENTIFY.replace(b"2025-02-02", b"2099-02-02")
    answers = iter([Told(ahead), Told(listed("<title>T</title>").encode())])
    with telling(lambda path: next(answers)) as server:
        (page,) = pages(open_source(server.url, Options()))
    assert page.through == NOW


def test_a_cursor_of_a_set_that_is_no_longer_wanted_begins_anew() -> None:
    held = generated(12)
    with serving_oai(Holding(held)) as served:
        found = list(pages(source(served.url, "?set=math"), {"set": "cs", "token": "x"}))
    assert ids(found) == names(held[2::4])


def test_http_errors_are_not_hidden() -> None:
    answers = iter([Told(IDENTIFY), Told(b"", 500)])
    with telling(lambda path: next(answers)) as server, pytest.raises(FetchError):
        list(pages(open_source(server.url, Options())))


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_however_pages_are_cut_their_union_is_the_truth(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 60))
    held = generated(count, per_day=data.draw(st.integers(1, 20)), deleted_every=7)
    page = data.draw(st.integers(1, 25))
    expired = data.draw(st.sets(st.integers(1, 12), max_size=2))
    stops = data.draw(st.lists(st.integers(1, 6), max_size=4))
    with serving_oai(Holding(held, page=page, faults=Faults(expired=expired))) as served:
        remote = source(served.url)
        found: list[Page] = []
        for stop in [*stops, None]:
            cursor = found[-1].cursor if found else None
            if found and cursor is None:
                break
            found.extend(islice(pages(remote, cursor), stop))
    told = {
        one.native_id for each in found for one in each.entries if isinstance(one, Record | Gone)
    }
    assert told == set(names(held))


@pytest.mark.parametrize("what", ["", "host/oai", "ftp://host/oai", "https://host/oai?prefix=marc"])
def test_what_no_repository_can_be(what: str) -> None:
    with pytest.raises(SettingError):
        open_source(what, Options())


def test_an_address_keeps_its_own_query() -> None:
    remote = open_source("https://www.host.example/index.php?page=oai&set=a,b", Options())
    assert (remote.base, remote.extra) == (
        "https://www.host.example/index.php",
        (("page", "oai"),),
    )
    assert (remote.sets, remote.name) == (("a", "b"), "host-example-a-b")
    assert remote.expected(NOW) is None
