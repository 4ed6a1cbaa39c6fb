"""What operators watch: is it alive, is it ready, and how it fares (Prometheus)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

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

from broadsheet.catalogue import DIGEST, Desk, Fate
from broadsheet.errors import BroadsheetError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import present

_REQUESTS = Counter("broadsheet_requests", "Requests answered.", ["route", "status"])
_SECONDS = Histogram(
    "broadsheet_request_seconds",
    "Seconds to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
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
        told = "".join(
            [
                _told("papers", "Papers in the catalogue.", {"": desk.papers.count()}),
                _told(
                    "index_behind",
                    "Changes that the index has not taken in yet.",
                    {"": service.index.behind()},
                ),
                *_of_mail(desk, present()),
            ]
        )
    return Response(_counted() + told.encode(), media_type=CONTENT_TYPE_LATEST)


def _of_mail(desk: Desk, now: datetime) -> Iterator[str]:
    """Letters, subscriptions and what came back, as gauges: all of it is counted when asked for."""
    letters = {DIGEST: dict.fromkeys(Fate, 0), **desk.mailings.by_kind()}
    yield _told(
        "letters",
        "Letters in the outbox, by kind and what became of them.",
        {
            f'{{kind="{kind}",fate="{fate}"}}': count
            for kind, counts in letters.items()
            for fate, count in counts.items()
        },
    )
    due = desk.mailings.longest_due(now)
    waits = (now - due).total_seconds() if due is not None else 0
    yield _told(
        "oldest_queued_letter_seconds",
        "How long the letter is due that waits the longest for its first try.",
        {"": f"{waits:.0f}"},
    )
    subscriptions = desk.subscriptions.counts().items()
    yield _told(
        "subscriptions",
        "Subscriptions to regular letters, by state.",
        {f'{{state="{state}"}}': count for state, count in subscriptions},
    )
    yield _told(
        "bounces",
        "What came back of letters and is not forgotten yet: hard, soft or a complaint.",
        {f'{{kind="{kind}"}}': count for kind, count in desk.bounces.counts().items()},
    )
    refused = {"": desk.bounces.suppressed_count()}
    yield _told("suppressed_addresses", "Addresses that no letter goes to any more.", refused)
    odd = {"": desk.bounces.unknown_count()}
    yield _told("unknown_mails", "Mails that came back and were not understood.", odd)


def _told(name: str, meaning: str, values: Mapping[str, object]) -> str:
    """A gauge as Prometheus reads it, with its values by their labels."""
    name = f"broadsheet_{name}"
    lines = "".join(f"{name}{labels} {value}\n" for labels, value in values.items())
    return f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{lines}"


def _counted() -> bytes:
    registry = CollectorRegistry()
    try:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        # One process counts in its memory, several in files that the server set aside for it.
        return generate_latest()
    return generate_latest(registry)


routes = [Route("/healthz", _healthz), Route("/readyz", _readyz), Route("/metrics", _metrics)]
