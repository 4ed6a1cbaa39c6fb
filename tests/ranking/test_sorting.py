"""The most relevant papers in another order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.errors import QueryError
from broadsheet.papers import Paper, PaperId, PartialDate, Signal, SignalKind
from broadsheet.people import Vote
from broadsheet.ranking import Sort, Weights, search, sorting
from tests.library.finding import file_papers, level, open_index
from tests.library.people import enrol

WEIGHTS = Weights(0.4, 0.5)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
PAPERS = (
    Paper(id=PaperId("toy:old"), title="Sea sea sea", announced=PartialDate(2001, 2, 3)),
    Paper(id=PaperId("toy:new"), title="Sea of old maps", announced=PartialDate(2024)),
    Paper(id=PaperId("toy:undated"), title="Sea and moon"),
    Paper(id=PaperId("toy:far"), title="Seaside kettles", announced=PartialDate(2026)),
)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("date", ["new", "old", "undated"]),
        ("votes", ["undated", "new", "old"]),
        ("citations", ["old", "new", "undated"]),
    ],
)
def test_those_that_hold_the_words_in_another_order(
    sqlite_catalogue: Catalogue, tmp_path: Path, sort: Sort, order: list[str]
) -> None:
    keys = file_papers(sqlite_catalogue, PAPERS)
    votes = [(keys[1], 3, 5), (keys[2], 9, 2)]
    with sqlite_catalogue.writing() as desk:
        desk.signals.add(
            [
                (key, source, Signal(SignalKind.VOTES, value=value, at=NOW))
                for key, first, second in votes
                for source, value in (("one", first), ("two", second))
            ]
        )
        desk.signals.add([(keys[0], "one", Signal(SignalKind.CITATIONS, value=0, at=NOW))])
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    page = search(sqlite_catalogue, index, "sea", sort=sort, limit=2, weights=WEIGHTS)
    found = [hit.paper.id for hit in page.hits]
    assert page.next_cursor is not None
    rest = search(
        sqlite_catalogue,
        index,
        "sea",
        sort=sort,
        limit=2,
        cursor=page.next_cursor,
        weights=WEIGHTS,
    )
    found += [hit.paper.id for hit in rest.hits]
    ids = [f"toy:{name}" for name in order]
    if sort == "citations":
        # Of the two without citations, the more relevant comes first, whichever that is.
        assert found[0] == ids[0]
        assert set(found) == set(ids)
    else:
        assert found == ids
    with pytest.raises(QueryError, match="another search"):
        search(sqlite_catalogue, index, "sea", cursor=page.next_cursor, weights=WEIGHTS)
    index.close()


def test_votes_are_those_that_pages_show(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    old, new, undated, _ = file_papers(sqlite_catalogue, PAPERS)
    readers = [enrol(sqlite_catalogue, f"reader{number}") for number in range(4)]
    with sqlite_catalogue.writing() as desk:
        told = [(old, 9, 0), (old, 1, 1), (new, 2, 0)]
        desk.signals.add(
            [
                (key, "one", Signal(SignalKind.VOTES, value=value, at=NOW + timedelta(days)))
                for key, value, days in told
            ]
        )
        for reader in readers[:3]:
            desk.votes.cast(Vote(undated, reader.key, NOW))
        desk.votes.cast(Vote(new, readers[0].key, NOW))
        for reader in readers:
            desk.votes.cast(Vote(old, reader.key, NOW, held="Many at once."))
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    page = search(sqlite_catalogue, index, "sea", sort="votes", limit=3, weights=WEIGHTS)
    with sqlite_catalogue.reading() as desk:
        assert sorting.votes_of(desk, [old, new, undated]) == {old: 1, new: 3, undated: 3}
    # Of equals the more relevant comes first, whichever that is.
    assert page.hits[2].paper.id == "toy:old"
    index.close()


def test_without_a_paper_that_holds_all_the_words_the_nearest_are_sorted(
    sqlite_catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    page = search(sqlite_catalogue, index, "sea song", sort="date", weights=WEIGHTS)
    assert page.hits[0].paper.id == "toy:far"
    monkeypatch.setattr(sorting, "SORTED_OVER", 1)
    best = search(sqlite_catalogue, index, "sea song", sort="date", weights=WEIGHTS).hits
    assert len(best) == 1
    index.close()


def test_an_order_that_is_none(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    index = open_index(sqlite_catalogue, tmp_path)
    with pytest.raises(QueryError, match="no search order 'size'"):
        search(sqlite_catalogue, index, "sea", sort="size", weights=WEIGHTS)  # type: ignore[arg-type]
