"""What is told of a measured set."""

import pytest

from broadsheet.evaluation import judge, report
from broadsheet.evaluation.report import robustness_rows
from broadsheet.evaluation.robustness import Spoilt
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


def test_runs_are_compared_query_by_query() -> None:
    figures = [judge(name, run, JUDGED) for name, run in (*RUNS.items(), ("lexical", {}))]
    hybrid, reference, lexical = report(JUDGED, figures, RUNS)["runs"]
    assert set(hybrid["against"]) == {"bm25s", "lexical"}
    assert set(reference["against"]) == {"lexical"}
    assert set(lexical["against"]) == {"bm25s"}
    difference, low, high = hybrid["against"]["bm25s"]["ndcg@10"]
    assert difference == pytest.approx((0.6309 - 1) / 4, abs=1e-4)
    assert low <= difference <= high
    assert low < high == 0.0
    assert hybrid["against"]["bm25s"]["recall@100"] == [0.0, 0.0, 0.0]
    assert hybrid["against"]["lexical"]["recall@100"][0] == 0.75


def test_what_changes_cost() -> None:
    figures = [judge(name, run, JUDGED) for name, run in RUNS.items()]
    typo = Spoilt("typo", {"hybrid": {"q1": ["d1"]}}, frozenset({"q2", "q3"}))
    stuffed = Spoilt("stuffed", {"hybrid": {"q1": ["x"]}}, frozenset({"q1"}), frozenset({"x"}))
    rows = robustness_rows(JUDGED, figures, [typo, stuffed])
    assert [row["change"] for row in rows] == ["none", "typo", "stuffed"]
    assert {row["run"] for row in rows} == {"hybrid"}
    assert [row["queries"] for row in rows] == [0, 2, 1]
    assert rows[0]["fall"] == rows[0]["spread"] == rows[0]["fall_of_changed"] == 0
    assert rows[1]["ndcg@10"] == 0.25
    assert rows[1]["fall"] == pytest.approx(rows[0]["ndcg@10"] - 0.25, abs=1e-4)
    assert rows[1]["fall_of_changed"] == pytest.approx((1 + 0.6309) / 2, abs=1e-4)
    assert [row.get("decoyed") for row in rows] == [None, None, 1.0]
    assert rows[0]["worst_quarter"] == rows[0]["worst_tenth_recall@100"] == 0.0
