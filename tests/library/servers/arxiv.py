"""arXiv on this machine: its feeds (RSS and Atom) and its query API by ids, and their faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from tests.library.servers.telling import Telling, Told, telling

_NAMES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
_NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Announced:
    """A paper that arXiv knows: `kind` is how today's feed announces it, "" if it does not."""

    id: str
    submitted: datetime
    title: str = "A Paper"
    kind: str = "new"
    version: int = 1
    updated: datetime | None = None
    authors: str = "Ada Example, Bob Example"
    abstract: str = "We say something."
    categories: tuple[str, ...] = ("cs.LG", "cs.CL")
    comment: str = ""
    venue: str = ""
    doi: str = ""
    licence: str = "http://creativecommons.org/licenses/by/4.0/"


@dataclass
class Arxiv:
    """What arXiv says: its feeds are built at `built`, whatever batch stands in them."""

    papers: list[Announced] = field(default_factory=list)
    built: datetime = datetime(2025, 2, 13, 5, tzinfo=UTC)
    api_fails: bool = False
    api_errs: bool = False

    def answer(self, path: str) -> Told:
        """The answer to a path with its query."""
        parts = urlsplit(path)
        if parts.path == "/api/query":
            if self.api_fails:
                return Told(b"Rate exceeded.", 429)
            return Told(self._api(parse_qs(parts.query).get("id_list", [""])[0]).encode())
        if parts.path.startswith("/rss/"):
            return Told(self._rss().encode())
        if parts.path.startswith("/atom/"):
            return Told(self._atom().encode())
        return Told(b"", 404)

    def _api(self, listed: str) -> str:
        ids = listed.split(",")
        if self.api_errs:
            inner = (
                "<entry><id>http://arxiv.org/api/errors#incorrect_id_format</id>"
                "<title>Error</title><summary>incorrect id format</summary></entry>"
            )
        else:
            inner = "".join(self._entry(one) for one in self.papers if one.id in ids)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<feed {_ATOM}><title>ArXiv Query</title>'
            '<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
            f"{len(ids)}</opensearch:totalResults>{inner}</feed>"
        )

    def _entry(self, one: Announced) -> str:
        updated = one.updated or one.submitted
        authors = "".join(
            f"<author><name>{name}</name></author>" for name in one.authors.split(", ")
        )
        terms = "".join(f'<category term="{name}" scheme="x"/>' for name in sorted(one.categories))
        more = {"comment": one.comment, "journal_ref": one.venue, "doi": one.doi}
        told = "".join(
            f'<arxiv:{name} xmlns:arxiv="http://arxiv.org/schemas/atom">{escape(text)}</arxiv:{name}>'
            for name, text in more.items()
            if text
        )
        return (
            f"<entry><id>http://arxiv.org/abs/{one.id}v{one.version}</id>"
            f"<updated>{_iso(updated)}</updated><published>{_iso(one.submitted)}</published>"
            f"<title>{escape(one.title)}</title><summary>  {escape(one.abstract)}\n</summary>"
            f"{authors}{told}"
            f'<link href="http://arxiv.org/abs/{one.id}v{one.version}" rel="alternate"/>'
            f'<arxiv:primary_category xmlns:arxiv="x" term="{one.categories[0]}"/>{terms}</entry>'
        )

    def _rss(self) -> str:
        built = format_datetime(self.built.astimezone(_NEW_YORK))
        items = "".join(
            f"<item><title>{escape(one.title)}</title><link>https://arxiv.org/abs/{one.id}</link>"
            f"<description>{self._summary(one)}</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{one.id}v{one.version}</guid>'
            + "".join(f"<category>{name}</category>" for name in one.categories)
            + f"<pubDate>{built}</pubDate>{self._extra(one)}</item>"
            for one in self._today()
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><rss {_NAMES} version="2.0"><channel>'
            f"<title>cs.LG updates</title><lastBuildDate>{built}</lastBuildDate>"
            f"<pubDate>{built}</pubDate><skipDays><day>Sunday</day></skipDays>{items}</channel></rss>"
        )

    def _atom(self) -> str:
        entries = "".join(
            f"<entry><id>oai:arXiv.org:{one.id}v{one.version}</id><title>{escape(one.title)}</title>"
            f"<updated>{_iso(self.built)}</updated>"
            f'<link href="https://arxiv.org/abs/{one.id}" rel="alternate"/>'
            f"<summary>{self._summary(one)}</summary>"
            + "".join(f'<category term="{name}"/>' for name in one.categories)
            + f"{self._extra(one)}</entry>"
            for one in self._today()
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><feed {_ATOM} {_NAMES}><title>cs.LG</title>'
            f"<updated>{_iso(self.built)}</updated>{entries}</feed>"
        )

    def _today(self) -> list[Announced]:
        return [one for one in self.papers if one.kind]

    def _summary(self, one: Announced) -> str:
        text = f"arXiv:{one.id}v{one.version} Announce Type: {one.kind} \nAbstract: {one.abstract}"
        return escape(text)

    def _extra(self, one: Announced) -> str:
        venue = f"<arxiv:journal_reference>{one.venue}</arxiv:journal_reference>"
        doi = f"<arxiv:DOI>{one.doi}</arxiv:DOI>"
        return (
            f"<arxiv:announce_type>{one.kind}</arxiv:announce_type><dc:rights>{one.licence}"
            f"</dc:rights>{doi if one.doi else ''}{venue if one.venue else ''}"
            f"<dc:creator>{escape(one.authors)}</dc:creator>"
        )


@contextmanager
def serving_arxiv(arxiv: Arxiv) -> Iterator[Telling]:
    """Serve arXiv's feeds and its API at an address of this machine."""
    with telling(arxiv.answer) as served:
        yield served


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
