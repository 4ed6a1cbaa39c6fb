"""A real web server on this machine that gives prepared answers, one after the other."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True)
class Answer:
    """One answer to give."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Asked], Answer]


@dataclass
class Served:
    """Where the server is, and what it was asked."""

    url: str
    asked: list[Asked]


@contextmanager
def serving(
    *answers: Answer, by: Answering | None = None, host: str = "127.0.0.1"
) -> Iterator[Served]:
    """Serve the answers in order, or what `by` answers to each request."""
    served = Served("", [])
    left = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.path, dict(self.headers), body, self.command)
            served.asked.append(asked)
            answer = by(asked) if by else next(left)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            try:
                self.wfile.write(answer.content)
            except ConnectionError:
                # A client may hang up on an answer that is too long.
                return

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer((host, 0), Handler) as server:
        served.url = f"http://{host}:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
