"""Crossref: the works that a query or a filter finds, and what was retracted of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.papers import Record
from broadsheet.sources import dates
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.remote import Cursor, Options, Page, Wanted, paging, replies
from broadsheet.sources.remote import Entry as Found

NAME: Final = "crossref"
BASE: Final = "https://api.crossref.org"
FORMAT: Final = "crossref-work"

_PAGE: Final = 100
_FIRST: Final = "*"
_FILTER = re.compile(r"[a-z-]+(?:\.[a-z-]+)?:[^,\s]+(?:,[a-z-]+(?:\.[a-z-]+)?:[^,\s]+)*")
_WITHDRAWING = frozenset(("retraction", "withdrawal", "removal"))
_NOTICE = re.compile(
    r"\A\W*(?:notice of )?(?:retract(?:ion|ed)|withdraw(?:al|n)|removal|removed)"
    r"(?: (?:note|notice|article))?(?: (?:to|of))?\s*[:\u2013\u2014-]?\s*",
    re.IGNORECASE,
)
_PREPRINTS: Final = ("has-preprint", "is-version-of", "has-version", "is-identical-to")
_DATES: Final = ("published", "published-online", "published-print", "posted", "issued")
_PUBLISHED_LICENCES: Final = ("vor", "unspecified", "am")


@dataclass(frozen=True, slots=True)
class Crossref:
    """The works of a query or a filter in Crossref's own words, in the order they were indexed.

    The days wanted are those on which a work was last indexed, so that what changes (a retraction,
    a licence, a count of citations) comes again.
    """

    query: str = ""
    filter: str = ""
    base: str = BASE
    contact: str = ""
    key: str | None = field(default=None, repr=False)
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The works, a hundred a page; counts of citations are dated `wanted.now`.

        A cursor that Crossref has forgotten (it keeps them for minutes) begins anew on the day
        that the last page came to.
        """
        since = str(wanted.since or "")
        place: Cursor = {"cursor": _FIRST, "since": since, "from": since}
        anew: Cursor | None = None
        if wanted.cursor is not None:
            place = {name: replies.kept(wanted.cursor, name, self.name) for name in place}
            anew = {**place, "cursor": _FIRST, "since": place["from"]}
        turned = paging.Turned(f"{self.name}/works")
        while True:
            message, place = paging.resumed(partial(self._asked, client, wanted), place, anew)
            anew = None
            works = replies.listed(message.get("items"), f"{self.name}/works")
            turned.note(works)
            days = [day for work in works if (day := _indexed(work))]
            following = message.get("next-cursor")
            place = {
                "cursor": following if isinstance(following, str) else "",
                "since": place["since"],
                "from": max([place["from"], *(str(day) for day in days)]),
            }
            is_last = not works or not place["cursor"]
            total = message.get("total-results")
            yield Page(
                entries=tuple(self._entries(works, place["from"], wanted.now)),
                cursor=None if is_last else place,
                through=paging.through(wanted.now, wanted.until),
                total=total if isinstance(total, int) else None,
            )
            if is_last:
                return

    def expected(self, now: datetime) -> datetime | None:
        """None: works come in all the time, but those of a query in no rhythm."""

    def _asked(
        self, client: Client, wanted: Wanted, place: Cursor
    ) -> tuple[Mapping[str, object], Cursor]:
        """The message of one page, and where it was asked for."""
        return self._message(client, wanted, place), place

    def _message(self, client: Client, wanted: Wanted, place: Cursor) -> Mapping[str, object]:
        filters = [self.filter] if self.filter else []
        if place["since"]:
            filters.append(f"from-index-date:{place['since']}")
        if wanted.until:
            filters.append(f"until-index-date:{wanted.until}")
        query = {
            "query": self.query,
            "filter": ",".join(filters),
            "sort": "indexed",
            "order": "asc",
            "rows": str(_PAGE),
            "cursor": place["cursor"],
            "mailto": self.contact,
        }
        headers = {"Crossref-Plus-API-Token": f"Bearer {self.key}"} if self.key else None
        said = {name: value for name, value in query.items() if value}
        answer = client.get(f"{self.base}/works", query=said, headers=headers)
        where = f"{self.name}/works"
        message = replies.parsed(answer, where)
        if isinstance(message, dict) and isinstance(message.get("message"), dict):
            return dict(message["message"])
        raise SourceError("the answer has no `message`", place=where, hint="try again later")

    def _entries(self, works: list[object], page: str, now: datetime) -> Iterator[Found]:
        where = f"{self.name}/works/{page}" if page else f"{self.name}/works"
        for position, work in enumerate(works, start=1):
            try:
                entry = replies.entry_of(
                    work, source=self.name, format=FORMAT, where=where, position=position
                )
                for record in _records(work, entry):
                    yield from replies.counted(record, now)
            except SourceError as error:
                yield error


def open_source(what: str, options: Options) -> Crossref:
    """The works of a query, or of a filter as `type:journal-article,issn:1234-5678`.

    Raises SettingError where nothing is asked for: all of Crossref is too much.
    """
    what = what.strip()
    if not what:
        raise SettingError(
            "crossref: says not which works are wanted",
            hint="write crossref:graph neural networks, or crossref:issn:2835-8856",
        )
    is_filter = bool(_FILTER.fullmatch(what))
    return Crossref(
        query="" if is_filter else what,
        filter=what if is_filter else "",
        base=(options.base or BASE).rstrip("/"),
        contact=options.contact,
        key=options.key,
    )


def _records(work: object, entry: Entry) -> Iterator[Record]:
    """The work's record; of a notice of retraction, that of each work which it takes back."""
    taken_back = [
        doi
        for update in replies.list_at(work, "update-to", entry)
        if replies.text_at(update, "type", entry).lower() in _WITHDRAWING
        and (doi := parse_doi(replies.text_at(update, "DOI", entry)))
    ]
    doi = parse_doi(replies.text_at(work, "DOI", entry))
    if doi is None or not doi.isprintable():
        raise entry.fault("the work has no DOI", hint="tell Crossref, if it stays so")
    if not taken_back:
        yield replace(
            record_of(_row(work, doi, entry), entry), references=tuple(_references(work, entry))
        )
    for number, target in enumerate(taken_back):
        row = {
            # The notice's own DOI leads to what it is about.
            "id": doi if number == 0 else f"{doi}#{number}",
            "title": _NOTICE.sub("", _first(work, "title", entry)).strip(" '\"\u201c\u201d"),
            "doi": target,
            "retracted": True,
        }
        yield record_of(row, entry)


def _references(work: object, entry: Entry) -> Iterator[str]:
    """The works that a work cites, those that have a DOI."""
    for cited in replies.list_at(work, "reference", entry):
        if doi := parse_doi(replies.text_at(cited, "DOI", entry)):
            yield f"doi:{doi}"


def _row(work: object, doi: str, entry: Entry) -> dict[str, object]:
    """What a work says, by the names of FIELDS."""
    title, subtitle = _first(work, "title", entry), _first(work, "subtitle", entry)
    links = replies.list_at(work, "link", entry)
    pdf = (
        replies.text_at(link, "URL", entry)
        for link in links
        if replies.text_at(link, "content-type", entry) == "application/pdf"
    )
    updates = replies.list_at(work, "updated-by", entry)
    kinds = {replies.text_at(update, "type", entry).lower() for update in updates}
    return replies.filled(
        {
            "id": doi,
            "doi": doi,
            "title": f"{title}: {subtitle}" if title and subtitle else title,
            "abstract": replies.at(work, "abstract", entry),
            "authors": [
                author
                for one in replies.list_at(work, "author", entry)
                if (author := _author(one, entry))
            ],
            "date": _published(work, entry),
            "venue": _first(work, "container-title", entry),
            "keywords": replies.list_at(work, "subject", entry),
            "url": f"https://doi.org/{doi}",
            "pdf_url": next(pdf, ""),
            "licence": _licence(work, entry),
            "arxiv_id": _arxiv_id(work, doi, entry),
            "citations": replies.at(work, "is-referenced-by-count", entry),
            "retracted": bool(kinds & _WITHDRAWING),
        }
    )


def _first(work: object, name: str, entry: Entry) -> str:
    """The first text of a list; Crossref gives titles in lists, most of one."""
    for value in replies.list_at(work, name, entry):
        if not isinstance(value, str):
            raise entry.wrong(f"{name}[0]", value, "text")
        return value.strip()
    return ""


def _author(author: object, entry: Entry) -> dict[str, object] | None:
    parts = (replies.text_at(author, "given", entry), replies.text_at(author, "family", entry))
    name = " ".join(part for part in parts if part) or replies.text_at(author, "name", entry)
    orcid = replies.text_at(author, "ORCID", entry).rpartition("/")[2]
    return {"name": name, "orcid": orcid or None} if name else None


def _published(work: object, entry: Entry) -> str:
    """The first of the dates that a work has, as far as it is known; "" if none can be read."""
    for name in _DATES:
        parts = replies.list_at(work, f"{name}.date-parts", entry)[:1]
        for numbers in parts:
            if isinstance(numbers, list) and numbers and all(type(one) is int for one in numbers):
                day = dates.partial(*numbers[:3])
                if day:
                    return str(day)
    return ""


def _indexed(work: object) -> date | None:
    """The day on which a work was last indexed."""
    said = work.get("indexed") if isinstance(work, dict) else None
    when = replies.moment(said.get("date-time")) if isinstance(said, dict) else None
    return when.date() if when else None


def _licence(work: object, entry: Entry) -> str:
    """The address of the licence of the published version, before that of any other."""
    licences = {
        replies.text_at(one, "content-version", entry): replies.text_at(one, "URL", entry)
        for one in reversed(replies.list_at(work, "license", entry))
    }
    named = (licences[kind] for kind in _PUBLISHED_LICENCES if kind in licences)
    return next(named, next(iter(licences.values()), ""))


def _arxiv_id(work: object, doi: str, entry: Entry) -> str:
    """The arXiv id that a work is, or that its preprint has."""
    if own := parse_arxiv_id(doi):
        return own
    for name in _PREPRINTS:
        for related in replies.list_at(work, f"relation.{name}", entry):
            if found := parse_arxiv_id(replies.text_at(related, "id", entry)):
                return found
    return ""
