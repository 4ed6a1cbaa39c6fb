"""Damage that a text took on its way here, mended where it is sure what stood there.

Each rule has a confidence, the share of its changes over 60,000 abstracts that were right: counted
for hyphens, estimated from samples for glued sentences (docs/curation.md). Under the bar nothing is
changed.
"""

import re
from collections.abc import Callable
from typing import Final

import ftfy

BAR: Final = 0.95
"""The least confidence of a change that is made."""
SAID_ELSEWHERE: Final = 0.98
"""The same text holds the word in one piece (219 of 224), or with its hyphen (61 of 63)."""
ENDING: Final = 0.99
"""The second piece is an ending that is no word by itself."""
EITHER_WORD: Final = 0.5
"""Nothing tells a broken word from a hyphen with a blank too many."""
OPENING: Final = 0.99
"""A small letter, a full stop and a word that sentences begin with."""
_MARKED = re.compile(r"[\u00c2-\u00f4\u0102-\u013e][\x80-\u00bf\u0152-\u017e\u0192-\u2122]|\ufffd")
_BROKEN = re.compile(r"\b([A-Za-z]*[a-z]{2})- ([a-z]{2,})\b")
_HANGING = frozenset("and or to nor versus vs und oder et ou y e als rather but".split())
"""After these a hyphen stays open: "pre- and post-training"."""
_ENDING = re.compile(
    r"(?:[st]ion(?:s|al|ally)?|ments?|ings?|[st]ive(?:ly|ness)?|cal(?:ly)?|ally|it(?:y|ies)|ties"
    r"|bilit(?:y|ies)|i[sz]ations?|[lmru]?ations?|[mn]?ances?|ences?|tures?|guages?|formance"
    r"|proach(?:es|ed)?|tween|sults|periments?|nificant(?:ly)?|gorithms?|tional|ods|els|ically)"
)
_WORDS_TOO = frozenset("nation nations ration rations cal ally".split())
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_GLUED = re.compile(
    r"([.?!])(?=[A-Z])(?:(?<=[a-z]{3}.)|(?<=[a-z]\).))(?="
    r"(?:We|Our|The|This|These|Those|In|It|Its|However|To|For|As|By|With|Here|Moreover|Furthermore"
    r"|Additionally|Finally|Also|Then|Thus|Hence|Therefore|Experiments?|Experimental|Extensive"
    r"|Results|Although|While|When|Despite|Based|Using|Specifically|Recent|Recently|Existing|From"
    r"|On|At|An|A|Such|There|They|Both|Many|Most|Unlike|Through|Because|Since|If|Code|Motivated"
    r"|Compared|Inspired|Given|Unfortunately|Consequently|Meanwhile|Traditional|Previous|First"
    r"|Second|Third|Next|Secondly|Firstly|Lastly) )"
)


def decoded(raw: str) -> tuple[str, str]:
    """A text as received, with UTF-8 that was read in another encoding read rightly, by ftfy.

    The second is what was changed, "" if nothing was. ftfy decides by how unlikely the signs are
    (its "badness"), and changes only what can be decoded back.
    """
    if raw.isascii() or not _MARKED.search(raw):
        return raw, ""
    mended = ftfy.fix_encoding(raw)
    return mended, _told(raw, mended) if mended != raw else ""


def unbroken(text: str) -> tuple[str, str]:
    """A cleaned text whose words the end of a line had broken are whole; what was changed.

    "pre- and post-training" stays as it is, and so does what may be either.
    """
    if "- " not in text:
        return text, ""
    known: list[frozenset[str]] = []

    def whole(found: re.Match[str]) -> str:
        if not known:
            known.append(frozenset(_WORD.findall(text.lower())))
        told, confidence = _one_word(found[1], found[2], known[0])
        return told if confidence >= BAR else found[0]

    return _changed(text, lambda: _BROKEN.sub(whole, text))


def unglued(text: str) -> tuple[str, str]:
    """A cleaned text with a blank between sentences that had none; what was changed."""
    return _changed(text, lambda: _GLUED.sub(r"\1 ", text) if OPENING >= BAR else text)


def _one_word(left: str, right: str, known: frozenset[str]) -> tuple[str, float]:
    """The two pieces of what may be one word, put together; how sure it is, 0 to 1."""
    if right in _HANGING:
        return f"{left}- {right}", 1.0
    joined, hyphened = left + right, f"{left}-{right}"
    if joined.lower() in known:
        return joined, SAID_ELSEWHERE
    if hyphened.lower() in known:
        return hyphened, SAID_ELSEWHERE
    if _ENDING.fullmatch(right) and right not in _WORDS_TOO:
        return joined, ENDING
    return joined, EITHER_WORD


def _changed(text: str, change: Callable[[], str]) -> tuple[str, str]:
    mended = change()
    return mended, _told(text, mended) if mended != text else ""


def _told(before: str, after: str) -> str:
    """The first word that changed, before and after."""
    start = next(
        (at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new),
        min(len(before), len(after)),
    )
    start = max(before.rfind(" ", 0, start), before.rfind("\n", 0, start)) + 1
    old, new = (" ".join(text[start : start + _SHOWN].split()[:_WORDS]) for text in (before, after))
    return f"{old} → {new}"


_SHOWN = 80
_WORDS = 2
