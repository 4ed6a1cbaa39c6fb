"""Papers, hits and changes as JSON values, the same for the API and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from broadsheet.catalogue import Change, DatedSignal
from broadsheet.index import Facets
from broadsheet.ingest import Examples, Standing, Unread, public_name
from broadsheet.licences import served, url_of
from broadsheet.papers import Paper, SignalKind, Stage
from broadsheet.ranking import Alike, AlikeHit, Hit, Page, Trending
from broadsheet.text import plain


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit: the passage as HTML with `<mark>` around matched words, and the parts of its score."""
    parts = hit.parts
    return {
        **_brief(hit.paper, hit.score),
        "flags": flags_of(hit.paper),
        "snippet": hit.snippet.html(),
        "all_words": parts.all_words,
        "lexical": _part(parts.lexical_rank, parts.lexical_score),
        "semantic": _part(parts.semantic_rank, parts.semantic_score),
        "fused": None if parts.fused is None else round(parts.fused, 6),
    }


def _brief(paper: Paper, score: float) -> dict[str, Any]:
    """What every list of hits says of a paper."""
    return {
        "id": paper.id,
        "title": plain(paper.title),
        "score": round(score, 6),
        "authors": [plain(author.name) for author in paper.authors],
        "date": str(paper.announced) if paper.announced else None,
        "withdrawn": paper.withdrawn,
        "retracted": paper.retracted,
    }


def page_json(page: Page) -> dict[str, Any]:
    """A page of hits."""
    return {
        "query": page.query.text,
        "mode": page.mode,
        "holding_all_words": page.holding_all,
        "notes": list(page.notes),
        "did_you_mean": page.suggestion,
        "acronyms": dict(page.acronyms),
        "understood": [asdict(part) for part in page.understood],
        "partial": page.partial,
        "facets": _facets(page.facets) if page.facets else None,
        "hits": [hit_json(hit) for hit in page.hits],
        "next_cursor": page.next_cursor,
    }


def trending_json(place: int, one: Trending, paper: Mapping[str, Any]) -> dict[str, Any]:
    """A paper in the order of what is trending, with the terms of its number."""
    return {
        "place": place,
        "score": one.trend.score,
        "last": one.last.isoformat(),
        "terms": [term._asdict() for term in one.trend.terms],
        "paper": dict(paper),
    }


def alike_json(given: Examples, found: Alike) -> dict[str, Any]:
    """Papers like given ones, and what became of each of those."""
    return {
        "read": given.entries,
        "known": found.known,
        "unread": [{"place": one.place, "reason": one.reason} for one in unread(given, found)],
        "cut": given.cut,
        "hits": [_alike_hit_json(hit) for hit in found.hits],
    }


def unread(given: Examples, found: Alike) -> list[Unread]:
    """What was given and could not be used: what was no paper, and ids that lead to none."""
    lost = [Unread(one.place, "no paper here has this id") for one in found.unknown]
    return [*given.unread, *lost]


def told(given: Examples, found: Alike) -> str:
    """What became of the given papers, in a sentence."""
    count = given.entries
    sentence = f"{count:,} {'entry' if count == 1 else 'entries'} read"
    sentence += f", {found.known:,} of them in the catalogue"
    if lost := len(unread(given, found)):
        sentence += f", {lost:,} of no use"
    if given.cut:
        sentence += "; what came after them was left unread"
    return f"{sentence}."


def _alike_hit_json(hit: AlikeHit) -> dict[str, Any]:
    return {
        **_brief(hit.paper, hit.score),
        "words": round(hit.words, 6),
        "nearness": round(hit.nearness, 6),
        "like": {
            "id": hit.like_id,
            "title": hit.like,
            "cosine": None if hit.cosine is None else round(hit.cosine, 6),
        },
    }


def paper_json(paper: Paper, signals: list[DatedSignal]) -> dict[str, Any]:
    """A paper with everything that is known of it, and who said it."""
    return {
        "id": paper.id,
        "aliases": list(paper.aliases),
        "title": plain(paper.title),
        "abstract": plain(paper.abstract),
        "summary_by": paper.summary_by or None,
        "authors": [plain(author.name) for author in paper.authors],
        "announced": str(paper.announced) if paper.announced else None,
        "revised": str(paper.revised) if paper.revised else None,
        "venue": plain(paper.venue),
        "categories": list(paper.categories),
        "keywords": list(paper.keywords),
        "links": [{"kind": str(link.kind), "url": link.url} for link in paper.links],
        "licence": paper.licence,
        "licence_url": url_of(paper.licence) or None,
        "may_serve": [str(part) for part in served(paper.licence)],
        "withdrawn": paper.withdrawn,
        "retracted": paper.retracted,
        "flags": flags_of(paper),
        "repairs": _found(paper, Stage.REPAIR),
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


def flags_of(paper: Paper) -> list[dict[str, str]]:
    """The flags of a paper's quality, each with the figure that told it."""
    return _found(paper, Stage.FLAG)


def _found(paper: Paper, stage: Stage) -> list[dict[str, str]]:
    return [
        {"name": one.name, "detail": one.detail} for one in paper.findings if one.stage is stage
    ]


def standing_json(standing: Standing) -> dict[str, Any]:
    """How a source stands, fit to be shown to anybody."""
    return {
        "source": standing.source,
        "spec": public_name(standing.spec),
        "state": str(standing.state),
        "statement": standing.statement,
        "announced": standing.announced.isoformat() if standing.announced else None,
        "harvested": standing.harvested.isoformat() if standing.harvested else None,
        "papers": standing.papers,
    }


def change_json(change: Change, paper: Paper | None, now: str | None) -> dict[str, Any]:
    """A change: the paper as it is, or the id of one that went and the id that stands for it."""
    shown: dict[str, Any] = {"seq": change.seq, "gone": paper is None}
    if paper is None:
        return shown | {"id": change.former_id, "now": now, "paper": None}
    return shown | {"id": paper.id, "now": paper.id, "paper": paper_json(paper, [])}


@dataclass(frozen=True, slots=True)
class Counts:
    """What sources last counted: of several sources the one that counted most; None if none did."""

    votes: int | None
    comments: int | None
    stars: int | None
    citations: int | None
    organization: str | None


def counts_of(signals: Sequence[DatedSignal]) -> Counts:
    """The latest counts among dated signals, the earliest of which come first."""
    latest: dict[SignalKind, dict[str, int]] = {}
    organization = None
    for one in signals:
        if one.signal.value is not None:
            latest.setdefault(one.signal.kind, {})[one.source] = one.signal.value
        if one.signal.kind is SignalKind.ORGANIZATION:
            organization = one.signal.text

    def most(kind: SignalKind) -> int | None:
        return max(latest[kind].values()) if kind in latest else None

    return Counts(
        votes=most(SignalKind.VOTES),
        comments=most(SignalKind.COMMENTS),
        stars=most(SignalKind.STARS),
        citations=most(SignalKind.CITATIONS),
        organization=organization,
    )


def _facets(facets: Facets) -> dict[str, Any]:
    return {
        "year": [{"value": year, "papers": count} for year, count in facets.years],
        "category": [{"value": name, "papers": count} for name, count in facets.categories],
        "has": [{"value": name, "papers": count} for name, count in facets.has],
    }


def _part(rank: int | None, score: float | None) -> dict[str, Any] | None:
    return None if rank is None or score is None else {"rank": rank, "score": round(score, 6)}
