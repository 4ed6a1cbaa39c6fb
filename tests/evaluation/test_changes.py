"""Changed queries, word for word, and decoys."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.evaluation.changes import (
    DECOY_WORDS,
    changed,
    changes,
    decoys,
    dropped,
    explained,
    in_latex,
    respelt,
    shuffled,
    typo,
    unhyphenated,
    with_acronyms,
)
from broadsheet.evaluation.sets import JudgedSet, Text

DRAW = random.Random(1)
DOCUMENTS = (
    Text("d1", "Information retrieval (IR)", "Work on Information  Retrieval (IR) and (or) more."),
    Text("d2", "", "Infra red (IR) lamps by the Frost Machinery Association (FMA), 1958."),
    Text("d3", "", "Heat or radiation (IR). Homocysteine (HCys). Dogs, cats and owls (DCO)."),
)


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
    for change in changes(DOCUMENTS).values():
        assert changed(judged, change, 1).queries == changed(judged, change, 1).queries
    assert changed(judged, typo, 1).queries["q2"] != "kettle"


def test_documents_explain_acronyms_and_most_of_them_win() -> None:
    assert explained(DOCUMENTS) == {
        "IR": "information retrieval",
        "FMA": "frost machinery association",
    }


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("Information Retrieval systems", "IR systems"),
        ("the best IR, and ir", "the best information retrieval, and ir"),
        ("IR of the Frost Machinery Association", "information retrieval of the FMA"),
        ("IR-based SIR FMAs", "IR-based SIR FMAs"),
        ("kettles", "kettles"),
    ],
)
def test_acronyms_and_what_they_stand_for_change_places(query: str, other: str) -> None:
    assert with_acronyms(explained(DOCUMENTS))(query, DRAW) == other


def test_the_longest_phrase_wins_and_no_acronym_changes_nothing() -> None:
    meanings = {"NN": "neural network", "GNN": "graph neural network", "XNN": "neural network"}
    assert (
        with_acronyms(meanings)("a Graph Neural Network, a neural network", DRAW) == "a GNN, a NN"
    )
    assert with_acronyms({})("graph neural network", DRAW) == "graph neural network"


def test_decoys_are_the_words_of_a_tenth_of_the_queries_and_nothing_else() -> None:
    queries = {f"q{at:03}": f"kettle song {at}" for at in range(200)}
    made = decoys(JudgedSet("toy", (), queries, {}), seed=1)
    assert len(made) == 20
    assert made == decoys(JudgedSet("toy", (), queries, {}), seed=1)
    assert set(made) != set(decoys(JudgedSet("toy", (), queries, {}), seed=2))
    for name, decoy in made.items():
        assert decoy.title == queries[name]
        words = decoy.text.split()
        assert set(words) == set(queries[name].split())
        assert DECOY_WORDS <= len(words) < DECOY_WORDS + 3
    few = JudgedSet("toy", (), dict(list(queries.items())[:12]), {})
    assert len(decoys(few, seed=1)) == 10
