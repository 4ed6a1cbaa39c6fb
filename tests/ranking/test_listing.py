"""Whole lists: all papers, all that fit, and the best that a search pages through."""

from collections.abc import Iterator
from typing import Any

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.index import Index
from broadsheet.papers import Paper, PaperId, PartialDate
from broadsheet.ranking import Filters, Listing, Weights, listed, search
from broadsheet.ranking.cursors import DEEPEST
from broadsheet.ranking.query import read_years
from tests.library.finding import file_papers, level, open_index

MANY = 2600
WEIGHTS = Weights(0.4, 0.5)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalogue, Index]]:
    """More papers than a search pages through, of three years and some without a date."""
    home = tmp_path_factory.mktemp("home")
    catalogue = Catalogue.open(f"sqlite:///{home / 'c'}", locks=home / "locks", create=True)
    papers = [
        Paper(
            id=PaperId(f"toy:{number}"),
            title=f"Kettle song {number}",
            abstract="Of frost." if number % 2 else "Of the moon.",
            announced=PartialDate(2020 + number % 4, 1 + number % 12) if number % 4 else None,
        )
        for number in range(MANY)
    ]
    file_papers(catalogue, papers)
    index = open_index(catalogue, home)
    level(index)
    yield catalogue, index
    index.close()
    catalogue.close()


def listing(library: tuple[Catalogue, Index], text: str = "", **how: Any) -> Listing:
    asked: dict[str, Any] = {
        "mode": "hybrid",
        "filters": Filters(),
        "sort": "relevance",
        "weights": WEIGHTS,
        "literal": False,
        "limit": None,
    }
    return listed(*library, text, **asked | how)


def ids(found: Listing) -> list[str]:
    return [paper.id for paper in found.papers]


def test_without_a_query_all_papers_come_the_newest_first(
    library: tuple[Catalogue, Index],
) -> None:
    papers = list(listing(library).papers)
    assert len({paper.id for paper in papers}) == len(papers) == MANY
    dated = [paper.announced for paper in papers if paper.announced]
    assert dated == sorted(dated, reverse=True)
    assert [paper.announced for paper in papers[len(dated) :]] == [None] * (MANY // 4)
    assert ids(listing(library, "  ", limit=7)) == [paper.id for paper in papers[:7]]


def test_filters_and_words_alone_have_no_end(library: tuple[Catalogue, Index]) -> None:
    years = Filters(read_years("2021..2023"))
    papers = list(listing(library, filters=years).papers)
    assert len(papers) == MANY * 3 // 4
    assert next(paper.announced.year for paper in papers if paper.announced) == 2023
    found = ids(listing(library, "kettle song", mode="lexical"))
    assert len(set(found)) == len(found) == MANY
    assert len(ids(listing(library, "kettle frost", mode="lexical"))) == MANY // 2
    assert len(ids(listing(library, "year:2021..2023"))) == MANY * 3 // 4
    since = listing(library, "papers since 2022", limit=900)
    assert len(ids(since)) == 900
    assert [part.read_as for part in since.understood if part.read_as] == ["year:2022.."]


def test_a_search_is_followed_to_its_last_page(library: tuple[Catalogue, Index]) -> None:
    found = listing(library, "kettle song")
    assert any("only the best 2,000 hits" in note for note in found.notes)
    listed_ids = ids(found)
    assert len(set(listed_ids)) == len(listed_ids) == DEEPEST
    first = search(*library, "kettle song", limit=50, weights=WEIGHTS)
    assert listed_ids[:50] == [hit.paper.id for hit in first.hits]
    assert ids(listing(library, "kettle song", limit=1200)) == listed_ids[:1200]
    assert ids(listing(library, "toy:5")) == ["toy:5"]
    assert ids(listing(library, "toy:5", mode="lexical")) == ["toy:5"]


def test_another_order_is_that_of_the_search(library: tuple[Catalogue, Index]) -> None:
    found = [paper.announced for paper in listing(library, "kettle", sort="date").papers]
    dated = [date for date in found if date]
    assert dated == sorted(dated, reverse=True)


def test_what_cannot_be_asked_for_is_refused(library: tuple[Catalogue, Index]) -> None:
    for how in ({"mode": "magic"}, {"sort": "luck"}):
        for text in ("", "kettle"):
            with pytest.raises(QueryError, match="There is no search"):
                listing(library, text, **how)
