"""PubMed: searches that reach their limit, batches, retracted articles, XML that is not let in."""

from collections.abc import Iterator
from datetime import date

import pytest

from broadsheet.errors import SettingError, SourceError
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.remote import Options
from broadsheet.sources.remote import pubmed as adapter
from tests.library.servers.listening import Asked, Reply, as_json, listening
from tests.library.servers.pubmed import HEAD, PubMed, answered, article, pubmed
from tests.library.servers.walking import NOW, faults, ids, records, resumed_everywhere, walked

SINCE = date(2026, 11, 1)


@pytest.fixture
def served() -> PubMed:
    return PubMed(each_day=90, first=SINCE, days=7)


@pytest.fixture
def source(served: PubMed) -> Iterator[adapter.PubMed]:
    with pubmed(served) as base:
        yield adapter.open_source("kettle[Title]", Options(base=base, contact="a@k.example"))


def truth(served: PubMed) -> list[str]:
    return [str(number) for number in served.numbers]


def fetched(reply: Reply) -> list[Record]:
    """What becomes of one answer of efetch."""

    def answer(asked: Asked) -> Reply:
        found = {"esearchresult": {"count": "1", "idlist": ["1"]}}
        return reply if asked.path.endswith("/efetch.fcgi") else as_json(found)

    with listening(answer) as base:
        return records(walked(adapter.open_source("k", Options(base=base)), since=NOW.date()))


def test_articles_are_searched_for_and_fetched_in_batches(
    source: adapter.PubMed, served: PubMed
) -> None:
    pages = walked(source, since=SINCE)
    assert ids(pages) == truth(served)
    assert [len(page.entries) for page in pages] == [200, 200, 200, 30]
    assert {page.total for page in pages} == {630}
    assert served.asked[0].query == {
        "db": "pubmed",
        "term": "kettle[Title]",
        "retmode": "json",
        "retstart": "0",
        "retmax": "200",
        "datetype": "mdat",
        "mindate": "2026/11/01",
        "maxdate": "2026/11/21",
        "tool": "broadsheet",
        "email": "a@k.example",
    }


@pytest.mark.parametrize("reach", [9_999, 300])
def test_broken_off_after_any_page_nothing_is_missing_and_nothing_comes_twice(
    source: adapter.PubMed, served: PubMed, reach: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_REACH", reach)
    served.reach = reach
    pages = walked(source, since=SINCE)
    assert ids(pages) == truth(served)
    assert faults(pages) == []
    assert resumed_everywhere(source, pages) == [truth(served)] * (len(pages) - 1)


def test_a_day_of_more_articles_than_a_search_reaches_is_said(
    source: adapter.PubMed, served: PubMed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_REACH", 50)
    served.reach = 50
    served.days = 2
    pages = walked(source, since=SINCE)
    assert len(ids(pages)) == 100
    assert faults(pages) == [
        "of 90 articles of 2026-11-01 the first 50 were read",
        "of 90 articles of 2026-11-02 the first 50 were read",
    ]


def test_the_days_wanted_are_those_of_change(source: adapter.PubMed, served: PubMed) -> None:
    pages = walked(source, since=date(2026, 11, 2), until=date(2026, 11, 3))
    assert ids(pages) == truth(served)[90:270]


def test_days_without_articles_are_one_empty_page(source: adapter.PubMed, served: PubMed) -> None:
    (page,) = walked(source, since=date(2026, 11, 20))
    assert (page.entries, page.cursor, page.total) == ((), None, 0)
    assert len(served.asked) == 1


def test_an_article_becomes_a_record() -> None:
    (found,) = fetched(answered([article(7)]))
    assert (found.source, found.native_id, found.doi) == ("pubmed", "7", "10.1234/steam.7")
    assert found.title == "Steam of kettle 7"
    assert found.abstract == "BACKGROUND: Kettles sing.\n\nRESULTS: Kettle 7 sings & boils."
    assert found.authors == (Author("Ana Holm", "0000-0001-2345-6789"), Author("Kettle Group"))
    assert (found.announced, found.revised) == (PartialDate(2026, 3, 4), PartialDate(2026, 11, 5))
    assert (found.venue, found.keywords) == ("Kettles Quarterly", ("steam",))
    assert found.links == (Link(LinkKind.PAGE, "https://pubmed.ncbi.nlm.nih.gov/7/"),)
    assert not found.retracted
    assert found.raw.startswith("<PubmedArticle>")


def test_a_retracted_article_is_marked_but_its_notice_is_not() -> None:
    kinds = ("Retracted Publication", "Retraction of Publication")
    found = fetched(answered([article(1, kind=kinds[0]), article(2, kind=kinds[1])]))
    assert [one.retracted for one in found] == [True, False]
    named = article(3).replace(
        "</MedlineCitation>",
        '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><PMID>9</PMID>'
        "</CommentsCorrections></CommentsCorrectionsList></MedlineCitation>",
    )
    notice = named.replace("RetractionIn", "RetractionOf")
    assert [one.retracted for one in fetched(answered([named, notice]))] == [True, False]


def test_a_translated_title_is_told_without_its_brackets() -> None:
    title = "Steam of <i>kettle</i> 1."
    said = ("[Steam of kettles.]", "[Steam] of [kettles].", "[Steam of kettles].")
    found = fetched(answered([article(1).replace(title, one) for one in said]))
    assert [one.title for one in found] == [
        "Steam of kettles",
        "[Steam] of [kettles]",
        "Steam of kettles",
    ]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("<PubDate><Year>2026</Year><Month>Nov</Month><Day>2</Day></PubDate>", (2026, 11, 2)),
        ("<PubDate><MedlineDate>2026 Nov-Dec</MedlineDate></PubDate>", (2026, 11)),
        ("<PubDate><Year>2026</Year><Season>Spring</Season></PubDate>", (2026,)),
        (f"<PubDate><Year>2026</Year><Month>{'9' * 5000}</Month></PubDate>", (2026,)),
        (f"<PubDate><Year>{'9' * 5000}</Year></PubDate>", None),
        ("<PubDate/>", None),
    ],
)
def test_a_date_is_read_as_far_as_it_is_said(said: str, day: tuple[int, ...] | None) -> None:
    text = f"""<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>K</ArticleTitle>
    <Journal><JournalIssue>{said}</JournalIssue></Journal></Article></MedlineCitation>
    </PubmedArticle>"""
    (found,) = fetched(answered([text]))
    assert found.announced == (PartialDate(*day) if day else None)


def test_a_book_is_passed_over() -> None:
    book = "<PubmedBookArticle><BookDocument><PMID>3</PMID></BookDocument></PubmedBookArticle>"
    assert [one.native_id for one in fetched(answered([book, article(1)]))] == ["1"]
    assert fetched(answered([book])) == []


def test_an_article_without_a_number_is_one_fault() -> None:
    nameless = article(2).replace('<PMID Version="1">2</PMID>', "")
    found = {"esearchresult": {"count": "2", "idlist": ["1", "2"]}}

    def answer(asked: Asked) -> Reply:
        is_fetch = asked.path.endswith("/efetch.fcgi")
        return answered([article(1), nameless]) if is_fetch else as_json(found)

    with listening(answer) as base:
        pages = walked(adapter.open_source("k", Options(base=base)), since=NOW.date())
    assert (ids(pages), faults(pages)) == (["1"], ["the article has no number"])


LAUGHS = '<!DOCTYPE PubmedArticleSet [<!ENTITY a "kettle"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            f"{LAUGHS}<PubmedArticleSet><PubmedArticle>&b;</PubmedArticle></PubmedArticleSet>",
            "declares an entity",
        ),
        (f"{HEAD}<PubmedArticleSet>{article(1)}", "not well-formed"),
        (f"{HEAD}<PubmedArticleSet>{'<a>' * 100}", "nested too deeply"),
        (f"{HEAD}<PubmedArticleSet></PubmedArticleSet>", "none of the articles came"),
        ("<html><body>busy</body></html>", "the XML is of 'html'"),
        ("busy", "not well-formed"),
        ("", "not well-formed"),
    ],
)
def test_xml_that_is_not_let_in_is_an_error_of_the_source(content: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        fetched(Reply(content.encode()))


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"esearchresult": []},
        {"esearchresult": {"ERROR": "Search Backend failed"}},
        {"esearchresult": {"count": "x", "idlist": []}},
        {"esearchresult": {"count": "1", "idlist": "1"}},
        {"esearchresult": {"count": "1", "idlist": ["../x"]}},
    ],
)
def test_a_broken_search_is_an_error_of_the_source(value: object) -> None:
    with listening(lambda _: as_json(value)) as base, pytest.raises(SourceError, match="esearch"):
        walked(adapter.open_source("k", Options(base=base)), since=SINCE)


def test_the_same_numbers_again_and_again_come_to_an_end() -> None:
    def answer(asked: Asked) -> Reply:
        found = {"esearchresult": {"count": "5000", "idlist": ["1"]}}
        return answered([article(1)]) if asked.path.endswith("efetch.fcgi") else as_json(found)

    with listening(answer) as base, pytest.raises(SourceError, match="same page again"):
        walked(adapter.open_source("k", Options(base=base)), since=SINCE)


@pytest.mark.parametrize("cursor", [{}, {"from": "x", "to": "y", "until": "z", "at": "0"}])
def test_a_cursor_of_another_source_is_refused(
    cursor: dict[str, str], source: adapter.PubMed
) -> None:
    with pytest.raises(SourceError, match="place to go on from"):
        walked(source, cursor=cursor)


def test_a_query_is_needed_and_a_key_is_not_shown(served: PubMed) -> None:
    with pytest.raises(SettingError, match="says not which articles"):
        adapter.open_source(" ", Options())
    with pubmed(served) as base:
        source = adapter.open_source("k", Options(base=base, key="steam"))
        walked(source, since=date(2026, 11, 20))
    assert served.asked[0].query["api_key"] == "steam"
    assert "steam" not in repr(source)
    assert source.expected(NOW) is None
