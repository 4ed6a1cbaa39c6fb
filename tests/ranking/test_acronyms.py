"""What acronyms stand for, read from papers that say so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index
from broadsheet.papers import Paper, PaperId
from broadsheet.ranking import Weights, read_query, search
from broadsheet.ranking.acronyms import definitions, spelt_out, stand_for
from tests.library.finding import file_papers, level, open_index

ABSTRACTS = (
    "We study retrieval-augmented generation (RAG) at length.",
    "Of Retrieval-augmented generation (RAG; a fashion) we know little.",
    "A cleaning cloth, or really absorbent garment (RAG), is studied.",
    "RAG systems are many.",
    "The small kettle unit (SKU) stands alone.",
    "Clean cotton: see RAGs of old.",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the heat shock transcription factor (HSF) binds", "heat shock transcription factor"),
        ("nitric oxide (NO)", "nitric oxide"),
        ("a programmed death 1 (PD-1) antibody", "programmed death 1"),
        ("in Natural Language Processing (NLP), and", "Natural Language Processing"),
        ("see the table (ABC)", None),
        ("(ABC)", None),
        ("an aside (see below) here", None),
        ("the RAG method (RAG)", None),
        ("kettles. We go (KWG) home", None),
    ],
)
def test_definitions(text: str, found: str | None) -> None:
    assert [long_form for _, long_form in definitions(text)] == ([found] if found else [])


@given(st.text(alphabet="ab c().AB-", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    for short, long_form in definitions(text):
        assert f"({short}" in text.replace("( ", "(")
        assert long_form in text


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Index]:
    """Papers that say what RAG is, most of them alike."""
    papers = [
        Paper(id=PaperId(f"toy:{at}"), title=f"Paper {at}", abstract=abstract)
        for at, abstract in enumerate(ABSTRACTS)
    ]
    file_papers(sqlite_catalogue, papers)
    opened = open_index(sqlite_catalogue, tmp_path)
    level(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("RAG systems", {"RAG": "retrieval-augmented generation"}),
        ("rag systems", {}),
        ('"RAG" systems', {}),
        # One paper alone says so.
        ("SKU", {}),
        ("ALL ABOUT RAG", {}),
        ("XYZ", {}),
    ],
)
def test_what_most_papers_say(
    sqlite_catalogue: Catalogue, index: Index, query: str, meant: dict[str, str]
) -> None:
    assert stand_for(sqlite_catalogue, index.reader(), read_query(query)) == meant


def test_the_longer_query_finds_both(sqlite_catalogue: Catalogue, index: Index) -> None:
    weights = Weights(0.4, 0.5)
    page = search(sqlite_catalogue, index, "RAG", mode="lexical", weights=weights)
    ((short, long_form),) = page.acronyms.items()
    longer = spelt_out("RAG", short, long_form)
    assert longer == 'RAG OR "retrieval-augmented generation"'
    file_papers(
        sqlite_catalogue,
        [Paper(id=PaperId("toy:9"), title="On retrieval-augmented generation")],
    )
    level(index)
    found = search(sqlite_catalogue, index, longer, mode="lexical", weights=weights)
    assert "toy:9" in {hit.paper.id for hit in found.hits}
    assert spelt_out("DRAG of a RAG", "RAG", "x") == 'DRAG of a RAG OR "x"'
