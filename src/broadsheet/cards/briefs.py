"""A paper in a few words: who wrote it, and the first sentences of its abstract."""

from broadsheet.papers import Paper
from broadsheet.text import plain, sentences

STANDFIRST = 300
"""Characters of an abstract that a list shows, about."""
_BYLINE = 3
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
    return shown if len(shown) <= most else shown[:most].rsplit(" ", 1)[0] + "…"
