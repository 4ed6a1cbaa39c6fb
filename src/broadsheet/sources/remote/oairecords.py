"""What OAI-PMH repositories give: one item of a list, and Dublin Core read into a record."""

import re
from dataclasses import dataclass
from typing import Final

from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.papers import Author, Link, LinkKind, PartialDate, Record
from broadsheet.sources.dates import read_date
from broadsheet.sources.names import given_first
from broadsheet.sources.remote.xmlpages import Values

FORMAT: Final = "oai_dc"

_MOST_AUTHORS: Final = 20_000
_NO_VENUE = re.compile(r"(?:https?:|urn:|issn|isbn|doi)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a list: the repository's id for it, its datestamp, what `metadata` holds."""

    native_id: str
    stamp: str
    values: Values
    raw: str


def native_id(identifier: str) -> str:
    """`host/local` for `oai:host:local`: the repository's id for it, in which no colon is left."""
    return "_".join(identifier.removeprefix("oai:").split()).replace(":", "/")


def read_dublin_core(item: Item, source: str) -> Record:
    """The record that `oai_dc` says; ValueError if it says nothing.

    The longest description is the abstract, the earliest date the announcement and the latest, if
    it is another, the revision.
    """
    said: dict[str, list[str]] = {}
    for name, text in item.values:
        if stripped := text.strip():
            said.setdefault(name, []).append(stripped)
    if not {"title", "description", "creator"} & said.keys():
        raise ValueError("the record has no title, author or description in Dublin Core")
    identifiers = said.get("identifier", [])
    dates = sorted(found for text in said.get("date", []) if (found := read_date(text)))
    announced, revised = _dated(dates)
    venues = [text for text in said.get("source", []) if not _NO_VENUE.match(text)]
    creators = said.get("creator", [])[:_MOST_AUTHORS]
    return Record(
        title=said.get("title", [""])[0],
        abstract=max(said.get("description", [""]), key=len),
        authors=tuple(Author(given_first(name)) for name in creators),
        announced=announced,
        revised=revised,
        venue=venues[0] if venues else "",
        keywords=tuple(said.get("subject", [])),
        links=_links(identifiers),
        licence=_licence(said.get("rights", [])),
        arxiv_id=next(filter(None, map(parse_arxiv_id, identifiers)), None),
        doi=next(filter(None, map(_doi, identifiers)), None),
        source=source,
        format=FORMAT,
        raw=item.raw,
        native_id=item.native_id,
    )


def _dated(dates: list[PartialDate]) -> tuple[PartialDate | None, PartialDate | None]:
    if not dates:
        return None, None
    # `2024` and `2024-05-02` are one date, told twice.
    first = next(d for d in reversed(dates) if str(d).startswith(str(dates[0])))
    return first, dates[-1] if dates[-1] > first else None


def _doi(text: str) -> str | None:
    doi = parse_doi(text)
    return doi if doi and not parse_arxiv_id(text) else None


def _links(identifiers: list[str]) -> tuple[Link, ...]:
    web = [text for text in identifiers if text.startswith(("http://", "https://"))]
    return tuple(
        Link(LinkKind.PDF if text.lower().endswith(".pdf") else LinkKind.PAGE, text)
        for text in dict.fromkeys(web)
    )


def _licence(rights: list[str]) -> str:
    """The address of a licence where one is given, else what is said first."""
    addresses = [text for text in rights if "://" in text]
    return next(iter(addresses or rights), "")
