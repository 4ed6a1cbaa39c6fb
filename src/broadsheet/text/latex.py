"""LaTeX read as Unicode text, in one pass over its tokens, for prose and for formulas.

pylatexenc's own walker is quadratic on some inputs, raises on others and takes milliseconds a
record; its tables are kept (`symbols.py`) and the walking is done here, linear and total.
"""

import re

from broadsheet.text.macros import (
    BLACKBOARD,
    BREAKS,
    CITATIONS,
    COLOURED,
    FRACTIONS,
    LEFT_OUT,
    LETTER_MACROS,
    SET_APART,
    SWITCHES,
    UNWRAPPED,
)
from broadsheet.text.symbols import ACCENTS, SYMBOLS, accented, subscript, superscript

HELD_OPEN, HELD_CLOSE, DOLLAR = "\ufdd0", "\ufdd1", "\ufdd2"
"""Noncharacters: around the number of a formula set aside, and for a dollar that is money."""

_PLAIN = rf"[^\\{{}}\[\]^_\s{HELD_OPEN}]"
_TOKEN = re.compile(
    rf"{HELD_OPEN}\d+{HELD_CLOSE}|\\[A-Za-z]+\*?|\\.?|[{{}}\[\]^_]|\s+|{_PLAIN}(?:[^\\{{}}\[\]^_{HELD_OPEN}]*{_PLAIN})?|.",
    re.DOTALL,
)
_DEEPEST = 24
_OPTION_TOKENS = 40

_OPEN_END = re.compile(r"[\s(\[~]\Z")
_GLUED = re.compile(
    r"(emph|text(?:bf|it|tt|sc|rm)|math(?:cal|bb|bf|rm|sf|frak)|sqrt|widetilde|tilde"
    r"|(?:left|right|leftright)arrow|url)(.+)"
)
_GLUED_NEWLINE = re.compile(
    r"n(a|an|and|are|as|by|for|from|in|is|of|on|or|our|that|the|this|to|we|with)"
)
_ELISION = re.compile(r"(?:s|t|re|ll|ve|d|m)\b")
_LONGEST_SET = 60
_SEPARATOR = re.compile(r"[,|=:;]")
_PROPER_WORD = re.compile(r"[A-Z]\w{3}")


def prose(text: str) -> str:
    """The words of LaTeX prose: macros and braces read, `^` and `_` left as they are.

    A formula set aside (a number between HELD_OPEN and HELD_CLOSE) passes through; an escaped
    dollar becomes DOLLAR. Total and linear: whatever cannot be read stays as its own letters.
    """
    return _Reader(text, maths=False).read_all()


def formula(tex: str) -> str:
    """A formula's TeX as one line of Unicode: `\\mathcal{O}(n^2)` is `O(n²)`; total and linear."""
    line = " ".join(_Reader(tex, maths=True).read_all().split())
    return line.replace("( ", "(").replace(" )", ")")


class _Reader:
    """A cursor over the tokens of one text."""

    def __init__(self, text: str, *, maths: bool) -> None:
        self._tokens = _TOKEN.findall(text)
        self._at = 0
        self._maths = maths

    def read_all(self) -> str:
        """Everything; a closing brace without its opening one is left out."""
        parts = []
        while self._at < len(self._tokens):
            parts.append(self._read_group(0))
        return "".join(parts)

    def _read_group(self, depth: int) -> str:
        """Read up to and over the brace that closes this group, or to the end."""
        out: list[str] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token == "}":
                break
            if token[0] == "\\":
                self._append_macro(out, token, depth)
            elif token == "{":
                out.append(self._read_braces(depth))
            elif self._maths:
                self._append_maths(out, token, depth)
            else:
                out.append(token)
        return "".join(out)

    def _read_braces(self, depth: int) -> str:
        """A group that belongs to no macro: its braces stay only around a set or a pattern."""
        if depth >= _DEEPEST:
            return ""
        opened_by_macro = self._peek()[:1] == "\\"
        content = self._read_group(depth + 1)
        kept = not (self._maths or opened_by_macro) and _is_set(content)
        return f"{{{content}}}" if kept else content

    def _append_maths(self, out: list[str], token: str, depth: int) -> None:
        if token in "^_":
            while out and out[-1].isspace():
                out.pop()
            argument = " ".join(self._argument(depth).split())
            out.append(superscript(argument) if token == "^" else subscript(argument))
        else:
            out.append(token.replace("&", " ").replace("~", " ").replace("$", ""))

    def _append_macro(self, out: list[str], token: str, depth: int) -> None:
        text = self._macro(token[1:], depth)
        is_word = self._maths and len(text) > 1 and text.isalpha()
        if is_word and out and out[-1][-1:].isalnum():
            out.append(" ")
        if token.rstrip("*") in SET_APART and text and out and not _OPEN_END.search(out[-1]):
            out.append(" ")
        out.append(text)
        if is_word and self._peek()[:1] in ("{", "\\"):
            out.append(" ")

    def _macro(self, name: str, depth: int) -> str:
        """What the macro `name`, just read, says together with its arguments."""
        starless = name.rstrip("*") or name
        if starless in SWITCHES:
            self._skip_space()
            return ""
        if starless in BREAKS:
            return self._line_break(starless)
        if depth >= _DEEPEST:
            return ""
        if starless in ACCENTS:
            return self._accent(starless, depth)
        if starless in UNWRAPPED:
            return self._unwrapped(starless, depth)
        special = self._special(starless, depth)
        return self._symbol(starless, depth) if special is None else special

    def _line_break(self, name: str) -> str:
        if name == "\\":
            follower = self._peek()
            # A doubled backslash before a macro's name or a sign is one that was escaped twice.
            if follower[:1] in ("%", "&", "#", "_"):
                return ""
            if self._tokens[self._at : self._at + 1] and self._second()[:1] == "{":
                glued = follower.rstrip("*")
                if glued in UNWRAPPED or glued in LEFT_OUT or glued in CITATIONS:
                    self._at += 1
                    return self._macro(glued, 1)
            self._skip_option()
        return " "

    def _special(self, name: str, depth: int) -> str | None:
        """The macros that take arguments and do something with them; None for any other."""
        if name in LEFT_OUT:
            self._skip_option()
            for _ in range(LEFT_OUT[name]):
                self._braced(depth)
            return " " if name in ("begin", "end") else ""
        if name in CITATIONS:
            self._skip_option()
            self._skip_option()
            keys = self._braced(depth)
            return f"[{keys.replace(',', ', ')}]" if keys else ""
        if name in COLOURED:
            self._skip_option()
            self._braced(depth)
            return self._braced(depth)
        if name in FRACTIONS:
            return f"{_atom(self._argument(depth))}/{_atom(self._argument(depth))}"
        return self._rarer(name, depth)

    def _rarer(self, name: str, depth: int) -> str | None:
        match name:
            case "href":
                address, label = self._braced(depth), self._braced(depth)
                return label if "/" in label or not address else f"{label} ({address})"
            case "footnote" | "footnotetext":
                self._skip_option()
                note = self._braced(depth).strip()
                return f"({note})" if note else ""
            case "sqrt":
                self._skip_option()
                return "√" + _atom(self._argument(depth))
            case "texorpdfstring":
                self._braced(depth)
                return self._braced(depth)
            case "textsuperscript":
                return superscript(self._argument(depth))
            case "textsubscript":
                return subscript(self._argument(depth))
            case "unicode":
                return _code_point(self._braced(depth))
            case "item":
                return " • "
            case "binom":
                return f"C({self._argument(depth)}, {self._argument(depth)})"
            case "not":
                return self._argument(depth) + "\u0338"
            case "$":
                return "$" if self._maths else DOLLAR
        return None

    def _accent(self, name: str, depth: int) -> str:
        if name == "b" and self._tokens[self._at : self._at + 3] == ["{", "eta", "}"]:
            # JSON read `\\beta` as a backspace somewhere on its way.
            self._at += 3
            return "β"
        if name.isalpha() and self._peek()[:1] != "{" and not self._maths:
            return self._letter_accent(name, depth)
        if name == "'" and _ELISION.match(self._peek()):
            # JSON's or Python's escape before an apostrophe, not the accent of `Lo\'s`.
            return name
        plain_quote = name in "\"'`^~=." and self._peek()[:1] not in ("{", "\\")
        if plain_quote and not self._peek()[:1].isalpha():
            return {"^": "^", "~": "~"}.get(name, name)
        base = self._argument(depth)
        letter = accented(base, name)
        if letter is not None:
            return letter
        if self._maths or name.isalpha():
            return base
        return name + base if plain_quote else base

    def _letter_accent(self, name: str, depth: int) -> str:
        """`\\c c` and `\\v\\i`: the accent falls on the next letter only where there is one so."""
        self._skip_space()
        follower = self._peek()
        if len(follower) > 1 and follower[0] != "\\" and len(name) > 1:
            return name + " " if follower[0].isalnum() else name
        letter = accented("i" if follower == "\\i" else follower[:1] or " ", name)
        if letter is None:
            return ""
        self._argument(depth)
        return letter

    def _unwrapped(self, name: str, depth: int) -> str:
        self._skip_space()
        content = self._argument(depth)
        return BLACKBOARD.get(content, content) if name == "mathbb" else content

    def _symbol(self, name: str, depth: int) -> str:
        """A symbol, or a macro that nobody knows: its argument if it has one, else its name."""
        if name in SYMBOLS:
            if self._maths or name not in LETTER_MACROS:
                return SYMBOLS[name]
            if self._peek().isspace() and self._second()[:1].islower():
                self._skip_space()
            return SYMBOLS[name]
        if not name[:1].isalpha():
            return name
        if self._peek() == "{":
            content = self._braced(depth)
            return content if content.strip() else name
        if newline := _GLUED_NEWLINE.fullmatch(name):
            return " " + newline[1]
        if glued := _GLUED.fullmatch(name):
            head = SYMBOLS.get(glued[1], "")
            return (head or {"sqrt": "√"}.get(glued[1], "")) + glued[2]
        return name

    def _argument(self, depth: int) -> str:
        """The next group, macro or single letter."""
        self._skip_space()
        token = self._peek()
        if not token or token == "}":
            return ""
        self._at += 1
        if token == "{":
            return self._read_group(depth + 1) if depth < _DEEPEST else ""
        if token[0] == "\\":
            return self._macro(token[1:], depth + 1)
        if token[0] == HELD_OPEN or len(token) == 1:
            return token
        self._at -= 1
        self._tokens[self._at] = token[1:].lstrip() if self._maths else token[1:]
        return token[0]

    def _braced(self, depth: int) -> str:
        """The next group if one follows at once, else nothing."""
        if self._peek() != "{" or depth >= _DEEPEST:
            return ""
        self._at += 1
        return self._read_group(depth + 1)

    def _skip_option(self) -> None:
        """Pass over `[…]`, if it is short and closed."""
        if self._peek() == "[":
            window = self._tokens[self._at : self._at + _OPTION_TOKENS]
            if "]" in window:
                self._at += window.index("]") + 1

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _second(self) -> str:
        return self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else ""


def _is_set(content: str) -> bool:
    """Whether braces around `content` mean something to a reader: `{0,1}`, `{x | x > 0}`."""
    if len(content) > _LONGEST_SET or content.startswith("http") or _PROPER_WORD.match(content):
        return False
    return bool(_SEPARATOR.search(content)) and not content.isspace() and content != ","


def _atom(text: str) -> str:
    """`text`, in brackets if it is more than one word or number."""
    text = " ".join(text.split())
    return text if text.isalnum() or len(text) <= 1 else f"({text})"


def _code_point(text: str) -> str:
    """The character that `x2013` or `8211` names; nothing if it names none."""
    try:
        number = int(text[1:], 16) if text[:1] in "xX" else int(text)
        return chr(number)
    except (ValueError, OverflowError):
        return ""
