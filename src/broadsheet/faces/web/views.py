"""Papers and hits as the templates want them: safe HTML, plain dates, and every number named."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from broadsheet.cards import STANDFIRST, as_html, byline, paragraphs, retraction, spelt, standfirst
from broadsheet.catalogue import DatedSignal
from broadsheet.curation import LOWERING
from broadsheet.faces.answers import path_of
from broadsheet.faces.shapes import counts_of
from broadsheet.papers import Paper, SignalKind, Stage
from broadsheet.ranking import Hit
from broadsheet.text import plain

AUTHORS_SHOWN = 12
"""Authors of a paper's page that are not folded away."""
_COUNTED = {
    SignalKind.VOTES: ("vote", "votes"),
    SignalKind.COMMENTS: ("comment", "comments"),
    SignalKind.STARS: ("star of its code", "stars of its code"),
    SignalKind.CITATIONS: ("citation", "citations"),
    SignalKind.DOWNLOADS: ("download", "downloads"),
}


_FLAGS = {
    "stuffed": "words for the sake of being found",
    "repetitive": "the same again and again",
    "noisy": "hardly any prose",
    "template": "text that many abstracts share",
    "language": "not in English",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A word that leads somewhere."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper in a list; in an edition it has a `line` if a curator wrote one."""

    id: str
    path: str
    title: Markup
    title_text: str
    byline: str
    date: str
    iso_date: str
    venue: str
    categories: tuple[Named, ...]
    standfirst: str
    summary_by: str
    warning: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class HitView:
    """A paper that was found: its passage with marks, and why it is where it is."""

    paper: PaperView
    passage: Markup
    reasons: tuple[str, ...]
    short: str


def paper_view(paper: Paper, width: int = STANDFIRST) -> PaperView:
    """A paper as lists show it, with about `width` characters of its abstract."""
    return PaperView(
        id=paper.id,
        path=path_of(paper.id),
        title=Markup(as_html(paper.title)),
        title_text=plain(paper.title),
        byline=byline(paper),
        date=spelt(paper.announced),
        iso_date=str(paper.announced or ""),
        venue=_venue(paper),
        categories=tuple(search_for(f'category:"{name}"', name) for name in paper.categories),
        standfirst=standfirst(paper.abstract, width),
        summary_by=plain(paper.summary_by),
        warning=retraction(paper),
    )


def hit_view(hit: Hit) -> HitView:
    """A hit as the page of results shows it."""
    parts = hit.parts
    reasons = []
    short = []
    if parts.lexical_rank is not None and parts.lexical_score is not None:
        held = "all of your words" if parts.all_words else "some of your words"
        reasons.append(f"It holds {held}.")
        reasons.append(
            f"By words it is number {parts.lexical_rank} (BM25 {parts.lexical_score:.2f})."
        )
        short.append("all words" if parts.all_words else "some words")
    if parts.semantic_rank is not None and parts.semantic_score is not None:
        reasons.append(
            f"By meaning it is number {parts.semantic_rank} (cosine {parts.semantic_score:.2f})."
        )
        short.append("near in meaning")
    if parts.fused is not None and reasons:
        reasons.append(f"Joined score: {parts.fused:.3f} of 1.")
    lowering = LOWERING.intersection(one.name for one in hit.paper.findings)
    if lowering:
        reasons.append(f"It is listed lower, being {' and '.join(sorted(lowering))}.")
    if not reasons:
        reasons.append("It is what your query names, or fits your filters.")
    text = Markup(hit.snippet.html())
    return HitView(
        paper_view(hit.paper), text, tuple(reasons), " and ".join(short) or "as asked for"
    )


def authors(paper: Paper) -> tuple[Named, ...]:
    """All authors, each leading to what else there is of them."""
    named = (plain(author.name) for author in paper.authors)
    return tuple(search_for(f'author:"{name}"', name) for name in named)


def _venue(paper: Paper) -> str:
    """Where it appeared; that a preprint is on arXiv goes without saying."""
    return "" if paper.venue.casefold() == "arxiv" else plain(paper.venue)


def flags(paper: Paper) -> tuple[str, ...]:
    """What curation says against the text of a paper, in words."""
    told = (one for one in paper.findings if one.stage is Stage.FLAG)
    return tuple(f"{_FLAGS.get(one.name, one.name)} ({one.detail})" for one in told)


def repairs(paper: Paper) -> tuple[str, ...]:
    """What was repaired in the texts of a paper, in words."""
    told = (one for one in paper.findings if one.stage is Stage.REPAIR)
    return tuple(f"{one.name}: {one.detail}" for one in told)


def abstract(paper: Paper) -> tuple[Markup, ...]:
    """The paragraphs of the abstract."""
    return tuple(Markup(one) for one in paragraphs(paper.abstract))


def counted(signals: Sequence[DatedSignal]) -> tuple[str, ...]:
    """The latest count of each kind, with who counted and when."""
    latest = {(one.signal.kind, one.source): one for one in signals if one.signal.kind in _COUNTED}
    told = []
    for (kind, source), one in latest.items():
        words = _COUNTED[kind][one.signal.value != 1]
        when = f", {one.signal.at:%-d %B %Y}" if one.signal.at else ""
        told.append(f"{one.signal.value:,} {words} ({source}{when})")
    return tuple(told)


def organization(signals: Sequence[DatedSignal]) -> str:
    """The organization that a source names."""
    return counts_of(signals).organization or ""


def search_for(query: str, text: str) -> Named:
    """A word that leads to a search."""
    return Named(text, f"/papers?{urlencode({'q': query})}")
