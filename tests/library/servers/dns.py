"""A name server on this machine that knows what a test tells it."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingUDPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Zone = Mapping[str, Sequence[str]]
"""Records as text by name and kind: `{"example.org TXT": ['"v=spf1 -all"']}`."""
FAIL = "SERVFAIL"
"""In place of a record: the server cannot tell."""
ZONE: dict[str, list[str]] = {}
"""What the server of a module knows, as long as a test says so."""


def text(value: str) -> str:
    """A TXT record's text, in pieces as long as they may be."""
    return " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255))


@contextmanager
def name_server(zone: Zone) -> Iterator[tuple[str, int]]:
    """The address and port of a server that answers by a zone, which may be changed meanwhile."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            content, wire = self.request
            wire.sendto(_answer(zone, content), self.client_address)

    with ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        host, port = server.server_address[:2]
        try:
            yield str(host), port
        finally:
            server.shutdown()
            thread.join(10)


def _answer(zone: Zone, content: bytes) -> bytes:
    asked = dns.message.from_wire(content)
    question = asked.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = question.rdtype.name
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.AA | dns.flags.RA
    records = zone.get(f"{name} {kind}", ())
    if FAIL in records:
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif records:
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
    elif not any(one.split()[0] == name for one in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire(max_size=65535)
