"""Authors' names in the order given name, family name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources.names import bibtex_names, given_first, listed_names


@pytest.mark.parametrize(
    ("name", "turned"),
    [
        ("Holm, Ana", "Ana Holm"),
        ("Ana Holm", "Ana Holm"),
        ("Ana Holm, Jr.", "Ana Holm, Jr."),
        ("Holm, Jr., Ana", "Ana Holm Jr."),
        ("Holm, Ana, III", "Ana Holm III"),
        ("{Kettles, Inc.}", "{Kettles, Inc.}"),
        ("Holm,", "Holm"),
        (",", ""),
    ],
)
def test_family_names_go_last(name: str, turned: str) -> None:
    assert given_first(name) == turned


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Holm, Ana; Lund, Bo", ["Ana Holm", "Bo Lund"]),
        ("Ana Holm | Bo Lund", ["Ana Holm", "Bo Lund"]),
        ("Ana Holm, Bo Lund and Cy Dahl", ["Ana Holm", "Bo Lund", "Cy Dahl"]),
        ("Ana Holm, Bo Lund, & Cy Dahl", ["Ana Holm", "Bo Lund", "Cy Dahl"]),
        ("Holm, Ana", ["Ana Holm"]),
        ("van der Berg, Jan", ["Jan van der Berg"]),
        (" ; ", []),
    ],
)
def test_lists_are_parted(text: str, names: list[str]) -> None:
    assert listed_names(text) == names


def test_bibtex_lists_part_at_and_outside_braces() -> None:
    text = "Holm, Ana and\n {Pots and Pans} and de la Cruz, Bo AND Cy Dahl and others"
    assert bibtex_names(text) == ["Ana Holm", "{Pots and Pans}", "Bo de la Cruz", "Cy Dahl"]


@given(st.text(alphabet="ab ,;|{}and\n"))
def test_no_name_is_empty(text: str) -> None:
    assert all(listed_names(text.replace(",", " ")))
    assert all(bibtex_names(text.replace(",", " ")))
