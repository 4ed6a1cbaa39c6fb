"""Changed queries, word for word, and what they cost."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.evaluation.measures import Judged
from broadsheet.evaluation.robustness import (
    CHANGES,
    changed,
    dropped,
    in_latex,
    respelt,
    robustness,
    shuffled,
    typo,
    unhyphenated,
    worst_tenth,
)
from broadsheet.evaluation.sets import JudgedSet

DRAW = random.Random(1)


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("modelling Behaviour", "modeling Behavior"),
        ("modeling behavior", "modelling behaviour"),
        ("optimize the center", "optimise the centre"),
        ("optimisation of dialogue", "optimization of dialog"),
        ("four doors rise", "four doors rise"),
    ],
)
def test_words_are_spelt_the_other_way(query: str, other: str) -> None:
    assert respelt(query, DRAW) == other


def test_hyphens_and_latex() -> None:
    assert unhyphenated("state-of-the-art parsing", DRAW) == "state of the art parsing"
    assert unhyphenated("graph neural network", DRAW) == "graph-neural network"
    assert in_latex("Poincaré beta decay", DRAW) == "\\emph{Poincar}\\'e $\\beta$ decay"


@given(st.text(alphabet="abcdef -", max_size=40), st.integers(0, 99))
def test_changes_keep_what_they_promise(query: str, seed: int) -> None:
    assert sorted(typo(query, random.Random(seed))) == sorted(query)
    assert sorted(shuffled(query, random.Random(seed)).split()) == sorted(query.split())
    words = len(query.split())
    assert len(dropped(query, random.Random(seed)).split()) == (words - 1 if words > 2 else words)


def test_the_same_query_changes_the_same_way_each_time() -> None:
    judged = JudgedSet("toy", (), {"q1": "graph neural network", "q2": "kettle"}, {})
    for change in CHANGES.values():
        assert changed(judged, change, 1).queries == changed(judged, change, 1).queries
    assert changed(judged, CHANGES["typo"], 1).queries["q2"] != "kettle"


def test_what_a_change_costs() -> None:
    def run(*values: float) -> Judged:
        return Judged("toy", {f"q{at}": {"ndcg@10": value} for at, value in enumerate(values)})

    found = robustness(run(1.0, 0.5, 0.5), run(0.4, 0.5, 0.6))
    assert found.mean == pytest.approx(0.5)
    assert found.fall == pytest.approx(1 / 6)
    assert found.worst == 0.4
    assert worst_tenth(run(*[value / 20 for value in range(20)])) == pytest.approx(0.025)
