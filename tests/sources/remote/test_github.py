"""GitHub, asked of a server on this machine that answers in the documented shape."""

from datetime import UTC, datetime

import pytest

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.papers import Link, LinkKind, Paper, PaperId, Record, Signal, SignalKind
from broadsheet.sources.remote import Cursor, Options, Page, Remote, Tally, Wanted
from broadsheet.sources.remote.github import open_source, repositories
from tests.library.servers.github import Repositories, repository
from tests.library.servers.replying import (
    CUT_OFF,
    HTML,
    Reply,
    as_json,
    client,
    entries,
    pages,
    resumed,
)

NOW = datetime(2025, 2, 15, 12, tzinfo=UTC)
SITE = {
    "kettles/boil": repository("kettles/boil", 12),
    "kettles/steam": repository("kettles/Steam", 90),
    "old/pot": repository("new/pot", 5),
}


def paper(number: int, *urls: str, abstract: str = "") -> Paper:
    native_id = f"2502.{number:05}"
    links = tuple(Link(LinkKind.CODE, url) for url in urls)
    return Paper(
        id=PaperId(native_id), title="Kettles", abstract=abstract, links=links, arxiv_id=native_id
    )


def wanted(*papers: Paper, cursor: Cursor | None = None) -> Wanted:
    return Wanted(now=NOW, cursor=cursor, papers=lambda: iter(papers))


def source(url: str, key: str | None = None) -> Remote:
    return open_source("", Options(base=f"{url}/", key=key))


def starred(number: int, stars: int) -> Tally:
    signal = Signal(SignalKind.STARS, value=stars, at=NOW)
    return Tally(PaperId(f"2502.{number:05}"), (signal,))


def test_stars_of_what_a_paper_links_to() -> None:
    linked = paper(1, "https://github.com/kettles/boil")
    with Repositories(SITE).serving() as server:
        (page,) = pages(source(server.url, "secret"), wanted(paper(9), linked))
    (asked,) = server.asked
    assert asked.path == "/repos/kettles/boil"
    assert asked.headers["authorization"] == "Bearer secret"
    assert asked.headers["accept"] == "application/vnd.github+json"
    assert page == Page(entries=(starred(1, 12),))


def test_the_best_of_several_counts_and_none_is_asked_about_twice() -> None:
    both = ("https://github.com/kettles/boil", "https://github.com/Kettles/Steam")
    with Repositories(SITE).serving() as server:
        found = pages(source(server.url), wanted(paper(1, *both), paper(2, both[1]), paper(3)))
    assert entries(found) == [starred(1, 90), starred(2, 90)]
    assert [asked.path for asked in server.asked] == ["/repos/kettles/boil", "/repos/Kettles/Steam"]
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    ("urls", "abstract", "named"),
    [
        (["https://github.com/kettles/boil/tree/main/src#readme"], "", ["kettles/boil"]),
        (["http://www.GitHub.com/kettles/boil.git"], "", ["kettles/boil"]),
        (["https://github.com/kettles"], "", []),
        (["https://github.com/topics/kettles"], "", []),
        (["https://gitlab.com/kettles/boil"], "", []),
        (["https://kettles.github.io/boil"], "", []),
        (["https://github.com/a/b", "https://github.com/A/B/"], "", ["a/b"]),
        ([], "Code: https://github.com/kettles/boil.", ["kettles/boil"]),
        ([], "See github.com/kettles/boil, (github.com/a/b.c).", ["kettles/boil", "a/b.c"]),
        (["https://github.com/a/b"], "We beat github.com/kettles/boil.", ["a/b"]),
        (["https://github.com/../.."], "", []),
    ],
)
def test_which_repositories_a_paper_names(urls: list[str], abstract: str, named: list[str]) -> None:
    assert repositories(paper(1, *urls, abstract=abstract)) == named


def test_a_repository_that_only_the_abstract_names_becomes_a_link() -> None:
    with Repositories(SITE).serving() as server:
        named = paper(1, abstract="Code is at https://github.com/kettles/steam.")
        (page,) = pages(source(server.url), wanted(named))
    tally, record = page.entries
    assert tally == starred(1, 90)
    assert isinstance(record, Record)
    assert record.links == (Link(LinkKind.CODE, "https://github.com/kettles/Steam"),)
    assert (record.arxiv_id, record.title, record.signals) == ("2502.00001", "Kettles", ())


def test_what_is_gone_or_renamed_is_noted_once_and_the_harvest_goes_on() -> None:
    papers = [
        paper(1, "https://github.com/lost/pan", "https://github.com/kettles/boil"),
        paper(2, "https://github.com/lost/pan"),
        paper(3, "https://github.com/old/pot"),
    ]
    with Repositories(SITE).serving() as server:
        found = pages(source(server.url), wanted(*papers))
    assert entries(found) == [
        ("github/repos/lost/pan", "the repository is gone, or not public"),
        starred(1, 12),
        ("github/repos/old/pot", "the repository is now `new/pot`"),
        starred(3, 5),
    ]


def test_going_on_behind_every_page() -> None:
    papers = [paper(n, "https://github.com/kettles/boil") for n in range(9, 0, -1)]
    with Repositories(SITE).serving() as server:
        truth = entries(pages(source(server.url), wanted(*papers)))
        results = resumed(
            source(server.url), wanted(*papers), lambda cursor: wanted(*papers, cursor=cursor)
        )
    assert truth == [starred(n, 12) for n in range(9, 0, -1)]
    assert len(results) == 8
    assert all(result == truth for result in results)


def test_where_no_more_may_be_asked_the_next_harvest_goes_on() -> None:
    site = {f"kettles/k{n}": repository(f"kettles/k{n}", n) for n in range(1, 6)}
    papers = [paper(n, f"https://github.com/kettles/k{n}") for n in range(1, 6)]
    # The paper of a repository that is known needs no question.
    papers.insert(3, paper(9, "https://github.com/kettles/k1"))
    found: list[Page] = []
    served = Repositories(site, left=3)
    with served.serving() as server:
        harvest = source(server.url).pages(client(), wanted(*papers))
        with pytest.raises(FetchError, match="no more questions this hour"):
            found.extend(harvest)
        assert len(server.asked) == 3
        served.left = 10
        found += pages(source(server.url), wanted(*papers, cursor=found[-1].cursor))
    assert entries(found) == [
        starred(n, v) for n, v in [(1, 1), (2, 2), (3, 3), (9, 1), (4, 4), (5, 5)]
    ]


def test_a_limit_that_is_reached_already() -> None:
    with (
        Repositories(SITE, left=0).serving() as server,
        pytest.raises(FetchError, match="HTTP 403"),
    ):
        pages(source(server.url), wanted(paper(1, "https://github.com/kettles/boil")))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HTML, "the answer is a web page"),
        (CUT_OFF, "cut off, or not JSON"),
        (as_json(None), "no name or no number of stars"),
        (as_json([]), "`the record` is a list"),
        (as_json(repository("kettles/boil", "many")), "no name or no number of stars"),
        (as_json(repository("kettles/boil", True)), "no name or no number of stars"),
        (as_json(repository("kettles/boil", -1)), "no name or no number of stars"),
        (as_json(repository("kettles/boil", 1, full_name=7)), "`full_name` is a number"),
        (as_json(repository("<b>", 1)), "no name or no number of stars"),
        (as_json({"message": "Repository access blocked"}, 451), "gone, or not public"),
    ],
)
def test_a_broken_answer_is_noted(answer: Reply, reason: str) -> None:
    with Repositories({}, other=lambda _: answer).serving() as server:
        (page,) = pages(source(server.url), wanted(paper(1, "https://github.com/kettles/boil")))
    (error,) = page.entries
    assert isinstance(error, SourceError)
    with pytest.raises(SourceError, match=reason):
        raise error


def test_it_has_no_parts_and_no_rhythm() -> None:
    with pytest.raises(SettingError, match="what the catalogue's papers link to"):
        open_source("kettles/boil", Options())
    assert source("http://a.example").expected(NOW) is None
    assert "secret" not in repr(source("http://a.example", "secret"))
