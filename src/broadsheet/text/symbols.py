"""What LaTeX's macros stand for: pylatexenc's table of symbols, with what it lacks."""

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from pylatexenc.latex2text import get_default_latex_context_db

_CATEGORIES = ("latex-base", "latex-approximations", "nonascii-specials", "advanced-symbols")

_OWN_SYMBOLS = {
    "-": "",
    "/": "",
    "@": "",
    "!": "",
    "|": "‖",
    "P": "¶",
    "S": "§",
    "backslash": "∖",  # noqa: RUF001
    "bot": "⊥",
    "checkmark": "✓",
    "cmark": "✓",
    "copyright": "©",
    "degree": "°",
    "eg": "e.g.",
    "etal": "et al.",
    "etc": "etc.",
    "gets": "←",
    "ie": "i.e.",
    "iff": "⇔",
    "implies": "⇒",
    "land": "∧",
    "lbrace": "{",
    "lor": "∨",  # noqa: RUF001
    "lq": "‘",  # noqa: RUF001
    "mathrightarrow": "→",
    "ne": "≠",
    "neg": "¬",
    "par": "\n\n",
    "rbrace": "}",
    "rq": "’",  # noqa: RUF001
    "space": " ",
    "textasciicircum": "^",
    "textasciitilde": "~",
    "textbackslash": "∖",  # noqa: RUF001
    "textbar": "|",
    "textbullet": "•",
    "textellipsis": "…",
    "textgreater": ">",
    "textless": "<",
    "textquotedbl": '"',
    "texttrademark": "™",
    "textunderscore": "_",
    "trademark": "™",
    "varDelta": "Δ",
    "varGamma": "Γ",
    "varLambda": "Λ",
    "varOmega": "Ω",
    "varPhi": "Φ",
    "varPi": "Π",
    "varPsi": "Ψ",
    "varSigma": "Σ",
    "varTheta": "Θ",
    "xmark": "✗",
}

ACCENTS: Mapping[str, str] = MappingProxyType(
    {
        "'": "\u0301",
        "`": "\u0300",
        '"': "\u0308",
        "^": "\u0302",
        "~": "\u0303",
        "=": "\u0304",
        ".": "\u0307",
        "b": "\u0331",
        "c": "\u0327",
        "d": "\u0323",
        "H": "\u030b",
        "k": "\u0328",
        "r": "\u030a",
        "u": "\u0306",
        "v": "\u030c",
        "acute": "\u0301",
        "bar": "\u0304",
        "breve": "\u0306",
        "check": "\u030c",
        "ddot": "\u0308",
        "dot": "\u0307",
        "grave": "\u0300",
        "hat": "\u0302",
        "tilde": "\u0303",
        "Tilde": "\u0303",
        "vec": "",
        "widehat": "\u0302",
        "widetilde": "\u0303",
        "overline": "\u0304",
    }
)
"""The combining character that an accent's macro puts on its argument."""

_SUPERSCRIPTS = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")  # noqa: RUF001
_SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")  # noqa: RUF001
_ORDINALS = ("st", "nd", "rd", "th")
_STANDS_ALONE = "*∗⋆'′†‡°∘⊤⊥+-±™®"  # noqa: RUF001


def _symbol_table() -> dict[str, str]:
    """Every macro of pylatexenc's that is one fixed string, by name."""
    table: dict[str, str] = {}
    for spec in get_default_latex_context_db().iter_macro_specs(categories=list(_CATEGORIES)):
        text = spec.simplify_repl
        if isinstance(text, str) and text and "%" not in text:
            table.setdefault(spec.macroname, text)
    return table | _OWN_SYMBOLS


SYMBOLS: Mapping[str, str] = MappingProxyType(_symbol_table())
"""What a macro without arguments stands for."""


def accented(base: str, name: str) -> str | None:
    """`base`'s first letter under the accent `name`; None where Unicode has no such letter."""
    letter = {"ı": "i", "ȷ": "j"}.get(base[:1], base[:1])  # noqa: RUF001
    composed = unicodedata.normalize("NFC", letter + ACCENTS[name])
    return composed + base[1:] if letter.isalpha() and len(composed) == 1 else None


def superscript(text: str) -> str:
    """`text` raised: `n²`, `xᵀ` as `^T`; ordinals (`1st`) and marks (`x*`, `5°`) without a sign."""
    if text in _ORDINALS:
        return text
    if len(text) == 1 and text in _STANDS_ALONE:
        return {"∘": "°", "∗": "*"}.get(text, text)  # noqa: RUF001
    raised = text.translate(_SUPERSCRIPTS)
    if text and all(a != b for a, b in zip(text, raised, strict=True)):
        return raised
    return _marked("^", text)


def subscript(text: str) -> str:
    """`text` lowered: `x₂`, or `x_i` where Unicode has no such letters."""
    lowered = text.translate(_SUBSCRIPTS)
    if text and all(a != b for a, b in zip(text, lowered, strict=True)):
        return lowered
    return _marked("_", text)


def _marked(sign: str, text: str) -> str:
    """`text` behind a sign, in brackets where it is more than one word."""
    if not text:
        return ""
    return sign + (text if text.isalnum() or len(text) == 1 else f"({text})")
