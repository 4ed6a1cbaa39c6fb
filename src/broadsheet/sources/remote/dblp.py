"""DBLP: the publications that a query finds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.papers import Record
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.remote import Entry as Found
from broadsheet.sources.remote import Options, Page, Wanted, paging, replies

NAME: Final = "dblp"
BASE: Final = "https://dblp.org"
FORMAT: Final = "dblp-hit"

_PAGE: Final = 100
_REACH: Final = 10_000
"""The search goes no further; a query that finds more is to be made narrower."""
_NUMBERED = re.compile(r" \d{4}$")
_KEY = re.compile(r"[A-Za-z0-9_./+:-]+")
_WITHDRAWN = "withdrawn items"
_NOT_PAPERS = frozenset(("editorship", "reference works", "data and artifacts"))


@dataclass(frozen=True, slots=True)
class Dblp:
    """The publications of one query in DBLP's own words.

    DBLP knows years alone: of the days wanted their years count. It has no abstracts.
    """

    query: str
    base: str = BASE
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The publications, a hundred a page; proceedings as such are left out."""
        at = 0
        if wanted.cursor is not None:
            at = _number(replies.kept(wanted.cursor, "at", self.name)) or 0
        turned = paging.Turned(f"{self.name}/search")
        while True:
            hits, total = self._asked(client, at)
            turned.note(hits)
            where = f"{self.name}/search/{at}"
            at += len(hits)
            is_last = not hits or at >= total
            entries = [entry for entry in self._entries(hits, where) if _is_wanted(entry, wanted)]
            if total > _REACH and (is_last or at >= _REACH):
                entries.append(_too_many(total, where))
            is_last = is_last or at >= _REACH
            yield Page(
                entries=tuple(entries), cursor=None if is_last else {"at": str(at)}, total=total
            )
            if is_last:
                return

    def expected(self, now: datetime) -> datetime | None:
        """None: publications come in all the time, but those of a query in no rhythm."""

    def _asked(self, client: Client, at: int) -> tuple[list[object], int]:
        """The hits of one page, and how many there are in all."""
        where = f"{self.name}/search/{at}"
        query = {"q": self.query, "format": "json", "h": str(_PAGE), "f": str(at), "c": "0"}
        value = replies.parsed(client.get(f"{self.base}/search/publ/api", query=query), where)
        result = value.get("result") if isinstance(value, dict) else None
        hits = result.get("hits") if isinstance(result, dict) else None
        total = _number(str(hits.get("@total"))) if isinstance(hits, dict) else None
        if not isinstance(hits, dict) or total is None:
            raise SourceError("the answer has no `hits`", place=where, hint="try again later")
        hit = hits.get("hit", [])
        return replies.listed([hit] if isinstance(hit, dict) else hit, where), total

    def _entries(self, hits: list[object], where: str) -> Iterator[Found]:
        for position, hit in enumerate(hits, start=1):
            try:
                entry = replies.entry_of(
                    hit, source=self.name, format=FORMAT, where=where, position=position
                )
                kind = replies.text_at(hit, "info.type", entry).lower()
                if kind not in _NOT_PAPERS:
                    yield record_of(_row(hit, entry), entry)
            except SourceError as error:
                yield error


def open_source(what: str, options: Options) -> Dblp:
    """The publications of a query as `venue:ICML: year:2026:`; SettingError for none."""
    query = what.strip()
    if not query:
        raise SettingError(
            "dblp: says not which publications are wanted",
            hint="write dblp:retrieval augmented, or dblp:stream:conf/sigir:",
        )
    return Dblp(query, (options.base or BASE).rstrip("/"))


def _row(hit: object, entry: Entry) -> dict[str, object]:
    """What a hit says, by the names of FIELDS."""
    key = replies.text_at(hit, "info.key", entry)
    if not _KEY.fullmatch(key):
        raise entry.fault("the publication has no `key`", hint="tell DBLP, if it stays so")
    page = _one(hit, "info.ee", entry)
    said = replies.text_at(hit, "info.doi", entry) or page
    doi = parse_doi(said)
    row = {
        "id": key,
        "title": replies.text_at(hit, "info.title", entry).removesuffix("."),
        "authors": _authors(hit, entry),
        "year": replies.text_at(hit, "info.year", entry),
        "venue": _one(hit, "info.venue", entry),
        "url": page or replies.text_at(hit, "info.url", entry),
        "doi": doi if doi and doi.isprintable() else None,
        "arxiv_id": parse_arxiv_id(said) or parse_arxiv_id(page),
        "withdrawn": replies.text_at(hit, "info.type", entry).lower() == _WITHDRAWN,
    }
    return replies.filled(row)


def _one(hit: object, path: str, entry: Entry) -> str:
    """The text at a path, or the first of several."""
    value = replies.at(hit, path, entry)
    if not isinstance(value, list):
        return replies.text_at(hit, path, entry)
    return next((one for one in value if isinstance(one, str)), "")


def _authors(hit: object, entry: Entry) -> list[str]:
    """The names, without the numbers that tell people of one name apart."""
    value = replies.at(hit, "info.authors.author", entry)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    names = (replies.text_at(author, "text", entry) for author in listed)
    return [_NUMBERED.sub("", name) for name in names if name]


def _is_wanted(entry: Found, wanted: Wanted) -> bool:
    """Whether the year is one of the days wanted, as far as it is known."""
    if not isinstance(entry, Record) or entry.announced is None:
        return True
    year = entry.announced.year
    return (wanted.since is None or year >= wanted.since.year) and (
        wanted.until is None or year <= wanted.until.year
    )


def _too_many(total: int, where: str) -> SourceError:
    return SourceError(
        f"of {total:,} publications the first {_REACH:,} were read",
        place=where,
        hint="make the query narrower, for example by `year:2026:`",
    )


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None
