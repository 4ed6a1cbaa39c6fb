"""The predictor of votes: its arithmetic, and what comes with the package."""

import json
from importlib.resources import files
from math import e, sqrt
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from broadsheet.evaluation.editions import foreseen, read_editions
from broadsheet.index.encoders import EncoderChoice, open_encoder
from broadsheet.papers import Author, Facts, Link, LinkKind
from broadsheet.ranking.expected import (
    Predictor,
    Weights,
    expected_votes,
    open_predictor,
    read_weights,
    typical_votes,
    weighed,
)
from broadsheet.ranking.wording import MARKS, Wording, runs, wording

PAPER = Facts(
    title="A family of open language models",
    abstract="We release models of 7B parameters, with code and data. They surpass all others.",
)


def weights(**changed: object) -> Weights:
    """Weights of nothing, but for what is given."""
    nothing = Weights(
        marks=np.zeros(len(MARKS)),
        offset=0.0,
        linear=np.zeros(256),
        square=np.zeros((256, 256)),
        known=np.array([], np.uint32),
        rarity=np.array([]),
        runs=np.array([]),
        level=0.0,
        slope=1.0,
    )
    return nothing._replace(**changed)  # type: ignore[arg-type]


def score(of: Weights, paper: Facts = PAPER) -> float:
    """The score of a paper by the packaged encoder."""
    predictor = Predictor(open_encoder(EncoderChoice()), of)
    return float(predictor.scores([wording(paper)])[0])


def test_the_parts_add_up() -> None:
    vector = open_encoder(EncoderChoice()).encode_papers([f"{PAPER.title}. {PAPER.abstract}"])[0]
    assert score(weights(offset=0.5)) == 0.5
    assert score(weights(marks=np.ones(len(MARKS)) * 2)) == pytest.approx(
        2 * score(weights(marks=np.ones(len(MARKS))))
    )
    assert score(weights(linear=vector)) == pytest.approx(1)
    # v' (v v') v of a unit vector, and half of it for one half of the matrix.
    assert score(weights(square=np.outer(vector, vector))) == pytest.approx(1, abs=1e-5)
    known = np.unique(runs(wording(PAPER)))
    ones = np.ones(len(known))
    assert score(weights(known=known, rarity=ones, runs=ones)) > 1


def test_the_multiplier_is_calibrated() -> None:
    predictor = Predictor(open_encoder(EncoderChoice()), weights(offset=2.0, level=1.0, slope=0.5))
    assert predictor.multipliers([PAPER]).tolist() == pytest.approx([e**2])
    assert predictor.multipliers([]).tolist() == []


def test_runs_are_weighed_by_rarity_and_brought_to_length_one() -> None:
    known, rarity = np.array([3, 5, 9], np.uint32), np.array([2.0, 1.0, 7.0])
    places, counted = weighed(np.array([5, 4, 3, 5, 10], np.uint32), known, rarity)
    twice = 1 + np.log(2)
    assert places.tolist() == [0, 1]
    assert counted.tolist() == pytest.approx([2 / sqrt(4 + twice**2), twice / sqrt(4 + twice**2)])
    nothing, of_nothing = weighed(np.array([4, 11], np.uint32), known, rarity)
    assert (nothing.tolist(), of_nothing.tolist()) == ([], [])


def test_typical_votes_start_at_the_prior_and_go_to_what_came() -> None:
    assert typical_votes([], []) == 1
    assert typical_votes([0, 0], [1.0, 1.0], prior=3) == 30 / 12
    assert typical_votes([50] * 100, [0.5] * 100, prior=1) == 5010 / 60
    assert expected_votes(1.5, 4.0) == 6


def test_the_packaged_predictor_reads_text() -> None:
    predictor = open_predictor()
    weak = Facts(title="A note on a lemma", abstract="We give a short proof.")
    code = Facts(
        title=PAPER.title,
        abstract=PAPER.abstract,
        links=(
            Link(LinkKind.CODE, "https://a.example"),
            Link(LinkKind.PROJECT, "https://b.example"),
        ),
    )
    empty = Facts()
    low, middle, high, nothing = predictor.multipliers([weak, PAPER, code, empty]).tolist()
    assert 0 < low < middle < high < 20
    assert 0 < nothing < 20
    assert predictor.multipliers([PAPER])[0] == pytest.approx(middle)


def test_authors_and_venues_change_nothing() -> None:
    famous = Facts(
        title=PAPER.title,
        abstract=PAPER.abstract,
        venue="A great laboratory",
        authors=tuple(Author(f"Author {number}") for number in range(200)),
    )
    one, other = open_predictor().multipliers([PAPER, famous]).tolist()
    assert one == other


def test_a_paper_does_not_depend_on_those_beside_it() -> None:
    predictor = open_predictor()
    others = [Wording("Other", "Another abstract.", False, False)] * 3
    alone = predictor.scores([wording(PAPER)])[0]
    assert predictor.scores([*others, wording(PAPER)])[3] == pytest.approx(alone)


@pytest.mark.shared_data
def test_the_packaged_predictor_foresees_later_editions(shared: Path) -> None:
    later = [
        one
        for one in read_editions(shared / "corpora" / "hf_daily.jsonl.xz")
        if one.day >= "2025-07-01" and len(one.papers) >= 8
    ]
    assert len(later) == 129
    orders = []
    for one in later:
        expected = open_predictor().multipliers([paper.facts for paper in one.papers])
        orders.append((expected, np.array([float(paper.votes) for paper in one.papers])))
    ndcg, tau = foreseen(orders)
    assert ndcg >= 0.71
    assert tau >= 0.3


def test_another_file_is_no_weights() -> None:
    with pytest.raises(KeyError):
        read_weights(save({"rows": np.zeros(3)}))


def test_the_package_says_which_weights_it_holds() -> None:
    named = json.loads((files("broadsheet.ranking") / "model" / "expected.json").read_text("utf-8"))
    assert named["encoder"] == open_predictor().encoder.identity
