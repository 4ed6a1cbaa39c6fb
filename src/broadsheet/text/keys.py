"""The key by which titles are compared: letters and digits of any script, nothing else."""

import re
import unicodedata

from broadsheet.text.cleaning import plain

_NOT_ASCII_KEY = re.compile(r"[^a-z0-9]+")
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "×": "x"}  # noqa: RUF001
)
_ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF))


def title_key(text: str) -> str:
    """`text` in NFKD, without accents, case-folded: only letters and digits; "" if it has none.

    Formulas count as their plain text. Vowel signs of Indic scripts and the like are kept: there
    they are letters, not accents.
    """
    text = plain(text).casefold()
    if text.isascii():
        return _NOT_ASCII_KEY.sub("", text)
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", folded).translate(_UNDECOMPOSED)
    return "".join(letter for letter in decomposed if _counts(letter))


def _counts(letter: str) -> bool:
    if letter.isalnum():
        return True
    if not unicodedata.category(letter).startswith("M"):
        return False
    code = ord(letter)
    return not any(first <= code <= last for first, last in _ACCENTS)
