"""Past editions and how well an order foresees them, by hand."""

import json
import lzma
from math import log2
from pathlib import Path

import numpy as np
import pytest

from broadsheet.errors import SourceError
from broadsheet.evaluation.editions import foreseen, kendall, ndcg, read_editions
from broadsheet.papers import LinkKind

ROW = {
    "title": "A \\textbf{title}",
    "abstract": "Text.",
    "authors": ["A", "B"],
    "daily_dates": ["2025-07-03", "2025-07-02"],
    "votes": 5,
    "github": "https://code.example/a",
}


def written(folder: Path, *rows: object) -> Path:
    """A file of editions."""
    file = folder / "editions.jsonl.xz"
    with lzma.open(file, "wt", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row) + "\n")
    return file


def array(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Numbers."""
    return np.array(values, np.float64)


def test_a_paper_belongs_to_its_first_edition(tmp_path: Path) -> None:
    later = {**ROW, "daily_dates": ["2025-07-03"], "votes": 0, "organization": "Lab"}
    first, second = read_editions(written(tmp_path, later, ROW))
    assert (first.day, second.day) == ("2025-07-02", "2025-07-03")
    (paper,) = first.papers
    assert (paper.facts.title, paper.votes, paper.authors) == ("A title", 5, 2)
    assert [link.kind for link in paper.facts.links] == [LinkKind.CODE]
    assert [one.organised for one in (paper, *second.papers)] == [False, True]
    assert paper.facts.authors == ()


@pytest.mark.parametrize("row", [{}, [], {**ROW, "daily_dates": []}, {**ROW, "authors": None}])
def test_what_is_no_paper_is_named_by_its_line(row: object, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r":2: no paper of an edition"):
        read_editions(written(tmp_path, ROW, row))


def test_ndcg_by_hand() -> None:
    gains = array(3, 0, 1)
    best = 3 + 1 / log2(3)
    assert ndcg(array(3, 1, 2), gains) == pytest.approx(1)
    assert ndcg(array(1, 2, 3), gains) == pytest.approx((1 + 3 / 2) / best)
    assert ndcg(array(1, 2, 3), gains, depth=1) == pytest.approx(1 / 3)
    assert ndcg(array(1, 2, 3), array(0, 0, 0)) == 0


def test_equal_scores_count_as_the_mean_of_their_orders() -> None:
    gains = array(3, 0, 1)
    mean = np.mean(
        [
            ndcg(array(*order), gains)
            for order in ((1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1))
        ]
    )
    assert ndcg(array(0, 0, 0), gains) == pytest.approx(float(mean))


def test_kendall_by_hand() -> None:
    assert kendall(array(1, 2, 3), array(1, 2, 3)) == pytest.approx(1)
    assert kendall(array(3, 2, 1), array(1, 2, 3)) == pytest.approx(-1)
    # Of three pairs one is a tie in each: one agrees of two and two.
    assert kendall(array(1, 1, 2), array(1, 2, 2)) == pytest.approx(1 / 2)
    assert kendall(array(1, 1, 1), array(1, 2, 3)) == 0


def test_foreseen_are_the_means() -> None:
    right, wrong = (array(2, 1), array(1, 0)), (array(1, 2), array(1, 0))
    assert foreseen([right, wrong]) == pytest.approx(((1 + 1 / log2(3)) / 2, 0))
