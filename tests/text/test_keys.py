"""Title keys: what counts in a title when two are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.text import title_key


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Attention Is All You Need!", "attentionisallyouneed"),
        ("The Fréchet—Nyström Mean", "thefrechetnystrommean"),
        ("Straße nach Łódź, Ørsted", "strassenachlodzorsted"),
        (r"$\beta$-VAE in $O(n^2)$", "βvaeinon2"),
        ("β-VAE in O(n²)", "βvaeinon2"),
        ("256×256 pixels", "256x256pixels"),  # noqa: RUF001
        ("日本語 処理", "日本語処理"),
        ("हिन्दी", "हिन्दी"),
        ("…!? ", ""),
        ("", ""),
    ],
)
def test_only_letters_and_digits_count(title: str, key: str) -> None:
    assert title_key(title) == key


@given(st.text(alphabet=st.characters(exclude_characters="$\\")))
def test_a_key_is_its_own_key(title: str) -> None:
    key = title_key(title)
    assert title_key(key) == key
    assert not any(letter.isspace() for letter in key)


@given(st.text(alphabet="abcdéèüñ ÀÇ-,:!"))
def test_case_and_punctuation_do_not_count(title: str) -> None:
    assert title_key(title.upper()) == title_key(title.lower()) == title_key(f" {title}?")
