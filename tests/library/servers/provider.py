"""Another's OAI-PMH repository (oai_repo) over a few papers; run by the Python that has it.

`python provider.py 50` serves 50 papers, seven a page, until the standard input ends; the address
is printed first.
"""

import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import oai_repo  # type: ignore[import-not-found]
from lxml import etree  # type: ignore[import-not-found,import-untyped,unused-ignore]

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
FIRST = datetime(2025, 1, 1, 12, tzinfo=UTC)


class Papers(oai_repo.DataInterface):  # type: ignore[misc]
    """So many papers, one a day, the even ones in one set and the odd ones in another."""

    limit = 7

    def __init__(self, count: int) -> None:
        self.names = [f"oai:peer.example:{place}" for place in range(count)]

    def get_identify(self) -> Any:
        """What the repository says of itself."""
        return oai_repo.Identify(
            repository_name="Peer",
            base_url="http://127.0.0.1/oai",
            admin_email=["a@peer.example"],
            earliest_datestamp=f"{FIRST:%Y-%m-%dT%H:%M:%SZ}",
            deleted_record="no",
            granularity="YYYY-MM-DDThh:mm:ssZ",
        )

    def is_valid_identifier(self, identifier: str) -> bool:
        """Whether there is such a paper."""
        return identifier in self.names

    def get_metadata_formats(self, identifier: str | None = None) -> list[Any]:
        """Dublin Core alone."""
        return [oai_repo.MetadataFormat("oai_dc", f"{OAI_DC[:-1]}.xsd", OAI_DC)]

    def get_record_header(self, identifier: str) -> Any:
        """Its identifier, day and set."""
        place = self.names.index(identifier)
        stamp = f"{FIRST + timedelta(days=place):%Y-%m-%dT%H:%M:%SZ}"
        sets = ["odd" if place % 2 else "even"]
        return oai_repo.RecordHeader(identifier, stamp, sets)

    def get_record_metadata(self, identifier: str, metadataprefix: str) -> Any:
        """Its title and author."""
        root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC})
        place = self.names.index(identifier)
        for name, text in (("title", f"Paper {place} & more"), ("creator", "Example, Ada")):
            etree.SubElement(root, f"{{{DC}}}{name}").text = text
        return root

    def get_record_abouts(self, identifier: str) -> list[Any]:
        """Where it comes from, which is no part of the paper."""
        about = etree.Element("provenance")
        etree.SubElement(about, "title").text = "not the title"
        return [about]

    def list_set_specs(self, identifier: str | None = None, cursor: int = 0) -> Any:
        """The two sets."""
        return ["even", "odd"], None, None

    def get_set(self, setspec: str) -> Any:
        """A set by its name."""
        return oai_repo.Set(spec=setspec, name=setspec) if setspec in ("even", "odd") else None

    def list_identifiers(
        self,
        metadataprefix: str,
        filter_from: datetime | None = None,
        filter_until: datetime | None = None,
        filter_set: str | None = None,
        cursor: int = 0,
    ) -> Any:
        """A page of those that fit, and how many fit."""
        found = [
            name
            for place, name in enumerate(self.names)
            if (not filter_from or FIRST + timedelta(days=place) >= filter_from)
            and (not filter_until or FIRST + timedelta(days=place) <= filter_until)
            and (not filter_set or filter_set == ("odd" if place % 2 else "even"))
        ]
        return found[cursor : cursor + self.limit], len(found), None


def main() -> None:
    """Serve until the standard input ends."""
    repository = oai_repo.OAIRepository(Papers(int(sys.argv[1])))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = dict(parse_qsl(urlsplit(self.path).query))
            content = bytes(repository.process(given))
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}/oai", flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
