"""Pages that an asker may keep: not made again while nothing has changed that they show."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response

from broadsheet.faces.answers import fresh, is_known, service_of, state_tag, unchanged, wanted
from broadsheet.faces.guard import is_personal
from broadsheet.service import Service

HTML = "text/html"
DRAWN_BYTES = 16 << 20
"""Of drawn pages that a process keeps for whoever asks next."""
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


def kept(handler: Handler, *kinds: str, beside: Callable[[Service], str] = lambda _: "") -> Handler:
    """A handler that need not answer what the asker holds already, nor draw a page twice.

    `beside` is what an answer depends on besides the catalogue, the index, the day, the address
    and its kind. What is somebody's own is drawn for them alone.
    """

    def answer(request: Request) -> Response:
        kind = wanted(request, kinds) if kinds else HTML
        service, drawn = service_of(request), _drawn(request)
        tag = state_tag(service, request, kind + beside(service))
        if is_known(request, tag):
            return unchanged(tag)
        found = None if is_personal(request) else drawn.get(tag)
        if found is not None:
            return found
        response = handler(request)
        if response.status_code == 200 and "Cache-Control" not in response.headers:
            response.headers.update(fresh(tag))
            if not is_personal(request):
                drawn.put(tag, response)
        return response

    return answer


def _drawn(request: Request) -> Drawn:
    drawn: Drawn = request.app.state.drawn
    return drawn


def _copy(page: Response) -> Response:
    copy = Response(page.body, page.status_code)
    copy.raw_headers = list(page.raw_headers)
    return copy
