"""How facts, records and moments are written in columns and payloads, and read back."""

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from broadsheet.papers import (
    Author,
    Facts,
    Link,
    LinkKind,
    PartialDate,
    Place,
    Record,
    Signal,
    SignalKind,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXTS = ("title", "abstract", "summary_by", "venue", "licence")
_FLAGS = ("withdrawn", "retracted")
_LISTS = ("authors", "categories", "keywords", "links")
_DATES = ("announced", "revised")
_IDS = ("arxiv_id", "doi")
# Level 6: level 9 takes three times as long to save one byte in a hundred.
_ZLIB_LEVEL = 6
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware moment; ValueError if it is not aware."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment}")
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment, aware UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def to_json(value: object) -> str:
    """Compact JSON; empty text for an empty list or mapping."""
    return _encode(value) if value else ""


def authors_out(authors: Iterable[Author]) -> list[object]:
    """Names, or pairs of name and ORCID where one is known."""
    return [[author.name, author.orcid] if author.orcid else author.name for author in authors]


def links_out(links: Iterable[Link]) -> list[list[str]]:
    """Pairs of kind and address."""
    return [[str(link.kind), link.url] for link in links]


def facts_to_columns(facts: Facts) -> dict[str, object]:
    """The columns of a paper that hold its facts."""
    return {
        "title": facts.title,
        "abstract": facts.abstract,
        "summary_by": facts.summary_by,
        "authors": to_json(authors_out(facts.authors)),
        "announced": str(facts.announced) if facts.announced else None,
        "revised": str(facts.revised) if facts.revised else None,
        "year": facts.announced.year if facts.announced else None,
        "venue": facts.venue,
        "categories": to_json(facts.categories),
        "keywords": to_json(facts.keywords),
        "links": to_json(links_out(facts.links)),
        "licence": facts.licence,
        "withdrawn": facts.withdrawn,
        "retracted": facts.retracted,
        "arxiv_id": facts.arxiv_id,
        "doi": facts.doi,
    }


def facts_from_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """The facts a row of papers holds, as arguments of `Paper`."""
    lists = {name: json.loads(row[name]) if row[name] else () for name in _LISTS}
    return {name: row[name] for name in (*_TEXTS, *_FLAGS, *_IDS)} | _read_parts(row, lists)


def pack(record: Record) -> bytes:
    """A record's payload: zlib of JSON with the facts as received, the raw text and its place.

    Its source is a column of its own. Text that is no valid Unicode (lone surrogates) survives.
    """
    facts: dict[str, object] = {name: getattr(record, name) for name in (*_TEXTS, *_FLAGS, *_IDS)}
    facts |= {name: str(getattr(record, name) or "") for name in _DATES}
    facts |= {"authors": authors_out(record.authors), "links": links_out(record.links)}
    facts |= {"categories": record.categories, "keywords": record.keywords}
    body: dict[str, object] = {
        "raw": record.raw,
        "format": record.format,
        "facts": {name: value for name, value in facts.items() if value},
    }
    if record.native_id is not None:
        body["native_id"] = record.native_id
    if record.place:
        body["place"] = [record.place.file, record.place.line]
    if record.references:
        body["references"] = record.references
    if record.signals:
        body["signals"] = [
            [str(s.kind), s.value, s.text, to_micros(s.at) if s.at else None]
            for s in record.signals
        ]
    return zlib.compress(to_json(body).encode("utf-8", "surrogatepass"), _ZLIB_LEVEL)


def unpack(payload: bytes, source: str) -> Record:
    """The record that `pack` wrote."""
    body = json.loads(zlib.decompress(payload).decode("utf-8", "surrogatepass"))
    facts = body["facts"]
    known = {name: facts[name] for name in (*_TEXTS, *_FLAGS, *_IDS) if name in facts}
    lists = {name: facts.get(name, ()) for name in _LISTS}
    place = body.get("place")
    return Record(
        source=source,
        format=body["format"],
        raw=body["raw"],
        native_id=body.get("native_id"),
        place=Place(*place) if place else None,
        references=tuple(body.get("references", ())),
        signals=tuple(_read_signal(*signal) for signal in body.get("signals", ())),
        **known,
        **_read_parts(facts, lists),
    )


def _read_parts(dates: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that are more than one text, as arguments of `Facts`."""
    parts: dict[str, Any] = {
        "authors": tuple(
            Author(entry) if isinstance(entry, str) else Author(*entry)
            for entry in lists["authors"]
        ),
        "categories": tuple(lists["categories"]),
        "keywords": tuple(lists["keywords"]),
        "links": tuple(Link(LinkKind(kind), url) for kind, url in lists["links"]),
    }
    for name in _DATES:
        text = dates.get(name)
        parts[name] = PartialDate.parse(text) if text else None
    return parts


def _read_signal(kind: str, value: int | None, text: str | None, at: int | None) -> Signal:
    """A signal from its four parts."""
    return Signal(SignalKind(kind), value, text, None if at is None else from_micros(at))
