"""Hits and papers as text for a terminal."""

from collections.abc import Sequence

from rich.text import Text

from broadsheet.cards import marked_title
from broadsheet.curation import LOWERING
from broadsheet.faces.cli import output
from broadsheet.faces.cli.output import Format
from broadsheet.papers import Paper
from broadsheet.ranking import Hit, Understood
from broadsheet.text import plain

_AUTHORS_SHOWN = 3


def hit_text(hit: Hit) -> Text:
    """A hit as two lines: title, and the passage with its matched words in bold."""
    text = Text(title(hit.paper), style="bold")
    passage = Text("\n" + hit.snippet.text, style="not bold")
    for start, end in hit.snippet.marks:
        passage.stylize("bold underline", start + 1, end + 1)
    return text.append_text(passage)


def title(paper: Paper) -> str:
    """A paper's title on one line, after what must be known of it."""
    return marked_title(paper, plain(paper.title))


def listed(format: Format | None, hits: Sequence[tuple[Paper, float, str | Text, str]]) -> None:
    """Write hits out: each paper with its score, what is shown of it and why it is there."""
    cells = [
        (paper.id, f"{score:.3f}", str(paper.announced or ""), authors(paper), shown, reason)
        for paper, score, shown, reason in hits
    ]
    output.rows(format, ("id", "score", "date", "authors", "title", "why"), cells)


def say_read(notes: Sequence[str], understood: Sequence[Understood]) -> None:
    """Say how a query was read, where that is not to the letter."""
    for note in notes:
        output.say(f"Note: {note}.")
    for part in understood:
        if not part.read_as:
            output.say(f"Left out: “{part.typed}” (--literal takes every word as it stands)")
        elif not part.given_up:
            output.say(f"Read as: {part.read_as}, from “{part.typed}” (--literal undoes it)")


def authors(paper: Paper) -> str:
    """The first authors, and how many more there are."""
    names = [plain(author.name) for author in paper.authors]
    more = len(names) - _AUTHORS_SHOWN
    return ", ".join(names[:_AUTHORS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def why(hit: Hit) -> str:
    """Why a hit is where it is, in a few words."""
    parts = hit.parts
    found = []
    if parts.lexical_rank is not None:
        words = "all words" if parts.all_words else "some words"
        found.append(f"{words} #{parts.lexical_rank}")
    if parts.semantic_rank is not None:
        found.append(f"near #{parts.semantic_rank}")
    found += sorted(LOWERING.intersection(one.name for one in hit.paper.findings))
    return ", ".join(found) or "id"
