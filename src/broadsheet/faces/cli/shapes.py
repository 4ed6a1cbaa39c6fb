"""Papers and hits as JSON values and as text for a terminal."""

from typing import Any

from rich.text import Text

from broadsheet.catalogue import DatedSignal
from broadsheet.papers import Paper
from broadsheet.ranking import Hit, Page
from broadsheet.text import plain

_AUTHORS_SHOWN = 3


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit: the passage as HTML with `<mark>` around matched words, and the parts of its score."""
    parts = hit.parts
    return {
        "id": hit.paper.id,
        "title": plain(hit.paper.title),
        "score": round(hit.score, 6),
        "authors": [plain(author.name) for author in hit.paper.authors],
        "date": str(hit.paper.announced) if hit.paper.announced else None,
        "snippet": hit.snippet.html(),
        "all_words": parts.all_words,
        "lexical": _part(parts.lexical_rank, parts.lexical_score),
        "semantic": _part(parts.semantic_rank, parts.semantic_score),
        "fused": None if parts.fused is None else round(parts.fused, 6),
    }


def page_json(page: Page) -> dict[str, Any]:
    """A page of hits."""
    return {
        "query": page.query.text,
        "mode": page.mode,
        "holding_all_words": page.holding_all,
        "notes": list(page.notes),
        "hits": [hit_json(hit) for hit in page.hits],
        "next_cursor": page.next_cursor,
    }


def paper_json(paper: Paper, signals: list[DatedSignal]) -> dict[str, Any]:
    """A paper with everything that is known of it, and who said it."""
    return {
        "id": paper.id,
        "aliases": list(paper.aliases),
        "title": plain(paper.title),
        "abstract": plain(paper.abstract),
        "authors": [plain(author.name) for author in paper.authors],
        "announced": str(paper.announced) if paper.announced else None,
        "revised": str(paper.revised) if paper.revised else None,
        "venue": plain(paper.venue),
        "categories": list(paper.categories),
        "keywords": list(paper.keywords),
        "links": [{"kind": str(link.kind), "url": link.url} for link in paper.links],
        "licence": paper.licence,
        "withdrawn": paper.withdrawn,
        "retracted": paper.retracted,
        "arxiv_id": paper.arxiv_id,
        "doi": paper.doi,
        "signals": [
            {
                "source": one.source,
                "kind": str(one.signal.kind),
                "at": one.signal.at.isoformat() if one.signal.at else None,
                "value": one.signal.value if one.signal.text is None else one.signal.text,
            }
            for one in signals
        ],
        "provenance": {
            fact: [{"source": said.source, "at": said.at.isoformat()} for said in everyone]
            for fact, everyone in paper.provenance.items()
        },
    }


def hit_text(hit: Hit) -> Text:
    """A hit as two lines: title, and the passage with its matched words in bold."""
    text = Text(plain(hit.paper.title), style="bold")
    passage = Text("\n" + hit.snippet.text, style="not bold")
    for start, end in hit.snippet.marks:
        passage.stylize("bold underline", start + 1, end + 1)
    return text.append_text(passage)


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
    return ", ".join(found) or "id"


def _part(rank: int | None, score: float | None) -> dict[str, Any] | None:
    return None if rank is None or score is None else {"rank": rank, "score": round(score, 6)}
