"""What is told of a measured set."""

import pytest

from broadsheet.evaluation import judge, report
from broadsheet.evaluation.report import robustness_rows
from broadsheet.evaluation.sets import JudgedSet, Text

JUDGED = JudgedSet(
    "toy",
    tuple(Text(f"d{at}", f"Title {at}", "", str(2000 + at), at) for at in range(1, 5)),
    {f"q{at}": f"kettle q{at}" for at in range(1, 5)},
    {f"q{at}": {f"d{at}": 1} for at in range(1, 5)},
)
RUNS = {
    "hybrid": {"q1": ["d1"], "q2": ["d2"], "q3": ["d4", "d3"], "q4": ["d1"]},
    "bm25s": {"q1": ["d1"], "q2": ["d2"], "q3": ["d3"], "q4": []},
}


def test_figures_kinds_and_examples() -> None:
    figures = [judge(name, run, JUDGED) for name, run in RUNS.items()]
    told = report(JUDGED, figures, RUNS)
    assert (told["set"], told["documents"], told["queries"]) == ("toy", 4, 4)
    assert told["slices"] == {"short": 4, "new papers": 1}
    hybrid, reference = told["runs"]
    assert hybrid["run"] == "hybrid"
    assert hybrid["ndcg@10"] == pytest.approx((2 + 0.6309) / 4, abs=1e-4)
    assert hybrid["worst_tenth"] == 0.0
    assert hybrid["slices"] == {"short": hybrid["ndcg@10"], "new papers": 0.0}
    assert reference["chance"] == 1.0
    assert told["worst"] == [
        {
            "query": "q4",
            "text": "kettle q4",
            "ndcg@10": 0.0,
            "first": "Title 1",
            "relevant": 1,
            "rank_of_first_relevant": None,
        }
    ]


def test_what_changed_queries_cost() -> None:
    figures = [judge(name, run, JUDGED) for name, run in RUNS.items()]
    worse = [judge("hybrid", {"q1": ["d1"]}, JUDGED)]
    rows = robustness_rows(figures, {"typo": worse})
    assert [(row["change"], row["run"]) for row in rows] == [("none", "hybrid"), ("typo", "hybrid")]
    assert rows[0]["fall"] == 0
    assert rows[1]["ndcg@10"] == 0.25
    assert rows[1]["fall"] == pytest.approx(rows[0]["ndcg@10"] - 0.25, abs=1e-4)
