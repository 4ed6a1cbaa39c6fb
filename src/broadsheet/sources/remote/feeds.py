"""Any RSS, Atom or RDF feed by its address: `feed:https://host/feed.xml`."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Place, Record
from broadsheet.sources.dates import partial, read_date
from broadsheet.sources.names import listed_names
from broadsheet.sources.remote import Entry, Options, Page, Wanted
from broadsheet.sources.remote.feed_process import MOST_ENTRIES
from broadsheet.sources.remote.feed_reading import read_feed
from broadsheet.text import title_key

FORMAT: Final = "feed"
LARGEST: Final = 16 << 20
"""Bytes of a feed that are read."""

_DIGEST_BYTES = 10
_ARXIV_ENTRY = re.compile(r"oai:arXiv\.org:(.+)", re.IGNORECASE)
_DOI_PATH = re.compile(r"/doi/(?:[a-z]{3,8}/)?(10\.\d{4,9}/[^?#]+)", re.IGNORECASE)
_PREPRINT_PATH = re.compile(r"/content/(10\.1101/\d[\d.]*\d)(?:v\d+)?(?:\.[a-z][\w.-]*)?/?")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d.*", re.DOTALL)
_TRACKING = re.compile(r"utm_|fbclid|mc_[ce]id|ref$|rss$|source$", re.IGNORECASE)
_SLUG = re.compile(r"[^a-z0-9]+")
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Feeds:
    """One feed: all that it holds is one page, whatever days are wanted.

    A feed holds only what is recent, and what is late in it may bear an old date, so that nothing
    of it is left out for its date. A record is known by the DOI or arXiv id that its entry gives,
    else by its guid, link or title, as far as they name one entry of the feed alone.
    """

    name: str
    url: str

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The feed as it is now; SourceError where it is none or cannot be parsed at all.

        A feed that is not well-formed gives what can be read of it and a SourceError that says so.
        """
        answer = client.get(
            self.url,
            headers={"Accept": "application/atom+xml, application/rss+xml, application/xml, */*"},
            most_bytes=LARGEST,
            conditional=True,
        )
        # What has not changed is read again: the run that got it may not have filed it.
        feed = read_feed(answer.content, _headers(answer.headers, answer.url), self._place)
        ids = _native_ids(feed.entries)
        entries: list[Entry] = []
        for number, (values, native_id) in enumerate(zip(feed.entries, ids, strict=True), start=1):
            entries.append(self._record(number, values, native_id))
        if feed.complaint:
            entries.append(self._fault(f"the feed is not well-formed ({feed.complaint})"))
        if feed.begun > MOST_ENTRIES:
            entries.append(
                self._fault(f"of {feed.begun:,} entries the first {MOST_ENTRIES:,} were read")
            )
        yield Page(
            entries=tuple(entries),
            announced=_newest(feed.entries, wanted.now),
            total=max(feed.begun, len(feed.entries)),
        )

    def expected(self, now: datetime) -> datetime | None:
        """None: feeds keep no rhythm that is known."""

    @property
    def _place(self) -> str:
        """The address without what may be secret in it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def _fault(self, message: str) -> SourceError:
        return SourceError(message, place=self._place, hint="what could be read of it was")

    def _record(self, number: int, values: Mapping[str, object], native_id: str) -> Entry:
        if not native_id:
            return SourceError(
                "the entry has no title, link or id",
                place=f"{self._place}:{number}",
                raw=_raw(values),
            )
        published, updated = _day(values, "published"), _day(values, "updated")
        return Record(
            title=_text(values, "title"),
            abstract=_text(values, "summary"),
            authors=_authors(values),
            announced=published or updated,
            revised=updated if published and updated and updated > published else None,
            venue=_text(values, "prism_publicationname"),
            categories=tuple(_texts(values, "tags")),
            links=tuple(_links(values)),
            licence=_licence(values),
            arxiv_id=_arxiv_id(values),
            doi=_doi(values),
            source=self.name,
            format=FORMAT,
            raw=_raw(values),
            native_id=native_id,
            place=Place(self.name, number),
        )


def open_source(what: str, options: Options) -> Feeds:
    """The feed at the address `what`; SettingError if that is no address of the web."""
    url = options.base or what
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address or any(sign.isspace() for sign in url):
        raise SettingError(
            f"{what[:80]!r} is not the address of a feed", hint="write feed:https://host/feed.xml"
        )
    slug = _SLUG.sub("-", (parts.hostname or "").removeprefix("www.")).strip("-")[:40]
    return Feeds(f"feed-{slug}-{_digest(what)[:6]}", url)


def _headers(headers: Mapping[str, str], url: str) -> dict[str, str]:
    """What of an answer says how its content is to be read."""
    said = {"content-location": url}
    if content_type := headers.get("content-type"):
        said["content-type"] = content_type
    return said


def _native_ids(entries: Sequence[Mapping[str, object]]) -> list[str]:
    """What names each entry; empty where nothing does.

    An id that two entries with different titles bear, names neither of them.
    """
    titles: dict[str, set[str]] = defaultdict(set)
    candidates = [_candidates(values) for values in entries]
    for values, names in zip(entries, candidates, strict=True):
        for name in names:
            titles[name].add(title_key(_text(values, "title")))
    return [next((name for name in names if len(titles[name]) == 1), "") for names in candidates]


def _candidates(values: Mapping[str, object]) -> list[str]:
    """All that may name an entry, the best first."""
    names = [_doi(values) or "", _arxiv_id(values) or ""]
    if guid := _text(values, "id").strip():
        names.append(_digest(f"guid {guid}"))
    if link := _text(values, "link").strip():
        names.append(_digest(f"link {_untracked(link)}"))
    if key := title_key(_text(values, "title")):
        names.append(_digest(f"title {key}"))
    return [name for name in names if name]


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _untracked(link: str) -> str:
    """A link without its fragment and what only says where a reader came from."""
    try:
        parts = urlsplit(link)
        query = [pair for pair in parse_qsl(parts.query, True) if not _TRACKING.match(pair[0])]
    except ValueError:
        return link
    return urlunsplit(("", parts.netloc.lower(), parts.path, urlencode(query), ""))


def _arxiv_id(values: Mapping[str, object]) -> str | None:
    for name in ("id", "link", "dc_identifier", "prism_doi"):
        text = _text(values, name).strip()
        announced = _ARXIV_ENTRY.fullmatch(text)
        if found := parse_arxiv_id(announced[1] if announced else text):
            return found
    return None


def _doi(values: Mapping[str, object]) -> str | None:
    """The DOI that an entry says outright, else the one within its link or id."""
    for name in ("prism_doi", "dc_identifier", "id", "link"):
        text = _text(values, name).strip().removeprefix("info:doi/")
        if (found := parse_doi(text)) and found.isprintable() and not parse_arxiv_id(found):
            return found
    for name in ("link", "id"):
        try:
            path = unquote(urlsplit(_text(values, name).strip()).path)
        except ValueError:
            continue
        held = _PREPRINT_PATH.fullmatch(path) or _DOI_PATH.fullmatch(path)
        if held and (found := parse_doi(held[1])) and found.isprintable():
            return found
    return None


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _texts(values: Mapping[str, object], name: str) -> list[str]:
    value = values.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _raw(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _authors(values: Mapping[str, object]) -> tuple[Author, ...]:
    said = _texts(values, "authors")
    names = listed_names(said[0]) if len(said) == 1 else said
    # Of `ana@host.science (Ana Holm)` the parser leaves `nce (Ana Holm`.
    whole = (name.rpartition("(")[2] if ")" not in name else name for name in names)
    return tuple(Author(name) for name in whole if "@" not in name)


def _links(values: Mapping[str, object]) -> Iterator[Link]:
    if page := _text(values, "link"):
        yield Link(LinkKind.PAGE, page)
    links = values.get("links")
    for link in links if isinstance(links, list) else ():
        href, _, kind = link
        if kind == "application/pdf":
            yield Link(LinkKind.PDF, href)


def _licence(values: Mapping[str, object]) -> str:
    """The licence that is linked; a line on who holds the rights is none."""
    said = _text(values, "license") or _text(values, "rights")
    return said if said.startswith(("http://", "https://")) else ""


def _day(values: Mapping[str, object], name: str) -> PartialDate | None:
    """The day in UTC; as much of it as can be read where the parser understood nothing."""
    if moment := _moment(values, name):
        return partial(moment.year, moment.month, moment.day)
    return read_date(_TIME_OF_DAY.sub("", _text(values, name)[:100]))


def _moment(values: Mapping[str, object], name: str) -> datetime | None:
    parts = values.get(f"{name}_at")
    try:
        return datetime(*parts).replace(tzinfo=UTC) if isinstance(parts, list) else None
    except (ValueError, TypeError, OverflowError):
        return None


def _newest(entries: Sequence[Mapping[str, object]], now: datetime) -> datetime | None:
    """When the newest entry was published; a date that is still to come announces nothing."""
    moments = (_moment(values, "published") or _moment(values, "updated") for values in entries)
    return max((moment for moment in moments if moment and moment <= now + _AHEAD), default=None)
