"""Papers asked for by their own text, on a real catalogue and index."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.evaluation import agreement, own_text
from broadsheet.index import Index
from broadsheet.papers import Paper, PaperId
from broadsheet.ranking import Weights
from tests.library.finding import TOPICS, file_papers, level, open_index

WEIGHTS = Weights(0.25, 0.45)
PAPERS = tuple(
    Paper(
        id=PaperId(f"toy:{topic}{at}"),
        title=f"The {topic} number {at}x{at}",
        abstract=f"Nothing. We have looked at the {topic} for days and found {at}y{at} in it.",
        categories=(topic,),
    )
    for topic in TOPICS[:4]
    for at in range(3)
)


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Index]:
    """The papers, indexed."""
    file_papers(sqlite_catalogue, PAPERS)
    opened = open_index(sqlite_catalogue, tmp_path)
    level(opened)
    yield opened
    opened.close()


def test_titles_and_sentences_find_their_papers(sqlite_catalogue: Catalogue, index: Index) -> None:
    found = {
        (one.asked_by, one.mode): one for one in own_text(sqlite_catalogue, index, WEIGHTS, seed=1)
    }
    assert len(found) == 6
    assert all(one.papers == len(PAPERS) for one in found.values())
    assert found["title", "lexical"].recall == {1: 1.0, 5: 1.0, 10: 1.0}
    assert found["sentence", "lexical"].recall[1] == 1.0
    # The toy encoder knows topics only: of three papers about one, each is as near.
    assert found["title", "semantic"].recall[1] < 1.0
    assert found["title", "semantic"].recall[5] == 1.0


def test_neighbours_share_categories_more_often_than_any_two(
    sqlite_catalogue: Catalogue, index: Index
) -> None:
    found = agreement(sqlite_catalogue, index, seed=1)
    assert found is not None
    assert found.papers == len(PAPERS)
    assert found.by_chance == pytest.approx(4 * 3 / 66)
    assert found.near > found.by_chance


def test_a_catalogue_without_categories_or_papers(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    opened = open_index(sqlite_catalogue, tmp_path)
    level(opened)
    assert agreement(sqlite_catalogue, opened, seed=1) is None
    assert own_text(sqlite_catalogue, opened, WEIGHTS, seed=1) == []
    opened.close()
