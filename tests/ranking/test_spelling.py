"""Words that no paper holds, read as those that were meant."""

from collections.abc import Iterator

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index, Phrase, Words
from broadsheet.papers import Paper, PaperId
from broadsheet.ranking import Weights, read_query, search
from broadsheet.ranking.spelling import mended, suggestion
from tests.library.finding import file_papers, level, open_index

WEIGHTS = Weights(0.4, 0.5)
TITLES = (
    *(f"Neural retrieval, optimized, number {at}" for at in range(100)),
    "A protein fold",
    "Another protein",
    "Nueral nets, misspelt by their author",
    "Deep learning once",
    "Deep learning twice",
    "A token, tokenized",
    "Tokenization of two-way lattices",
    "Optimised once",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A hundred papers on neural retrieval and a few others."""
    home = tmp_path_factory.mktemp("home")
    catalogue = Catalogue.open(f"sqlite:///{home / 'c.db'}", locks=home, create=True)
    file_papers(
        catalogue,
        [Paper(id=PaperId(f"toy:{at}"), title=title) for at, title in enumerate(TITLES)],
    )
    opened = open_index(catalogue, home)
    level(opened)
    yield opened
    opened.close()
    catalogue.close()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("retreival", "retrieval"),
        ("retrival of protiens", "retrieval of proteins"),
        ("Protien folds", "protein folds"),
        ("deeplearning", "deep learning"),
        # Another spelling, or a word in two, comes before any slip.
        ("tokenised", "tokenized"),
        ("retokenisation", "retokenisation"),
        ("twoway", "two way"),
        # Two slips are one too many for a short word, and for what is no English word.
        ("retreivla", "retrieval"),
        ("lerninng", "learning"),
        ("latyce", "latyce"),
        ("tokenizzatiom", "tokenizzatiom"),
        ("retrieval", "retrieval"),
        # An English word, a name within a query, capitals, a short word, digits: as they are.
        ("trust", "trust"),
        ("work of Protien", "work of Protien"),
        ("PROTIEN", "PROTIEN"),
        ("neurl", "neural"),
        ("misspeltt", "misspeltt"),
        ("nets", "nets"),
        ("xqzvwk", "xqzvwk"),
    ],
)
def test_what_was_meant(index: Index, query: str, meant: str) -> None:
    read = read_query(query)
    found = mended(index.reader(), read)
    assert found.meaning == meant
    assert bool(found.notes) == (query != meant)
    assert found.text == query


def test_quotation_marks_and_fields_keep_a_word_as_it_is(index: Index) -> None:
    quoted = mended(index.reader(), read_query('"retreival" protien title:protien'))
    assert quoted.words.required == (Phrase("retreival"), Words("protien", "title"))
    assert quoted.words.wanted == (Words("protein"),)
    assert quoted.notes == (
        "no paper holds “protien”: “protein” was looked for (quotation marks keep a word as it is)",
    )


def test_only_a_few_words_of_a_query_are_corrected(index: Index) -> None:
    found = mended(index.reader(), read_query("protien retreival neurl deeplearning"))
    assert found.meaning == "protein retrieval neural deeplearning"


def test_what_one_paper_spells_so_is_taken_as_it_is_and_another_offered(index: Index) -> None:
    engine = index.reader()
    read = read_query("nueral retrieval")
    assert mended(engine, read) == read
    assert suggestion(engine, read) == "neural retrieval"
    assert suggestion(engine, read_query("protein fold")) is None
    assert suggestion(engine, read_query("optimised")) is None


def test_a_search_for_a_misspelt_word_finds_what_was_meant(index: Index) -> None:
    catalogue = index._catalogue
    page = search(catalogue, index, "protien fold", mode="lexical", weights=WEIGHTS)
    assert page.hits[0].paper.title == "A protein fold"
    assert "“protein” was looked for" in page.notes[0]
    assert page.holding_all == 1
    page = search(catalogue, index, "nueral", weights=WEIGHTS)
    assert page.suggestion == "neural"
    assert page.hits[0].paper.title.startswith("Nueral nets")
