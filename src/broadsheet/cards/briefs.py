"""A paper in a few words: who wrote it, and the first sentences of its abstract."""

import calendar

from broadsheet.papers import Paper, PartialDate
from broadsheet.text import plain, sentences, shortened

STANDFIRST = 300
"""Characters of an abstract that a list shows, about."""
_BYLINE = 3
_MONTHS = tuple(calendar.month_name)[1:]
_LONGEST_SENTENCE = 420


def byline(paper: Paper) -> str:
    """The first authors, and how many more there are."""
    names = [plain(author.name) for author in paper.authors]
    more = len(names) - _BYLINE
    if more > 1:
        return f"{', '.join(names[:_BYLINE])} and {more:,} others"
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return names[0] if names else ""


def standfirst(abstract: str, width: int = STANDFIRST) -> str:
    """The first sentences of an abstract, about `width` characters."""
    shown = ""
    for sentence in sentences(plain(abstract)):
        if shown and len(shown) + len(sentence) > width:
            break
        shown = f"{shown} {sentence}".strip()
    most = max(width, _LONGEST_SENTENCE)
    return shortened(shown, most)


def spelt(date: PartialDate | None) -> str:
    """A date in words, as precise as it is known; empty if it is not."""
    if date is None:
        return ""
    parts = (str(date.day or ""), _MONTHS[date.month - 1] if date.month else "", str(date.year))
    return " ".join(part for part in parts if part)
