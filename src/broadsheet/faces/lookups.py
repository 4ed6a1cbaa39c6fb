"""Looking a paper up at its source for somebody who waits: few at a time, and soon given up."""

import threading
import time

from starlette.requests import Request

from broadsheet.community import Found, found
from broadsheet.errors import BusyError, TooOftenError
from broadsheet.faces.answers import service_of
from broadsheet.faces.guard import WINDOW_SECONDS, Limiter, present
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
        return found(
            service.catalogue,
            lambda: open_hurried_client(service.settings),
            source_access(service.settings),
            text,
            present(),
        )
    finally:
        _places.release()
