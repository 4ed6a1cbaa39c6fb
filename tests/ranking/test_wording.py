"""The marks of a paper's wording and its runs of words."""

import zlib
from math import log

import numpy as np
import pytest

from broadsheet.papers import Author, Facts, Link, LinkKind
from broadsheet.ranking.wording import MARKS, Wording, marks, runs, wording

ABSTRACT = (
    "We release an open-source 7B model, the first of its kind. It gains 3.5% over BERT and GPT-2! "
    "Code: https://github.com/a/b and https://a.github.io/"
)


def marked(paper: Wording) -> dict[str, float]:
    """The marks by name."""
    return dict(zip(MARKS, marks(paper).tolist(), strict=True))


def test_the_marks_of_a_paper() -> None:
    found = marked(Wording("FastLM: Is a 7B-model enough?", ABSTRACT, False, False))
    assert found == {
        "code in the abstract": 1,
        "project page in the abstract": 1,
        "code": 1,
        "project page": 1,
        "code and project page": 1,
        "words, log": pytest.approx(log(23)),
        "words, log squared": pytest.approx(log(23) ** 2),
        "signs of the title, log": pytest.approx(log(29)),
        "words of the title": 5,
        "colon in the title": 1,
        "question in the title": 1,
        "title opens with a name": 1,
        "share of digits": pytest.approx(100 * 4 / len(ABSTRACT)),
        "size of a model": 1,
        "percentages": 1,
        "sentences, log": pytest.approx(log(2)),
        "words a sentence": 11,
        "capitals in a row": pytest.approx(2 / 22),
        "address": 1,
        "technical report": 0,
        "survey": 0,
        "claims": 1,
        "openness": 2,
        "share of capitals in the title": pytest.approx(5 / 29),
        "number in the title": 1,
        "hyphens in the title": 1,
        "share of different words": pytest.approx(21 / 22),
    }


def test_links_count_as_code_and_project_page() -> None:
    plain = marked(Wording("A", "B", False, False))
    linked = marked(Wording("A", "B", True, True))
    assert {name for name in MARKS if plain[name] != linked[name]} == {
        "code",
        "project page",
        "code and project page",
    }


def test_an_empty_paper_has_marks() -> None:
    assert np.isfinite(marks(Wording("", "", False, False))).all()
    assert runs(Wording("", "", False, False)).tolist() == []


def test_the_wording_is_text_and_links_and_no_names() -> None:
    links = (Link(LinkKind.CODE, "https://a.example"), Link(LinkKind.PDF, "https://b.example"))
    facts = Facts(title="On $x^2$", abstract="Words.", links=links)
    named = Facts(
        title="On $x^2$",
        abstract="Words.",
        links=links,
        authors=(Author("A. Famous"),),
        venue="Great Lab",
    )
    assert wording(facts) == wording(named)
    assert wording(facts)[1:] == ("Words.", True, False)


def test_runs_are_of_one_to_three_words() -> None:
    found = runs(Wording("Deep models", "models a DEEP", False, False)).tolist()
    deep, models = zlib.crc32(b"deep"), zlib.crc32(b"models")
    step, size = 0x9E3779B1, 2**32
    pair = (deep * step + models) % size
    ones = [deep, models, models, deep]
    twos = [pair, (models * step + models) % size, (models * step + deep) % size]
    threes = [(pair * step + models) % size, (twos[1] * step + deep) % size]
    assert found == ones + twos + threes
