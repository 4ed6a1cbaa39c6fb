"""Texts in the head of a message: on one line, encoded so that nothing is read twice."""

import base64
import re
from collections.abc import Iterator
from unicodedata import category

_LONGEST_PLAIN = 60
_LONGEST_NAME = 80
_BYTES_A_WORD = 42
"""So many bytes make an encoded word of 68 characters, of the 75 that it may have (RFC 2047, 2)."""
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/^_`{|}~-]+)*")
_QUOTED = re.compile(r'["\\]')
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """A text on one line, without what is not shown or turns the direction of writing."""
    return " ".join("".join(map(_shown, text)).split())


def encoded(text: str) -> str:
    """A line as the value of a header: as it is if that is safe, else as encoded words."""
    is_plain = text.isascii() and text.isprintable() and "=?" not in text
    return text if is_plain and len(text) <= _LONGEST_PLAIN else _words(text)


def phrase(text: str) -> str:
    """A name as it stands before an address."""
    if len(text) > _LONGEST_NAME:
        return _words(text)
    if _ATOMS.fullmatch(text):
        return text
    is_plain = text.isascii() and text.isprintable() and "=?" not in text
    return '"' + _QUOTED.sub(r"\\\g<0>", text) + '"' if is_plain else _words(text)


def _words(text: str) -> str:
    """A text as encoded words (RFC 2047), one a line."""
    words = (base64.b64encode(piece.encode()).decode() for piece in _pieces(text))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces of few bytes, no character broken."""
    piece, size = "", 0
    for letter in text:
        more = len(letter.encode())
        if size + more > _BYTES_A_WORD:
            yield piece
            piece, size = "", 0
        piece, size = piece + letter, size + more
    yield piece


def _shown(letter: str) -> str:
    """A character, a blank for one that breaks a line, nothing for one that turns it."""
    if category(letter) in ("Cc", "Zl", "Zp", "Cs"):
        return " "
    return "" if letter in _BIDI else letter
