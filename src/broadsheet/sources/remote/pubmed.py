"""PubMed: the articles that a query finds, searched for by E-utilities and fetched in batches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_doi
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.opening import open_held
from broadsheet.sources.remote import Cursor, Options, Page, Wanted, paging, pubmedxml, replies
from broadsheet.sources.remote import Entry as Found

NAME: Final = "pubmed"
BASE: Final = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
FORMAT: Final = "pubmed-xml"

_BATCH: Final = 200
_REACH: Final = 9_999
"""A search gives no more than its first 9,999 articles; wider days are cut in half."""
_EARLIEST: Final = date(1960, 1, 1)
_RETRACTED: Final = "Retracted Publication"
_RETRACTED_IN: Final = "RetractionIn"


@dataclass(frozen=True, slots=True)
class PubMed:
    """The articles of one query in PubMed's own words.

    The days wanted are those on which a record was last changed, so that a retraction comes again.
    """

    query: str
    base: str = BASE
    contact: str = ""
    key: str | None = field(default=None, repr=False)
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The articles in batches of 200, some days after the other."""
        since = wanted.since or _EARLIEST
        until = max(since, wanted.until or wanted.now.date())
        place: Cursor = {"from": str(since), "to": str(until), "until": str(until), "at": "0"}
        if wanted.cursor is not None:
            place = {name: replies.kept(wanted.cursor, name, self.name) for name in place}
        turned = paging.Turned(f"{self.name}/esearch")
        following: Cursor | None = place
        while following is not None:
            window = _Window.of(following, self.name)
            numbers, count = self._searched(client, window)
            while count > _REACH and window.first < window.last:
                window = window.halved()
                numbers, count = self._searched(client, window)
            turned.note(numbers)
            entries = list(self._fetched(client, numbers)) if numbers else []
            following = window.after(len(numbers), min(count, _REACH))
            if count > _REACH and (following is None or following["at"] == "0"):
                entries.append(self._too_many(window.first, count))
            yield Page(
                entries=tuple(entries),
                cursor=following,
                through=paging.through(wanted.now, wanted.until),
                total=count if window.is_whole(since, until) else None,
            )

    def expected(self, now: datetime) -> datetime | None:
        """None: articles come in all the time, but those of a query in no rhythm."""

    def _searched(self, client: Client, window: "_Window") -> tuple[list[str], int]:
        """The numbers of one batch, and how many articles there are in these days."""
        where = f"{self.name}/esearch"
        query = {
            "term": self.query,
            "retmode": "json",
            "retstart": str(window.at),
            "retmax": str(min(_BATCH, _REACH - window.at)),
            "datetype": "mdat",
            "mindate": f"{window.first:%Y/%m/%d}",
            "maxdate": f"{window.last:%Y/%m/%d}",
        }
        value = replies.parsed(
            client.get(f"{self.base}/esearch.fcgi", query=self._said(query)), where
        )
        result = value.get("esearchresult") if isinstance(value, dict) else None
        if not isinstance(result, dict) or "idlist" not in result:
            said = result.get("ERROR") if isinstance(result, dict) else None
            what = f": {said[:200]!r}" if isinstance(said, str) else ""
            raise SourceError(f"the search failed{what}", place=where, hint="check the query")
        numbers = [one for one in replies.listed(result["idlist"], where) if isinstance(one, str)]
        count = str(result.get("count", ""))
        if not all(one.isdecimal() for one in numbers) or not count.isdecimal():
            raise SourceError("the search gives no numbers", place=where, hint="try again later")
        return numbers[:_BATCH], int(count[:12])

    def _fetched(self, client: Client, numbers: list[str]) -> Iterator[Found]:
        where = f"{self.name}/efetch/{numbers[0]}"
        query = {"id": ",".join(numbers), "retmode": "xml"}
        answer = client.get(f"{self.base}/efetch.fcgi", query=self._said(query))
        # The held file only lends its name to places and errors.
        file = open_held(b"<PubmedArticleSet/>", where)
        for position, article in enumerate(pubmedxml.articles(answer.content, where), start=1):
            entry = Entry(file, position, pubmedxml.written(article), self.name, FORMAT)
            try:
                yield record_of(_row(article, entry), entry)
            except SourceError as error:
                yield error

    def _too_many(self, day: date, count: int) -> SourceError:
        return SourceError(
            f"of {count:,} articles of {day} the first {_REACH:,} were read",
            place=f"{self.name}/esearch",
            hint="make the query narrower",
        )

    def _said(self, query: Mapping[str, str]) -> dict[str, str]:
        who = {"tool": "broadsheet", "email": self.contact, "api_key": self.key or ""}
        return {"db": "pubmed", **query, **{name: said for name, said in who.items() if said}}


@dataclass(frozen=True, slots=True)
class _Window:
    """Some days, how many of their articles are behind, and the last day that is wanted at all."""

    first: date
    last: date
    until: date
    at: int

    @classmethod
    def of(cls, place: Cursor, where: str) -> "_Window":
        try:
            first, last, until = (date.fromisoformat(place[day]) for day in ("from", "to", "until"))
            return cls(first, last, until, max(0, int(place["at"])))
        except ValueError as error:
            raise SourceError(
                "the place to go on from names no days", place=where, hint="begin the harvest anew"
            ) from error

    def halved(self) -> "_Window":
        middle = self.first + (self.last - self.first) // 2
        return _Window(self.first, middle, self.until, 0)

    def after(self, read: int, count: int) -> Cursor | None:
        """Where to go on: in these days, else in all that are left, else None."""
        at = self.at + read
        if read and at < count:
            return self._place(self.first, self.last, at)
        if self.last < self.until:
            return self._place(self.last + timedelta(days=1), self.until, 0)
        return None

    def is_whole(self, since: date, until: date) -> bool:
        return (self.first, self.last) == (since, until)

    def _place(self, first: date, last: date, at: int) -> Cursor:
        return {"from": str(first), "to": str(last), "until": str(self.until), "at": str(at)}


def open_source(what: str, options: Options) -> PubMed:
    """The articles of a query as `kettle[Title] AND steam`; SettingError for none."""
    query = what.strip()
    if not query:
        raise SettingError(
            "pubmed: says not which articles are wanted", hint="write pubmed:connectome[Title]"
        )
    base = (options.base or BASE).rstrip("/")
    return PubMed(query, base, options.contact, options.key)


def _row(article: Element, entry: Entry) -> dict[str, object]:
    """What an article says, by the names of FIELDS."""
    number = pubmedxml.text(article.find("MedlineCitation/PMID"))
    if not number.isdecimal():
        raise entry.fault("the article has no number", hint="tell PubMed, if it stays so")
    named = {
        one.get("IdType", ""): pubmedxml.text(one)
        for one in article.iterfind("PubmedData/ArticleIdList/ArticleId")
    }
    doi = parse_doi(named.get("doi", "")) or _located(article)
    kinds = article.iterfind("MedlineCitation/Article/PublicationTypeList/PublicationType")
    row = {
        "id": number,
        "doi": doi if doi and doi.isprintable() else None,
        "title": _title(article),
        "abstract": pubmedxml.abstract(article),
        "authors": list(pubmedxml.authors(article)),
        "date": pubmedxml.published(article),
        "revised": pubmedxml.revised(article),
        "venue": pubmedxml.text(article.find("MedlineCitation/Article/Journal/Title")),
        "keywords": [
            word
            for path in ("KeywordList/Keyword", "MeshHeadingList/MeshHeading/DescriptorName")
            for one in article.iterfind(f"MedlineCitation/{path}")
            if (word := pubmedxml.text(one))
        ],
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{number}/",
        "retracted": any(pubmedxml.text(kind) == _RETRACTED for kind in kinds)
        or _names_its_retraction(article),
    }
    return replies.filled(row)


def _title(article: Element) -> str:
    """The title; of an article in another language the English one without its brackets."""
    said = pubmedxml.text(article.find("MedlineCitation/Article/ArticleTitle")).removesuffix(".")
    inner = said[1:-1]
    is_bracketed = said[:1] == "[" and said[-1:] == "]" and not {"[", "]"} & set(inner)
    return inner.removesuffix(".") if is_bracketed else said


def _names_its_retraction(article: Element) -> bool:
    """Whether it says in which notice it was retracted."""
    notes = article.iterfind("MedlineCitation/CommentsCorrectionsList/CommentsCorrections")
    return any(note.get("RefType") == _RETRACTED_IN for note in notes)


def _located(article: Element) -> str | None:
    """The DOI among the electronic locations."""
    for one in article.iterfind("MedlineCitation/Article/ELocationID"):
        if one.get("EIdType") == "doi" and (doi := parse_doi(pubmedxml.text(one))):
            return doi
    return None
