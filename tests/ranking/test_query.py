"""The query language: what is read, and what is said of what cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.errors import QueryError
from broadsheet.index import Clause, Either, Phrase, Tagged, Words, Years
from broadsheet.ranking import Filters, read_query
from broadsheet.ranking.query import LONGEST_QUERY, read_years

NO_OR = "`OR` needs a word on both sides: it was left out"
EMPTY = "an empty phrase was left out"


def wanted(text: str) -> tuple[Clause, ...]:
    """What a query wants, and nothing else."""
    query = read_query(text)
    assert (query.words.required, query.words.excluded, query.notes) == ((), (), ())
    return query.words.wanted


def required(text: str) -> tuple[Clause, ...]:
    """What a query requires, and nothing else."""
    query = read_query(text)
    assert (query.words.wanted, query.words.excluded, query.notes) == ((), (), ())
    return query.words.required


def test_the_whole_language() -> None:
    query = read_query(
        'graph "message passing" -survey title:molecule author:"Ada Example" year:2020..2024 '
        "has:Code category:cs.LG"
    )
    assert query.words.wanted == (Words("graph"),)
    assert query.words.required == (
        Phrase("message passing"),
        Words("molecule", "title"),
        Phrase("Ada Example", "author"),
        Years(2020, 2024),
        Tagged("has", "code"),
        Tagged("category", "cs.LG"),
    )
    assert query.words.excluded == (Words("survey"),)
    assert query.meaning == "graph message passing molecule"
    assert query.notes == ()
    assert query.reference is None


def test_alternatives() -> None:
    a, b, c = Words("a"), Words("b"), Words("c")
    assert wanted("a OR b") == (Either((a, b)),)
    assert wanted("a OR b OR c") == (Either((a, b, c)),)
    assert wanted("c a OR b") == (c, Either((a, b)))
    assert wanted("a or b") == (a, Words("or"), b)
    assert required('title:a OR "b c"') == (Either((Words("a", "title"), Phrase("b c"))),)
    assert required("year:2020 OR year:2022") == (Either((Years(2020, 2020), Years(2022, 2022))),)


def test_an_alternative_joins_what_is_right_before_it() -> None:
    query = read_query("graph title:x OR author:ada")
    assert query.words.wanted == (Words("graph"),)
    assert query.words.required == (Either((Words("x", "title"), Words("ada", "author"))),)
    assert query.meaning == "graph x"


@pytest.mark.parametrize("text", ["a OR", "OR a", "OR OR a", "a OR OR"])
def test_or_without_two_sides(text: str) -> None:
    query = read_query(text)
    assert query.words.wanted == (Words("a"),)
    assert query.notes == (NO_OR,)


def test_or_never_joins_a_filter_or_an_exclusion() -> None:
    filters = Filters(categories=("cs.CL",))
    query = read_query("OR graph", filters)
    assert query.words.required == filters.clauses()
    assert query.words.wanted == (Words("graph"),)
    left_out = read_query("a OR -b")
    assert left_out.words.wanted == (Words("a"),)
    assert left_out.words.excluded == (Words("b"),)
    assert left_out.notes == (NO_OR,)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("year:2020", Years(2020, 2020)),
        ("year:2020..2024", Years(2020, 2024)),
        ("year:2024..2020", Years(2020, 2024)),
        ("year:2020..", Years(2020, None)),
        ("year:..2024", Years(None, 2024)),
    ],
)
def test_years(text: str, years: Years) -> None:
    assert required(text) == (years,)
    assert read_years(text.removeprefix("year:")) == (years.first, years.last)


@pytest.mark.parametrize("text", ["20", "..", "20202024", "last", "2020-2024", "2020..24"])
def test_years_that_are_none(text: str) -> None:
    query = read_query(f"year:{text}")
    assert query.words.wanted == (Words(f"year:{text}"),)
    assert query.notes == (f"`year:{text}` is no year or range such as 2020..2024: read as words",)
    with pytest.raises(QueryError, match="no year or range"):
        read_years(text)


def test_no_years() -> None:
    assert read_years(None) == read_years("") == (None, None)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('kettle "', EMPTY),
        ('kettle ""', EMPTY),
        ('kettle title:" "', EMPTY),
        (
            "kettle has:wheels",
            "`has:wheels` is none of code, pdf, project, abstract: read as words",
        ),
        ('kettle "sings low', "a quotation mark is missing: the phrase was read to the end"),
        ("-kettle", "only words to leave out were given: name some to look for"),
    ],
)
def test_notes(text: str, note: str) -> None:
    assert note in read_query(text).notes


def test_a_missing_quotation_mark() -> None:
    query = read_query('kettle "sings low')
    assert query.words.required == (Phrase("sings low"),)


def test_empty_phrases_ask_for_nothing() -> None:
    query = read_query('title:"" category:" " ""')
    assert query.words.wanted == query.words.required == ()
    assert query.meaning == ""


@pytest.mark.parametrize("text", ["CRISPR:Cas9", "state-of-the-art", "C++", "a:", ":", "--x"])
def test_words_with_marks_in_them(text: str) -> None:
    query = read_query(text)
    assert query.words.wanted == (Words(text),)
    assert query.notes == ()


def test_prose_rules_nothing_out() -> None:
    words = 'we study how birds -sparrows above all- build what they call "home" in old walls'
    query = read_query(words)
    assert query.words.required == query.words.excluded == ()
    assert Words("sparrows") in query.words.wanted
    assert Words("home") in query.words.wanted
    assert query.notes == ("in so long a text, quotation marks and hyphens rule nothing out",)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("2502.08025", "2502.08025"),
        ("doi:10.1145/3292500", "doi:10.1145/3292500"),
        ("https://arxiv.org/abs/hep-th/9901001v2", "hep-th/9901001"),
        (" acl:2020.acl-main.1 ", "acl:2020.acl-main.1"),
        ("about 2502.08025", None),
    ],
)
def test_references(text: str, reference: str | None) -> None:
    assert read_query(text).reference == reference


def test_filters_are_required() -> None:
    filters = Filters((2020, None), ("cs.CL", "cs.CV"), "Kitchens", "Ada", ("code",))
    assert read_query("kettle year:2021", filters).words.required == (
        Years(2020, None),
        Either((Tagged("category", "cs.CL"), Tagged("category", "cs.CV"))),
        Words("Kitchens", "venue"),
        Words("Ada", "author"),
        Tagged("has", "code"),
        Years(2021, 2021),
    )
    assert Filters().clauses() == ()


def test_long_queries_are_refused() -> None:
    read_query("x" * LONGEST_QUERY)
    with pytest.raises(QueryError, match="has 10,240 characters; the limit is 4,096"):
        read_query("x" * 10_240)


def test_nul_and_half_characters_are_taken_out() -> None:
    assert read_query("a\0b").text == "a b"
    assert read_query("a\ud800b").text == "a?b"


pieces = st.sampled_from(
    ["OR", "-", '"', "year:", "has:", "title:", "2020..", " ", ":", "word", "\0", "doi:", "\ud800"]
)


@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=40).map("".join)))
def test_reading_never_fails(text: str) -> None:
    query = read_query(text)
    query.text.encode()
    # What was read is read the same again.
    assert read_query(query.text) == query
