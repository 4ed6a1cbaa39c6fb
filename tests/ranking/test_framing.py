"""The frames of questions, told from what they ask for."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.ranking.framing import unframed


@pytest.mark.parametrize(
    ("text", "core", "frame"),
    [
        ("What are the best papers about kettles?", "kettles", ["What are the best papers about"]),
        ("Can you tell me about kettles?", "kettles", ["Can you tell me about"]),
        ("I am looking for kettles", "kettles", ["I am looking for"]),
        (
            "I\u2019m currently interested in kettles.",
            "kettles",
            ["I\u2019m currently interested in"],
        ),
        (
            "I'd like to find articles describing song",
            "song",
            ["I'd like to find articles describing"],
        ),
        (
            "is there any evidence that kettles sing?",
            "kettles sing",
            ["is there any evidence that"],
        ),
        ("please find me studies on frost", "frost", ["please find me studies on"]),
        ("Hello, could you please recommend some recent papers on frost? Thanks!", "frost", None),
        ("What articles exist which deal with TSS (Time Sharing)?", "TSS (Time Sharing)", None),
        ("which papers discuss frost in kettles", "frost in kettles", ["which papers discuss"]),
        ("papers on frost", "frost", ["papers on"]),
        ("any information on frost", "frost", ["any information on"]),
        ("papers", "", ["papers"]),
        ("frost, please", "frost", ["please"]),
        (
            "Interested in articles on robots. We are not interested in arms. Legs matter.",
            "robots. Legs matter",
            ["Interested in articles on", "We are not interested in arms."],
        ),
    ],
)
def test_what_is_asked_for(text: str, core: str, frame: list[str] | None) -> None:
    found = unframed(text)
    assert found[0] == core
    assert found[1]
    assert frame is None or list(found[1]) == frame


@pytest.mark.parametrize(
    "text",
    [
        "show attend and tell",
        "tell me why",
        "list decoding",
        "find a needle",
        "information theory",
        "research on kettles",
        "experimental studies on frost",
        "a survey of papers on frost",
        "kettle papers",
        "what is attention?",
        "how are kettles made",
        "searching for needles in a haystack",
        "I am not interested in kettles",
        "",
    ],
)
def test_what_may_be_the_topic_stays(text: str) -> None:
    assert unframed(text) == (text, ())


def spaced(text: str) -> str:
    return " ".join(text.split())


@given(st.text(max_size=80), st.sampled_from(["", "I am looking for ", "papers on ", "please "]))
@example("0.\r0", "I am looking for ")
def test_no_text_is_too_odd(text: str, before: str) -> None:
    core, frame = unframed(before + text)
    # Sentences that were apart by any blanks are joined by one.
    assert spaced(core) in spaced(before + text) or len(frame) > 1
    assert bool(frame) or core == before + text
