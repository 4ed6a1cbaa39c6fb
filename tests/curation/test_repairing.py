"""What is repaired in a text, and what may be meant and stays."""

import pytest

from broadsheet.curation.repairing import decoded, unbroken, unglued


@pytest.mark.parametrize(
    ("damaged", "right", "change"),
    [
        ("FranÃ§ois and GÃ¶del", "François and Gödel", "FranÃ§ois and → François and"),
        ("itâ€™s", "it’s", "itâ€™s → it’s"),  # noqa: RUF001
        ("François and Gödel", "François and Gödel", ""),
        ("plain", "plain", ""),
        ("日本語の文書処理", "日本語の文書処理", ""),
        ("Â", "Â", ""),
        ("São Paulo ã©", "São Paulo ã©", ""),
    ],
)
def test_a_wrong_encoding_is_read_rightly(damaged: str, right: str, change: str) -> None:
    assert decoded(damaged) == (right, change)


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        ("the classifica- tion of stones", "the classification of stones"),
        ("process- ing them", "processing them"),
        ("sum- marise; we summarise", "summarise; we summarise"),
        ("state-of- the-art", "state-of- the-art"),
        ("fine- grained and fine-grained", "fine-grained and fine-grained"),
        ("pre- and post-training", "pre- and post-training"),
        ("two- or three-dimensional", "two- or three-dimensional"),
        ("a real- world task", "a real- world task"),
        ("a real -world task", "a real -world task"),
        ("nothing", "nothing"),
    ],
)
def test_a_broken_word_is_whole_where_it_is_sure(damaged: str, right: str) -> None:
    mended, change = unbroken(damaged)
    assert mended == right
    assert bool(change) == (mended != damaged)
    assert unbroken(mended) == (mended, "")


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        ("It works.We show it.", "It works. We show it."),
        ("It works (well).However it is slow.", "It works (well). However it is slow."),
        ("Does sorting help?This paper asks.", "Does sorting help? This paper asks."),
        ("with torch.Tensor and Node.The", "with torch.Tensor and Node.The"),
        ("Vue.Js and System.Out run", "Vue.Js and System.Out run"),
        ("e.g.We", "e.g.We"),
        ("It works. We show it.", "It works. We show it."),
    ],
)
def test_sentences_without_a_blank_get_one(damaged: str, right: str) -> None:
    mended, change = unglued(damaged)
    assert mended == right
    assert bool(change) == (mended != damaged)
