"""Single characters made right: controls, code pages, ligatures, marks that nobody sees."""

import re
import unicodedata

from broadsheet.text.symbols import SYMBOLS

_BACKSLASH_ESCAPES = {"\x07": "a", "\x08": "b", "\x0b": "v", "\x0c": "f", "\x1b": "e"}
_EATEN_BACKSLASH = re.compile(r"[\x07\x08\x0b\x0c\x1b]([A-Za-z]{1,24})")
_EATEN_TAB = re.compile(r"\t(?=ext(?:bf|it|tt|sc|rm|sf)?\{|imes\b|heta\b|ilde\b|au\b)")
_EATEN_NAMES = ("boldsymbol", "bar", "bm", "bf", "binom", "frac", "emph", "em", "eg", "ell", "vec")
_HIGH_CONTROL = re.compile(r"[\x80-\x9f]")
_MACINTOSH = re.compile(r"[a-z]\x8e[a-z ]")
_DOUBLE_ENCODED = re.compile(
    r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_TEX_LIGATURE = re.compile(r"(?<=[a-z])[\x0e\x0f](?=[a-z])")
_LOST_HYPHEN = re.compile(r"(?<=[A-Z0-9])\x02(?=\w)|(?<=\w)\x02(?=[A-Z0-9])")

_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
_JOINING = (
    "\u0590-\u1fff\u2600-\u27bf\u3000-\ud7ff\ufb1d-\ufdcf\ufe0f\ufe70-\ufefe\U00010000-\U000dffff"
)
_UNSEEN = re.compile(
    rf"[{_INVISIBLE}]|(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])"
)
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LIGATURES = {
    **{chr(code): unicodedata.normalize("NFKD", chr(code)) for code in range(0xFB00, 0xFB07)},
    "\uf0b7": "•",
}
_LIGATURE = re.compile("[" + "".join(_LIGATURES) + "]")

SUSPECT = (
    "\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufb00-\ufb06"
    "\uf0b7\ufdd0-\ufdef\ufeff\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
"""The inside of a character class: every character that `mended` may change or remove."""
_SUSPECT = re.compile(f"[{SUSPECT}]")


def mended(text: str) -> str:
    """`text` in NFC without control, bidirectional or zero-width characters.

    Windows-1252, Mac OS Roman and doubly encoded UTF-8 are read as meant; joiners stay where a
    script needs them; macros whose first two characters were read as a control (`\\b` of
    `\\beta`) return.
    """
    # Most sources break their lines; looking each break up in the class takes longer than this.
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    if not _SUSPECT.search(text):
        return unicodedata.normalize("NFC", text)
    text = _EATEN_BACKSLASH.sub(_restored, text)
    text = _EATEN_TAB.sub(r"\\t", text)
    if _HIGH_CONTROL.search(text):
        text = _DOUBLE_ENCODED.sub(_decoded_twice, text)
        page = "mac_roman" if _MACINTOSH.search(text) else "cp1252"
        text = _HIGH_CONTROL.sub(lambda found: _byte(found[0], page), text)
    text = _TEX_LIGATURE.sub(lambda found: "ffi" if found[0] == "\x0e" else "ffl", text)
    text = _LINE_BREAK.sub("\n", _LOST_HYPHEN.sub("-", text))
    text = _LIGATURE.sub(lambda found: _LIGATURES[found[0]], text)
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def storable(text: str) -> str:
    """`text` as both stores take it, with a mark in place of what they refuse.

    PostgreSQL takes no NUL, and lone surrogates have no UTF-8.
    """
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _restored(found: re.Match[str]) -> str:
    name = _BACKSLASH_ESCAPES[found[0][0]] + found[1]
    return "\\" + name if name in SYMBOLS or name in _EATEN_NAMES else found[0]


def _decoded_twice(found: re.Match[str]) -> str:
    if not _HIGH_CONTROL.search(found[0]):
        return found[0]
    try:
        return found[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


def _byte(control: str, page: str) -> str:
    """The character that a C1 control is in a code page; nothing where the page has none."""
    return control.encode("latin-1").decode(page, errors="ignore")
