"""What a feed is, whatever its format: a list of entries that keep their ids for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup, escape

from broadsheet.cards import marked_title
from broadsheet.faces.answers import path_of
from broadsheet.papers import Paper, PartialDate
from broadsheet.text import plain

_TAG = "tag:broadsheet,2026"
_CONTROLS = [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]
_FORBIDDEN = dict.fromkeys(_CONTROLS)
"""What XML 1.0 cannot hold, and no reader of JSON needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: `id` is a tag URI (RFC 4151), `text` plain, `html` safe; moments aware UTC."""

    id: str
    title: str
    address: str
    published: datetime | None
    updated: datetime | None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    rights: str = ""
    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed: `address` is its own, `page` that of the page with the same list.

    `id` tells it from other feeds for ever, where they share its page.
    """

    title: str
    address: str
    page: str
    entries: tuple[Entry, ...]
    id: str = ""

    @property
    def updated(self) -> datetime | None:
        """When an entry last changed, None if no entry says."""
        return max((one.updated for one in self.entries if one.updated), default=None)


def entry_of(
    paper: Paper, base: str, *, featured: tuple[datetime, datetime] | None = None, line: str = ""
) -> Entry:
    """A paper as an entry, which keeps its id when the paper is revised.

    In an edition it counts as published when it was `featured` (when that came out, and when it was
    last changed); a curator's `line` comes first.
    """
    abstract = plain(paper.abstract)
    announced = instant(paper.announced)
    moments = (*(featured or ()), instant(paper.revised))
    changed = max((one for one in moments if one), default=announced)
    html = Markup("<p><em>{}</em></p>").format(line) if line else Markup()
    return Entry(
        id=f"{_TAG}:{path_of(paper.id).removeprefix('/papers/')}",
        title=clean(marked_title(paper, plain(paper.title))),
        address=base + path_of(paper.id),
        published=featured[0] if featured else announced,
        updated=changed,
        authors=tuple(clean(plain(author.name)) for author in paper.authors),
        categories=tuple(map(clean, paper.categories)),
        rights=clean(paper.licence),
        text=clean(f"{line}\n\n{abstract}" if line else abstract),
        html=clean(html + Markup("<p>{}</p>").format(abstract)) if abstract or line else "",
    )


def issue_entry(
    title: str,
    path: str,
    base: str,
    moments: tuple[datetime, datetime],
    papers: Sequence[tuple[Paper, str]],
    by: str,
) -> Entry:
    """A whole edition as one entry, its papers with curators' lines as a list.

    `moments` are when it came out and when it was last changed, `by` is who made it.
    """
    items = []
    for paper, line in papers:
        link = Markup('<a href="{}">{}</a>').format(base + path_of(paper.id), plain(paper.title))
        items.append(Markup("<li>{}{}</li>").format(link, escape(f": {line}") if line else ""))
    return Entry(
        id=f"{_TAG}:{path.removeprefix('/')}",
        title=clean(title),
        address=base + path,
        published=moments[0],
        updated=moments[1],
        authors=(clean(by),),
        text=clean("\n".join(plain(paper.title) for paper, _ in papers)),
        html=clean(Markup("<ol>{}</ol>").format(Markup().join(items))),
    )


def instant(date: PartialDate | None) -> datetime | None:
    """The first moment of a date, in UTC."""
    if date is None:
        return None
    return datetime(date.year, date.month or 1, date.day or 1, tzinfo=UTC)


def clean(text: str) -> str:
    """A text without what no XML document can hold."""
    return str(text).translate(_FORBIDDEN)
