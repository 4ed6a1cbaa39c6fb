"""HTML, JATS and entities taken off a text, while tokens that only look like tags stay."""

import html
import re

import nh3

from broadsheet.text.symbols import subscript, superscript

_ENTITY = re.compile(
    r"\\?&(?:(?:amp|#38|#x26);)*(#\d{3,7};?|#\d{1,2};|#[xX][0-9a-fA-F]{1,6};|\w{2,31};)?"
)
_KNOWN = (
    "p|i|b|em|strong|br|hr|div|span|ul|ol|li|dl|dt|dd|h[1-6]|sup|sub|inf|tt|a|ins|blockquote|pre"
    "|table|tbody|thead|tr|td|th|img|font|center|small|big|script|style|html|body|head|meta|title"
    "|link|article|section|inline-formula|disp-formula|tex-math|alternatives|inline-graphic"
    "|italic|bold|sc|monospace|underline|xref|ext-link|sec|named-content|mml:[a-z]{1,16}"
    "|jats:[a-z-]{1,24}"
)
_TAG = re.compile(rf"<(?=/?(?:{_KNOWN})(?:\s[^<>]{{0,400}})?\s?/?>)", re.IGNORECASE)
_PLAIN_OPENING = re.compile(r"<(a|b|i|p|title|section|table|body|head|link|sc|em)>", re.IGNORECASE)
_RAISED = re.compile(r"\s?<(sup|sub|inf)(?:\s[^<>]{0,400})?>\s?([^<>]{1,60})</\1>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:jats:)?(?:p|div|br|li|h[1-6]|title|sec|tr)(?:\s[^<>]{0,400})?/?>", re.I)
_END_OF_TEXT = re.compile(
    r"(?:<\s?)?</?ETX(?:\s[^<>]{0,300})?>(?:(?:&gt;?|>)?\s?</ETX>)?(?:&gt;?|>)?"
)
_SLASHED = re.compile(r"/su([pb]) ([^/\s<>]{1,12})/")
_PASTED_MACRO = re.compile(r"\{pasted macro [‘'`]([^’'{}\n]{1,60})[’']\}/?")  # noqa: RUF001
_ORDINAL = re.compile(r"(?<=\d)[ˆ^]\{?(st|nd|rd|th)\b\}?|[ˆ^]\{,\}")  # noqa: RUF001
_LOST_BACKSLASH = re.compile(
    r"(?<![A-Za-z\\])(?:t?(ext(?:bf|it|tt|sc|rm|sf)\{)|(?=(?:emph|math(?:bf|bb|cal|rm))\{))"
)
_LOST_FONT = re.compile(r"\{math(?:bf|bb|cal|rm|frak) ")
_LABELLED_ADDRESS = re.compile(
    r"(?<!\{)(https?://[^\s{}\\]{1,300})\}?\{[^{}\\]{0,100}\}|\{?this https? URL\}?"
)
_STAND_IN = "\ufdd3"
_PREAMBLE, _DOCUMENT_END = "\\documentclass", "\\end{document}"


def stripped(text: str) -> str:
    """`text` without known tags and entities; `<SEG>`, `<s>` and `a < b` stay as they are.

    Raised and lowered digits become Unicode's; blocks become paragraphs; what publishers leave
    behind (a TeX preamble, `<<ETX>>`, `/sup 2/`, a pasted macro's note) is read or taken away.
    """
    if "<ETX" in text or "</ETX" in text:
        text = _END_OF_TEXT.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    if "<" in text and _TAG.search(text):
        text = _without_tags(text)
    if "/su" in text:
        text = _SLASHED.sub(lambda found: _shifted("su" + found[1], found[2]), text)
    if "{" in text or "ˆ" in text or "^" in text:  # noqa: RUF001
        text = _ORDINAL.sub(lambda found: found[1] or "", _PASTED_MACRO.sub(r"\1", text))
        text = _LOST_FONT.sub("{", text)
        text = _LOST_BACKSLASH.sub(_with_backslash, text)
        text = _LABELLED_ADDRESS.sub(lambda found: found[1] or "", text)
    return _without_preambles(text) if _PREAMBLE in text else text


def _decoded(found: re.Match[str]) -> str:
    """One entity; an ampersand encoded more than once is one ampersand."""
    if not found[1]:
        return "&"
    character = html.unescape("&" + found[1])
    return character if len(character) <= 2 else "&" + found[1]


def _without_tags(text: str) -> str:
    text = _RAISED.sub(lambda found: _shifted(found[1].lower(), found[2]), text)
    closed = text.lower()
    known = {
        name: f"</{name}" in closed
        for name in {found[1].lower() for found in _PLAIN_OPENING.finditer(text)}
    }
    kept = _PLAIN_OPENING.sub(
        lambda found: found[0] if known[found[1].lower()] else _STAND_IN + found[0][1:], text
    )
    guarded = _BLOCK.sub("\n\n", kept)
    pieces = []
    done = 0
    for found in _TAG.finditer(guarded):
        pieces += [guarded[done : found.start()].replace("<", _STAND_IN), "<"]
        done = found.end()
    pieces.append(guarded[done:].replace("<", _STAND_IN))
    bare = nh3.clean("".join(pieces).replace("&", "&amp;"), tags=set(), attributes={})
    return html.unescape(bare).replace(_STAND_IN, "<")


def _shifted(kind: str, text: str) -> str:
    text = html.unescape(text).strip()
    return superscript(text).lstrip("^") if kind == "sup" else subscript(text).lstrip("_")


def _with_backslash(found: re.Match[str]) -> str:
    return f"\\t{found[1]}" if found[1] else "\\"


def _without_preambles(text: str) -> str:
    """Springer's abstracts give each formula as text, and once more as a whole TeX document."""
    pieces = []
    done = 0
    while (start := text.find(_PREAMBLE, done)) >= 0:
        end = text.find(_DOCUMENT_END, start)
        if end < 0:
            break
        pieces.append(text[done:start])
        done = end + len(_DOCUMENT_END)
    return "".join(pieces) + text[done:]
