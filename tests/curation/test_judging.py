"""Which records cannot be papers, by which stage and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.curation import judge
from broadsheet.papers import Facts

ABSTRACT = (
    "We sort pebbles by colour with a small network and find that round ones are sorted best."
)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(abstract=ABSTRACT), "title: it has no title"),
        (Facts(title="2024 — 17 (3)"), "title: its title has no letters"),
        (Facts(title="Subscribe"), "banner: its title is a banner, not a title"),
        (
            Facts(title="Get trending papers in your email inbox once a day!"),
            "banner: its title is a banner, not a title",
        ),
        (Facts(title="404 Not Found"), "banner: its title is a banner, not a title"),
        (Facts(title="aaaaaaaa"), "garbled: its title is one character repeated"),
        (Facts(title="\ufffd\ufffd\ufffd sorting \ufffd\ufffd"), "garbled: its title is garbled"),
        (Facts(title="Ã©tÃ© sortÃ© par Ã©tapes"), "garbled: its title is garbled"),
        (Facts(title="a 1;2;3;4;5;6;7;8;9"), "garbled: its title is garbled"),
        (Facts(title="\ue001\ue002\ue003 pebbles and more"), "garbled: its title is garbled"),
        (
            Facts(title="Sorting Pebbles", abstract="Sign up for our newsletter"),
            "banner: its abstract is a banner, not an abstract",
        ),
        (
            Facts(title="Sorting Pebbles", abstract="<!DOCTYPE html><html><body>502</body></html>"),
            "banner: its abstract is a banner, not an abstract",
        ),
        (
            Facts(title="Sorting Pebbles", abstract="Please enable JavaScript to continue."),
            "banner: its abstract is a banner, not an abstract",
        ),
        (
            Facts(title="Sorting Pebbles", abstract="104 105 115 32 112 97 112"),
            "garbled: its abstract is garbled",
        ),
        (Facts(title="Sorting Pebbles", abstract="x" * 80), "garbled: its abstract is garbled"),
    ],
)
def test_what_cannot_be_a_paper_is_refused_with_its_reason(facts: Facts, reason: str) -> None:
    assert judge(facts) == reason


@pytest.mark.parametrize(
    "facts",
    [
        Facts(title="Sorting Pebbles"),
        Facts(title="Sorting Pebbles", abstract="Sorting Pebbles"),
        Facts(title="cMIM?", abstract=ABSTRACT),
        Facts(title="γ", abstract=ABSTRACT),  # noqa: RUF001
        Facts(title="日本語の文書処理", abstract="小石を色で分類する。丸いものが最もよい。"),
        Facts(title="हिन्दी में पाठ वर्गीकरण"),
        Facts(title=r"$O(n^2)$ Sorting"),
        Facts(title="Subscribe or Not: Predicting Newsletter Readers", abstract=ABSTRACT),
        Facts(title="Étude à l’aube", abstract=ABSTRACT),  # noqa: RUF001
        Facts(title="AAA: A Study"),
        Facts(title="Untitled Voices in Archives"),
    ],
)
def test_what_may_be_a_paper_is_kept(facts: Facts) -> None:
    assert judge(facts) is None


@given(st.text("abc1 .", min_size=1, max_size=40))
def test_an_abstract_is_garbled_of_which_one_sign_is_more_than_half(text: str) -> None:
    visible = "".join(text.split())
    alike = max((visible.count(sign) for sign in visible), default=0)
    letters = sum(map(str.isalpha, visible))
    garbled = alike * 2 > len(visible) or letters < 0.4 * len(visible)
    reason = judge(Facts(title="Sorting Pebbles", abstract=text))
    assert (reason is not None) == (garbled and len(visible) >= 8)
