"""What operators watch: is it alive, is it ready, and how it fares (Prometheus)."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from broadsheet.errors import BroadsheetError
from broadsheet.faces.answers import service_of

_REQUESTS = Counter("broadsheet_requests", "Requests answered.", ["route", "status"])
_SECONDS = Histogram(
    "broadsheet_request_seconds",
    "Seconds to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_LETTERS = "broadsheet_letters"
_GAUGES = (
    ("broadsheet_papers", "Papers in the catalogue."),
    ("broadsheet_index_behind", "Changes that the index has not taken in yet."),
)


def count(route: str, status: int, seconds: float) -> None:
    """Count one request under the pattern of its path, so that ids are no labels."""
    _REQUESTS.labels(route, str(status)).inc()
    _SECONDS.labels(route).observe(seconds)


def _healthz(_request: Request) -> Response:
    """Alive: this process answers."""
    return PlainTextResponse("ok\n")


def _readyz(request: Request) -> Response:
    """Ready: the catalogue can be read and there is an index to search."""
    service = service_of(request)
    try:
        behind = service.index.behind()
        service.index.reader()
    except BroadsheetError as error:
        return JSONResponse({"ready": False, "problem": error.message}, 503)
    return JSONResponse({"ready": True, "index_behind": behind})


def _metrics(request: Request) -> Response:
    """The figures of all workers together."""
    service = service_of(request)
    with service.catalogue.reading() as desk:
        papers, letters = desk.papers.count(), desk.outbox.counts()
    told = [
        f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value}\n"
        for (name, meaning), value in zip(_GAUGES, (papers, service.index.behind()), strict=True)
    ]
    told += [
        f"# HELP {_LETTERS} Letters in the outbox, by what became of them.\n",
        f"# TYPE {_LETTERS} gauge\n",
        *(f'{_LETTERS}{{fate="{fate}"}} {count}\n' for fate, count in letters.items()),
    ]
    return Response(_counted() + "".join(told).encode(), media_type=CONTENT_TYPE_LATEST)


def _counted() -> bytes:
    registry = CollectorRegistry()
    try:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        # One process counts in its memory, several in files that the server set aside for it.
        return generate_latest()
    return generate_latest(registry)


routes = [Route("/healthz", _healthz), Route("/readyz", _readyz), Route("/metrics", _metrics)]
