"""Editions as Hugging Face's clients ask for them: daily papers, all papers, what hangs on one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from broadsheet.catalogue import Desk, EditionKind
from broadsheet.editions import archive, days_of, issue_of, ranks_of, read_label
from broadsheet.errors import QueryError
from broadsheet.faces.answers import base_of, found_paper, service_of
from broadsheet.faces.api.huggingface import (
    answered,
    listing_items,
    refusal,
    whole_number,
)
from broadsheet.faces.api.people import written
from broadsheet.faces.guard import present
from broadsheet.faces.trends import ranking_now
from broadsheet.ranking import votes_of
from broadsheet.ranking.cursors import read_spot, write_spot
from broadsheet.ranking.trending import ordered, pulse_of

DEFAULT = 50
MOST = 100
MOST_PAGES = 100_000
_DAYS_OF_TRENDING = 14
_KINDS = {"date": EditionKind.DAY, "week": EditionKind.WEEK, "month": EditionKind.MONTH}
_SORTS = ("publishedAt", "trending")


@dataclass(frozen=True, slots=True)
class Featured:
    """A paper, and the day whose edition it was in."""

    key: int
    day: str


def _daily(request: Request) -> Response:
    """`GET /api/daily_papers`: `date`, `week` or `month` mean the day a paper was featured."""
    given = request.query_params
    limit = whole_number(given.get("limit"), "limit", DEFAULT, 1, MOST)
    number = whole_number(given.get("p"), "p", 0, 0, MOST_PAGES)
    sort = given.get("sort", _SORTS[0])
    if sort not in _SORTS:
        raise QueryError(f"`sort` must be {' or '.join(_SORTS)}.")
    first = number * limit
    rising = ranking_now(service_of(request)) if sort == "trending" else None
    with service_of(request).catalogue.reading() as desk:
        featured = _asked_for(request, desk, rising, first, limit + 1)
        items = _items(request, desk, featured[:limit])
    headers = {}
    if len(featured) > limit:
        headers["Link"] = _link(request, p=str(number + 1))
    return JSONResponse(items, headers=headers)


def _asked_for(
    request: Request, desk: Desk, rising: Sequence[int] | None, first: int, count: int
) -> list[Featured]:
    """So many papers of the days that were asked for, from the number `first` on (from 0).

    `rising` are the papers that are trending, None where that is not the order asked for.
    """
    given = request.query_params
    named = [(kind, given[name]) for name, kind in _KINDS.items() if given.get(name)]
    if len(named) > 1:
        raise QueryError("Only one of `date`, `week` and `month` can be given.")
    submitter = given.get("submitter")
    if named:
        found = _of_span(desk, *named[0])
        if submitter:
            wanted = desk.candidates.submitted_by(submitter)
            found = [one for one in found if one.key in wanted]
    elif submitter:
        found = _of_submitter(desk, submitter)
    elif rising is not None:
        found = _trending(desk, rising)
    else:
        return _of_all(desk, first, count)
    return found[first : first + count]


def _of_span(desk: Desk, kind: EditionKind, label: str) -> list[Featured]:
    """By votes, then as they were placed."""
    span = read_label(kind, label)
    days = days_of(desk, "", span)
    first_day = {key: day for day in sorted(days, reverse=True) for key in days[day]}
    keys = [pick.paper_key for pick in issue_of(desk, "", span).picks]
    votes = votes_of(desk, keys)
    ordered = sorted(keys, key=lambda key: -votes.get(key, 0))
    return [Featured(key, first_day.get(key, span.last.isoformat())) for key in ordered]


def _of_all(desk: Desk, first: int, count: int) -> list[Featured]:
    """Day after day, the last first; days that lie before the part asked for are not read."""
    found: list[Featured] = []
    for day, papers in archive(desk, "").items():
        if len(found) >= count:
            break
        if papers > first:
            found += _of_span(desk, EditionKind.DAY, day)[first:]
        first = max(0, first - papers)
    return found[:count]


def _of_submitter(desk: Desk, name: str) -> list[Featured]:
    """The papers that a reader submitted and that were in an edition of a day."""
    found = [
        Featured(key, rank.label)
        for key in desk.candidates.submitted_by(name)
        for rank in ranks_of(desk, key)
        if rank.kind is EditionKind.DAY and not rank.section
    ]
    return sorted(found, key=lambda one: (one.day, one.key), reverse=True)


def _trending(desk: Desk, rising: Sequence[int]) -> list[Featured]:
    """The papers of the last editions: those that are trending in order, then by what came."""
    found: dict[int, Featured] = {}
    for day in list(archive(desk, ""))[:_DAYS_OF_TRENDING]:
        for one in _of_span(desk, EditionKind.DAY, day):
            found.setdefault(one.key, one)
    signals, cast = desk.signals.of_papers(found), desk.votes.of_papers(found)
    pulses = {
        key: pulse_of(
            _midnight(one.day), signals[key], [vote.at for vote in cast[key] if not vote.held]
        )
        for key, one in found.items()
    }
    places = {key: place for place, key in enumerate(rising)}
    rest = [key for key, _ in ordered(pulses, present())]
    return [found[key] for key in sorted(rest, key=lambda key: places.get(key, len(places)))]


def _items(request: Request, desk: Desk, featured: list[Featured]) -> list[dict[str, Any]]:
    """Items of editions: they are published when they were submitted, or on their day."""
    papers = desk.papers.by_keys(one.key for one in featured)
    items = listing_items(request, desk, papers)
    placed = []
    for one in featured:
        if one.key in items:
            item = items[one.key]
            moment = item["paper"].setdefault("submittedOnDailyAt", written(_midnight(one.day)))
            placed.append(item | {"publishedAt": moment})
    return placed


def _midnight(day: str) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _all(request: Request) -> Response:
    """`GET /api/papers`: all papers by the day they were announced, page by page."""
    given = request.query_params
    limit = whole_number(given.get("limit"), "limit", DEFAULT, 1, MOST)
    cursor = given.get("cursor")
    with service_of(request).catalogue.reading() as desk:
        papers = desk.papers.latest(read_spot(cursor) if cursor else None, limit + 1)
        items = listing_items(request, desk, dict(papers[:limit]))
    headers = {}
    if len(papers) > limit:
        headers["Link"] = _link(request, cursor=write_spot(*papers[limit - 1]))
    return JSONResponse(list(items.values()), headers=headers)


def _repos(request: Request) -> Response:
    """`GET /api/arxiv/{id}/repos`: the models, datasets and spaces of a paper; we know of none."""
    if found_paper(service_of(request), request.path_params["id"]) is None:
        return refusal(404, "Paper not found")
    return JSONResponse({"models": [], "datasets": [], "spaces": []})


def _link(request: Request, **changed: str) -> str:
    """A Link header to the page after this one (RFC 8288)."""
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in changed]
    base = base_of(service_of(request), request)
    query = urlencode([*kept, *changed.items()])
    return f'<{base}{request.url.path}?{query}>; rel="next"'


routes = [
    Route("/api/daily_papers", answered(_daily)),
    Route("/api/papers", answered(_all)),
    Route("/api/arxiv/{id:path}/repos", answered(_repos)),
]
