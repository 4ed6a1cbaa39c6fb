"""The page of what is trending, its feeds, and why each paper has the number that it has."""

import hashlib
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.errors import NotFoundError
from broadsheet.faces import feeds
from broadsheet.faces.answers import base_of, found_paper, service_of
from broadsheet.faces.guard import present
from broadsheet.faces.trends import current, read_window, recent
from broadsheet.faces.web import social, trend_terms, views
from broadsheet.faces.web.ballots import ballots
from broadsheet.faces.web.caching import kept
from broadsheet.faces.web.feeds import written
from broadsheet.faces.web.rendering import page
from broadsheet.ranking import Trending, Window
from broadsheet.ranking import explained as explain
from broadsheet.service import Service

PATH = "/papers/trending"
SHOWN = 50
FED = 50
_LONGEST_ID = 1000


@dataclass(frozen=True, slots=True)
class Riser:
    """A paper in the order: its place, its number, and the terms that it is made of."""

    place: int
    paper: views.PaperView
    score: float
    terms: tuple[tuple[str, float], ...]


def _page(request: Request) -> Response:
    service = service_of(request)
    window = read_window(request.query_params.get("window"))
    order = current(service)
    listed = order.of(window)
    risers = _risers(service, listed[:SHOWN])
    shown = {
        "window": window,
        "windows": [(one, len(order.of(one))) for one in Window],
        "days": window.length.days,
        "at": order.at,
        "risers": risers,
        "count": len(listed),
        "base": base_of(service, request),
        "social": social.of_trending(request, window),
        **ballots(request, [riser.paper.id for riser in risers]),
    }
    return page(request, "trending.html", shown)


def _risers(service: Service, listed: tuple[Trending, ...]) -> list[Riser]:
    with service.catalogue.reading() as desk:
        papers = desk.papers.by_keys([one.key for one in listed])
    return [
        Riser(
            place,
            views.paper_view(papers[one.key]),
            one.trend.score,
            trend_terms.in_hundredths(one.trend),
        )
        for place, one in enumerate(listed, 1)
        if one.key in papers
    ]


def _feed(request: Request) -> Response:
    service = service_of(request)
    window = read_window(request.query_params.get("window"))
    listed = current(service).of(window)[:FED]
    with service.catalogue.reading() as desk:
        papers = desk.papers.by_keys([one.key for one in listed])
    base, format = base_of(service, request), request.path_params["format"]
    query = f"?window={window}"
    feed = feeds.Feed(
        title=f"{service.settings.site_name}: trending ({window})",
        address=f"{base}/feeds/trending.{format}{query}",
        page=f"{base}{PATH}{query}",
        entries=tuple(feeds.entry_of(papers[one.key], base) for one in listed if one.key in papers),
    )
    return written(feed, format)


def _formula(request: Request) -> Response:
    """`/formulas/trending`, with `?paper=` the number of one paper as of the order's moment."""
    service = service_of(request)
    name = request.query_params.get("paper", "").strip()
    values: dict[str, Any] = {"paper": None, "name": name[:_LONGEST_ID]}
    if name:
        found = found_paper(service, name) if len(name) <= _LONGEST_ID else None
        if found is None:
            raise NotFoundError(
                f"There is no paper {name[:100]!r}.", hint="Look for it with the search."
            )
        key, paper = found
        order = current(service)
        values |= {
            "paper": views.paper_view(paper),
            "told": trend_terms.trend_told(explain(service.catalogue, key, order.at), order.at),
            "at": order.at,
            "places": [(one, order.place(key, one), len(order.of(one))) for one in Window],
        }
    return page(request, "formulas_trending.html", {**trend_terms.constants(), **values})


def beside(service: Service, key: int) -> dict[str, Any]:
    """What the page of a paper says of its number: as of when, and it if it is in the order."""
    order = recent(service)
    one = next((one for one in order.papers if one.key == key), None)
    if one is None:
        return {"trend": None, "trend_at": order.at}
    place = order.place(key, Window.WEEK)
    return {"trend": {"score": one.trend.score, "place": place}, "trend_at": order.at}


def hour(_service: Service) -> str:
    """What the page of a paper depends on beside what is filed: its number is of the last hour."""
    return present().strftime("%Y-%m-%dT%H")


def _moment(service: Service) -> str:
    return current(service).at.isoformat()


def _order(service: Service) -> str:
    """What names an order, whatever the numbers are by now."""
    told = repr([[one.key for one in current(service).of(window)[:FED]] for window in Window])
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def _to_page(_request: Request) -> Response:
    return RedirectResponse(PATH, 308)


routes: list[BaseRoute] = [
    Route(PATH, kept(_page, beside=_moment)),
    Route("/trending", _to_page),
    Route("/feeds/trending.{format}", kept(_feed, beside=_order, is_dated=True)),
    Route("/formulas/trending", kept(_formula, beside=_moment)),
]
