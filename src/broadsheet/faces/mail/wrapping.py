"""The plain part of letters in short lines, as a terminal shows them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import east_asian_width

from wcwidth import width

WIDTH = 72
"""Columns of a line, so that it has room in 80 when it is quoted."""
_INDENT = re.compile(r" *(?:\d+\. +|\* +)?")
_SIGNATURE = "-- "
_ADDRESS = re.compile(r" *https?://\S+")
_FIRST_WIDE = "\u1100"
_CLINGING = "、。，．：；？！）」』】〉》ー"  # noqa: RUF001
"""Marks that begin no line."""


def wrapped(text: str) -> str:
    """The paragraphs of a text in short lines, one blank line at most between two of them.

    What follows a number or a star stays behind it, an address stays whole, and scripts that are
    written without blanks are broken between characters.
    """
    lines: list[str] = []
    for line in text.strip().splitlines():
        # An address is of one letter: there is no use in remembering it.
        is_address = _ADDRESS.fullmatch(line)
        if is_address or line.strip() or (lines and lines[-1]):
            lines.append(line if is_address else _short(line))
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=4096)
def _short(line: str) -> str:
    """One line as several; kept, since many letters say the same of a paper."""
    if line == _SIGNATURE:
        return line
    if len(line) <= WIDTH and line.isascii():
        return line.rstrip()
    found = _INDENT.match(line)
    indent = found[0] if found else ""
    lines, here = [indent], ""
    for word in line[len(indent) :].split():
        for piece, joint in _pieces(word):
            whole = here + joint + piece if here else piece
            if here and _columns(whole) > WIDTH - len(indent):
                lines[-1] += here
                lines.append(" " * len(indent))
                whole = piece
            here = whole
    lines[-1] += here
    return "\n".join(lines).rstrip()


def _pieces(word: str) -> Iterator[tuple[str, str]]:
    """The parts of a word that may be on lines of their own, each with what joins it to the last.

    A word of narrow letters stays whole however long it is: it is an address or a formula.
    """
    if max(word) < _FIRST_WIDE:
        yield word, " "
        return
    joint, piece = " ", ""
    for letter in word:
        if piece and _is_wide(letter) and letter not in _CLINGING:
            yield piece, joint
            joint, piece = "", ""
        piece += letter
    yield piece, joint


def _columns(text: str) -> int:
    """How many columns a terminal shows a text in, at most."""
    return len(text) if not text or max(text) < _FIRST_WIDE else width(text)


def _is_wide(letter: str) -> bool:
    return letter >= _FIRST_WIDE and east_asian_width(letter) in ("W", "F")
