"""Questions in plain words, asked in a real index: what is understood, kept, and given up."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import QueryError
from broadsheet.index import Words
from broadsheet.papers import Paper
from broadsheet.ranking import Filters, Mode, Understood, Weights, read_query, search
from broadsheet.ranking.spelling import mended
from tests.library.asking import TODAY, questions
from tests.ranking.conftest import Library
from tests.ranking.test_constraints import PIECES

LONG = " ".join(["kettle frost song map"] * 4)


@dataclass
class Rates:
    """How many of the papers found were wrong, and how many right ones were not found."""

    irrelevant: int = 0
    unsatisfied: int = 0
    missing: int = 0
    found: int = 0
    right: int = 0


def rates(asked: Library, mode: Mode, *, literal: bool = False) -> Rates:
    """KITAB's three counts over all questions; by words, those holding all words are the answer."""
    total = Rates()
    for question in questions(asked.papers):
        page = asked.page(question.text, mode, literal=literal)
        found = {
            hit.paper.id: hit.paper for hit in page.hits if mode != "lexical" or hit.parts.all_words
        }
        right = {
            paper.id
            for paper in asked.papers
            if question.is_on_topic(paper) and question.is_satisfied(paper)
        }
        total.irrelevant += sum(not question.is_on_topic(paper) for paper in found.values())
        total.unsatisfied += sum(not question.is_satisfied(paper) for paper in found.values())
        total.missing += len(right - found.keys())
        total.found += len(found)
        total.right += len(right)
    return total


def test_every_constraint_is_kept_and_nothing_is_missed(asked: Library) -> None:
    assert len(questions(asked.papers)) == 389
    assert rates(asked, "lexical") == Rates(0, 0, 0, 645, 645)
    # Papers near in meaning come too, but none that breaks a constraint.
    hybrid = rates(asked, "hybrid")
    assert (hybrid.unsatisfied, hybrid.missing) == (0, 0)
    assert hybrid.irrelevant == hybrid.found - hybrid.right
    # To the letter, hardly any paper holds all the words.
    assert rates(asked, "lexical", literal=True) == Rates(0, 0, 632, 13, 645)


def test_what_was_understood_is_told(asked: Library) -> None:
    text = "What are the best papers about kettles since 2020 with code?"
    page = asked.page(text)
    assert page.understood == (
        Understood("since 2020", "year:2020.."),
        Understood("with code", "has:code"),
        Understood("What are the best papers about", ""),
    )
    assert page.query.text == text
    assert page.query.meaning == "kettles"
    assert page.query.words.required == read_query("year:2020.. has:code").words.required
    assert page.notes == ()
    spelt = asked.page("kettles year:2020.. has:code")
    assert [hit.key for hit in page.hits] == [hit.key for hit in spelt.hits]
    assert spelt.understood == ()


def test_only_constraints_list_the_newest_first(asked: Library) -> None:
    page = asked.page("papers published at EMNLP since 2020", "hybrid")
    years = [hit.paper.announced.year for hit in page.hits if hit.paper.announced]
    assert years == sorted(years, reverse=True)
    assert years
    assert {"EMNLP" in hit.paper.venue for hit in page.hits} == {True}


def test_a_constraint_that_leaves_nothing_is_given_up(asked: Library) -> None:
    page = asked.page("kettle since 2024 with code")
    assert page.understood == (
        Understood("since 2024", "year:2024..", given_up=True),
        Understood("with code", "has:code"),
    )
    assert page.notes == (
        "no paper on this is year:2024.., as “since 2024” may mean: its words were looked for",
    )
    assert Words("2024") in page.query.words.wanted
    assert page.hits
    # The second of two that exclude each other goes; a filter that is set goes before either.
    both = asked.page("kettle before 2016 after 2018")
    assert [part.given_up for part in both.understood] == [False, True]
    filtered = search(
        asked.catalogue,
        asked.index,
        "kettle since 2020",
        filters=Filters(years=(2015, 2016)),
        weights=Weights(0.4, 0.5),
        today=TODAY,
    )
    assert [part.given_up for part in filtered.understood] == [True]
    assert len(filtered.hits) == 8
    # Where nothing is on the topic, no constraint is to blame.
    assert asked.page("zeppelin since 2020").understood == (
        Understood("since 2020", "year:2020.."),
    )


def test_slips_do_not_cost_a_constraint(asked: Library) -> None:
    page = asked.page("kettel since 2020")
    assert page.understood == (Understood("since 2020", "year:2020.."),)
    assert page.holding_all == 4


@pytest.mark.parametrize(
    "text",
    [
        "kettle",
        "A Kettle, Volume A",
        "find me papers",
        "please",
        "toy:kettle-2020",
        f"{LONG} since 2020",
        "attention is all you need 2017",
    ],
)
def test_what_is_taken_as_it_stands(asked: Library, text: str) -> None:
    page = asked.page(text)
    assert page.understood == ()
    assert page.query == mended(asked.index.reader(), read_query(text))


def test_a_title_is_no_question(asked: Library) -> None:
    paper = asked.papers[0]
    assert asked.page("volume in 2021").understood != ()
    assert asked.page(f"papers on {paper.title}").understood != ()
    assert asked.page(paper.title.lower()).understood == ()


def test_long_questions_are_cut_and_stay_prose(asked: Library) -> None:
    page = asked.page(f"I am looking for papers on {LONG} -frost since 2020")
    assert [part.read_as for part in page.understood] == ["year:2020..", ""]
    assert page.query.meaning == f"{LONG} frost"
    assert page.query.words.excluded == ()
    short = asked.page("I am looking for papers on the kettle, frost and map -song since 2020")
    assert short.query.words.excluded == ()


def test_a_cursor_is_of_one_reading(asked: Library) -> None:
    def page(literal: bool, cursor: str | None = None) -> list[Paper]:
        found = search(
            asked.catalogue,
            asked.index,
            "kettle since 2016",
            limit=2,
            cursor=cursor,
            weights=Weights(0.4, 0.5),
            literal=literal,
            today=TODAY,
        )
        cursors.append(found.next_cursor)
        return [hit.paper for hit in found.hits]

    cursors: list[str | None] = []
    first = page(False)
    second = page(False, cursors[0])
    assert len({paper.id for paper in first + second}) == 4
    with pytest.raises(QueryError, match="another search"):
        page(True, cursors[0])


@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.text(max_size=60),
    st.sampled_from(["lexical", "hybrid"]),
)
def test_any_text(asked: Library, text: str, mode: Mode) -> None:
    literal = asked.page(text, mode, literal=True)
    assert literal.understood == ()
    if not literal.query.reference:
        assert literal.query == mended(asked.index.reader(), read_query(text))
    page = asked.page(text, mode)
    assert page.query.text == literal.query.text
    kept = [part for part in page.understood if part.read_as and not part.given_up]
    for part in kept:
        clauses = read_query(part.read_as).words.required
        assert set(clauses) <= set(page.query.words.required)
        holding = {hit.paper.id for hit in asked.page(part.read_as).hits}
        assert {hit.paper.id for hit in page.hits} <= holding
    if not page.understood:
        assert page.query == literal.query
