"""Which of a day's candidates belong to a section."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue, EditionKind, Section
from broadsheet.editions import matching, read_label
from broadsheet.index import Index
from broadsheet.ranking import Weights
from broadsheet.ranking.search import MOST_HITS
from tests.library.dailies import toy_dailies
from tests.library.finding import file_papers, level, open_index

DAY = date(2026, 3, 2)
SPAN = read_label(EditionKind.DAY, str(DAY))
WEIGHTS = Weights(0.4, 0.5)
TEA = Section(
    key=1,
    name="tea",
    title="Tea",
    query="kettles",
    cutoff="07:00",
    zone="UTC",
    size=3,
    made=datetime(2026, 3, 2, tzinfo=UTC),
)


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Index]:
    """The index of a catalogue."""
    opened = open_index(sqlite_catalogue, tmp_path)
    yield opened
    opened.close()


def test_every_paper_of_the_day_is_looked_at(sqlite_catalogue: Catalogue, index: Index) -> None:
    older = [
        replace(one, title="Kettles, kettles", categories=("toy.DL",))
        for number in range(MOST_HITS + 10)
        for one in toy_dailies(DAY - timedelta(days=30), 1, first=number + 1)
    ]
    kettles, lighthouses, glaciers = toy_dailies(DAY, 3)
    said = replace(lighthouses, abstract=lighthouses.abstract + " They boil like a kettle.")
    file_papers(sqlite_catalogue, older)
    first, second, third = file_papers(sqlite_catalogue, (kettles, said, glaciers))
    level(index)

    def found(query: str) -> dict[int, float]:
        return dict(
            matching(sqlite_catalogue, index, replace(TEA, query=query), SPAN, WEIGHTS) or {}
        )

    fits = found("kettles")
    assert fits.keys() == {first, second}
    assert fits[first] == 1.0
    assert 0.0 < fits[second] < 1.0
    assert found("kettles lighthouses").keys() == {second}
    assert found("kettles -lighthouses").keys() == {first}
    assert found('"like a kettle" category:toy.DL').keys() == {second}
    assert found("kettles category:cs.CL") == {}
    assert found("category:toy.DL year:2026") == dict.fromkeys((first, second, third), 1.0)
    # As anywhere, what must not be is no search by itself.
    assert found("-kettles") == {}
    assert found("glaciers OR lighthouses").keys() == {second, third}
    assert found("sextants") == {}


def test_a_section_without_a_query_takes_all_and_a_week_has_its_days(
    sqlite_catalogue: Catalogue, index: Index
) -> None:
    assert matching(sqlite_catalogue, index, replace(TEA, query=""), SPAN, WEIGHTS) is None
    week = read_label(EditionKind.WEEK, "2026-W10")
    assert matching(sqlite_catalogue, index, TEA, week, WEIGHTS) == {}
