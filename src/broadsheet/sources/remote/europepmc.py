"""Europe PMC: the articles and preprints that a query finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_doi
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.remote import Cursor, Options, Page, Wanted, paging, replies
from broadsheet.sources.remote import Entry as Found

NAME: Final = "europepmc"
BASE: Final = "https://www.ebi.ac.uk/europepmc/webservices/rest"
FORMAT: Final = "europepmc-core"

_PAGE: Final = 100
_FIRST: Final = "*"
_RETRACTED = "retracted publication"
_RETRACTED_IN = "retraction in"


@dataclass(frozen=True, slots=True)
class EuropePmc:
    """The results of one query in Europe PMC's own words.

    The days wanted are those on which a record was last updated, so that what changes comes again.
    """

    query: str
    base: str = BASE
    contact: str = ""
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The results, a hundred a page; counts of citations are dated `wanted.now`.

        A cursor that Europe PMC does not know any more begins anew.
        """
        until = wanted.until or wanted.now.date()
        place: Cursor = {"cursor": _FIRST, "since": str(wanted.since or ""), "until": str(until)}
        if wanted.cursor is not None:
            place = {name: replies.kept(wanted.cursor, name, self.name) for name in place}
        anew = {**place, "cursor": _FIRST} if wanted.cursor is not None else None
        turned = paging.Turned(f"{self.name}/search")
        while True:
            results, following, total = paging.resumed(partial(self._asked, client), place, anew)
            anew = None
            turned.note(results)
            # At the end the cursor is the one that was sent, or there is none.
            is_last = not results or following in ("", place["cursor"])
            entries = tuple(self._entries(results, place["cursor"], wanted.now))
            place = {**place, "cursor": following}
            yield Page(
                entries=entries,
                cursor=None if is_last else place,
                through=paging.through(wanted.now, wanted.until),
                total=total,
            )
            if is_last:
                return

    def expected(self, now: datetime) -> datetime | None:
        """None: articles come in all the time, but those of a query in no rhythm."""

    def _asked(self, client: Client, place: Cursor) -> tuple[list[object], str, int | None]:
        """The results of one page, the next cursor, and how many there are in all."""
        said = f"({self.query})"
        if place["since"]:
            said += f" AND UPDATE_DATE:[{place['since']} TO {place['until']}]"
        query = {
            "query": said,
            "resultType": "core",
            "format": "json",
            "pageSize": str(_PAGE),
            "cursorMark": place["cursor"],
        }
        if self.contact:
            query["email"] = self.contact
        where = f"{self.name}/search"
        value = replies.parsed(client.get(f"{self.base}/search", query=query), where)
        if not isinstance(value, dict) or not isinstance(value.get("resultList"), dict):
            said_error = value.get("errMsg") if isinstance(value, dict) else None
            what = f": {said_error[:200]!r}" if isinstance(said_error, str) else ""
            raise SourceError(
                f"the answer has no `resultList`{what}", place=where, hint="check the query"
            )
        following, total = value.get("nextCursorMark"), value.get("hitCount")
        return (
            replies.listed(value["resultList"].get("result", []), where),
            following if isinstance(following, str) else "",
            total if isinstance(total, int) else None,
        )

    def _entries(self, results: list[object], cursor: str, now: datetime) -> Iterator[Found]:
        where = f"{self.name}/search/{cursor}"
        for position, result in enumerate(results, start=1):
            try:
                entry = replies.entry_of(
                    result, source=self.name, format=FORMAT, where=where, position=position
                )
                yield from replies.counted(record_of(_row(result, entry), entry), now)
            except SourceError as error:
                yield error


def open_source(what: str, options: Options) -> EuropePmc:
    """The results of a query as `TITLE:kettles AND SRC:PPR`; SettingError for none."""
    query = what.strip()
    if not query:
        raise SettingError(
            "europepmc: says not which articles are wanted",
            hint='write europepmc:TITLE:"protein language model"',
        )
    return EuropePmc(query, (options.base or BASE).rstrip("/"), options.contact)


def _row(result: object, entry: Entry) -> dict[str, object]:
    """What a result says, by the names of FIELDS."""
    kind, number = replies.text_at(result, "source", entry), replies.text_at(result, "id", entry)
    if not kind.isalnum() or not number.isprintable() or not number:
        raise entry.fault("the result has no `source` and `id`", hint="tell Europe PMC")
    doi = parse_doi(replies.text_at(result, "doi", entry))
    row = {
        "id": f"{kind}/{number}",
        "doi": doi if doi and doi.isprintable() else None,
        "title": replies.text_at(result, "title", entry).removesuffix("."),
        "abstract": replies.at(result, "abstractText", entry),
        "authors": _authors(result, entry),
        "date": replies.text_at(result, "firstPublicationDate", entry)
        or replies.text_at(result, "pubYear", entry),
        "venue": replies.text_at(result, "journalInfo.journal.title", entry)
        or replies.text_at(result, "bookOrReportDetails.publisher", entry),
        "keywords": replies.list_at(result, "keywordList.keyword", entry),
        "licence": replies.text_at(result, "license", entry),
        "url": f"https://europepmc.org/article/{kind}/{number}",
        "pdf_url": _pdf(result, entry),
        "retracted": _is_retracted(result, entry),
        "citations": replies.at(result, "citedByCount", entry),
    }
    return replies.filled(row)


def _authors(result: object, entry: Entry) -> list[object] | str:
    """The authors with their ORCIDs; the one text that holds all where they are not listed."""
    listed = replies.list_at(result, "authorList.author", entry)
    found: list[object] = []
    for author in listed:
        parts = (
            replies.text_at(author, "firstName", entry),
            replies.text_at(author, "lastName", entry),
        )
        name = " ".join(part for part in parts if part) or replies.text_at(
            author, "collectiveName", entry
        )
        is_orcid = replies.text_at(author, "authorId.type", entry) == "ORCID"
        orcid = replies.text_at(author, "authorId.value", entry) if is_orcid else None
        if name := name or replies.text_at(author, "fullName", entry):
            found.append({"name": name, "orcid": orcid})
    return found or replies.text_at(result, "authorString", entry).removesuffix(".")


def _pdf(result: object, entry: Entry) -> str:
    """The first PDF that anybody may read."""
    for link in replies.list_at(result, "fullTextUrlList.fullTextUrl", entry):
        is_open = replies.text_at(link, "availabilityCode", entry) in ("OA", "F")
        if is_open and replies.text_at(link, "documentStyle", entry) == "pdf":
            return replies.text_at(link, "url", entry)
    return ""


def _is_retracted(result: object, entry: Entry) -> bool:
    """Whether the kind of publication says so, or a retraction that names it."""
    kinds = replies.list_at(result, "pubTypeList.pubType", entry)
    remarks = replies.list_at(result, "commentCorrectionList.commentCorrection", entry)
    return any(isinstance(kind, str) and kind.lower() == _RETRACTED for kind in kinds) or any(
        replies.text_at(remark, "type", entry).lower() == _RETRACTED_IN for remark in remarks
    )
