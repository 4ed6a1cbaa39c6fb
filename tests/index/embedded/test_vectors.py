"""The vectors of one encoder: appended, replaced, searched in two parts."""

from pathlib import Path

import numpy as np
import pytest

from broadsheet.errors import SearchIndexError
from broadsheet.index.embedded import lists
from broadsheet.index.embedded.rows import VectorState
from broadsheet.index.embedded.vectors import VectorShelf
from broadsheet.index.embedded.writing import VectorWriter
from broadsheet.index.engine import Vector, Vectors, products


def unit(*numbers: float) -> Vector:
    vector = np.array(numbers, np.float32)
    result: Vector = (vector / np.linalg.norm(vector)).astype(np.float32)
    return result


def many(count: int, width: int = 16) -> Vectors:
    rows = np.random.default_rng(3).normal(size=(count, width)).astype(np.float32)
    result: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return result


def written(folder: Path, state: VectorState, vectors: dict[int, Vector]) -> VectorState:
    writer = VectorWriter(folder, state)
    writer.replace(list(vectors), vectors)
    return writer.commit()


def test_the_nearest_come_first_with_their_cosines(tmp_path: Path) -> None:
    rows = {7: unit(1, 0), 8: unit(1, 1), 9: unit(0, 1)}
    shelf = VectorShelf(tmp_path, written(tmp_path, VectorState(2), rows))
    hits = shelf.nearest(unit(1, 0), 2, None)
    assert [hit.key for hit in hits] == [7, 8]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 0.7071], abs=1e-3)


def test_a_replaced_row_counts_once_and_a_deleted_one_not_at_all(tmp_path: Path) -> None:
    state = written(tmp_path, VectorState(2), {1: unit(1, 0), 2: unit(0, 1)})
    state = written(tmp_path, state, {1: unit(0, 1)})
    writer = VectorWriter(tmp_path, state)
    writer.replace([2], {})
    shelf = VectorShelf(tmp_path, writer.commit())
    assert shelf.keys().tolist() == [1]
    assert [hit.key for hit in shelf.nearest(unit(1, 0), 9, None)] == [1]
    assert shelf.state.dead == 2


def test_what_was_not_committed_is_cut_off(tmp_path: Path) -> None:
    state = written(tmp_path, VectorState(2), {1: unit(1, 0)})
    VectorWriter(tmp_path, state).replace([2], {2: unit(0, 1)})
    assert VectorShelf(tmp_path, state).keys().tolist() == [1]
    state = written(tmp_path, state, {3: unit(1, 1)})
    assert VectorShelf(tmp_path, state).keys().tolist() == [1, 3]


def test_files_shorter_than_the_state_are_refused(tmp_path: Path) -> None:
    state = written(tmp_path, VectorState(2), {1: unit(1, 0), 2: unit(0, 1)})
    (tmp_path / "a.keys").write_bytes(b"")
    with pytest.raises(SearchIndexError, match="cannot be read"):
        VectorShelf(tmp_path, state)
    with pytest.raises(SearchIndexError, match="shorter"):
        VectorWriter(tmp_path, state)


def test_inverted_lists_find_nearly_what_an_exact_search_finds(tmp_path: Path) -> None:
    count = 45_000
    rows = many(count)
    state = written(tmp_path, VectorState(16), dict(enumerate(rows)))
    assert state.covered == count
    state = written(tmp_path, state, {count: rows[0]})
    assert (state.covered, state.rows) == (count, count + 1)
    shelf = VectorShelf(tmp_path, state)
    found = 0
    for query in many(20):
        exact = set(np.argsort(-(rows @ query))[:10].tolist())
        found += len(exact & {hit.key for hit in shelf.nearest(query, 10, None)})
    assert found >= 160
    assert {hit.key for hit in shelf.nearest(rows[0], 2, None)} == {0, count}


def test_a_narrow_filter_hides_nothing(tmp_path: Path) -> None:
    rows = many(45_000)
    shelf = VectorShelf(tmp_path, written(tmp_path, VectorState(16), dict(enumerate(rows))))
    allowed = set(range(0, 45_000, 9_000))
    query = many(1)[0]
    hits = shelf.nearest(query, 5, lambda keys: allowed & set(keys))
    assert [hit.key for hit in hits] == sorted(allowed, key=lambda key: -float(rows[key] @ query))


def test_what_is_held_of_some_keys(tmp_path: Path) -> None:
    state = written(tmp_path, VectorState(2), {9: unit(1, 0), 2: unit(0, 1), 5: unit(1, 1)})
    state = written(tmp_path, state, {2: unit(1, 0)})
    writer = VectorWriter(tmp_path, state)
    writer.replace([5], {})
    shelf = VectorShelf(tmp_path, writer.commit())
    assert shelf.count == 2
    assert shelf.holding([1, 2, 5, 9, 10]) == {2, 9}
    assert shelf.holding([]) == set()
    found = shelf.rows([2, 5, 9, 7])
    assert (found.keys, found.vectors.tolist()) == ([2, 9], [[1, 0], [1, 0]])
    assert products(found.vectors, unit(1, 1)) == pytest.approx([2**-0.5, 2**-0.5], abs=1e-3)
    empty = VectorShelf(tmp_path / "empty", VectorState(2))
    assert (empty.count, empty.holding([1]), empty.rows([1]).keys) == (0, set(), [])


def test_rows_are_written_anew_once_many_are_dead(tmp_path: Path) -> None:
    rows = many(60_000)
    state = written(tmp_path, VectorState(16, codes="SQ8"), dict(enumerate(rows[:40_000])))
    state = written(tmp_path, state, dict(enumerate(rows[20_000:])))
    assert (state.stem, state.rows, state.dead, state.codes) == ("b", 40_000, 0, "SQ8")
    shelf = VectorShelf(tmp_path, state)
    assert shelf.keys().tolist() == list(range(40_000))
    for key in (0, 7, 39_999):
        hit = shelf.nearest(rows[20_000 + key], 1, None)[0]
        assert hit.key == key
        assert hit.score == pytest.approx(1.0, abs=1e-3)


def test_lists_grow_and_are_learned_anew_once_there_are_twice_the_rows(tmp_path: Path) -> None:
    rows = many(100_000)
    state = VectorState(16)
    seen = []
    for first in (0, 45_000, 70_000):
        block = rows[first : {0: 45_000, 45_000: 70_000, 70_000: 100_000}[first]]
        state = written(tmp_path, state, {first + at: row for at, row in enumerate(block)})
        seen.append((state.covered, state.trained))
    assert seen == [(45_000, 45_000), (70_000, 45_000), (100_000, 100_000)]
    shelf = VectorShelf(tmp_path, state)
    assert [shelf.nearest(rows[at], 1, None)[0].key for at in (0, 50_000, 99_999)] == [
        0,
        50_000,
        99_999,
    ]


def test_other_codes_are_written_and_kept(tmp_path: Path) -> None:
    rows = many(45_000)
    state = written(tmp_path, VectorState(16), dict(enumerate(rows)))
    thin = VectorShelf(tmp_path, state)
    state = VectorWriter(tmp_path, state).recode("SQ8")
    assert (state.codes, state.covered) == ("SQ8", 45_000)
    wide = VectorShelf(tmp_path, state)
    assert (thin.footprint.codes, wide.footprint.codes) == ("RaBitQ", "SQ8")
    assert 32 > wide.footprint.bytes_a_paper > thin.footprint.bytes_a_paper > 16
    assert wide.nearest(rows[3], 1, None)[0].key == 3
    state = written(tmp_path, state, {45_000 + at: row for at, row in enumerate(many(50_000))})
    assert state.codes == "SQ8"


def test_the_neighbours_of_some_among_themselves(tmp_path: Path) -> None:
    rows = {5: unit(1, 0), 6: unit(3, 1), 7: unit(0, 1), 8: unit(1, 0)}
    shelf = VectorShelf(tmp_path, written(tmp_path, VectorState(2), rows))
    places, cosines = lists.among(shelf.rows([5, 6, 7, 99]).vectors, 2)
    assert places.tolist() == [[1, 2], [0, 2], [1, 0]]
    assert cosines[0].tolist() == pytest.approx([3 / 10**0.5, 0.0], abs=1e-3)
    assert lists.among(shelf.rows([99]).vectors, 2)[0].shape == (0, 2)
    places, cosines = lists.among(shelf.rows([5, 8]).vectors, 3)
    assert places.tolist() == [[1, 0, 0], [0, 1, 1]]
    assert cosines.round(3).tolist() == [[1, 0, 0], [1, 0, 0]]
