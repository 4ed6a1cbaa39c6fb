"""Pages that an asker may keep: not made again while nothing has changed that they show."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

from broadsheet.faces.answers import fresh, is_known, service_of, state_tag, unchanged, wanted
from broadsheet.faces.guard import is_personal, present
from broadsheet.service import Service

HTML = "text/html"
DRAWN_BYTES = 16 << 20
"""Of drawn pages that a process keeps for whoever asks next."""
_MOST_DATES = 2000
Handler = Callable[[Request], Response]


class Drawn:
    """The pages drawn last, by their entity tags; its methods may be called from any thread.

    A tag names a state of the catalogue and the index, so that a page is never wrong, only no
    longer asked for: the one asked for longest ago goes first.
    """

    def __init__(self, most_bytes: int = DRAWN_BYTES) -> None:
        """Keep at most so many bytes of pages."""
        self._most, self._held, self._lock = most_bytes, 0, Lock()
        self._pages: OrderedDict[str, Response] = OrderedDict()

    def __len__(self) -> int:
        """How many pages are kept."""
        return len(self._pages)

    def get(self, tag: str) -> Response | None:
        """The page that a tag names, as a copy, since what sends an answer changes its headers."""
        with self._lock:
            page = self._pages.get(tag)
            if page is not None:
                self._pages.move_to_end(tag)
        return None if page is None else _copy(page)

    def put(self, tag: str, page: Response) -> None:
        """Keep a page; one that is sent bit by bit is not kept."""
        if not hasattr(page, "body") or len(page.body) > self._most:
            return
        with self._lock:
            before = self._pages.pop(tag, None)
            self._held += len(page.body) - (len(before.body) if before else 0)
            self._pages[tag] = _copy(page)
            while self._held > self._most:
                self._held -= len(self._pages.popitem(last=False)[1].body)


def kept(
    handler: Handler,
    *kinds: str,
    beside: Callable[[Service], str] = lambda _: "",
    is_dated: bool = False,
    is_passing: bool = False,
) -> Handler:
    """A handler that need not answer what the asker holds already, nor draw a page twice.

    `beside` is what an answer depends on besides the catalogue, the index, the day, the address
    and its kind. What is somebody's own is drawn for them alone. An answer that `is_dated` tells
    when it last changed, for those who know no entity tags. One that `is_passing` names numbers
    that its tag leaves out, and is drawn each time.
    """
    dates = Dates()

    def answer(request: Request) -> Response:
        kind = wanted(request, kinds) if kinds else HTML
        service, drawn = service_of(request), _drawn(request)
        is_single = is_passing or is_personal(request)
        tag = state_tag(service, request, kind + beside(service))
        now = present()
        since = dates.since(str(request.url), tag, now) if is_dated else None
        if is_known(request, tag) or (since and is_since(request, since)):
            return unchanged(tag)
        response = None if is_single else drawn.get(tag)
        if response is None:
            response = handler(request)
            if response.status_code != 200 or "Cache-Control" in response.headers:
                return response
            response.headers.update(fresh(tag))
            if not is_single:
                drawn.put(tag, response)
        if since and since <= now:
            response.headers["Last-Modified"] = format_datetime(since, usegmt=True)
        return response

    return answer


def _drawn(request: Request) -> Drawn:
    drawn: Drawn = request.app.state.drawn
    return drawn


def _copy(page: Response) -> Response:
    copy = Response(page.body, page.status_code)
    copy.raw_headers = list(page.raw_headers)
    return copy


class Dates:
    """Since when answers have been as they are, as far as this process has seen.

    The papers of a feed do not tell: one that comes late is older than those that are there.
    """

    def __init__(self) -> None:
        """Begin with no answer seen."""
        self._seen: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = Lock()

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
