"""arXiv's query API: single papers by their ids, in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from broadsheet.errors import FetchError, SettingError, SourceError
from broadsheet.fetch import Client
from broadsheet.identifiers import parse_arxiv_id
from broadsheet.papers import Author, PartialDate, Record
from broadsheet.sources.remote import Entry, Options, Page, Wanted
from broadsheet.sources.remote.arxivrecords import is_withdrawn, links_of
from broadsheet.sources.remote.xmlpages import Piece, cut

BASE: Final = "https://export.arxiv.org"
NAME: Final = "arxiv-ids"
BATCH: Final = 100

_PATH = "/api/query"
_FORMAT = "arxiv-atom"
_ERRORS = "arxiv.org/api/errors"
_HINT = "Give arXiv ids with commas between: arxiv-ids:2502.08025,hep-th/9901001"


@dataclass(frozen=True, slots=True)
class Answered:
    """One entry of an answer: an id without its version, when it was submitted, what it says."""

    arxiv_id: str
    submitted: datetime | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class ArxivIds:
    """The papers of some ids."""

    ids: tuple[str, ...]
    base: str = BASE
    name: str = NAME

    def expected(self, now: datetime) -> datetime | None:
        """Nothing: papers by their ids come when they are asked for."""
        return None

    def pages(self, client: Client, wanted: Wanted) -> Iterator[Page]:
        """A page for each batch of ids; an id that arXiv does not know is a SourceError in it."""
        done = int((wanted.cursor or {}).get("done", "0"))
        for start in range(done, len(self.ids), BATCH):
            batch = self.ids[start : start + BATCH]
            found = ask(client, self.base, batch)
            known = {one.arxiv_id for one in found}
            unknown = [self._unknown(name) for name in batch if name not in known]
            after = start + BATCH
            yield Page(
                entries=(*(one.entry for one in found), *unknown),
                cursor={"done": str(after)} if after < len(self.ids) else None,
                total=len(self.ids),
            )

    def _unknown(self, name: str) -> SourceError:
        return SourceError("arXiv has no paper of this id", place=f"{self.name}:{name}")


def ask(client: Client, base: str, ids: Sequence[str]) -> list[Answered]:
    """What arXiv says of papers; FetchError or SourceError if it gives no usable answer."""
    url = base.rstrip("/") + _PATH
    query = {"id_list": ",".join(ids), "start": "0", "max_results": str(len(ids))}
    found = cut(client.get(url, query=query).content, {"entry": 2}, url, _answered)
    if found.root != "feed":
        raise FetchError(f"{url} answered with `{found.root[:40]}`, not a feed.", hint=_HINT)
    wanted = dict.fromkeys(ids)
    return [one for one in found.pieces if one.arxiv_id in wanted]


def open_source(what: str, options: Options) -> ArxivIds:
    """`2502.08025,hep-th/9901001,…`; SettingError for what is no arXiv id."""
    named = [one for one in what.replace(",", " ").split() if one]
    ids = [parse_arxiv_id(one) for one in named]
    for text, found in zip(named, ids, strict=True):
        if not found:
            raise SettingError(f"`{text[:60]}` is no arXiv id", hint=_HINT)
    if not ids:
        raise SettingError("`arxiv-ids` names no papers", hint=_HINT)
    known = tuple(dict.fromkeys(one for one in ids if one))
    return ArxivIds(known, (options.base or BASE).rstrip("/"))


def _answered(piece: Piece) -> Answered:
    """One entry; SourceError is raised for one by which arXiv tells of an error."""
    address = piece.first("id")
    if _ERRORS in address or (piece.first("title") == "Error" and not piece.first("published")):
        told = " ".join(piece.first("summary").split())[:300]
        raise SourceError(f"arXiv answered: {told or 'an error'}", place=BASE + _PATH, hint=_HINT)
    arxiv_id = parse_arxiv_id(address) or ""
    published, updated = (_moment(piece.first(name)) for name in ("published", "updated"))
    if not arxiv_id or not piece.first("title"):
        fault = SourceError("the entry has no id or title", place=f"{NAME}:{address}")
        return Answered(arxiv_id, published, fault)
    comment = piece.first("comment")
    revised = published and updated and updated - published > timedelta(seconds=1)
    record = Record(
        title=piece.first("title"),
        abstract=piece.first("summary"),
        authors=tuple(Author(name) for name in piece.all("name")),
        announced=_day(published),
        revised=_day(updated) if revised else None,
        venue=piece.first("journal_ref"),
        categories=_categories(piece),
        links=links_of(comment),
        withdrawn=is_withdrawn(comment) or is_withdrawn(piece.first("summary")),
        arxiv_id=arxiv_id,
        doi=next(iter(piece.first("doi").split()), None),
        source=NAME,
        format=_FORMAT,
        raw=piece.raw,
        native_id=arxiv_id,
    )
    return Answered(arxiv_id, published, record)


def _categories(piece: Piece) -> tuple[str, ...]:
    """The categories, the primary one first."""
    term, primary, found = "", "", list[str]()
    for name, text in piece.values:
        if name == "@term":
            term = text.strip()
        elif name == "primary_category":
            primary = term
        elif name == "category":
            found.append(term)
    return tuple(dict.fromkeys(one for one in (primary, *found) if one))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(moment: datetime | None) -> PartialDate | None:
    return PartialDate(moment.year, moment.month, moment.day) if moment else None
