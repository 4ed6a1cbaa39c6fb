"""Names are cut where bibliographies cut them."""

import pytest

from broadsheet.cards.names import FullName, split_name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", FullName("Ada", "Lovelace")),
        ("Ludwig van Beethoven", FullName("Ludwig", "van Beethoven")),
        ("Maria de la Cruz", FullName("Maria", "de la Cruz")),
        ("W. Kent Ford Jr.", FullName("W. Kent", "Ford", "Jr.")),
        ("Plato", FullName("", "Plato")),
        ("LIGO Scientific Collaboration", FullName("", "LIGO Scientific Collaboration")),
        ("", FullName("", "")),
        ("Gerard 't Hooft", FullName("Gerard", "'t Hooft")),
        ("Di Wang", FullName("Di", "Wang")),
        ("W. Kent Ford, Jr.", FullName("W. Kent", "Ford", "Jr.")),
        ("Gemini Team Google", FullName("", "Gemini Team Google")),
        ("Kettle Team, Inc.", FullName("", "Kettle Team, Inc.")),
        ("Ada Quill and Bo Ide", FullName("", "Ada Quill and Bo Ide")),
        ("Quill, Ada", FullName("", "Quill, Ada")),
    ],
)
def test_names(name: str, parts: FullName) -> None:
    assert split_name(name) == parts
    assert split_name(name).is_whole == (not parts.given)
