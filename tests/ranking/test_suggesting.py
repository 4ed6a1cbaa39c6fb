"""Titles for what is being typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index
from broadsheet.papers import Paper, PaperId, PartialDate
from broadsheet.ranking import suggested
from broadsheet.ranking.suggesting import LONGEST
from tests.library.finding import file_papers, level, open_index

TITLES = {
    "Case Studies of Kettles": 2020,
    "Kettle Whistles, Transformed": 2022,
    "Kettles and Transformers": 2024,
    "A $k$-Kettle": 2021,
    "Naïve Kettles": 2019,
}


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Index]:
    """The titles, indexed, one of them twice."""
    papers = [
        Paper(id=PaperId(f"toy:{at}"), title=title, announced=PartialDate(year))
        for at, (title, year) in enumerate([*TITLES.items(), ("Naïve Kettles", 2018)])
    ]
    file_papers(sqlite_catalogue, papers)
    opened = open_index(sqlite_catalogue, tmp_path)
    level(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("kettle transfo", ["Kettles and Transformers", "Kettle Whistles, Transformed"]),
        ("studie", ["Case Studies of Kettles"]),
        ("stud kettles", []),
        ("kettle whis", ["Kettle Whistles, Transformed"]),
        ("whis ", []),
        ("naive", ["Naïve Kettles"]),
        ("k", []),
        (" ", []),
        ("((.*", []),
        ("kettle .*", ["Kettles and Transformers"]),
        ("zeppelin", []),
        ("kettle " * 40, []),
    ],
)
def test_titles_that_begin_so(
    sqlite_catalogue: Catalogue, index: Index, typed: str, titles: list[str]
) -> None:
    found = suggested(sqlite_catalogue, index, typed, 8)
    assert found[: len(titles)] == titles if titles else not found
    assert len(found) == len(set(found))


def test_no_more_than_asked_and_the_newest_first(sqlite_catalogue: Catalogue, index: Index) -> None:
    assert suggested(sqlite_catalogue, index, "ket", 2) == [
        "Kettles and Transformers",
        "Kettle Whistles, Transformed",
    ]
    assert suggested(sqlite_catalogue, index, "k" * (LONGEST + 1), 2) == []
