"""Looking a paper up at its source for somebody who waits: few at a time, and soon given up."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from broadsheet import ingest
from broadsheet.community import Found, found
from broadsheet.errors import BusyError, TooOftenError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import WINDOW_SECONDS, Limiter, present
from broadsheet.ingest import Prepared
from broadsheet.papers import PaperId
from broadsheet.people import Reader
from broadsheet.service import open_hurried_client, source_access

TOGETHER = 3
"""Look-ups at a time in one process: the threads that answer pages are not to wait for others."""
ALLOWED = 20
"""Look-ups of one reader in five minutes."""
_PATIENCE = 10.0
_places = threading.BoundedSemaphore(TOGETHER)
_limiter = Limiter(ALLOWED)


def looked_up(request: Request, reader: Reader, text: str) -> Found:
    """The paper that an id, an address or a BibTeX entry means; never within a transaction.

    Raises InputError, NotFoundError, FetchError or SourceError for what cannot be had,
    TooOftenError or BusyError where it is not even asked for.
    """
    settings, catalogue = service_of(request).settings, service_of(request).catalogue
    with _place(request, reader):
        return found(
            catalogue,
            lambda: open_hurried_client(settings),
            source_access(settings),
            text,
            present(),
        )


def looked_anew(request: Request, reader: Reader, id: PaperId) -> Prepared:
    """What the source of a paper that is here says of it now, ready to be filed; raises as that."""
    service = service_of(request)
    with _place(request, reader), open_hurried_client(service.settings) as client:
        record = ingest.looked_up(client, source_access(service.settings), id, present())
    with service.catalogue.reading() as desk:
        return ingest.readied(desk, record)


@contextmanager
def _place(request: Request, reader: Reader) -> Iterator[None]:
    """One of the few look-ups at a time, counted as the reader's."""
    service = service_of(request)
    whose = f"{service.catalogue.lineage} {reader.key}"
    allowance = _limiter.take(whose, time.time())
    if allowance and not allowance.allowed:
        raise TooOftenError(
            f"{ALLOWED} papers may be looked up in {WINDOW_SECONDS // 60} minutes.",
            hint="Wait a little.",
            retry_after=max(1, allowance.reset),
        )
    if not _places.acquire(timeout=_PATIENCE):
        raise BusyError("Others are having papers looked up.", hint="Try again in a moment.")
    try:
        yield
    finally:
        _places.release()
