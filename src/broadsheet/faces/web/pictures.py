"""The pictures with which other places show links to our pages, drawn when asked for."""

import hashlib
import threading
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from broadsheet import __version__
from broadsheet.cards import byline, spelt
from broadsheet.cards.pictures import LONGEST_TEXT, Picture, drawn
from broadsheet.catalogue import EditionKind
from broadsheet.editions import issue_of, read_label, stories_of
from broadsheet.errors import NotFoundError
from broadsheet.faces.answers import found_paper, is_known, service_of, unchanged
from broadsheet.faces.sections import section_of
from broadsheet.faces.trends import current, read_window
from broadsheet.faces.web.editions import title_of
from broadsheet.ranking import Window
from broadsheet.service import Service
from broadsheet.text import plain

KEPT_SECONDS = 3600
_REMEMBERED = 128
_LISTED = 5
_WINDOWS = {Window.TODAY: "Today", Window.WEEK: "This week", Window.MONTH: "This month"}
_drawing = threading.Lock()


def _paper(request: Request) -> Response:
    service = service_of(request)
    found = found_paper(service, request.path_params["id"])
    if found is None:
        raise NotFoundError("There is no such paper.")
    _, paper = found
    return _pictured(
        request,
        Picture(
            _cut(service.settings.site_name),
            spelt(paper.announced),
            _cut(plain(paper.title)),
            _cut(byline(paper)),
        ),
    )


def _edition(request: Request) -> Response:
    service, given = service_of(request), request.path_params
    try:
        kind = EditionKind(given["kind"])
    except ValueError:
        raise NotFoundError(f"There are no editions by {given['kind']!r}.") from None
    with service.catalogue.reading() as desk:
        section = section_of(service, desk, request.query_params.get("section", ""))
        issue = issue_of(desk, section.name, read_label(kind, given["label"]))
        if not issue.picks:
            raise NotFoundError("There is no such edition.")
        titles = [plain(one.paper.title) for one in stories_of(desk, issue.picks[:_LISTED])]
    count = len(issue.picks)
    label = f"{count:,} {'paper' if count == 1 else 'papers'}"
    return _pictured(request, _listing(section.title, label, title_of(issue), titles))


def _named(request: Request) -> Response:
    """`/og/front.png` and `/og/trending.png`."""
    service = service_of(request)
    site = service.settings.site_name
    if request.path_params["name"] == "trending":
        window = read_window(request.query_params.get("window"))
        keys = [one.key for one in current(service).of(window)[:_LISTED]]
        with service.catalogue.reading() as desk:
            papers = desk.papers.by_keys(keys)
        titles = [plain(papers[key].title) for key in keys if key in papers]
        return _pictured(request, _listing(site, _WINDOWS[window], "Trending", titles))
    if request.path_params["name"] != "front":
        raise NotFoundError("There is no such picture.")
    return _pictured(request, _front(service))


def _front(service: Service) -> Picture:
    with service.catalogue.reading() as desk:
        latest = [plain(paper.title) for _, paper in desk.papers.latest(None, _LISTED)]
    return _listing(service.settings.site_name, "", "The latest papers", latest)


def _listing(site: str, label: str, title: str, titles: list[str]) -> Picture:
    return Picture(_cut(site), label, _cut(title), items=tuple(map(_cut, titles)))


def _cut(text: str) -> str:
    """As much of a text as could ever be drawn: what is kept in memory is bounded."""
    return text[:LONGEST_TEXT]


def _pictured(request: Request, picture: Picture) -> Response:
    told = repr((__version__, picture)).encode()
    tag = f'"{hashlib.blake2b(told, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={KEPT_SECONDS}"}
    if is_known(request, tag):
        response = unchanged(tag)
        response.headers.update(headers)
        return response
    # One at a time: whoever asks for many is not to take both cores.
    with _drawing:
        return Response(_png(picture), media_type="image/png", headers=headers)


@lru_cache(_REMEMBERED)
def _png(picture: Picture) -> bytes:
    return drawn(picture)


routes: list[BaseRoute] = [
    Route("/og/papers/{id:path}.png", _paper),
    Route("/og/editions/{kind}/{label}.png", _edition),
    Route("/og/{name}.png", _named),
]
