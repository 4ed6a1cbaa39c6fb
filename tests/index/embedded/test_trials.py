"""Ways to write vectors down, tried on queries: exact search first, then what each way finds."""

from pathlib import Path

import numpy as np
import pytest

from broadsheet.index import IndexProgress
from broadsheet.index.embedded import trials
from broadsheet.index.embedded.rows import VectorState
from broadsheet.index.embedded.trials import can_be_written, tried
from broadsheet.index.embedded.vectors import VectorShelf
from broadsheet.index.embedded.writing import VectorWriter
from broadsheet.index.engine import Trial, Vectors

WIDTH = 16


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Projections that leave less than these vectors have."""
    monkeypatch.setattr(trials, "PROJECTED", (128, 8, 2))


def many(count: int, seed: int, width: int = WIDTH) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    result: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return result


def by_name(found: list[Trial]) -> dict[str, Trial]:
    return {one.codes: one for one in found}


def test_every_way_is_tried_and_what_it_finds_is_told() -> None:
    rows = many(3_000, 1)
    told: list[IndexProgress] = []
    found = tried(
        rows.astype(np.float16), np.ones(3_000, bool), many(60, 2), told.append, lambda: False
    )
    names = ["float16", "RaBitQ", "RaBitQ2", "RaBitQ4", "SQ8", "PCA8+SQ8", "PCA2+SQ8", "binary"]
    assert [one.codes for one in found] == names
    assert [one.offered for one in found] == [False, *[True] * 4, *[False] * 3]
    assert told == [IndexProgress(at, 8) for at in range(9)]
    ways = by_name(found)
    assert (ways["float16"].recalls == 1).all()
    assert ways["float16"].bytes_a_paper == 2 * WIDTH
    assert ways["binary"].bytes_a_paper == WIDTH / 8
    # A code, a number, and the centres of 216 lists dealt out to all.
    centres = 216 * WIDTH * 4 / 3_000
    assert ways["SQ8"].bytes_a_paper == pytest.approx(WIDTH + 8 + centres, abs=1)
    assert ways["RaBitQ"].bytes_a_paper < ways["RaBitQ2"].bytes_a_paper
    assert ways["PCA2+SQ8"].recalls.mean() < 0.9 < ways["SQ8"].recalls.mean()
    for one in found:
        assert one.recalls.shape == (60,)
        assert (one.recalls >= 0).all()
        assert (one.recalls <= 1).all()
        assert one.cpu_milliseconds >= 0


def test_dead_rows_are_neither_looked_for_nor_found() -> None:
    rows = many(3_000, 1)
    alive = np.ones(3_000, bool)
    # The first half are the very queries: found, they would push living rows out.
    alive[:1_500] = False
    found = tried(rows.astype(np.float16), alive, rows[:40], lambda _: None, lambda: False)
    assert by_name(found)["SQ8"].recalls.mean() > 0.9
    assert by_name(found)["binary"].recalls.mean() > 0.5


def test_equally_near_rows_count_whichever_is_found() -> None:
    rows = np.repeat(many(100, 1), 30, axis=0)
    found = tried(
        rows.astype(np.float16), np.ones(3_000, bool), rows[::300], lambda _: None, lambda: False
    )
    # One bit of each of so few dimensions tells too little.
    told = [one for one in found if one.offered and one.codes != "RaBitQ"]
    assert len(told) >= 3
    assert all((one.recalls == 1).all() for one in told)


def test_it_stops_between_two_ways() -> None:
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > 2

    rows = many(3_000, 1).astype(np.float16)
    found = tried(rows, np.ones(3_000, bool), many(5, 2), lambda _: None, stop)
    assert [one.codes for one in found] == ["float16", "RaBitQ", "RaBitQ2"]


def test_product_codes_need_enough_rows_and_a_width_that_they_divide() -> None:
    assert can_be_written("PQ32", 10_000, 256)
    assert not can_be_written("PQ32", 9_000, 256)
    assert not can_be_written("PQ32", 10_000, 100)
    assert can_be_written("RaBitQ", 9_000, 100)


def test_product_codes_are_tried_where_they_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_SAMPLED", 1_000)
    rows = many(10_000, 1, 32).astype(np.float16)
    found = tried(rows, np.ones(10_000, bool), many(20, 2, 32), lambda _: None, lambda: False)
    assert "PQ64" not in by_name(found)
    assert by_name(found)["PQ32"].recalls.mean() > 0.7


def test_what_is_tried_is_what_a_shelf_answers(tmp_path: Path) -> None:
    """The lists of a trial and those of a shelf are the same."""
    rows, queries = many(45_000, 1), many(40, 2)
    writer = VectorWriter(tmp_path, VectorState(WIDTH, codes="SQ8"))
    writer.replace([], dict(enumerate(rows)))
    shelf = VectorShelf(tmp_path, writer.commit())
    trial = by_name(shelf.trials(queries, lambda _: None, lambda: False))["SQ8"]
    assert trial.bytes_a_paper == pytest.approx(shelf.footprint.bytes_a_paper, abs=0.01)
    stored = rows.astype(np.float16).astype(np.float32)
    for query, recall in zip(queries, trial.recalls, strict=True):
        exact = set(np.argsort(-(stored @ query))[:10].tolist())
        found = {hit.key for hit in shelf.nearest(query, 10, None)}
        assert len(exact & found) / 10 == pytest.approx(recall, abs=0.11)
