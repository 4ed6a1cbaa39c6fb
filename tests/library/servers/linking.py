"""A real web server that gives JSON Lines page by page, each naming the next in a Link header."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATH = "/papers.jsonl"


@dataclass
class Linking:
    """What is served: `pages` of records, the moment of their last change, and what was asked.

    `before` is called with the number of a page (from 0) before it is answered; where it gives a
    status, that is the answer. `turns` lets the last page link back to the first.
    """

    pages: Sequence[Sequence[dict[str, object] | str]]
    changed: str = ""
    before: Callable[[int], int] = lambda number: 200
    turns: bool = False
    asked: list[int] = field(default_factory=list)
    url: str = ""

    def follows(self, number: int) -> int | None:
        """The number of the page after this one."""
        if number + 1 < len(self.pages):
            return number + 1
        return 0 if self.turns else None


@contextmanager
def linking(served: Linking) -> Iterator[str]:
    """The address of the first page, while it is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            number = int(asked.get("page", ["0"])[0])
            served.asked.append(number)
            status = served.before(number)
            lines = [e if isinstance(e, str) else json.dumps(e) for e in served.pages[number]]
            content = "".join(f"{line}\n" for line in lines).encode()
            self.send_response(status)
            if (following := served.follows(number)) is not None:
                self.send_header("Link", f'<{PATH}?page={following}>; rel="next"')
            if served.changed:
                self.send_header("Last-Modified", served.changed)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            # Whoever asked may have been killed meanwhile.
            try:
                self.wfile.write(content)
            except ConnectionError:
                return

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_port}{PATH}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield served.url
        finally:
            server.shutdown()
            thread.join()


def toy_pages(pages: int, entries: int = 4) -> list[list[dict[str, object]]]:
    """So many pages of invented papers, no two alike."""
    return [
        [
            {"id": f"p{page}e{entry}", "title": f"Kettle number {page * entries + entry} of {page}"}
            for entry in range(entries)
        ]
        for page in range(pages)
    ]
