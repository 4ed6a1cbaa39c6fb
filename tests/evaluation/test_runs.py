"""Sets run through the real engine; what is known to be right comes first."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from broadsheet.errors import SettingError
from broadsheet.evaluation import Run, compare, judge, read_set, reference_runs, shelved
from broadsheet.evaluation.sets import JudgedSet, Text
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Vectors
from broadsheet.ranking import Weights
from tests.library.finding import TOPICS, TopicEncoder
from tests.library.judged import write_set


def our_runs(judged: JudgedSet, home: Path, encoder: Encoder) -> dict[str, Run]:
    """What each mode of search finds in an empty home, told to nobody."""
    weights = Weights(0.25, 0.45)
    with shelved(judged, home, [encoder], weights=weights, tell=lambda *_: None) as shelf:
        return shelf.runs(judged.queries, lambda *_: None)


def decoys(count: int) -> JudgedSet:
    """A set where a document is relevant if, and only if, one sentence is there; decoys share
    all its words but one."""
    documents = []
    queries, grades = {}, {}
    for number in range(count):
        word = f"zq{chr(97 + number)}x"
        documents.append(Text(f"r{number}", "", f"Frost on the pane. The {word} lamp is lit."))
        documents.append(Text(f"d{number}", "", "Frost on the pane. The lamp is lit. " * 3))
        queries[f"q{number}"] = f"{word} lamp"
        grades[f"q{number}"] = {f"r{number}": 1}
    return JudgedSet("decoys", tuple(documents), queries, grades)


def test_the_one_right_sentence_comes_first_and_decoys_never_help(tmp_path: Path) -> None:
    judged = decoys(8)
    runs = our_runs(judged, tmp_path, TopicEncoder())
    for mode in ("hybrid", "lexical"):
        assert judge(mode, runs[mode], judged).mean("mrr@10") == 1.0
    chance = judge("random", reference_runs(judged, 1)["random"], judged)
    assert chance.mean("mrr@10") < 0.6


def test_bm25s_agrees_about_what_is_first(tmp_path: Path) -> None:
    judged = read_set(write_set(tmp_path / "toy"))
    runs = our_runs(judged, tmp_path, TopicEncoder())
    reference = reference_runs(judged, 1)
    assert runs["lexical"]["q1"][0] == reference["bm25s"]["q1"][0] == "d1"
    assert set(runs) == {"hybrid", "lexical", "semantic"}


class ForgetfulEncoder(TopicEncoder):
    """A deliberately worse encoder: it takes every second topic for the one before."""

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        rows = super().encode_papers(texts).copy()
        rows[:, ::2] += rows[:, 1::2]
        rows[:, 1::2] = 0
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit


def test_the_gate_stops_a_worse_encoder(tmp_path: Path) -> None:
    documents = tuple(Text(topic, "", f"All about one {topic}.") for topic in TOPICS)
    judged = JudgedSet(
        "topics",
        documents,
        {topic: f"a {topic}" for topic in TOPICS},
        {topic: {topic: 1} for topic in TOPICS},
    )
    figures = []
    for number, encoder in enumerate((TopicEncoder("good"), ForgetfulEncoder("worse"))):
        home = tmp_path / str(number)
        home.mkdir()
        found = our_runs(judged, home, encoder)["semantic"]
        by_query = judge("semantic", found, judged).by_query
        figures.append({query: values["ndcg@10"] for query, values in by_query.items()})
    before, after = figures
    assert set(before.values()) == {1.0}
    assert compare(before, after).refused.startswith("the mean nDCG@10 fell")
    assert compare(after, before).refused == ""


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = read_set(write_set(tmp_path / "toy"))
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(SettingError) as caught:
        reference_runs(judged, 1)
    assert "broadsheet[evaluate]" in caught.value.hint
