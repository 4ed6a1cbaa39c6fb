"""Zotero: the papers in the library of a reader or of a group."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.papers import Record
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.remote import Options, Page, Wanted, replies

NAME: Final = "zotero"
BASE: Final = "https://api.zotero.org"
FORMAT: Final = "zotero-item"

_PAGE: Final = 100
_LIBRARY: Final = re.compile(r"((?:users|groups)/\d{1,12})(?:/collections/[A-Z\d]{8})?")
_KEY: Final = re.compile(r"[A-Z\d]{8}")
_KINDS: Final = frozenset(
    "journalArticle preprint conferencePaper report thesis book bookSection manuscript".split()
)
_VENUES: Final = ("publicationTitle", "proceedingsTitle", "conferenceName", "bookTitle")
# What a reader wrote for themselves (tags, collections, notes in `extra`) is nobody else's.
_BIBLIOGRAPHIC: Final = (
    *("key", "itemType", "title", "abstractNote", "creators", "date", "DOI", "url", "archiveID"),
    *("repository", *_VENUES),
)
_EXTRA_ID: Final = re.compile(r"^\s*(?:arXiv|DOI)\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_MOST_BEGINNINGS: Final = 5


@dataclass(frozen=True, slots=True)
class Zotero:
    """One library, or one collection of it: `users/1`, `groups/2`, `users/1/collections/ABCD2345`.

    What a reader threw out is not gone from the catalogue.
    """

    library: str
    base: str = BASE
    key: str | None = field(default=None, repr=False)
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The papers changed in the wanted days, the latest first, a hundred items a page.

        No page says how far all is known: what a reader noted on the road comes in with an older
        time of change, and is found only where the whole library is read each time.

        Where the library changes meanwhile, its list is read from the beginning again, so that
        nothing slips through between two pages; SourceError if it will not keep still.
        """
        start, version = 0, ""
        if wanted.cursor is not None:
            start = _number(replies.kept(wanted.cursor, "start", self.name))
            version = replies.kept(wanted.cursor, "version", self.name)
        beginnings = 0
        while True:
            items, present, total = self._asked(client, start)
            if start and present != version:
                beginnings += 1
                if beginnings == _MOST_BEGINNINGS:
                    raise SourceError(
                        "the library changes faster than it can be read",
                        place=f"{self.name}/{self.library}",
                        hint="harvest it again when nobody writes to it",
                    )
                start = 0
                continue
            version = present
            where = f"{self.name}/{self.library}?start={start}"
            entries = tuple(self._entries(items, where, wanted))
            start += len(items)
            is_last = not items or (total is not None and start >= total)
            is_last = is_last or (total is None and len(items) < _PAGE) or _is_old(items, wanted)
            cursor = None if is_last else {"start": str(start), "version": version}
            yield Page(entries=entries, cursor=cursor, total=total)
            if is_last:
                return

    def expected(self, now: datetime) -> datetime | None:
        """None: readers add papers when they like."""
        return None

    def _asked(self, client: Client, start: int) -> tuple[list[object], str, int | None]:
        """The items from `start` on, the version of the library, and how many items it has."""
        query = {
            "format": "json",
            "limit": str(_PAGE),
            "start": str(start),
            "sort": "dateModified",
            "direction": "desc",
        }
        headers = {"Zotero-API-Version": "3"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        url = f"{self.base}/{self.library}/items/top"
        answer = client.get(url, query=query, headers=headers)
        where = f"{self.name}/{self.library}?start={start}"
        items = replies.listed(replies.parsed(answer, where), where)
        total = answer.headers.get("total-results", "")
        return (
            items,
            answer.headers.get("last-modified-version", ""),
            int(total) if total.isascii() and total.isdecimal() and len(total) < 10 else None,
        )

    def _entries(
        self, items: list[object], where: str, wanted: Wanted
    ) -> Iterator[Record | SourceError]:
        library = self.library.partition("/collections/")[0]
        for position, item in enumerate(items, 1):
            data = item.get("data") if isinstance(item, Mapping) else None
            kind = data.get("itemType") if isinstance(data, Mapping) else None
            if (isinstance(kind, str) and kind not in _KINDS) or not _is_wanted(data, wanted):
                continue
            try:
                said = _bibliographic(data)
                entry = replies.entry_of(
                    said, source=NAME, format=FORMAT, where=where, position=position
                )
                yield record_of(replies.filled(_row(data, item, library, entry)), entry)
            except SourceError as error:
                yield error


def open_source(what: str, options: Options) -> Zotero:
    """The library `what`; SettingError if it names none."""
    if not _LIBRARY.fullmatch(what):
        raise SettingError(
            f"`zotero:{what}`: this is not the library of a reader or a group",
            hint="for example `zotero:users/123456`, `zotero:groups/2345` or "
            "`zotero:users/123456/collections/ABCD2345`",
        )
    return Zotero(what, (options.base or BASE).rstrip("/"), options.key)


def _bibliographic(data: object) -> object:
    if not isinstance(data, Mapping):
        return data
    return {name: data[name] for name in _BIBLIOGRAPHIC if name in data}


def _row(data: object, item: object, library: str, entry: Entry) -> dict[str, object]:
    """What an item says, by the names of FIELDS."""
    key = replies.text_at(data, "key", entry)
    if not _KEY.fullmatch(key):
        raise entry.fault("the item has no `key` of eight letters and digits")
    arxiv_id, doi = _ids(data, entry)
    venues = (replies.text_at(data, name, entry) for name in _VENUES)
    return {
        "id": f"{library}/items/{key}",
        "title": replies.at(data, "title", entry),
        "abstract": replies.at(data, "abstractNote", entry),
        "authors": _authors(data, entry),
        "date": replies.text_at(item, "meta.parsedDate", entry)
        or replies.text_at(data, "date", entry),
        "venue": next(filter(None, venues), ""),
        "url": replies.text_at(data, "url", entry),
        "arxiv_id": arxiv_id,
        "doi": doi,
    }


def _ids(data: object, entry: Entry) -> tuple[str | None, str | None]:
    """The arXiv id and the DOI, from their own fields, the address, or a line of `extra`."""
    said = [replies.text_at(data, name, entry) for name in ("archiveID", "DOI", "url")]
    said += _EXTRA_ID.findall(replies.text_at(data, "extra", entry))
    arxiv_id = next(filter(None, map(parse_arxiv_id, said)), None)
    return arxiv_id, next((doi for doi in map(parse_doi, said) if doi), None)


def _authors(data: object, entry: Entry) -> list[object]:
    authors: list[object] = []
    for one in replies.list_at(data, "creators", entry):
        if replies.text_at(one, "creatorType", entry) == "author":
            parts = (
                replies.text_at(one, name, entry) for name in ("firstName", "lastName", "name")
            )
            authors.append({"name": " ".join(filter(None, parts))})
    return authors


def _is_wanted(data: object, wanted: Wanted) -> bool:
    """Whether an item was changed in the wanted days; one that does not say is."""
    changed = replies.moment(data.get("dateModified")) if isinstance(data, Mapping) else None
    if changed is None:
        return True
    day = changed.date()
    return not (wanted.since and day < wanted.since) and not (wanted.until and day > wanted.until)


def _is_old(items: list[object], wanted: Wanted) -> bool:
    """Whether the last item was changed before the wanted days, and so all behind it."""
    data = items[-1].get("data") if isinstance(items[-1], Mapping) else None
    changed = replies.moment(data.get("dateModified")) if isinstance(data, Mapping) else None
    return changed is not None and wanted.since is not None and changed.date() < wanted.since


def _number(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    raise SourceError(
        "the place to go on from cannot be read", place=NAME, hint="begin the harvest anew"
    )
