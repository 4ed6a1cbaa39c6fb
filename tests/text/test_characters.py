"""Texts that both stores take."""

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.text import storable


def test_what_a_store_refuses_is_marked() -> None:
    assert storable("a\0b") == "a\ufffdb"
    assert storable("half \ud83d of one") == "half ? of one"
    assert storable("whole 👍 one") == "whole 👍 one"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert storable(text) == text


@given(st.text(st.characters()))
def test_what_comes_out_can_be_stored(text: str) -> None:
    assert b"\0" not in storable(text).encode()
