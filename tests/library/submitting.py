"""A site in this process whose arXiv and Crossref stand on this machine, and forms sent to it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from starlette.testclient import TestClient

from broadsheet.catalogue import Catalogue
from broadsheet.faces.app import create
from broadsheet.people import Reader, Role
from broadsheet.settings import Settings
from tests.library.people import catalogue_of, cookie_of, enrol
from tests.library.servers.arxiv import Announced, Arxiv, serving_arxiv
from tests.library.servers.telling import Telling
from tests.library.site import fill

Answer: TypeAlias = Any
"""What the test client answers, which is of whichever HTTP library it found."""
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TODAY = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
LANTERNS = Announced(
    "2611.00001",
    TODAY - timedelta(days=2),
    title="Lanterns for Lost Gradients",
    abstract="Gradients get lost in deep networks. We hang lanterns along the way, small "
    "auxiliary losses that go out by themselves, and show on five tasks that fewer are lost.",
    categories=("cs.LG",),
)
OLD = Announced("2001.00002", datetime(2020, 1, 3, tzinfo=UTC), title="An Old Paper on Wells")
PHYSICS = Announced(
    "2611.00003", TODAY - timedelta(days=1), title="Falling Cats", categories=("physics.pop-ph",)
)
ENTRY = f"""@article{{tiles, title = {{Tiles that Never Repeat, by Hand}},
  author = {{Holm, Ana and Quill, Tomas}}, journal = {{Journal of Patient Computing}},
  year = {{{TODAY.year}}}, url = {{https://tiles.example/paper}}}}"""


@dataclass(frozen=True)
class Desk:
    """A site with somebody signed in, and the arXiv that it asks."""

    site: TestClient
    catalogue: Catalogue
    arxiv: Telling
    reader: Reader
    settings: Settings

    def sign_in(self, name: str, role: Role = Role.READER) -> Reader:
        """Be another reader from now on, a new one."""
        reader = enrol(self.catalogue, name, role)
        self.be(reader)
        return reader

    def be(self, reader: Reader | None) -> None:
        """Be another reader from now on, or nobody."""
        self.site.cookies.clear()
        if reader is not None:
            for name, value in cookie_of(self.catalogue, reader).items():
                self.site.cookies.set(name, value)

    def token(self, path: str = "/papers/submit") -> str:
        """The token of the forms of a page."""
        found = re.search(r'name="form" value="([0-9a-f]+)"', self.site.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, fields: Mapping[str, str], page: str = "/papers/submit") -> Answer:
        """Send a form that stands on a page."""
        form = {"form": self.token(page), **fields}
        return self.site.post(path, data=form, follow_redirects=False)

    def look(self, text: str) -> Answer:
        """Have a paper looked up."""
        return self.post("/papers/submit", {"paper": text})

    def send(self, shown: Answer, **added: str) -> Answer:
        """Send what was shown."""
        token = re.search(r'name="token" value="([^"]+)"', shown.text)
        assert token, shown.text
        return self.post("/papers/submit/send", {"token": token[1], **added})

    def submit(self, text: str, **added: str) -> Answer:
        """Look a paper up and send it."""
        return self.send(self.look(text), **added)


@contextmanager
def desk_over(home: Path, reader: str = "ada", **settings: object) -> Iterator[Desk]:
    """A site over the toy library, asked by one reader, with an arXiv of three papers."""
    with serving_arxiv(Arxiv(papers=[LANTERNS, OLD, PHYSICS])) as arxiv:
        held = fill(home, ()).model_copy(
            update={
                "endpoints": {"arxiv-ids": arxiv.url, "crossref": arxiv.url, "openalex": arxiv.url},
                **settings,
            }
        )
        catalogue = catalogue_of(home)
        with TestClient(create(held), headers=BROWSER) as site:
            desk = Desk(site, catalogue, arxiv, enrol(catalogue, reader), held)
            desk.be(desk.reader)
            yield desk
        catalogue.close()
