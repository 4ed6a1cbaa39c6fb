"""bioRxiv and medRxiv: the preprints of some days, each in its latest version there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_doi
from broadsheet.papers import Link, LinkKind, Record
from broadsheet.sources.dates import partial, read_date
from broadsheet.sources.fields import record_of
from broadsheet.sources.remote import Cursor, Options, Page, Wanted, paging, replies
from broadsheet.sources.remote import Entry as Found

BASE: Final = "https://api.biorxiv.org"
FORMAT: Final = "biorxiv-details"
OPENED: Final = {"biorxiv": date(2013, 11, 7), "medrxiv": date(2019, 6, 6)}
"""The day of the first preprint of each server."""

_CATEGORY = re.compile(r"[a-z]+(?:[ _-][a-z]+)*")
_DATED_DOI = re.compile(r"10\.\d+/(\d{4})\.(\d{2})\.\d{2}\.\d+")
_CREATIVE_COMMONS = "https://creativecommons.org/"
_LICENCES: Final = {
    "cc0": f"{_CREATIVE_COMMONS}publicdomain/zero/1.0/",
    "cc0_ng": f"{_CREATIVE_COMMONS}publicdomain/zero/1.0/",
    "cc_by": f"{_CREATIVE_COMMONS}licenses/by/4.0/",
    "cc_by_nc": f"{_CREATIVE_COMMONS}licenses/by-nc/4.0/",
    "cc_by_nd": f"{_CREATIVE_COMMONS}licenses/by-nd/4.0/",
    "cc_by_nc_nd": f"{_CREATIVE_COMMONS}licenses/by-nc-nd/4.0/",
}
_NOTHING = "no posts found"
_WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Preprints:
    """The preprints of one server, which is its `name`, of one category or of all."""

    name: str
    category: str = ""
    base: str = BASE

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """What was posted on the wanted days, new versions too, in the order of the server.

        The server says how many there are in all, and at times gives fewer: the first page that
        is empty is the end.
        """
        place = self._begun(wanted)
        if wanted.cursor is not None:
            place = {name: replies.kept(wanted.cursor, name, self.name) for name in place}
        until = self._last_day(place)
        turned = paging.Turned(self._where(place))
        while True:
            items, total = self._asked(client, place)
            turned.note(items)
            place = {**place, "at": str(_number(place["at"]) + len(items))}
            is_last = not items or (total is not None and _number(place["at"]) >= total)
            yield Page(
                entries=tuple(self._entries(items, self._where(place))),
                cursor=None if is_last else place,
                announced=_newest(items, wanted.now),
                through=paging.through(wanted.now, until - timedelta(days=1)),
                total=total,
            )
            if is_last:
                return

    def expected(self, now: datetime) -> datetime | None:
        """The last working day that has been over for a day; None for a single category."""
        if self.category:
            return None
        day = now.astimezone(UTC).date() - timedelta(days=2)
        while day.weekday() >= _WEEKEND:
            day -= timedelta(days=1)
        return datetime.combine(day, time(), UTC)

    def _begun(self, wanted: Wanted) -> Cursor:
        until = wanted.until or wanted.now.astimezone(UTC).date()
        since = max(wanted.since or OPENED[self.name], OPENED[self.name])
        return {"since": str(min(since, until)), "until": str(until), "at": "0"}

    def _last_day(self, place: Cursor) -> date:
        try:
            date.fromisoformat(place["since"])
            return date.fromisoformat(place["until"])
        except ValueError as error:
            raise SourceError(
                "the place to go on from names no days",
                place=self.name,
                hint="begin the harvest anew",
            ) from error

    def _where(self, place: Cursor) -> str:
        return f"{self.name}/{place['since']}/{place['until']}/{place['at']}"

    def _asked(self, client: Client, place: Cursor) -> tuple[list[object], int | None]:
        """The preprints of one page, and how many there are in all."""
        where = self._where(place)
        query = {"category": self.category} if self.category else None
        answer = client.get(f"{self.base}/details/{where}/json", query=query)
        value = replies.parsed(answer, where)
        if not isinstance(value, dict):
            raise SourceError("the answer is no object", place=where, hint="try again later")
        said = value.get("messages")
        message = said[0] if isinstance(said, list) and said and isinstance(said[0], dict) else {}
        status = str(message.get("status", "")).lower()
        if status != "ok" and not status.startswith(_NOTHING):
            what = f"the server says {status[:80]!r}" if status else "the answer has no status"
            raise SourceError(what, place=where, hint="try again later")
        items = replies.listed(value.get("collection", []), where)
        total = str(message.get("total", ""))
        return items, int(total) if re.fullmatch(r"\d{1,9}", total) else None

    def _entries(self, items: list[object], where: str) -> Iterator[Found]:
        """The latest version that the page has of each preprint."""
        latest: dict[str, tuple[int, Found]] = {}
        for position, item in enumerate(items, start=1):
            try:
                version, record = self._record(item, where, position)
            except SourceError as error:
                latest[f"!{position}"] = (0, error)
                continue
            held, _ = latest.get(record.native_id or "", (0, None))
            if version >= held:
                latest[record.native_id or ""] = (version, record)
        return (found for _, found in latest.values())

    def _record(self, item: object, where: str, position: int) -> tuple[int, Record]:
        entry = replies.entry_of(
            item, source=self.name, format=FORMAT, where=where, position=position
        )
        said = {name: replies.text_at(item, name, entry) for name in _TEXTS}
        doi = parse_doi(said["doi"])
        if doi is None or not doi.isprintable():
            raise entry.fault("the preprint has no DOI", hint="tell the server, if it stays so")
        version = _number(str(replies.at(item, "version", entry) or "1").lstrip("v"))
        record = record_of(_row(said, doi, version, self.name), entry)
        # The DOI of the journal's version is another one: a preprint stays what it is.
        if journal := parse_doi(said["published"]):
            page = Link(LinkKind.PAGE, f"https://doi.org/{journal}")
            record = replace(record, links=(*record.links, page))
        return version, record


_TEXTS: Final = (
    "title",
    "abstract",
    "authors",
    "category",
    "date",
    "doi",
    "license",
    "published",
    "type",
)


def open_source(what: str, options: Options) -> Preprints:
    """The preprints of bioRxiv, of the category `what` or, if that is empty, of all."""
    return open_server("biorxiv", what, options)


def open_server(server: str, what: str, options: Options) -> Preprints:
    """As `open_source`, of a server by its name; SettingError for what can be no category."""
    category = what.strip().lower()
    if category and not _CATEGORY.fullmatch(category):
        raise SettingError(
            f"{what[:80]!r} is no category of {server}",
            hint=f"write {server}:neuroscience, or {server} for all",
        )
    base = (options.base or BASE).rstrip("/")
    return Preprints(server, re.sub("[ -]", "_", category), base)


def _row(said: Mapping[str, str], doi: str, version: int, server: str) -> dict[str, object]:
    """What a preprint says, by the names of FIELDS."""
    page = f"https://www.{server}.org/content/{doi}v{version}"
    is_withdrawn = said["type"].lower() == "withdrawn" or said["title"].startswith("WITHDRAWN:")
    return replies.filled(
        {
            "id": doi,
            "doi": doi,
            "title": said["title"].removeprefix("WITHDRAWN:").strip(),
            "abstract": said["abstract"],
            # `Holm, A.; Wei, L.`
            "authors": said["authors"],
            "date": said["date"] if version <= 1 else _first_posted(doi),
            "revised": said["date"] if version > 1 else "",
            "categories": [said["category"]] if said["category"] else [],
            "licence": _LICENCES.get(said["license"].lower(), said["license"]),
            "url": page,
            "pdf_url": f"{page}.full.pdf",
            "withdrawn": is_withdrawn,
        }
    )


def _first_posted(doi: str) -> str:
    """The month that a DOI was given in, which is when the first version came; "" if unknown."""
    found = _DATED_DOI.fullmatch(doi)
    day = partial(int(found[1]), int(found[2])) if found else None
    return str(day) if day else ""


def _newest(items: list[object], now: datetime) -> datetime | None:
    """Midnight of the newest day that something was posted on."""
    said = (item.get("date") for item in items if isinstance(item, dict))
    days = (read_date(one) for one in said if isinstance(one, str))
    moments = (
        datetime(one.year, one.month, one.day, tzinfo=UTC) for one in days if one and one.day
    )
    return max((one for one in moments if one <= now + timedelta(days=1)), default=None)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0
