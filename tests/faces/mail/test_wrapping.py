"""The plain part of letters in lines that a terminal of 80 columns shows whole."""

import re

from hypothesis import example, given
from hypothesis import strategies as st
from wcwidth import wcswidth

from broadsheet.faces.mail.wrapping import WIDTH, wrapped

ADDRESS = "https://papers.example.org/subscription/" + "x" * 60 + "/say?paper=2611.10431"


def test_what_follows_a_number_stays_behind_it() -> None:
    told = wrapped("12. " + "word " * 30 + "\n\n   " + "word " * 30)
    first, second = told.split("\n\n")
    assert [line[:4] for line in first.splitlines()] == ["12. ", "    ", "    "]
    assert all(line.startswith("   word") for line in second.splitlines())
    assert max(map(len, told.splitlines())) <= WIDTH


def test_addresses_stay_whole_and_blank_lines_are_single() -> None:
    assert wrapped(f"a\n\n\n\n   {ADDRESS}\n\n-- \nend\n\n") == f"a\n\n   {ADDRESS}\n\n-- \nend\n"


def test_scripts_without_blanks_are_broken_by_their_width() -> None:
    told = wrapped("   " + "注意机制、" * 30)
    assert max(map(wcswidth, told.splitlines())) <= WIDTH
    assert "".join(told.split()) == "注意机制、" * 30
    assert not any(line.strip().startswith("、") for line in told.splitlines())


@example("0" * 68 + " 0 \u0300\u1160")
@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_nothing_is_lost_or_added(text: str) -> None:
    told = wrapped(text)
    assert re.sub(r"\s", "", told) == re.sub(r"\s", "", text)
    for line in told.splitlines():
        assert wcswidth(line) <= WIDTH or len(line.split()) <= 2
