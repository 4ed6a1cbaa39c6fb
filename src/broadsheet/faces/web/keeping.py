"""Pages that an asker may keep: not made again while nothing has changed that they show."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from broadsheet.faces.answers import fresh, is_known, service_of, state_tag, unchanged, wanted
from broadsheet.faces.guard import is_personal, present
from broadsheet.service import Service

HTML = "text/html"
_MOST_DATES = 2000
Handler = Callable[[Request], Response]


def kept(
    handler: Handler,
    *kinds: str,
    beside: Callable[[Service], str] = lambda _: "",
    is_dated: bool = False,
) -> Handler:
    """A handler that need not answer what the asker holds already.

    `beside` is what an answer depends on besides the catalogue and the index. One that `is_dated`
    tells when it last changed, for those who know no entity tags.
    """
    dates = Dates()

    def answer(request: Request) -> Response:
        kind = wanted(request, kinds) if kinds else HTML
        service = service_of(request)
        tag = state_tag(service, request, kind + beside(service))
        now = present()
        since = dates.since(str(request.url), tag, now) if is_dated else None
        if is_known(request, tag) or (since and is_since(request, since)):
            return unchanged(tag)
        response = handler(request)
        if response.status_code == 200 and "Cache-Control" not in response.headers:
            response.headers.update(fresh(tag))
            if since and since <= now:
                response.headers["Last-Modified"] = format_datetime(since, usegmt=True)
        return response

    return answer


class Dates:
    """Since when answers have been as they are, as far as this process has seen.

    The papers of a feed do not tell: one that comes late is older than those that are there.
    """

    def __init__(self) -> None:
        """Begin with no answer seen."""
        self._seen: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def since(self, url: str, tag: str, now: datetime) -> datetime:
        """The first whole second after the answer of an address was first seen with this tag.

        Another answer of the same second could not be told from it; so until then it has no date.
        """
        with self._lock:
            former, since = self._seen.pop(url, ("", now))
            if former != tag:
                since = now.replace(microsecond=0) + timedelta(seconds=1)
            self._seen[url] = tag, since
            if len(self._seen) > _MOST_DATES:
                self._seen.popitem(last=False)
        return since


def is_since(request: Request, since: datetime) -> bool:
    """Whether the asker holds what has not changed since then (If-Modified-Since, RFC 9110).

    Who names entity tags is answered by those alone; what is no date is as if it were not there.
    """
    told = request.headers.getlist("if-modified-since")
    if "if-none-match" in request.headers or is_personal(request) or len(told) != 1:
        return False
    try:
        held = parsedate_to_datetime(told[0])
    except ValueError:
        return False
    return since <= (held if held.tzinfo else held.replace(tzinfo=UTC))
