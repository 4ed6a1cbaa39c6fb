"""The field names that sources use, and the one way from named values to a record."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from broadsheet.errors import SourceError
from broadsheet.papers import (
    Author,
    Link,
    LinkKind,
    PartialDate,
    Record,
    Signal,
    SignalKind,
)
from broadsheet.sources.dates import partial, read_date, read_month
from broadsheet.sources.names import listed_names
from broadsheet.sources.opening import OpenFile

_SPELLINGS: Final = {
    "id": "id _id key paper_id",
    "title": "title article_title document_title paper_title",
    "abstract": "abstract abstract_note summary text",
    "summary_by": "summary_by",
    "authors": "authors author author_names author_full_names",
    "date": "date published publication_date announced",
    "year": "year publication_year pub_year py",
    "month": "month",
    "revised": "revised update_date",
    "venue": "venue journal conference booktitle source_title publication_title journal_ref "
    "journal-ref container_title",
    "categories": "categories category",
    "keywords": "keywords author_keywords manual_tags tags",
    "url": "url link",
    "pdf_url": "pdf_url pdf pdf_link",
    "github": "github",
    "code_url": "code_url code",
    "project": "project project_url",
    "links": "links",
    "licence": "licence license",
    "withdrawn": "withdrawn",
    "retracted": "retracted",
    "arxiv_id": "arxiv_id arxiv eprint",
    "doi": "doi",
    "votes": "votes upvotes",
    "comments": "comments",
    "stars": "stars",
    "citations": "citations citation_count cited_by",
    "vote_snapshots": "vote_snapshots",
    "daily_dates": "daily_dates",
    "organization": "organization",
}
FIELDS: Final[Mapping[str, str]] = {
    spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
"""Every spelling of a field's name that is understood, with the name it goes by here."""

_LINKS: Final = (
    ("url", LinkKind.PAGE),
    ("pdf_url", LinkKind.PDF),
    ("github", LinkKind.CODE),
    ("code_url", LinkKind.CODE),
    ("project", LinkKind.PROJECT),
)
_COUNTS: Final = (
    ("votes", SignalKind.VOTES),
    ("comments", SignalKind.COMMENTS),
    ("stars", SignalKind.STARS),
    ("citations", SignalKind.CITATIONS),
)
_KINDS: Final = {str: "text", bool: "true or false", int: "a number", float: "a number"} | {
    list: "a list",
    dict: "an object",
}
_LARGEST_COUNT = 2**53
_SURROGATE = re.compile("[\ud800-\udfff]")
_WHOLE = re.compile(r"(\d{1,15})(?:\.0+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record's text as received, and where it stands."""

    file: OpenFile
    line: int
    raw: str
    source: str
    format: str

    def fault(self, message: str, *, hint: str = "") -> SourceError:
        """The error that says `message` of this record."""
        return self.file.fault(message, self.line, hint=hint, raw=self.raw)

    def wrong(self, name: str, value: object, wanted: str) -> SourceError:
        """The error that says that field `name` is of the wrong kind."""
        kind = _KINDS.get(type(value), "null")
        return self.fault(f"`{name}` is {kind}, not {wanted}", hint=f"give `{name}` as {wanted}")


def named(values: Mapping[str, object]) -> dict[str, object]:
    """The values under the names they go by here; unknown and empty ones are left out.

    Of two spellings of one field its name here counts most, then the one that comes first.
    """
    row: dict[str, object] = {}
    for spelling, value in values.items():
        name = FIELDS.get(spelling)
        if name is None or value is None or value == "":
            continue
        if name not in row or name == spelling:
            row[name] = value
    return row


def record_of(row: Mapping[str, object], entry: Entry) -> Record:
    """The record that `row`, by the names of FIELDS, says; SourceError for a wrong value."""
    categories = _texts(row, "categories", entry, _split_categories)
    keywords = _texts(row, "keywords", entry, _split_keywords)
    return Record(
        title=_text(row, "title", entry),
        abstract=_text(row, "abstract", entry),
        summary_by=_text(row, "summary_by", entry),
        authors=_authors(row, entry),
        announced=_announced(row, entry),
        revised=_date(row, "revised", entry),
        venue=_text(row, "venue", entry),
        categories=categories,
        # A source that repeats its categories as keywords has no keywords.
        keywords=() if keywords == categories else keywords,
        links=_links(row, entry),
        licence=_text(row, "licence", entry),
        withdrawn=_flag(row, "withdrawn", entry),
        retracted=_flag(row, "retracted", entry),
        arxiv_id=_text(row, "arxiv_id", entry) or None,
        doi=_text(row, "doi", entry) or None,
        source=entry.source,
        format=entry.format,
        raw=entry.raw,
        native_id=_native_id(row, entry),
        signals=_signals(row, entry),
        place=entry.file.place(entry.line),
    )


def sound(text: str) -> str:
    """The text with halves of surrogate pairs joined or replaced, so that it can be encoded."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(row: Mapping[str, object], name: str, entry: Entry) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise entry.wrong(name, value, "text")
    return sound(value)


def _native_id(row: Mapping[str, object], entry: Entry) -> str | None:
    value = row.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    # Our own exports name the source in an id.
    return _text(row, "id", entry).strip().removeprefix(f"{entry.source}:") or None


def _flag(row: Mapping[str, object], name: str, entry: Entry) -> bool:
    value = row.get(name)
    if isinstance(value, str) and value.strip().lower() in ("true", "false", "yes", "no", "1", "0"):
        return value.strip().lower() in ("true", "yes", "1")
    if value is None or isinstance(value, bool) or value in (0, 1):
        return bool(value)
    raise entry.wrong(name, value, "true or false")


def _texts(
    row: Mapping[str, object],
    name: str,
    entry: Entry,
    split: Callable[[str], Iterable[str]],
) -> tuple[str, ...]:
    value = row.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in split(sound(value)) if part.strip())
    if not isinstance(value, list):
        raise entry.wrong(name, value, "a list of texts")
    for item in value:
        if not isinstance(item, str):
            raise entry.wrong(f"{name}[{value.index(item)}]", item, "text")
    return tuple(sound(item) for item in value)


def _split_keywords(text: str) -> list[str]:
    for sign in (";", "|"):
        if sign in text:
            return text.split(sign)
    return text.split(",")


def _split_categories(text: str) -> list[str]:
    """Apart by `;`, `|` or `,`, else by spaces, as in `cs.CL cs.AI`."""
    parts = _split_keywords(text)
    return text.split() if len(parts) == 1 and "." in text else parts


def _authors(row: Mapping[str, object], entry: Entry) -> tuple[Author, ...]:
    value = row.get("authors")
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(Author(name) for name in listed_names(sound(value)))
    if not isinstance(value, list):
        raise entry.wrong("authors", value, "a list of names")
    return tuple(author for at, item in enumerate(value) for author in _named(item, at, entry))


def _named(item: object, at: int, entry: Entry) -> list[Author]:
    """One author of a list, or the several that a source wrote into one item with commas."""
    if isinstance(item, str):
        text = sound(item)
        return [Author(name) for name in (listed_names(text) if "," in text else [text])]
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        orcid = item.get("orcid")
        if orcid is not None and not isinstance(orcid, str):
            raise entry.wrong(f"authors[{at}].orcid", orcid, "text")
        return [Author(sound(item["name"]), orcid or None)]
    raise entry.wrong(f"authors[{at}]", item, "a name, or an object with a `name`")


def _date(row: Mapping[str, object], name: str, entry: Entry) -> PartialDate | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if date := partial(value):
            return date
        raise entry.fault(f"`{name}` is {str(value)[:20]}", hint="give a year as four digits")
    if not isinstance(value, str):
        raise entry.wrong(name, value, "a date")
    return read_date(value)


def _announced(row: Mapping[str, object], entry: Entry) -> PartialDate | None:
    """The `date`, else the `year` with as much of the `month` as can be read."""
    if date := _date(row, "date", entry):
        return date
    said = _date(row, "year", entry)
    month = row.get("month")
    number = read_month(str(month) if isinstance(month, int) else _text(row, "month", entry))
    return partial(said.year, number) if said and number and not said.month else said


def _links(row: Mapping[str, object], entry: Entry) -> tuple[Link, ...]:
    links = [
        Link(kind, url)
        for name, kind in _LINKS
        if name in row and (url := _text(row, name, entry).strip())
    ]
    return tuple(dict.fromkeys([*links, *_listed_links(row)]))


def _listed_links(row: Mapping[str, object]) -> list[Link]:
    """The links of a list of objects with `kind` and `url`, as our own exports have them.

    Others call other things `links`; what is no such object is left alone.
    """
    listed = row.get("links")
    return [
        Link(LinkKind(item["kind"]), sound(item["url"]).strip())
        for item in (listed if isinstance(listed, list) else ())
        if isinstance(item, dict)
        and item.get("kind") in tuple(LinkKind)
        and isinstance(item.get("url"), str)
        and item["url"].strip()
    ]


def _signals(row: Mapping[str, object], entry: Entry) -> tuple[Signal, ...]:
    dated = [*_snapshots(row, entry), *_edition_days(row, entry)]
    latest = {signal.kind: signal.value for signal in sorted(dated, key=_moment)}
    signals: list[Signal] = []
    for name, kind in _COUNTS:
        value = _count(row, name, entry) if name in row else None
        # A total that the latest snapshot already says has its date there.
        if value is not None and latest.get(kind) != value:
            signals.append(Signal(kind, value=value))
    if organization := _text(row, "organization", entry).strip():
        signals.append(Signal(SignalKind.ORGANIZATION, text=organization))
    return tuple(signals + dated)


def _moment(signal: Signal) -> datetime:
    return signal.at or datetime.min.replace(tzinfo=UTC)


def _snapshots(row: Mapping[str, object], entry: Entry) -> list[Signal]:
    """The votes and comments of `vote_snapshots`: objects with `at` (UTC if it does not say)."""
    snapshots = row.get("vote_snapshots", [])
    if not isinstance(snapshots, list):
        raise entry.wrong("vote_snapshots", snapshots, "a list of objects")
    signals = []
    for at, snapshot in enumerate(snapshots):
        if not isinstance(snapshot, dict):
            raise entry.wrong(f"vote_snapshots[{at}]", snapshot, "an object")
        moment = _instant(snapshot.get("at"), f"vote_snapshots[{at}].at", entry)
        for name, kind in _COUNTS:
            value = _count(snapshot, name, entry) if snapshot.get(name) is not None else None
            if value is not None:
                signals.append(Signal(kind, value=value, at=moment))
    return signals


def _edition_days(row: Mapping[str, object], entry: Entry) -> list[Signal]:
    """One signal for each day, whose text is the day and whose moment is its midnight in UTC."""
    days = row.get("daily_dates", [])
    if not isinstance(days, list):
        raise entry.wrong("daily_dates", days, "a list of days")
    signals = []
    for at, day in enumerate(days):
        moment = _instant(day, f"daily_dates[{at}]", entry)
        text = moment.date().isoformat()
        signals.append(Signal(SignalKind.EDITION_DAY, text=text, at=moment))
    return signals


def _instant(value: object, name: str, entry: Entry) -> datetime:
    if not isinstance(value, str):
        raise entry.wrong(name, value, "an ISO 8601 time")
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise entry.fault(
            f"`{name}` is {value[:40]!r}, not an ISO 8601 time", hint="write it as 2024-05-27T09:30"
        ) from error


def _count(row: Mapping[str, object], name: str, entry: Entry) -> int | None:
    """A whole number from 0; None where `comments` is the authors' remark, as arXiv has it."""
    value = row.get(name)
    if isinstance(value, str):
        if written := _WHOLE.fullmatch(value.strip()):
            return int(written[1])
        if name == "comments":
            return None
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise entry.wrong(name, value, "a whole number")
    if not 0 <= value <= _LARGEST_COUNT:
        raise entry.fault(f"`{name}` is {str(value)[:20]}", hint="a count is a number from 0")
    return value
