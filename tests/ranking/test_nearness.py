"""Nearness by two encoders: each paper counts once, by whichever has read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.index import Index, WordQuery, build
from broadsheet.papers import Paper, PaperId, PartialDate
from broadsheet.ranking import Weights, read_share, related, search
from broadsheet.ranking.nearness import (
    Nearness,
    moved,
    nearest,
    rows_of,
    seen,
    sights_of,
)
from tests.library.finding import TopicEncoder, file_papers, level, open_index

TITLES = ("Sea", "Sea and bird", "Bird", "Kettle and sea", "Moon")
PAPERS = tuple(
    Paper(id=PaperId(f"toy:{at}"), title=title, announced=PartialDate(2030 - at))
    for at, title in enumerate(TITLES)
)


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Index]:
    """An index whose contextual encoder has read nothing."""
    opened = open_index(sqlite_catalogue, tmp_path, contextual=TopicEncoder("patient"))
    file_papers(sqlite_catalogue, PAPERS)
    level(opened)
    yield opened
    opened.close()


def read(index: Index, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the contextual encoder read the `count` newest papers."""
    monkeypatch.setattr(build, "DEEPENED_TOGETHER", count)
    steps = iter((False, False, True))
    index.deepen(lambda _: None, lambda: next(steps, True))


def near(index: Index, text: str = "sea") -> Nearness:
    """What is near to a text."""
    engine = index.reader()
    return nearest(engine, sights_of(engine, index, text), 10, WordQuery())


def test_the_first_encoder_alone(index: Index) -> None:
    found = near(index)
    assert read_share(index.reader(), index) == 0
    assert [hit.key for hit in found.hits][:3] == [1, 2, 4]
    root = 2**-0.5
    assert found.shares == pytest.approx({1: 1, 2: root, 4: root, 3: 0, 5: 0}, abs=1e-3)


def test_some_papers_read_by_the_second(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    read(index, monkeypatch, 2)
    found = near(index)
    assert read_share(index.reader(), index) == 0.4
    assert [hit.key for hit in found.hits][:3] in ([1, 2, 4], [1, 4, 2])
    # The cosines of two encoders do not compare; as shares of the best of each they do.
    root = 2**-0.5
    assert found.shares == pytest.approx({1: 1, 2: root, 4: root, 3: 0, 5: 0}, abs=1e-3)


def test_all_read_by_the_second(index: Index) -> None:
    index.deepen(lambda _: None)
    found = near(index)
    engine = index.reader()
    assert [one.encoder.identity for one in sights_of(engine, index, "sea")] == ["patient"]
    assert [hit.key for hit in found.hits][:3] == [1, 2, 4]


def test_the_share_of_any_paper_and_feedback(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    read(index, monkeypatch, 2)
    engine = index.reader()
    sights = sights_of(engine, index, "sea")
    rows = rows_of(engine, sights, [4, 2, 3, 1, 99])
    found = seen(sights, rows, 2)
    assert [hit.key for hit in found.hits][:1] == [1]
    assert len(found.hits) == 2
    assert found.shares == pytest.approx({1: 1, 2: 2**-0.5, 3: 0, 4: 2**-0.5}, abs=1e-3)
    assert seen(sights, rows_of(engine, sights, [99]), 2).hits == []
    for sight in moved(sights, rows, [2, 3], 0.5):
        assert float(sight.vector @ sight.vector) == pytest.approx(1)
        assert sight.vector[1] > 0
        assert sight.vector[0] > sight.vector[1]
    nobody = moved(sights, rows, [99], 0.5)
    assert all((a.vector == b.vector).all() for a, b in zip(nobody, sights, strict=True))


def test_the_share_decides_the_weight() -> None:
    weights = Weights(0.2, 0.6)
    assert [weights.at(share) for share in (0, 0.5, 1)] == pytest.approx([0.2, 0.4, 0.6])


def test_search_and_similar_papers_before_and_after(
    index: Index, sqlite_catalogue: Catalogue
) -> None:
    for _ in range(2):
        page = search(sqlite_catalogue, index, "sea", weights=Weights(0.25, 0.45))
        assert page.hits[0].paper.id == "toy:0"
        alike = related(sqlite_catalogue, index, 1, PAPERS[0], 2)
        assert {paper.id for _, paper in alike} == {"toy:1", "toy:3"}
        index.deepen(lambda _: None)
