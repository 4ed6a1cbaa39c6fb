"""A reader's own searches over the API: those that are kept, keeping one, forgetting one."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from broadsheet.catalogue import Desk, SavedSearch
from broadsheet.digests import LONGEST_SEARCH, forget_search, keep_search, searches_of
from broadsheet.faces.answers import PRIVATE, base_of, service_of
from broadsheet.faces.api.writing import Body, text_of, written
from broadsheet.faces.guard import present
from broadsheet.faces.who import Asker, known

PATH = "/api/v1/searches"
MOST_MATCHES = 100


def _searches(request: Request) -> Response:
    """`GET /api/v1/searches`: what the asker keeps, each with the papers that it matched."""
    reader = known(request).reader
    with service_of(request).catalogue.reading() as desk:
        kept = [
            _search_json(request, desk, one) for one in searches_of(desk, reader_key=reader.key)
        ]
    return JSONResponse({"searches": kept}, headers=PRIVATE)


def _keep(request: Request, desk: Desk, asker: Asker, body: Body) -> tuple[int, Any]:
    """`POST /api/v1/searches`: keep one; one that is kept stays as it is."""
    query = text_of(body, "query", most=LONGEST_SEARCH)
    kept = keep_search(desk, query, present(), reader_key=asker.reader.key)
    return 201, _search_json(request, desk, kept)


def _forget(request: Request, desk: Desk, asker: Asker, _body: Body) -> tuple[int, Any]:
    """`DELETE /api/v1/searches/{key}`: forget one."""
    forget_search(desk, request.path_params["key"], reader_key=asker.reader.key)
    return 200, {}


def _search_json(request: Request, desk: Desk, one: SavedSearch) -> dict[str, Any]:
    matched = desk.watches.matches(one.key, one.made, MOST_MATCHES)
    papers = desk.papers.by_keys(matched)
    query = urlencode({"q": one.query, "sort": "date"})
    return {
        "key": one.key,
        "query": one.query,
        "made": one.made.isoformat(),
        "feed": f"{base_of(service_of(request), request)}/feeds/search.atom?{query}",
        "matches": [str(papers[key].id) for key in matched if key in papers],
    }


routes: list[BaseRoute] = [
    Route(PATH, _searches),
    Route(PATH, written(_keep), methods=["POST"]),
    Route(f"{PATH}/{{key:int}}", written(_forget), methods=["DELETE"]),
]
