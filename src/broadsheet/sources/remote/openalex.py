"""OpenAlex: the works that a filter names, with citations as they stand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final

from broadsheet.errors import SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.remote import Entry as PageEntry
from broadsheet.sources.remote import Options, Page, Wanted, replies

NAME: Final = "openalex"
BASE: Final = "https://api.openalex.org"
FORMAT: Final = "openalex-work"

_FIELDS: Final = (
    "id,doi,title,publication_date,authorships,primary_location,best_oa_location,locations,"
    "abstract_inverted_index,cited_by_count,is_retracted,is_paratext,referenced_works,updated_date"
)
_PAGE: Final = 100
_LATE: Final = timedelta(days=30)
_FIRST: Final = "*"
_FILTER: Final = re.compile(r"[a-z_.]+:[^,&#\s][^,&#]*(?:,[a-z_.]+:[^,&#\s][^,&#]*)*")
_BY_DATE: Final = re.compile(r"(?:^|,)(?:from|to)_(publication|created|updated)_date:")
_WORK: Final = re.compile(r"(?:https://openalex\.org/)?(W\d+)")
_HINT: Final = "for example `openalex:primary_topic.subfield.id:1702,type:article`"
_DEEPEST_WORD: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class OpenAlex:
    """The works of one filter, in the source's own words.

    `dates` is the kind of date that a harvest's days are of: `publication`, or `updated` and
    `created` for keys whose plan has them.
    """

    filter: str
    dates: str = "publication"
    base: str = BASE
    key: str | None = field(default=None, repr=False)
    name: str = NAME

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """The works of the wanted days, a hundred a page; citations are dated `wanted.now`.

        Works come in up to a month after their publication, so that all is known only then.
        """
        cursor = _FIRST
        said = self._filter(wanted)
        if wanted.cursor is not None:
            cursor = replies.kept(wanted.cursor, "cursor", self.name)
            said = replies.kept(wanted.cursor, "filter", self.name)
        through = wanted.now - (_LATE if self.dates == "publication" else timedelta())
        if wanted.until:
            ends = datetime.combine(wanted.until + timedelta(days=1), time(), UTC)
            through = min(through, ends)
        while True:
            works, total, following = self._asked(client, said, cursor)
            entries = _entries(works, f"{self.name}/works?cursor={cursor}", wanted.now)
            if following == cursor:
                raise _endless(f"{self.name}/works?cursor={cursor}")
            yield Page(
                entries=tuple(entries),
                cursor={"cursor": following, "filter": said} if following else None,
                through=through,
                total=total,
            )
            if not following:
                return
            cursor = following

    def expected(self, now: datetime) -> datetime | None:
        """None: works come in all the time, but those of a filter in no rhythm."""
        return None

    def _filter(self, wanted: Wanted) -> str:
        parts = [self.filter]
        if wanted.since:
            parts.append(f"from_{self.dates}_date:{wanted.since}")
        if wanted.until:
            parts.append(f"to_{self.dates}_date:{wanted.until}")
        return ",".join(parts)

    def _asked(
        self, client: Client, said: str, cursor: str
    ) -> tuple[list[object], int | None, str | None]:
        """The works of one page, how many there are in all, and the next cursor."""
        query = {"filter": said, "select": _FIELDS, "per_page": str(_PAGE), "cursor": cursor}
        if self.key:
            query["api_key"] = self.key
        where = f"{self.name}/works?cursor={cursor}"
        value = replies.parsed(client.get(f"{self.base}/works", query=query), where)
        found = value.get("results") if isinstance(value, Mapping) else None
        works = replies.listed(value if found is None else found, where)
        meta = value.get("meta") if isinstance(value, Mapping) else None
        meta = meta if isinstance(meta, Mapping) else {}
        total, following = meta.get("count"), meta.get("next_cursor")
        return (
            works,
            total if isinstance(total, int) and total >= 0 else None,
            following if isinstance(following, str) and following and works else None,
        )


def open_source(what: str, options: Options) -> OpenAlex:
    """The works of the filter `what`; SettingError if it is none that can be asked for.

    A leading `updated;` or `created;` takes a harvest's days for those on which works changed or
    came in: the source answers that to the keys of some plans only.
    """
    dates, parted, filter = what.rpartition(";")
    if parted and dates not in ("updated", "created", "publication"):
        raise SettingError(f"`openalex:{what}`: there is no date named `{dates}`", hint=_HINT)
    if not _FILTER.fullmatch(filter):
        raise SettingError(
            f"`openalex:{what}`: this source needs a filter, as pairs `name:value` with commas",
            hint=_HINT,
        )
    if _BY_DATE.search(filter):
        raise SettingError(
            f"`openalex:{what}`: the days are not part of the filter",
            hint="say them with `--since` and `--until`",
        )
    base = (options.base or BASE).rstrip("/")
    return OpenAlex(filter, dates or "publication", base, options.key)


def abstract_of(index: object, entry: Entry) -> str:
    """The text that an inverted index (word to its places) holds; SourceError if it is none."""
    if index is None:
        return ""
    if not isinstance(index, Mapping):
        raise entry.wrong("abstract_inverted_index", index, "an object")
    placed: list[tuple[int, str]] = []
    for word, places in index.items():
        if not isinstance(places, list):
            raise entry.wrong("abstract_inverted_index", places, "an object of lists")
        for place in places:
            # A bool is an int too, but no place.
            if type(place) is not int or not 0 <= place <= _DEEPEST_WORD:
                raise entry.wrong("abstract_inverted_index", place, "an object of places")
            placed.append((place, word))
    return " ".join(word for _, word in sorted(placed))


def _entries(works: list[object], where: str, now: datetime) -> Iterator[PageEntry]:
    for position, work in enumerate(works, 1):
        try:
            entry = replies.entry_of(
                work, source=NAME, format=FORMAT, where=where, position=position
            )
            # Covers, indexes and tables of contents are works there, but no papers.
            if replies.at(work, "is_paratext", entry) is True:
                continue
            record = record_of(replies.filled(_row(work, entry)), entry)
        except SourceError as error:
            yield error
        else:
            yield from replies.counted(record, now)


def _row(work: object, entry: Entry) -> dict[str, object]:
    """What a work says, by the names of FIELDS."""
    native_id = _WORK.fullmatch(replies.text_at(work, "id", entry))
    if not native_id:
        raise entry.fault("the work has no `id` of this source (`W…`)")
    return {
        "id": native_id[1],
        "title": replies.at(work, "title", entry),
        "abstract": abstract_of(replies.at(work, "abstract_inverted_index", entry), entry),
        "authors": _authors(work, entry),
        "date": replies.at(work, "publication_date", entry),
        "venue": _venue(work, entry),
        "url": replies.text_at(work, "primary_location.landing_page_url", entry),
        "pdf_url": replies.text_at(work, "best_oa_location.pdf_url", entry),
        "licence": replies.text_at(work, "best_oa_location.license", entry),
        "retracted": replies.at(work, "is_retracted", entry),
        "doi": replies.text_at(work, "doi", entry),
        "arxiv_id": _arxiv_id(work, entry),
        "citations": replies.at(work, "cited_by_count", entry),
    }


def _authors(work: object, entry: Entry) -> list[object]:
    authors: list[object] = []
    for one in replies.list_at(work, "authorships", entry):
        name = replies.text_at(one, "author.display_name", entry)
        name = name or replies.text_at(one, "raw_author_name", entry)
        if name:
            orcid = replies.text_at(one, "author.orcid", entry)
            authors.append({"name": name, "orcid": orcid.removeprefix("https://orcid.org/")})
    return authors


def _venue(work: object, entry: Entry) -> str:
    """Where the work appeared; a repository is no venue."""
    source = "primary_location.source"
    if replies.text_at(work, f"{source}.type", entry) == "repository":
        return ""
    return replies.text_at(work, f"{source}.display_name", entry)


def _arxiv_id(work: object, entry: Entry) -> str | None:
    """The arXiv id that the DOI or the address of a place of the work tells."""
    said = [replies.text_at(work, "doi", entry)]
    for place in replies.list_at(work, "locations", entry):
        said.append(replies.text_at(place, "landing_page_url", entry))
    return next(filter(None, map(parse_arxiv_id, said)), None)


def _endless(where: str) -> SourceError:
    return SourceError(
        "the source names the same page again as the next one",
        place=where,
        hint="try again later; the harvest goes on behind the last good page",
    )
