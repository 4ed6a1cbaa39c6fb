"""A real web server on this machine whose answers a function makes, and how it is asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from broadsheet.errors import SourceError
from broadsheet.fetch import Client
from broadsheet.sources.remote import Cursor, Page, Remote, Wanted


@dataclass(frozen=True)
class Question:
    """One request as it came; header names are in lower case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer to give."""

    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200, /, **headers: str) -> Reply:
    """The answer that holds a value; underscores in header names are hyphens."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    content = json.dumps(value).encode()
    return Reply(content, status, {"Content-Type": "application/json", **named})


HTML = Reply(b"<!DOCTYPE html><html><body>Just a moment</body></html>")
CUT_OFF = Reply(b'[{"paper": {"id": "25')
NESTED = Reply(b"[" * 100_000)


@dataclass
class Replied:
    """Where the server is, and what it was asked."""

    url: str
    asked: list[Question]


@contextmanager
def replying(by: Callable[[Question], Reply]) -> Iterator[Replied]:
    """Serve what `by` answers to each request."""
    served = Replied("", [])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            headers = {name.lower(): value for name, value in self.headers.items()}
            question = Question(parts.path, query, headers, body)
            served.asked.append(question)
            reply = by(question)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def client() -> Client:
    """A client that may ask a server on this machine, and does not wait."""
    return Client(sleep=lambda _: None, jitter=lambda: 0.0)


def pages(source: Remote, wanted: Wanted) -> list[Page]:
    """All pages of a harvest that nothing stops."""
    return list(source.pages(client(), wanted))


def entries(found: list[Page]) -> list[object]:
    """What all the pages hold; errors by what they say, so that two can be equal."""
    return [
        (entry.place, entry.reason) if isinstance(entry, SourceError) else entry
        for page in found
        for entry in page.entries
    ]


def resumed(source: Remote, whole: Wanted, anew: Callable[[Cursor], Wanted]) -> list[list[object]]:
    """For each page, what a harvest stopped behind it and then gone on with has found."""
    found = pages(source, whole)
    results = []
    for stop, page in enumerate(found):
        if page.cursor is not None:
            kept = json.loads(json.dumps(dict(page.cursor)))
            results.append(entries(found[: stop + 1] + pages(source, anew(kept))))
    return results
