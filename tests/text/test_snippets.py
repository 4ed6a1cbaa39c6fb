"""Sentences, and the window of a text that shows the words searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.text import Snippet, sentences, snippet

TEXT = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One ends. Two asks? Three!", ["One ends.", "Two asks?", "Three!"]),
        (
            "By Smith et al. (2020) vs. Jones, e.g. here. Next.",
            ["By Smith et al. (2020) vs. Jones, e.g. here.", "Next."],
        ),
        ("See Fig. 3 and J. Doe. Done.", ["See Fig. 3 and J. Doe.", "Done."]),
        ("Small models.Through this, more.", ["Small models.", "Through this, more."]),
        (
            "Version 2.0 of Node.js at example.org/a. Good.",
            ["Version 2.0 of Node.js at example.org/a.", "Good."],
        ),
        ("He said “yes.” Then left.", ["He said “yes.”", "Then left."]),
        ("One\n\ntwo without a stop", ["One", "two without a stop"]),
        ("これは文。次の文。", ["これは文。", "次の文。"]),
        ("It is 5. 3 remain.", ["It is 5.", "3 remain."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_stop(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@given(st.text())
def test_sentences_lose_nothing_but_blanks(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in sentences(text))


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("alpha beta", [(6, 10)], 80) == Snippet("alpha beta", ((6, 10),))


def test_the_window_holds_the_most_different_words() -> None:
    text = "red red red red " + "x " * 100 + "red green blue " + "y " * 100
    spans = [
        (at, at + len(word)) for word in ("red", "green", "blue") for at in _places(text, word)
    ]
    found = snippet(text, spans, 40)
    assert [found.text[a:b] for a, b in found.marks] == ["red", "green", "blue"]
    assert found.text.startswith("…x ")
    assert found.text.endswith(" y…")


def test_words_are_cut_at_their_borders() -> None:
    start = TEXT.index("theta")
    found = snippet(TEXT, [(start, start + 5)], 30)
    assert found == Snippet("…zeta eta theta iota kappa…", ((10, 15),))


def test_without_marks_the_beginning_is_shown() -> None:
    assert snippet(TEXT, [], 20) == Snippet("alpha beta gamma…", ())


def test_spans_may_overlap_stand_in_any_order_and_lie_outside() -> None:
    assert snippet("alpha beta", [(6, 10), (99, 120), (3, 2), (0, 4), (2, 5)], 80).marks == (
        (0, 5),
        (6, 10),
    )


def test_a_width_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        snippet("alpha", [], 0)


def test_html_is_escaped_and_marked() -> None:
    assert Snippet("a <b> & c", ((2, 5),)).html() == "a <mark>&lt;b&gt;</mark> &amp; c"


@given(
    st.text(alphabet="ab c", max_size=200),
    st.lists(st.tuples(st.integers(-2, 210), st.integers(-2, 210)), max_size=12),
    st.integers(1, 60),
)
def test_a_snippet_is_a_piece_of_the_text(
    text: str, spans: list[tuple[int, int]], width: int
) -> None:
    found = snippet(text, spans, width)
    assert found.text.removeprefix("…").removesuffix("…") in text
    assert all(0 <= a < b <= len(found.text) for a, b in found.marks)
    assert all(
        first[1] <= second[0] for first, second in zip(found.marks, found.marks[1:], strict=False)
    )
    assert "…" not in {found.text[at] for a, b in found.marks for at in range(a, b)}


def _places(text: str, word: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(word, at)]
