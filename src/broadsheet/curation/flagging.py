"""Flags of a paper's quality, from its text alone: derived, and never a reason to hide it."""

import zlib
from collections.abc import Collection, Sequence
from typing import Final

from broadsheet.curation.languages import ENGLISH, LEAST_TOLD, spoken, unlike_english
from broadsheet.curation.templates import sentence_digests
from broadsheet.papers import Facts, Finding, Stage
from broadsheet.text import plain

STUFFED: Final = "stuffed"
"""Words for the sake of being found: the title's over and over, or none that make a sentence."""
REPETITIVE: Final = "repetitive"
"""The abstract says the same again and again: it compresses too well."""
NOISY: Final = "noisy"
"""The abstract hardly compresses, as no prose does: numbers, addresses, digests."""
TEMPLATE: Final = "template"
"""A quarter of the abstract or more is sentences that many abstracts share."""
LANGUAGE: Final = "language"
"""The abstract is in another language than English; the detail is its ISO 639-1 code."""
LOWERING: Final = frozenset((STUFFED, REPETITIVE))
"""The flags for which a paper is listed lower."""

_FAST = 1
"""The level of zlib; a higher one takes twice as long and tells the same texts apart."""
_JUDGED_BYTES = 300
"""Shorter texts compress by chance."""
_LEAST_RATIO = 0.32
_GREATEST_RATIO = 0.76
_MOSTLY_ASCII = 0.95
_JUDGED_WORDS = 50
_LOOKED_AT = 200
"""Words: the longer a text, the fewer of its words are new."""
_LEAST_DIFFERENT = 0.3
_MOST_OF_TITLE = 0.7
_LEAST_SPOKEN = 0.05
"""English prose has at least this share of function words; a list of keywords has none."""
_TEMPLATE_SHARE = 0.25


def flags(facts: Facts, templates: Collection[int] = frozenset()) -> tuple[Finding, ...]:
    """What is to be said against the text of a paper, each flag with the figure that told it.

    `templates` are the digests of sentences that many abstracts share.
    """
    abstract = plain(facts.abstract)
    if len(abstract) < LEAST_TOLD:
        return ()
    words = abstract.lower().split()
    share = spoken(words)
    code = "en" if share >= ENGLISH else unlike_english(abstract)
    found = {
        LANGUAGE: code if code != "en" else "",
        STUFFED: _stuffed(plain(facts.title), words, share, code),
        TEMPLATE: _template(facts.abstract, templates) if templates else "",
        **_compressed(abstract),
    }
    return tuple(Finding(Stage.FLAG, name, said) for name, said in sorted(found.items()) if said)


def _stuffed(title: str, words: Sequence[str], share: float, code: str) -> str:
    """Why a text of these words is stuffed, "" if it is not."""
    if len(words) < _JUDGED_WORDS:
        return ""
    first = words[:_LOOKED_AT]
    of_title = set(title.lower().split())
    from_title = sum(map(of_title.__contains__, first)) / len(first)
    if from_title >= _MOST_OF_TITLE:
        return f"{from_title:.0%} of its words are those of the title"
    different = len(set(first)) / len(first)
    if different < _LEAST_DIFFERENT:
        return f"{different:.0%} of its words are different ones"
    if code == "" and share < _LEAST_SPOKEN and all(map(str.isascii, first)):
        return f"{share:.0%} of its words are function words"
    return ""


def _compressed(abstract: str) -> dict[str, str]:
    """What the share of its size that a text compresses to says of it."""
    raw = abstract.encode("utf-8", "replace")
    if len(raw) < _JUDGED_BYTES:
        return {}
    ratio = len(zlib.compress(raw, _FAST)) / len(raw)
    if ratio < _LEAST_RATIO:
        return {REPETITIVE: f"compresses to {ratio:.0%}"}
    # Scripts of two and three bytes a sign compress less; what is said here is of letters.
    if ratio > _GREATEST_RATIO and len(abstract) >= _MOSTLY_ASCII * len(raw):
        return {NOISY: f"compresses to {ratio:.0%}"}
    return {}


def _template(abstract: str, templates: Collection[int]) -> str:
    digests = sentence_digests(abstract)
    shared = [sentence for digest, sentence in digests.items() if digest in templates]
    share = sum(map(len, shared)) / len(abstract)
    return f"{share:.0%} of it is in many abstracts" if share >= _TEMPLATE_SHARE else ""
