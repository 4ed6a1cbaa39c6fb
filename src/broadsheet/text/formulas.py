"""Where the formulas of a text are: found among money and prose, and written as `$…$`."""

import re
from bisect import bisect_left
from functools import lru_cache

from broadsheet.text import latex

_LONGEST = 4000
_CACHED_FORMULAS = 4096
_ENVIRONMENTS = r"(?:equation|displaymath|math|align|gather|multline|eqnarray)\*?"
_DELIMITER = re.compile(rf"\\[()\[\]]|\\(?:begin|end)\{{{_ENVIRONMENTS}\}}|\\.|\$", re.DOTALL)
_TEX_SIGN = re.compile(r"[\\^_{}=<>]")
_PROSE = re.compile(r"\d[^\\]{0,40}? [a-z]{3,20} [a-z]{3}")
_NUMBER = re.compile(r"(?:\\\$)?[+\-−]?[\d.,\s]*\d(?:\s?\\?%|st|nd|rd|th)?|\\%")  # noqa: RUF001
_TEXT_MACRO = re.compile(r"\\(?:text\w{0,8}|emph|mathrm|mathtt)\{([^{}\\$^_]*)\}")
_CODE_POINT = re.compile(r"\\unicode\{x?[0-9A-Fa-f]{1,6}\}")
_ALIGNED = ("align", "eqnarray")

Part = tuple[bool, str]
"""A piece of a text: whether it is a formula, and its characters (a formula's without `$`)."""


def split(text: str) -> list[Part]:
    """Cut `text` into prose and formulas, by `$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]`, environments.

    A dollar opens a formula as in pandoc: nothing blank right after it, none right before the
    next, no digit after that; blanks are allowed where what is between is plainly TeX. Linear.
    """
    if "$" not in text and "\\" not in text:
        return [(False, text)]
    cutter = _Cutter(text)
    parts: list[Part] = []
    done = 0
    for start, end, content in cutter.formulas():
        if start > done:
            parts.append((False, text[done:start]))
        parts.append((True, content))
        done = end
    if done < len(text):
        parts.append((False, text[done:]))
    return parts


def join(parts: list[Part]) -> str:
    """Write the parts so that `split` finds the same formulas again; prose may hold dollars.

    Where a plain dollar would be taken for a formula's it is written `\\$`; where that does not
    help either, the formulas are written as Unicode.
    """
    written = "".join(f"${content}$" if maths else content for maths, content in parts)
    if _reads_back(written, parts):
        return written
    escaped = [part if part[0] else (False, part[1].replace("$", "\\$")) for part in parts]
    written = "".join(f"${content}$" if maths else content for maths, content in escaped)
    if _reads_back(written, parts):
        return written
    return "".join(readable(content) if maths else content for maths, content in escaped)


def as_prose(content: str) -> str | None:
    """A formula that is only a number, a word in an upright font or a character; else None."""
    if _NUMBER.fullmatch(content):
        return content.replace("\\", "")
    if text := _TEXT_MACRO.fullmatch(content):
        return text[1]
    return readable(content) if _CODE_POINT.fullmatch(content) else None


@lru_cache(maxsize=_CACHED_FORMULAS)
def readable(content: str) -> str:
    """A formula as a line of Unicode, without dollars and backslashes."""
    return latex.formula(content).replace("\\", "").replace("$", "")


def _reads_back(written: str, parts: list[Part]) -> bool:
    wanted = [content for maths, content in parts if maths]
    return [content for maths, content in split(written) if maths] == wanted


class _Cutter:
    """The delimiters of one text, and for each kind of closing one the places where it stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [(found.start(), found[0]) for found in _DELIMITER.finditer(text)]
        self._places: dict[str, list[int]] = {}
        for number, (at, token) in enumerate(self._tokens):
            self._places.setdefault(token, []).append(number)
            if token == "$" and text.startswith("$$", at):
                self._places.setdefault("$$", []).append(number)

    def formulas(self) -> list[tuple[int, int, str]]:
        """Where each formula starts and ends, delimiters included, and its content."""
        found = []
        number = 0
        while number < len(self._tokens):
            hit = self._formula_at(number)
            if hit is None:
                number += 1
                continue
            start, end, content, number = hit
            found.append((start, end, content))
        return found

    def _formula_at(self, number: int) -> tuple[int, int, str, int] | None:
        token = self._tokens[number][1]
        if token == "$":
            return self._display(number, "$$", "$$") or self._inline(number)
        if token in ("\\(", "\\["):
            return self._display(number, token, "\\)" if token == "\\(" else "\\]")
        if token.startswith("\\begin"):
            return self._display(number, token, "\\end" + token[6:])
        return None

    def _display(self, number: int, opener: str, closer: str) -> tuple[int, int, str, int] | None:
        at = self._tokens[number][0]
        if not self._text.startswith(opener, at):
            return None
        places = self._places.get(closer, [])
        skip = number + (2 if closer == "$$" else 1)
        index = bisect_left(places, skip)
        if index == len(places):
            return None
        last = places[index]
        start, end = at + len(opener), self._tokens[last][0]
        inner = self._text[start:end] if end - start <= _LONGEST else ""
        content = _folded(inner.replace("\\$", "").replace("$", ""))
        if not content or "\n\n" in inner:
            return None
        if _sets_columns(opener):
            content = f"\\begin{{aligned}}{content}\\end{{aligned}}"
        return at, end + len(closer), content, last + (2 if closer == "$$" else 1)

    def _inline(self, number: int) -> tuple[int, int, str, int] | None:
        places = self._places["$"]
        index = bisect_left(places, number + 1)
        if index == len(places):
            return None
        last = places[index]
        at, end = self._tokens[number][0], self._tokens[last][0]
        inner = self._text[at + 1 : end] if end - at <= _LONGEST else ""
        if not _is_inline(inner, self._text[end + 1 : end + 2]):
            return None
        return at, end + 1, _folded(inner), last + 1


def _sets_columns(opener: str) -> bool:
    """Whether an environment sets several lines in columns."""
    return opener.startswith("\\begin{") and opener[7:].startswith(_ALIGNED)


def _is_inline(inner: str, follower: str) -> bool:
    """Whether what stands between two dollars is a formula and not the words between two sums."""
    bare = inner.strip()
    if not bare or "\n\n" in inner:
        return False
    tex = bool(_TEX_SIGN.search(bare))
    symbol = len(bare) <= 3 and not bare[0].isdigit()
    if (inner[0].isspace() or inner[-1].isspace()) and not (tex or symbol):
        return False
    if follower.isdigit() and (bare[0].isdigit() or not (tex or symbol)):
        return False
    return not _PROSE.match(bare)


def _folded(content: str) -> str:
    """A formula on one line; a last lone backslash, which would escape the dollar, is dropped."""
    content = " ".join(content.split())
    slashes = len(content) - len(content.rstrip("\\"))
    return content[:-1].rstrip() if slashes % 2 else content
