"""Papers made to be found are listed lower, and nothing else moves."""

from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.papers import Finding, Paper, PaperId, Stage
from broadsheet.ranking import Weights, search
from broadsheet.ranking.flagged import PLACES, lowered
from broadsheet.ranking.formulas import set_back
from tests.library.finding import file_papers, level, open_index


@pytest.mark.parametrize(
    ("order", "flagged", "places", "expected"),
    [
        ([1, 2, 3, 4], set(), 2, [1, 2, 3, 4]),
        ([1, 2, 3, 4], {1}, 2, [2, 3, 1, 4]),
        ([1, 2, 3, 4], {1}, 20, [2, 3, 4, 1]),
        ([1, 2, 3, 4], {1, 2}, 1, [3, 1, 2, 4]),
        ([1, 2, 3, 4], {1, 2, 3, 4}, 2, [1, 2, 3, 4]),
        ([], {1}, 2, []),
    ],
)
def test_flagged_keys_go_so_many_places_lower(
    order: list[int], flagged: set[int], places: int, expected: list[int]
) -> None:
    assert set_back(order, flagged, places) == expected


def test_only_stuffed_and_repetitive_papers_are_lowered(sqlite_catalogue: Catalogue) -> None:
    named = ("stuffed", "language", "repetitive")
    papers = [
        Paper(id=PaperId(f"x:{name}"), title=name, findings=(Finding(Stage.FLAG, name, "so"),))
        for name in named
    ]
    plain = Paper(id=PaperId("x:plain"), title="plain")
    filed = file_papers(sqlite_catalogue, [*papers, plain])
    keys = dict(zip((*named, "plain"), filed, strict=True))
    order = [keys["stuffed"], keys["language"], keys["repetitive"], keys["plain"]]
    assert lowered(sqlite_catalogue, 1, order) == [
        keys["language"],
        keys["plain"],
        keys["stuffed"],
        keys["repetitive"],
    ]


def test_a_stuffed_paper_is_found_behind_the_honest_ones(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    honest = [
        Paper(id=PaperId(f"x:{n}"), title=f"Kettle songs {n}", abstract="A kettle sings a song.")
        for n in range(PLACES + 5)
    ]
    flag = Finding(Stage.FLAG, "stuffed", "told")
    decoy = Paper(id=PaperId("x:decoy"), title="kettle", abstract="kettle " * 80, findings=(flag,))
    file_papers(sqlite_catalogue, [decoy, *honest])
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)

    page = search(
        sqlite_catalogue,
        index,
        "kettle",
        mode="lexical",
        limit=30,
        weights=Weights(0.3, 0.5),
    )
    order = [hit.paper.id for hit in page.hits]
    assert order.index(decoy.id) >= PLACES
    assert {hit.paper.id: hit.paper.findings for hit in page.hits}[decoy.id] == (flag,)
    index.close()
