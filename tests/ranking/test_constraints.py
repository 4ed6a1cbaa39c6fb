"""Constraints in plain words: what is read as one, and what stays a topic."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.ranking import read_query
from broadsheet.ranking.constraints import Constraint, constraints, without
from tests.library.asking import TODAY
from tests.ranking.conftest import Library

PIECES = (
    "since 2020|after 2020|in 2021|with code|and|,|OR|at EMNLP|by Ada Example|papers|kettle|frost"
    "|in the past three years|from 2018 to 2020|published|titled|please|.|?|-|x|\x02|\x01|é"
    '|"|year:|(|in the title|with|last year|journal of slow reading|2020|in|\u2013'
).split("|")


def read(asked: Library, text: str) -> tuple[list[tuple[str, str]], str]:
    """What was typed and what it was read as, and the rest of the text."""
    found = constraints(text, asked.names(), TODAY)
    typed = [(text[one.start : one.end].strip(), one.read_as) for one in found]
    return typed, without(text, found)


@pytest.mark.parametrize(
    ("text", "typed", "read_as"),
    [
        ("kettle since 2020", "since 2020", "year:2020.."),
        ("kettle since the year 2020", "since the year 2020", "year:2020.."),
        ("kettle from 2020 onwards", "from 2020 onwards", "year:2020.."),
        ("kettle after 2020", "after 2020", "year:2021.."),
        ("kettle published later than 2020", "published later than 2020", "year:2021.."),
        ("kettle before 2019.", "before 2019", "year:..2018"),
        ("kettle prior to 1960?", "prior to 1960", "year:..1959"),
        ("kettle until 2018", "until 2018", "year:..2018"),
        ("kettle from 2018 to 2020", "from 2018 to 2020", "year:2018..2020"),
        ("kettle between 2020 and 2018", "between 2020 and 2018", "year:2018..2020"),
        ("kettle in 2018\u20132020", "in 2018\u20132020", "year:2018..2020"),
        ("kettle in 2021", "in 2021", "year:2021"),
        ("kettle in 2021, please", "in 2021", "year:2021"),
        ("kettle THAT WERE PUBLISHED IN 2021", "THAT WERE PUBLISHED IN 2021", "year:2021"),
        ("since 2020, kettle", "since 2020", "year:2020.."),
        ("kettle this year", "this year", "year:2023"),
        ("kettle last year", "last year", "year:2022"),
        ("kettle in the last year", "in the last year", "year:2022.."),
        ("kettle in the past three years", "in the past three years", "year:2020.."),
        ("kettle over the last 5 years", "over the last 5 years", "year:2018.."),
        ("kettle in the past decade", "in the past decade", "year:2013.."),
        ("kettle with code", "with code", "has:code"),
        ("kettle that have source code", "that have source code", "has:code"),
        ("kettle, code available", "code available", "has:code"),
        ("reasoning with available code", "with available code", "has:code"),
        ("kettle with a project page", "with a project page", "has:project"),
        ("kettle with pdf", "with pdf", "has:pdf"),
        ("kettle at EMNLP", "at EMNLP", "venue:EMNLP"),
        ("kettle in emnlp", "in emnlp", "venue:emnlp"),
        ("kettle at the EMNLP conference", "at the EMNLP conference", "venue:EMNLP"),
        ("kettle at EMNLP 2020", "at EMNLP 2020", 'venue:"EMNLP 2020"'),
        ("kettle at EMNLP 2021", "at EMNLP 2021", "venue:EMNLP year:2021"),
        (
            "kettle published at Learning at Scale",
            "published at Learning at Scale",
            'venue:"Learning at Scale"',
        ),
        (
            "kettle in the Journal of Slow Reading 2021",
            "in the Journal of Slow Reading 2021",
            'venue:"Journal of Slow Reading" year:2021',
        ),
        ("kettle by Ada Example", "by Ada Example", 'author:"Ada Example"'),
        ("kettle by Ludwig van Holm?", "by Ludwig van Holm", 'author:"Ludwig van Holm"'),
        ("songs written by Hinton", "written by Hinton", "author:Hinton"),
    ],
)
def test_what_is_read(asked: Library, text: str, typed: str, read_as: str) -> None:
    found, rest = read(asked, text)
    assert found == [(typed, read_as)]
    assert rest in ("kettle", "kettle please", "reasoning", "songs")


@pytest.mark.parametrize(
    ("text", "read_as", "rest"),
    [
        ("papers on kettle since 2020 with code", ["year:2020..", "has:code"], "papers on kettle"),
        ("kettle after 2010 and before 2020", ["year:2011..", "year:..2019"], "kettle"),
        ("kettle with code and a project page", ["has:code", "has:project"], "kettle"),
        ("kettle since 2020 and frost", ["year:2020.."], "kettle and frost"),
        ("2020 papers on frost", ["year:2020"], "papers on frost"),
        ("papers from 2020 on frost", ["year:2020"], "papers on frost"),
        ("papers by Hinton about frost", ["author:Hinton"], "papers about frost"),
        ("papers titled deep frost in 2020", ['title:"deep frost in 2020"'], "papers"),
        ('papers titled "frost" since 2020', ['title:"frost"', "year:2020.."], "papers"),
        ("papers with frost in the title", ['title:"frost"'], "papers"),
        ("EMNLP frost published at EMNLP in 2021", ["venue:EMNLP", "year:2021"], "EMNLP frost"),
        ("cats OR since 2020", ["year:2020.."], "cats OR"),
    ],
)
def test_what_is_left(asked: Library, text: str, read_as: list[str], rest: str) -> None:
    found, left = read(asked, text)
    assert [one for _, one in found] == read_as
    assert left == rest


@pytest.mark.parametrize(
    "text",
    [
        "attention is all you need 2017",
        "before training",
        "after 1 epoch",
        "after 2000 iterations",
        "accuracy after 2000.5 hours",
        "context until 2048",
        "events in 2021 that shook the kettle",
        "data of 2021",
        "since 1066",
        "survival in the last year of life",
        "the last three layers",
        "objects in 3D",
        "safety at work",
        "learning at scale",
        "frost at Scale",
        "transformers in NLP",
        "reading in the Journal of Fast Reading",
        "KETTLES AT SCALE",
        "reasoning with code",
        "models trained with code",
        "kettle with code generation",
        "kettle with project management",
        "sampling by Monte Carlo",
        "frost by Hinton",
        "frost by ada example",
        "frost by Ada Example and others",
        '"since 2020"',
        "-since 2020x",
        'title:"with code" kettle',
        "kettle",
        "",
    ],
)
def test_what_may_be_the_topic_stays(asked: Library, text: str) -> None:
    assert read(asked, text) == ([], text)


def test_without_takes_what_it_is_told() -> None:
    text = "kettle since 2020 and with code"
    years, code = Constraint(7, 17, "year:2020.."), Constraint(22, 31, "has:code")
    assert without(text, [years, code]) == "kettle"
    assert without(text, [years]) == "kettle and with code"
    assert without(text, []) == text


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.text(max_size=60))
def test_no_text_is_too_odd(asked: Library, text: str) -> None:
    found = constraints(text, asked.names(), TODAY)
    ends = [(0, 0), *((one.start, one.end) for one in found), (len(text), len(text))]
    assert all(before[1] <= after[0] for before, after in pairwise(ends))
    assert all(one.start < one.end for one in found)
    for one in found:
        query = read_query(one.read_as)
        assert query.words.required
        assert (query.words.wanted, query.notes) == ((), ())
    # What is left are words of the text, in their order.
    words = iter(text.split())
    assert all(word in words for word in without(text, found).split())
