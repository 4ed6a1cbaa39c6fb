"""Search in a toy catalogue: both lists, filters, references, pages and their cursors."""

import base64
import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.index import Index
from broadsheet.papers import Author, Link, LinkKind, Paper, PaperId, PartialDate
from broadsheet.ranking import Filters, Mode, Page, Weights, search
from broadsheet.ranking.cursors import DEEPEST, read_cursor, write_cursor
from tests.library.finding import TOPICS, file_papers, level, open_index

MODES: tuple[Mode, ...] = ("hybrid", "lexical", "semantic")
PAPERS = (
    Paper(
        id=PaperId("2501.00001"),
        title="The Sea Hears a Song",
        abstract="A song of the sea, sung by a bird.",
        announced=PartialDate(2025, 1),
        authors=(Author("Ada Brook"),),
        venue="Choir Days",
        categories=("cs.SD",),
        links=(Link(LinkKind.CODE, "https://code.example/sea"),),
        doi="10.1234/sea",
        aliases=("doi:10.1234/sea",),
    ),
    Paper(
        id=PaperId("2401.00002"),
        title="Seabirds by the Clock",
        abstract="Every bird at sea keeps an hour.",
        announced=PartialDate(2024),
        categories=("q-bio.PE",),
    ),
    Paper(id=PaperId("toy:3"), title="Moonlit Kettles", abstract="A kettle under the moon."),
    Paper(id=PaperId("toy:4"), title="Seaside Frost", abstract="Where frost reaches the seaside."),
)


class Toy:
    """A catalogue and its index."""

    def __init__(self, catalogue: Catalogue, index: Index) -> None:
        self.catalogue, self.index = catalogue, index

    def page(
        self,
        text: str,
        mode: Mode = "hybrid",
        filters: Filters | None = None,
        *,
        limit: int = 10,
        cursor: str | None = None,
    ) -> Page:
        """One page."""
        return search(
            self.catalogue,
            self.index,
            text,
            mode=mode,
            filters=filters,
            limit=limit,
            cursor=cursor,
            weights=Weights(0.25, 0.45),
        )

    def ids(self, text: str, mode: Mode = "hybrid", filters: Filters | None = None) -> list[str]:
        """The ids of the first page."""
        return [hit.paper.id for hit in self.page(text, mode, filters).hits]

    def put(self, *papers: Paper) -> None:
        """Add papers and index them."""
        file_papers(self.catalogue, papers)
        level(self.index)


@pytest.fixture
def empty(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Toy]:
    """Nothing to be found."""
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    yield Toy(sqlite_catalogue, index)
    index.close()


@pytest.fixture
def toy(empty: Toy) -> Toy:
    """The four papers, indexed."""
    empty.put(*PAPERS)
    return empty


def test_modes(toy: Toy) -> None:
    # "Seaside" holds no word "sea", but is near by the encoder.
    assert toy.ids("sea song", "lexical") == ["2501.00001", "2401.00002"]
    assert toy.ids("sea song", "semantic")[0] == "2501.00001"
    assert set(toy.ids("sea song", "semantic")) >= {"2401.00002", "toy:4"}
    hybrid = toy.page("sea song")
    assert hybrid.hits[0].paper.id == "2501.00001"
    assert {hit.paper.id for hit in hybrid.hits} >= {"2401.00002", "toy:4"}
    assert hybrid.holding_all == 1


def test_parts(toy: Toy) -> None:
    first = toy.page("sea song").hits[0]
    assert (first.parts.lexical_rank, first.parts.semantic_rank) == (1, 1)
    assert first.parts.all_words
    assert first.score == first.parts.fused == 1.0
    assert first.snippet.html() == "A <mark>song</mark> of the <mark>sea</mark>, sung by a bird."
    lexical = toy.page("sea song", "lexical").hits
    assert [hit.parts.all_words for hit in lexical] == [True, False]
    assert lexical[0].score == lexical[0].parts.lexical_score
    assert lexical[0].parts.semantic_rank is None
    assert lexical[0].parts.fused is None
    seaside = next(hit for hit in toy.page("sea").hits if hit.paper.id == "toy:4")
    assert seaside.parts.lexical_rank is None
    # The query's vector was moved towards the best papers before this cosine was taken.
    assert seaside.parts.semantic_score == pytest.approx(0.751, abs=1e-3)
    plainly = next(hit for hit in toy.page("sea", "semantic").hits if hit.paper.id == "toy:4")
    assert plainly.parts.semantic_score == pytest.approx(2 / 8**0.5, abs=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        "2501.00001",
        "arXiv:2501.00001v3",
        "https://arxiv.org/pdf/2501.00001v1",
        "10.1234/SEA",
        "https://doi.org/10.1234/sea",
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_references_lead_straight_to_the_paper(toy: Toy, text: str, mode: Mode) -> None:
    page = toy.page(text, mode)
    assert [hit.paper.id for hit in page.hits] == ["2501.00001"]
    assert page.notes == ("found by its id",)
    assert page.next_cursor is None


def test_an_id_that_is_not_there_is_words(toy: Toy) -> None:
    assert "found by its id" not in toy.page("toy:99").notes
    assert toy.ids("2501.99999", "lexical") == []


@pytest.mark.parametrize("mode", MODES)
def test_filters_and_exclusions_hold_for_both_lists(toy: Toy, mode: Mode) -> None:
    assert toy.ids("sea -song", mode).count("2501.00001") == 0
    assert "2401.00002" in toy.ids("sea -song", mode)
    assert toy.ids("sea", mode, Filters(has=("code",))) == ["2501.00001"]
    assert toy.ids("sea has:code", mode) == ["2501.00001"]
    assert toy.ids("sea", mode, Filters((2023, 2024))) == ["2401.00002"]
    assert toy.ids("sea", mode, Filters(categories=("q-bio", "hep-th"))) == ["2401.00002"]
    assert toy.ids("OR sea", mode, Filters(author="brook", venue="choir")) == ["2501.00001"]
    assert toy.ids("sea year:1999", mode) == []


def test_filters_alone(toy: Toy) -> None:
    assert toy.ids("year:2024..") == ["2501.00001", "2401.00002"]
    assert toy.ids("", filters=Filters((2024, 2024))) == ["2401.00002"]


@pytest.mark.parametrize("text", ["", "  ", "-sea", "!?", "\0"])
def test_nothing_to_look_for(toy: Toy, text: str) -> None:
    assert toy.ids(text, "lexical") == []
    assert toy.page("").notes == ("there is no word to look for",)


def test_limits(toy: Toy) -> None:
    assert len(toy.page("sea", limit=1).hits) == 1
    assert len(toy.page("sea", limit=1000).hits) >= 3
    for limit in (0, 1001):
        with pytest.raises(QueryError, match=r"from 1 to 1,000"):
            toy.page("sea", limit=limit)
    with pytest.raises(QueryError, match="no search mode 'best'"):
        toy.page("sea", "best")  # type: ignore[arg-type]


def numbered(numbers: range) -> list[Paper]:
    """Papers on the sea and something else, in words of different number."""
    return [
        Paper(
            id=PaperId(f"toy:{number}"),
            title=f"Sea {number}",
            abstract=f"{TOPICS[number % 8]} " * (number % 7) + "and the sea",
        )
        for number in numbers
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("limit", [3, 10])
def test_pages_join_into_the_whole_list(empty: Toy, mode: Mode, limit: int) -> None:
    empty.put(*numbered(range(40)))
    whole = [hit.paper.id for hit in empty.page("sea bird", mode, limit=1000).hits]
    found: list[str] = []
    cursor = None
    while True:
        page = empty.page("sea bird", mode, limit=limit, cursor=cursor)
        found += [hit.paper.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(whole) == 40
    assert found == whole


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", [1, 2])
def test_paging_while_papers_are_added(empty: Toy, mode: Mode, seed: int) -> None:
    empty.put(*numbered(range(30)))
    chance = random.Random(seed)
    found: list[str] = []
    cursor, there = None, 30
    while True:
        page = empty.page("sea bird", mode, limit=chance.randint(1, 9), cursor=cursor)
        found += [hit.paper.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
        if there < 42:
            empty.put(*numbered(range(there, there + 3)))
            there += 3
    assert len(found) == len(set(found))
    assert set(found) >= {f"toy:{number}" for number in range(30)}


def test_cursors_that_cannot_be(empty: Toy) -> None:
    empty.put(*numbered(range(9)))
    cursor = empty.page("sea", limit=2).next_cursor
    assert cursor is not None
    for damaged in ("x", cursor[:-4], "é", "\ud800", cursor[::-1]):
        with pytest.raises(QueryError, match="cursor is damaged"):
            empty.page("sea", limit=2, cursor=damaged)
    foreign = "cursor belongs to another search"
    with pytest.raises(QueryError, match=foreign):
        empty.page("sea bird", limit=2, cursor=cursor)
    with pytest.raises(QueryError, match=foreign):
        empty.page("sea", "lexical", limit=2, cursor=cursor)
    with pytest.raises(QueryError, match=foreign):
        empty.page("sea", "hybrid", Filters(has=("code",)), limit=2, cursor=cursor)
    # The length of a page may change from one to the next.
    assert len(empty.page("sea", limit=5, cursor=cursor).hits) == 5


@pytest.mark.parametrize("text", ["5", "{}", '["x", 5]', '["x", [Infinity]]', "[" * 60_000])
def test_forged_cursors(text: str) -> None:
    cursor = base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()
    with pytest.raises(QueryError, match="cursor is damaged"):
        read_cursor(cursor, "asked")


def test_cursors_hold_all_that_can_be_shown() -> None:
    shown = [2**62 - number for number in range(DEEPEST + 999)]
    cursor = write_cursor("asked", shown)
    assert read_cursor(cursor, "asked") == shown
    assert "=" not in cursor


def test_a_search_without_time_is_partial_and_says_so(toy: Toy) -> None:
    page = search(toy.catalogue, toy.index, "sea", weights=Weights(0.25, 0.45), budget=1e-9)
    assert page.partial
    assert [hit.paper.id for hit in page.hits] == ["2501.00001", "2401.00002"]
    assert page.notes[-1].startswith("the search was stopped after 1e-09 s")
    whole = search(toy.catalogue, toy.index, "sea", weights=Weights(0.25, 0.45), budget=60)
    assert not whole.partial
    assert whole.hits == toy.page("sea").hits
    assert len(whole.hits) > len(page.hits)


def test_latex_in_a_query_is_read_as_in_papers(toy: Toy) -> None:
    for text in (r"\emph{sea} song", r"sea \textbf{song}", "sea song"):
        page = toy.page(text)
        assert page.query.text == "sea song"
        assert page.hits == toy.page("sea song").hits
