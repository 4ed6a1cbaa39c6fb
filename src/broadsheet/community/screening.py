"""Screening of what is submitted: flags for the desk, which never refuse anything by themselves."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from broadsheet.catalogue import Concern
from broadsheet.community.neighbours import Neighbourhood
from broadsheet.curation import flags, judge
from broadsheet.papers import Facts
from broadsheet.text import plain, sentences

GARBLED: Final = "garbled"
"""The text is damaged, stuffed, repeats itself or is hardly prose, as curation tells it."""
OFF_TOPIC: Final = "off topic"
"""The papers nearest to it here are far from it, by what is usual where they are."""
PROMOTIONAL: Final = "promotional"
"""Its text or the comment asks to buy, try or sign up, or a link carries a mark of advertising."""

OFF_TOPIC_BELOW = 0.65
"""Of the usual nearness (docs/submission.md has the figures)."""
_TEXT_FLAGS = frozenset(("stuffed", "repetitive", "noisy"))
_CALLS = re.compile(
    r"\b(?:buy (?:now|it|yours)|order (?:now|today)|free trial|limited[- ]time offer|special offer"
    r"|money[- ]back|(?:discount|promo(?:tion)?|coupon) code|sign up (?:now|today|here)"
    r"|subscribe (?:now|today|to (?:our|my))|book a demo|contact our sales|our pricing"
    r"|visit (?:us|our (?:web ?site|shop|store|booth))|follow (?:us|me) on|dm me"
    r"|earn \$?\d+ (?:a|per) (?:day|week|month)"
    r"|guaranteed (?:results|acceptance|publication)|call for papers|article processing charge)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"\b(?:revolutionary|game[- ]chang(?:ing|er)|world[- ]class|best[- ]in[- ]class"
    r"|industry[- ]leading|cutting[- ]edge|mind[- ]blowing|amazing|incredible|unbeatable"
    r"|must[- ]read|once[- ]in[- ]a[- ]lifetime)\b",
    re.IGNORECASE,
)
_MOST_PRAISE = 2
_MARKS = re.compile(r"[?&](?:utm_[a-z]+|gclid|fbclid|aff(?:iliate)?(?:_?id)?)=", re.IGNORECASE)
_LONGEST_TOLD = 160


def screened(
    facts: Facts, around: Neighbourhood | None, *, comment: str = "", addresses: Iterable[str] = ()
) -> tuple[Concern, ...]:
    """What the desk should know of a submission, each with the sentence or figure that told it.

    `around` is None where that is not known; `addresses` are those that the submitter added.
    """
    texts = [plain(facts.title), plain(facts.abstract), comment]
    return (*_garbled(facts), *_off_topic(around), *_promotional(texts, addresses))


def _garbled(facts: Facts) -> Iterator[Concern]:
    if reason := judge(facts):
        yield Concern(GARBLED, f"{reason.partition(': ')[2]}.".capitalize())
    for flag in flags(facts):
        if flag.name in _TEXT_FLAGS:
            yield Concern(GARBLED, f"Its abstract is {flag.name}: {flag.detail}.")


def _off_topic(around: Neighbourhood | None) -> Iterator[Concern]:
    if around is not None and around.share < OFF_TOPIC_BELOW:
        yield Concern(
            OFF_TOPIC,
            f"The papers nearest to it have a cosine of {around.near:.2f} with it, and of "
            f"{around.usual:.2f} with their own nearest: {around.share:.0%} of what is usual.",
        )


def _promotional(texts: Iterable[str], addresses: Iterable[str]) -> Iterator[Concern]:
    praised: dict[str, str] = {}
    for sentence in (one for text in texts for one in sentences(text)):
        if called := _CALLS.search(sentence):
            yield Concern(PROMOTIONAL, f"“{called[0]}” in “{_cut(sentence)}”")
        praised |= {word.lower(): sentence for word in _PRAISE.findall(sentence)}
    if len(praised) > _MOST_PRAISE:
        yield Concern(PROMOTIONAL, f"Praise: {', '.join(sorted(praised))}.")
    for address in addresses:
        if mark := _MARKS.search(address):
            yield Concern(PROMOTIONAL, f"A link carries “{mark[0].strip('?&=')}”.")


def _cut(sentence: str) -> str:
    sentence = " ".join(sentence.split())
    return sentence if len(sentence) <= _LONGEST_TOLD else sentence[: _LONGEST_TOLD - 1] + "…"
