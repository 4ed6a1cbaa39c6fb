"""Authors' names as sources write them, put in the order given name, family name."""

import re
from itertools import pairwise
from typing import Final

_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "2nd", "3rd", "phd", "md"})
_AND = re.compile(r" and ", re.IGNORECASE)
_LIST_AND = re.compile(r",? and | & ", re.IGNORECASE)


def given_first(name: str) -> str:
    """`Last, First` as `First Last`, `Last, Jr, First` as `First Last Jr`; others as they are.

    Commas within braces do not count, so that `{Barnes, Inc.}` stays; nor does one before a
    suffix (`Jane Doe, Jr.`).
    """
    masked = _mask_braced(name)
    cuts = [-1, *(at for at, sign in enumerate(masked) if sign == ","), len(name)]
    parts = [name[a + 1 : b].strip() for a, b in pairwise(cuts)]
    parts = [part for part in parts if part]
    if len(parts) == 2 and not _is_suffix(parts[1]):
        return f"{parts[1]} {parts[0]}"
    if len(parts) == 3 and _is_suffix(parts[1]):
        return f"{parts[2]} {parts[0]} {parts[1]}"
    if len(parts) == 3 and _is_suffix(parts[2]):
        return f"{parts[1]} {parts[0]} {parts[2]}"
    return ", ".join(parts)


def bibtex_names(text: str) -> list[str]:
    """The names of a BibTeX list (`Doe, Jane and Roe, Richard and others`), given name first."""
    text = " ".join(text.split())
    masked = _mask_braced(text)
    names: list[str] = []
    start = 0
    for found in _AND.finditer(masked):
        names.append(text[start : found.start()])
        start = found.end()
    names.append(text[start:])
    return [given_first(name) for name in _stripped(names) if name.lower() != "others"]


def listed_names(text: str) -> list[str]:
    """The names of a cell or string, apart by `;` or `|`, else by `and`, else by commas.

    Commas are taken to part names only where each piece has two words, so that `Doe, Jane` is
    one author and `Jane Doe, Richard Roe` are two.
    """
    for sign in (";", "|"):
        if sign in text:
            return [given_first(name) for name in _stripped(text.split(sign))]
    names: list[str] = []
    for part in _stripped(_LIST_AND.split(" ".join(text.split()))):
        pieces = _stripped(part.split(","))
        several = len(pieces) > 1 and all(" " in piece for piece in pieces)
        names.extend(pieces if several else [given_first(part)])
    return names


def _is_suffix(text: str) -> bool:
    return text.lower().rstrip(".") in _SUFFIXES


def _stripped(parts: list[str]) -> list[str]:
    return [part.strip() for part in parts if part.strip()]


def _mask_braced(text: str) -> str:
    """The text with all that stands within braces blotted out, of the same length."""
    if "{" not in text:
        return text
    depth = 0
    masked: list[str] = []
    for sign in text:
        depth += sign == "{"
        masked.append("\0" if depth else sign)
        depth = max(0, depth - (sign == "}"))
    return "".join(masked)
