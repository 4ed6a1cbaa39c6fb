"""Words with more than one slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.index.encoders import english_words
from broadsheet.ranking.misshapen import likeliest

HELD = {"retrieval": 5, "learning": 900, "leaning": 900, "normally": 9, "seminar": 9, "protein": 3}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("retreivla", "retrieval"),
        ("retreivel", "retrieval"),
        ("protteins", "protein"),
        # The fewest slips, then what shares most.
        ("learnimg", "learning"),
        ("leanimgg", "leaning"),
        # A prefix is no slip, the first letter is seldom missed, and three are too many.
        ("abnormally", None),
        ("laminar", None),
        ("rtreivlaa", None),
        # Too short, nothing in common, not held by any paper.
        ("protin", None),
        ("xqzvwkjj", None),
        ("laboratroyr", None),
        ("", None),
    ],
)
def test_the_likeliest_word(word: str, meant: str | None) -> None:
    assert likeliest(word, lambda other: HELD.get(other, 0)) == meant


@given(st.sampled_from([word for word in english_words() if len(word) > 9]), st.data())
def test_two_slips_in_a_long_word_lead_back_to_it(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 3))
    slipped = word[:at] + word[at + 1] + word[at] + word[at + 2 : -1] + "q"
    assert likeliest(slipped, lambda other: int(other == word)) == word


@given(st.text(max_size=30))
def test_whatever_is_typed_is_answered(word: str) -> None:
    found = likeliest(word, lambda _: 1)
    assert found is None or found[0] == word[0]
