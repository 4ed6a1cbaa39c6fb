"""arXiv's feeds: what was announced today, and whether that is really of today."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id
from broadsheet.papers import PartialDate, Record
from broadsheet.sources.remote import Entry, Options, Page, Wanted, arxivids
from broadsheet.sources.remote.arxiv import GRACE
from broadsheet.sources.remote.arxivrecords import (
    announcement_after,
    authors_of,
    is_withdrawn,
    last_announcement,
)
from broadsheet.sources.remote.xmlpages import Piece, cut

BASE: Final = "https://rss.arxiv.org"
NAME: Final = "arxiv-rss"

_KINDS = {"rss": ("rss", {"item": 3}), "atom": ("feed", {"entry": 2})}
_CATEGORY = re.compile(r"[A-Za-z-]{2,20}(?:\.[A-Za-z-]{2,20})?")
_LABEL = re.compile(r"\AarXiv:\S+\s+Announce Type:[^\n]*\n\s*(?:Abstract:\s*)?", re.IGNORECASE)
_ASKED_FOR = 10
_HINT = "Give categories with a plus between: arxiv-rss:cs.LG+cs.CL"


@dataclass(frozen=True, slots=True)
class _Told:
    """One item: its id, how it was announced (`new`, `cross`, `replace`, …), and what it says."""

    arxiv_id: str
    kind: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class ArxivRss:
    """Today's announcements in some categories, by RSS or Atom."""

    categories: tuple[str, ...]
    format: str = "rss"
    base: str = BASE
    api: str = arxivids.BASE
    name: str = NAME

    def expected(self, now: datetime) -> datetime | None:
        """The last announcement of Sunday to Thursday that is some hours old.

        arXiv's holidays are not known here: after one, the source is held to be stale for a day.
        """
        return last_announcement(now, GRACE)

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """One page: all there is. Its `announced` is not what the feed says of itself.

        A feed may be built anew with the day before in it, so arXiv is asked when the newest of
        its papers was submitted. Where that is not to be had, `announced` is None.
        """
        url = f"{self.base}/{self.format}/{'+'.join(self.categories)}"
        root, entries = _KINDS[self.format]
        found = cut(client.get(url, conditional=True).content, entries, url, _told)
        if found.root != root:
            raise FetchError(f"{url} answered with `{found.root[:40]}`, not a feed.", hint=_HINT)
        around = dict(found.around)
        built = _moment(around.get("pubDate") or around.get("updated") or "")
        announced = self._announced(client, found.pieces, built, wanted.now)
        told = {one.arxiv_id or str(place): one for place, one in enumerate(found.pieces)}
        dated = (_dated(one, announced) for one in told.values())
        yield Page(entries=tuple(dated), announced=announced, total=len(told))

    def _announced(
        self, client: Client, told: list[_Told], built: datetime | None, now: datetime
    ) -> datetime | None:
        """When the newest batch in the feed was announced; None for an empty feed, or unknown."""
        new = [one.arxiv_id for one in told if one.kind == "new" and one.arxiv_id]
        if not new:
            return None
        try:
            found = arxivids.ask(client, self.api, sorted(new, key=_age)[-_ASKED_FOR:])
        except (FetchError, SourceError):
            return None
        # A paper that was held back was submitted for an earlier batch than it came out in.
        batches = [announcement_after(one.submitted) for one in found if one.submitted]
        latest = last_announcement(min(built or now, now), timedelta(0))
        return min(max(batches), latest) if batches else None


def open_source(what: str, options: Options) -> ArxivRss:
    """`cs.LG+cs.CL`, perhaps with `?format=atom`; SettingError for what is no category."""
    listed, _, query = what.partition("?")
    format = query.removeprefix("format=") or "rss"
    categories = tuple(dict.fromkeys(one for one in re.split(r"[+,\s]+", listed) if one))
    if not categories:
        raise SettingError("`arxiv-rss` names no category", hint=_HINT)
    for category in categories:
        if not _CATEGORY.fullmatch(category):
            raise SettingError(f"`{category[:40]}` is no category of arXiv", hint=_HINT)
    if format not in _KINDS:
        raise SettingError(f"arXiv has no feed in the format `{format[:40]}`", hint="rss or atom")
    if not options.base:
        return ArxivRss(categories, format)
    base = options.base.rstrip("/")
    return ArxivRss(categories, format, base, api=base)


def _told(piece: Piece) -> _Told:
    names = [piece.first(name) for name in ("guid", "id", "link")]
    names += [text for name, text in piece.values if name == "@href"]
    arxiv_id = next(filter(None, map(_arxiv_id, names)), "")
    kind = piece.first("announce_type").lower()
    title = piece.first("title")
    if not arxiv_id or not title:
        place = f"{NAME}:{arxiv_id or names[0] or names[1] or '?'}"
        fault = SourceError("the item has no arXiv id or no title", place=place, raw=piece.raw)
        return _Told(arxiv_id, kind, fault)
    text = piece.first("description") or piece.first("summary")
    abstract = _LABEL.sub("", text)
    terms = [text.strip() for name, text in piece.values if name == "@term"]
    record = Record(
        title=title,
        abstract=abstract,
        authors=authors_of(", ".join(piece.all("creator"))),
        venue=piece.first("journal_reference"),
        categories=tuple(dict.fromkeys([*piece.all("category"), *terms])),
        licence=piece.first("rights"),
        withdrawn=is_withdrawn(abstract),
        arxiv_id=arxiv_id,
        doi=next(iter(piece.first("DOI").split()), None),
        source=NAME,
        format="arxiv-feed",
        raw=piece.raw,
        native_id=arxiv_id,
    )
    return _Told(arxiv_id, kind, record)


def _dated(told: _Told, announced: datetime | None) -> Entry:
    """The entry with the day of its batch, where the feed tells of something new."""
    if not isinstance(told.entry, Record) or not announced:
        return told.entry
    day = PartialDate(announced.year, announced.month, announced.day)
    if told.kind == "new":
        return replace(told.entry, announced=day)
    return replace(told.entry, revised=day) if told.kind.startswith("replace") else told.entry


def _arxiv_id(text: str) -> str | None:
    return parse_arxiv_id(text.removeprefix("oai:arXiv.org:"))


def _age(arxiv_id: str) -> tuple[bool, str]:
    """By what ids are in order of time: `2502.08025` before `2502.10001`, old ones first."""
    return "/" not in arxiv_id, arxiv_id.rpartition("/")[2]


def _moment(text: str) -> datetime | None:
    """A moment as mail and RSS, or as Atom, write it; aware UTC."""
    try:
        moment = parsedate_to_datetime(text) if "," in text else datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
