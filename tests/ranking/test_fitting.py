"""How well given papers fit a query."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from broadsheet.catalogue import Catalogue
from broadsheet.ranking import Weights, fitting, read_query
from tests.library.dailies import toy_dailies
from tests.library.finding import file_papers, level, open_index


def test_of_those_that_hold_the_words_the_nearest_in_meaning_fits_best(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    # The words come as often in both; what else is said of tells what they are about.
    texts = (
        "A kettle is timed by a clock, and sea, sea, bird, song, map are not.",
        "A kettle is timed by a clock, and the clock by a kettle with a clock.",
        "Of clocks alone.",
    )
    papers = [
        replace(paper, title=f"Part {paper.id}", abstract=text)
        for paper, text in zip(toy_dailies(date(2026, 3, 2), 3), texts, strict=True)
    ]
    scattered, near, other = file_papers(sqlite_catalogue, papers)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    query = read_query("kettle clock")
    words = fitting(index, query, [scattered, near, other], Weights(0.0, 0.0))
    both = fitting(index, query, [scattered, near, other], Weights(0.5, 0.5))
    assert words.keys() == both.keys() == {scattered, near}
    assert both[near] == max(both.values()) == 1.0
    assert 0.0 < both[scattered] < words[scattered] < 1.0
    assert fitting(index, read_query("year:1901..2100"), [near, other], Weights(0.5, 0.5)) == {
        near: 1.0,
        other: 1.0,
    }
    assert fitting(index, query, [other], Weights(0.5, 0.5)) == {}
    assert fitting(index, query, [], Weights(0.5, 0.5)) == {}
    index.close()
