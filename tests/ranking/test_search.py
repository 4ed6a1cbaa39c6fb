"""Search over a real catalogue and index."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.index import Index
from broadsheet.index.encoders import EncoderChoice, open_encoder
from broadsheet.papers import Record
from broadsheet.ranking import Filters, Mode, Page, search
from tests.library.shelving import shelve

TOPICS = ["tidal attention", "singing kettles", "counting bees", "knots in long ropes"]


def paper(number: int) -> Record:
    topic = TOPICS[number % len(TOPICS)]
    return Record(
        source="toy",
        format="jsonl",
        raw="{}",
        native_id=str(number),
        title=f"Study {number} of {topic}",
        abstract=f"We measure {topic} in case {number} and report what was learned.",
        categories=("cs.CL",) if number % 2 else ("cs.SD",),
    )


class Library:
    """A catalogue and its index, and how tests ask them."""

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self.catalogue = catalogue
        encoder = open_encoder(EncoderChoice())
        self.index = Index(
            folder / "index", catalogue, [encoder], locks=folder / "locks", memory_mb=16
        )

    def add(self, first: int, last: int) -> None:
        with self.catalogue.writing() as desk:
            shelve(desk, [paper(number) for number in range(first, last)])
        self.index.catch_up(lambda _: None)

    def search(
        self,
        text: str,
        mode: Mode = "hybrid",
        limit: int = 10,
        cursor: str | None = None,
        filters: Filters | None = None,
    ) -> Page:
        return search(
            self.catalogue,
            self.index,
            text,
            mode=mode,
            limit=limit,
            cursor=cursor,
            filters=filters,
            weight=0.25,
        )


@pytest.fixture
def library(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Library]:
    made = Library(sqlite_catalogue, tmp_path)
    made.add(0, 40)
    yield made
    made.index.close()


def titles(page: Page) -> list[str]:
    return [hit.paper.title for hit in page.hits]


def test_papers_with_all_the_words_come_first_in_lexical_mode(library: Library) -> None:
    page = library.search("singing kettle ropes", "lexical", limit=40)
    assert page.holding_all == 0
    page = library.search("singing kettle studies", "lexical", limit=40)
    assert page.holding_all == 10
    assert [hit.parts.all_words for hit in page.hits] == [True] * 10 + [False] * 30
    assert all("kettles" in title for title in titles(page)[:10])


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
def test_paging_neither_repeats_nor_loses_while_papers_are_added(
    library: Library, mode: Mode
) -> None:
    before = {hit.paper.id for hit in library.search("bees and kettles", mode, limit=40).hits}
    seen: list[str] = []
    cursor = None
    for turn in range(60):
        page = library.search("bees and kettles", mode, limit=3, cursor=cursor)
        seen += [hit.paper.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
        if turn < 4:
            library.add(100 + 8 * turn, 108 + 8 * turn)
    assert cursor is None
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_exclusions_and_filters_hold_for_nearness_too(library: Library) -> None:
    page = library.search("singing -kettles", "semantic", limit=40)
    assert len(page.hits) == 30
    assert not any("kettles" in title for title in titles(page))
    filters = Filters(categories=("cs.SD",))
    page = library.search("knots", "hybrid", limit=40, filters=filters)
    assert {hit.paper.categories for hit in page.hits} == {("cs.SD",)}


def test_an_exact_title_is_first_and_explained(library: Library) -> None:
    hit = library.search("Study 17 of singing kettles").hits[0]
    assert hit.paper.id == "toy:17"
    assert (hit.parts.lexical_rank, hit.parts.all_words) == (1, True)
    assert hit.score == hit.parts.fused
    marked = [hit.snippet.text[start:end] for start, end in hit.snippet.marks]
    assert marked == ["singing", "kettles", "17"]


def test_an_id_leads_straight_to_its_paper(library: Library) -> None:
    page = library.search("toy:17")
    assert [hit.paper.id for hit in page.hits] == ["toy:17"]
    assert page.notes == ("found by its id",)


def test_what_cannot_be_searched_for_is_said(library: Library) -> None:
    cursor = library.search("bees", limit=2).next_cursor
    with pytest.raises(QueryError, match="another search"):
        library.search("kettles", limit=2, cursor=cursor)
    with pytest.raises(QueryError, match="damaged"):
        library.search("bees", cursor="!!")
    with pytest.raises(QueryError, match="from 1 to 1,000"):
        library.search("bees", limit=0)
    assert library.search("").notes == ("there is no word to look for",)
    assert library.search("").hits == ()
