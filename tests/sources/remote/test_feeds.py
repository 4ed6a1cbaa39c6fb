"""Feeds: read whole, read in part, or refused by name; known again whatever changes in them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.catalogue import Catalogue
from broadsheet.curation import tidy
from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.ingest.filing import file_batch
from broadsheet.ingest.preparing import named, prepared
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Options, Page, Wanted
from broadsheet.sources.remote.feed_process import (
    LONGEST_TEXT,
    MOST_ENTRIES,
)
from broadsheet.sources.remote.feed_reading import read_feed
from broadsheet.sources.remote.feeds import open_source
from tests.library.servers.listening import Asked, Reply, listening
from tests.library.servers.replying import client
from tests.library.servers.walking import NOW

CORPUS = Path(__file__).with_name("corpus")
PARTS = ["Singing kettles, part 1", "Singing kettles, part 2"]
TEA = ["Wasserkocher für Tee, part 1", "Singing kettles, part 2"]

WHOLE = {
    "rss-2.0.xml": PARTS,
    "atom-1.0.xml": ["Kettles & steam engines"],
    "rdf-1.0-journal.xml": ["On the seventh kettle"],
    "feedparser-277-wrong-encoding-declared.xml": TEA,
    "feedparser-81-latin-1-undeclared.xml": TEA,
    "feedparser-36-utf-16.xml": PARTS,
    "feedparser-pr56-unknown-encoding.xml": PARTS,
    "feedparser-135-german-weekday.xml": PARTS,
    "freshrss-5909-one-guid-for-all.xml": PARTS,
    "freshrss-1552-no-guid.xml": PARTS,
    "no-entries.xml": [],
    "script-in-title.xml": ["Kettles that sing, part 1"],
    "dates-to-come.xml": PARTS,
    "many-authors-and-mail.xml": PARTS,
}
IN_PART = {
    "miniflux-569-control-characters.xml": (PARTS, "not well-formed (invalid token)"),
    "miniflux-492-nul-byte.xml": (PARTS, "not well-formed (invalid token)"),
    "miniflux-546-character-reference-to-control.xml": (PARTS, "invalid character number"),
    "miniflux-52-escape-in-title.xml": (
        ["Singing kettles, part 1", "Singing kettles, part 2"],
        "not well-formed (invalid token)",
    ),
    "miniflux-575-backspace-in-link.xml": (PARTS, "not well-formed (invalid token)"),
    "miniflux-122-invalid-entities.xml": (PARTS, "undefined entity"),
    "expat-46-billion-laughs.xml": (["Singing kettles"], "undefined entity"),
    "external-entity.xml": (PARTS[:1], "syntax error"),
    "cut-short.xml": (PARTS, "no element found"),
    "nothing-names-the-entry.xml": (PARTS[:1], "the entry has no title, link or id"),
}
REFUSED = {
    "web-page.xml": "this is a web page (HTML), not a feed",
    "json-feed.xml": "this is JSON, not an RSS, Atom or RDF feed",
    "not-a-feed.xml": "this is no RSS, Atom or RDF feed",
    "empty.xml": "the feed is empty",
    "binary.xml": "this is no feed",
}


@contextmanager
def serving(content: bytes, content_type: str = "application/xml") -> Iterator[str]:
    """The address of a feed."""
    with listening(lambda _: Reply(content, headers={"Content-Type": content_type})) as base:
        yield f"{base}/feed.xml"


def harvest(content: bytes, now: datetime = NOW) -> Page:
    """The one page of a feed that is served."""
    with serving(content) as url:
        feed = open_source("https://kettles.example/feed.xml", Options(base=url))
        (page,) = feed.pages(client(), Wanted(now=now))
    assert page.cursor is None
    return page


def records(page: Page) -> list[Record]:
    return [entry for entry in page.entries if isinstance(entry, Record)]


def faults(page: Page) -> list[str]:
    return [entry.reason for entry in page.entries if isinstance(entry, SourceError)]


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>K</title>{"".join(items)}</channel></rss>'.encode()


def test_the_corpus_is_tried_in_full() -> None:
    assert {file.name for file in CORPUS.iterdir()} == {*WHOLE, *IN_PART, *REFUSED}


@pytest.mark.parametrize("name", WHOLE)
def test_a_feed_is_read_whole(name: str) -> None:
    page = harvest((CORPUS / name).read_bytes())
    assert [tidy(record).title for record in records(page)] == WHOLE[name]
    assert faults(page) == []
    assert page.total == len(WHOLE[name])


@pytest.mark.parametrize("name", IN_PART)
def test_a_broken_feed_is_read_in_part_and_says_so(name: str) -> None:
    titles, complaint = IN_PART[name]
    page = harvest((CORPUS / name).read_bytes())
    assert [tidy(record).title for record in records(page)] == titles
    (fault,) = faults(page)
    assert complaint in fault


def test_a_broken_feed_of_which_nothing_can_be_read_is_no_quiet_day() -> None:
    for content in (rss("<item><title>Steam</title></item>")[:33], b"<rss><channel>\x01&a;"):
        with pytest.raises(SourceError, match=r"not well-formed .* and no entry could be read"):
            harvest(content)


def test_entities_of_html_are_read_with_a_document_type_and_without() -> None:
    dtd = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://kettles.example/x.dtd">'
    feed = rss("<item><title>&Eacute;tude &amp;amp; caf&eacute;&nbsp;&lt;3</title></item>")
    for content in (feed, dtd + feed):
        page = harvest(content)
        assert [tidy(record).title for record in records(page)] == ["Étude & café <3"]
        assert faults(page) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_refused_by_name(name: str) -> None:
    with pytest.raises(SourceError, match=re.escape(REFUSED[name])) as raised:
        harvest((CORPUS / name).read_bytes())
    assert raised.value.place.endswith("/feed.xml")


def test_an_atom_entry_becomes_a_record() -> None:
    (found,) = records(harvest((CORPUS / "atom-1.0.xml").read_bytes()))
    assert found.authors == (Author("Ana Holm"), Author("Li Wei"))
    assert found.announced == PartialDate(2026, 11, 11)
    assert found.revised == PartialDate(2026, 11, 12)
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert found.categories == ("steam",)
    assert found.links == (
        Link(LinkKind.PAGE, "https://kettles.example/journal/papers/1"),
        Link(LinkKind.PDF, "https://kettles.example/journal/papers/1.pdf"),
    )
    assert tidy(found).abstract == "They sing."


def test_a_journal_entry_is_known_by_its_doi() -> None:
    (found,) = records(harvest((CORPUS / "rdf-1.0-journal.xml").read_bytes()))
    assert (found.doi, found.native_id) == ("10.1234/kettle.7", "10.1234/kettle.7")
    assert found.venue == "Kettles Quarterly"
    assert found.authors == (Author("Ana Holm"), Author("Li Wei"))
    assert found.announced == PartialDate(2026, 11, 9)


def test_an_address_for_mail_is_no_author() -> None:
    page = harvest((CORPUS / "many-authors-and-mail.xml").read_bytes())
    assert [record.authors for record in records(page)] == [(Author("Ana Holm"),), ()]


@pytest.mark.parametrize(
    ("link", "doi", "arxiv_id"),
    [
        (
            "https://www.biorxiv.org/content/10.1101/2026.01.15.123456v2?rss=1",
            "10.1101/2026.01.15.123456",
            None,
        ),
        ("https://kettles.example/doi/full/10.1234/k.9?af=R", "10.1234/k.9", None),
        ("https://doi.org/10.1234/K.9", "10.1234/k.9", None),
        ("https://arxiv.org/abs/2611.01234v2", None, "2611.01234"),
        ("https://kettles.example/10.1234/looks-like-one", None, None),
        ("http://[broken", None, None),
    ],
)
def test_ids_are_found_in_links(link: str, doi: str | None, arxiv_id: str | None) -> None:
    page = harvest(rss(f"<item><title>Kettles that sing</title><link>{link}</link></item>"))
    (found,) = records(page)
    assert (found.doi, found.arxiv_id) == (doi, arxiv_id)


def test_the_announcement_id_of_arxiv_is_its_arxiv_id() -> None:
    guid = '<guid isPermaLink="false">oai:arXiv.org:2611.01234v1</guid>'
    (found,) = records(harvest(rss(f"<item><title>Kettles</title>{guid}</item>")))
    assert found.native_id == "2611.01234"


def test_the_newest_entry_tells_what_was_announced_but_not_one_to_come() -> None:
    page = harvest((CORPUS / "dates-to-come.xml").read_bytes())
    assert page.announced == datetime(2026, 11, 11, 8, tzinfo=UTC)
    assert harvest((CORPUS / "no-entries.xml").read_bytes()).announced is None


def test_a_weekday_in_german_costs_no_date() -> None:
    page = harvest((CORPUS / "feedparser-135-german-weekday.xml").read_bytes())
    assert [record.announced for record in records(page)] == [
        PartialDate(2026, 11, 11),
        PartialDate(2026, 11, 12),
    ]


def test_an_external_entity_is_not_opened() -> None:
    page = harvest((CORPUS / "external-entity.xml").read_bytes())
    hostname = Path("/etc/hostname").read_text("utf-8").strip()
    assert hostname not in "".join(record.abstract for record in records(page))


def test_what_has_not_changed_is_not_sent_again_and_is_read_again(tmp_path: Path) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Reply:
        asked.append(request)
        if request.headers.get("If-None-Match") == '"kettle"':
            return Reply(b"", 304, {"ETag": '"kettle"'})
        return Reply((CORPUS / "rss-2.0.xml").read_bytes(), headers={"ETag": '"kettle"'})

    client = Client(folder=tmp_path, allowed_hosts=("127.0.0.1",))
    with listening(answer) as base, client:
        feed = open_source(f"{base}/feed?key=1&x", Options())
        first, second = (list(feed.pages(client, Wanted(now=NOW))) for _ in range(2))
    assert first == second
    assert [request.headers.get("If-None-Match") for request in asked] == [None, '"kettle"']
    assert (asked[0].path, asked[0].query) == ("/feed", {"key": "1", "x": ""})
    assert asked[0].headers["Accept"].startswith("application/atom+xml")


def test_a_feed_that_is_too_large_is_refused_while_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("broadsheet.sources.remote.feeds.LARGEST", 1_000)
    with pytest.raises(FetchError, match=r"more than 1,?000 bytes"):
        harvest(rss("x" * 1_000))


def test_an_error_does_not_tell_the_secret_of_an_address() -> None:
    with listening(lambda _: Reply(b"x")) as base:
        address = base.replace("//", "//ana:kettle@")
        feed = open_source(f"{address}/feed?token=steam", Options())
        with pytest.raises(SourceError) as raised:
            list(feed.pages(client(), Wanted(now=NOW)))
    assert not {"kettle", "steam"} & set(re.findall(r"\w+", raised.value.message))


def read(content: bytes) -> tuple[int, int, str]:
    """How many entries were read, how many there are, and what is complained of."""
    feed = read_feed(content, {}, "feed")
    return len(feed.entries), feed.begun, feed.complaint


def test_a_million_entries_are_read_up_to_the_limit() -> None:
    content = rss("<item><title>x</title></item>" * 500_000)
    assert read(content) == (MOST_ENTRIES, 500_000, "")
    atom = '<feed xmlns="http://www.w3.org/2005/Atom">' + "<entry/>" * 1_000_000 + "</feed>"
    assert read(atom.encode()) == (MOST_ENTRIES, 1_000_000, "")


def test_more_entries_than_are_read_are_said() -> None:
    items = "".join(f"<item><guid>{n}</guid></item>" for n in range(MOST_ENTRIES + 1))
    page = harvest(rss(items))
    assert len(records(page)) == MOST_ENTRIES
    assert faults(page) == ["of 5,001 entries the first 5,000 were read"]


def test_entities_that_grow_are_not_expanded() -> None:
    entity = f'<!DOCTYPE rss [<!ENTITY a "{"kettle " * 15_000}">]>'.encode()
    content = entity + rss(f"<item><title>{'&a;' * 100_000}</title></item>")
    feed = read_feed(content, {}, "feed")
    assert all(len(str(entry["title"])) <= LONGEST_TEXT for entry in feed.entries)


def test_many_honest_entities_are_read() -> None:
    summary = "tea &amp;amp; kettles &lt; " * 60_000
    items = "".join(f"<item><guid>{n}</guid><title>T &amp; K</title></item>" for n in range(2_000))
    content = rss(items, f"<item><guid>x</guid><description>{summary}</description></item>")
    assert read(content) == (2_001, 2_001, "")


@pytest.mark.parametrize("tag", ["a", "div", "item", "channel", "entry"])
def test_deep_nesting_is_survived(tag: str) -> None:
    content = rss("<item><title>Kettles</title></item>", f"<{tag}>" * 20_000, f"</{tag}>" * 20_000)
    with suppress(SourceError):
        found, _, _ = read(content)
        assert found >= 1


def test_an_author_that_takes_too_long_ends_the_parser_and_not_the_harvest() -> None:
    author = "a" * 3_000_000
    content = rss(f"<item><title>K</title><author>{author}@</author></item>")
    with pytest.raises(SourceError, match="more than 2 s of processor time"):
        read_feed(content, {}, "feed", seconds=2)


def test_a_parser_that_needs_too_much_memory_is_ended() -> None:
    content = rss(f"<item><description>{'kettle ' * 500}</description></item>" * 4_000)
    with pytest.raises(SourceError, match=r"needs too much memory|cannot be parsed"):
        read_feed(content, {}, "feed", mebibytes=64)


def file(catalogue: Catalogue, page: Page) -> None:
    """File the records of a page as a harvest does."""
    ready = {one.name: one for one in map(named, records(page))}
    with catalogue.writing() as desk:
        file_batch(desk, [prepared(one) for one in ready.values()], NOW)


CHANGES: dict[str, Callable[[str], str]] = {
    "nothing": lambda text: text,
    "guids": lambda text: (
        re.sub(r"<guid>.*?</guid>", "<guid>new-\\g<0></guid>", text)
        .replace("new-<guid>", "new-")
        .replace("</guid></guid>", "</guid>")
    ),
    "links": lambda text: text.replace("<link>https://k", "<link>https://www.k"),
    "tracking": lambda text: text.replace("</link>", "?utm_source=rss</link>"),
    "dates": lambda text: text.replace("Nov 2026", "Dec 2026"),
    "guids, links and dates": lambda text: text.replace("kettles.example", "new.example").replace(
        "Nov 2026", "Dec 2026"
    ),
    "no guids": lambda text: re.sub(r"<guid>.*?</guid>", "", text),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["rss-2.0.xml", "freshrss-5909-one-guid-for-all.xml"])
def test_harvesting_again_makes_no_duplicates(
    name: str, change: str, sqlite_catalogue: Catalogue
) -> None:
    text = (CORPUS / name).read_text("utf-8")
    file(sqlite_catalogue, harvest(text.encode()))
    changed = CHANGES[change](text)
    assert (changed == text) == (change == "nothing")
    for _ in range(2):
        file(sqlite_catalogue, harvest(changed.encode()))
        with sqlite_catalogue.reading() as desk:
            assert desk.papers.count() == 2


def test_an_entry_with_a_doi_is_one_record_whatever_changes(sqlite_catalogue: Catalogue) -> None:
    doi = "<link>https://doi.org/10.1234/k.1</link>"
    for guid, title in (("a", "Kettles that sing"), ("b", "Kettles which sing, and louder")):
        file(
            sqlite_catalogue,
            harvest(rss(f"<item><title>{title}</title>{doi}<guid>{guid}</guid></item>")),
        )
    with sqlite_catalogue.reading() as desk:
        assert (desk.papers.count(), desk.records.count()) == (1, 1)


@pytest.mark.parametrize(
    "what",
    ["", "kettles.example/feed", "file:///etc/passwd", "https://", "https://a b", "http://[x"],
)
def test_what_is_no_address_is_refused(what: str) -> None:
    with pytest.raises(SettingError, match="is not the address of a feed"):
        open_source(what, Options())


def test_two_feeds_of_a_host_have_two_names() -> None:
    names = {
        open_source(f"https://www.kettles.example/{path}", Options()).name for path in ("a", "b")
    }
    assert len(names) == 2
    assert all(re.fullmatch(r"feed-kettles-example-[0-9a-f]{6}", name) for name in names)


def test_a_feed_keeps_no_rhythm() -> None:
    assert open_source("https://kettles.example/feed", Options()).expected(NOW) is None


SOUND = [
    (CORPUS / name).read_bytes() for name in ("rss-2.0.xml", "atom-1.0.xml", "rdf-1.0-journal.xml")
]


@settings(max_examples=60)
@given(
    content=st.sampled_from(SOUND),
    cuts=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 40),
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from(
                    [b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"<!DOCTYPE x [", b"<?xml ?>",
                     b"&#x0;", b"&#xD800;", b"\xff\xfe", b"\xef\xbb\xbf", b"</item>", b"<item>",
                     b"<title>", b"xmlns:a='b'", b"</channel>", b'"', b"\x00"]
                ),
            ),
        ),
        min_size=1,
        max_size=6,
    ),
)  # fmt: skip
def test_whatever_is_changed_in_a_feed_it_is_read_or_refused_by_name(
    content: bytes, cuts: list[tuple[float, int, bytes]]
) -> None:
    for place, length, put in cuts:
        at = int(place * len(content))
        content = content[:at] + put + content[at + length :]
    with suppress(SourceError):
        feed = read_feed(content, {"content-location": "https://kettles.example/"}, "feed")
        assert len(feed.entries) <= feed.begun
