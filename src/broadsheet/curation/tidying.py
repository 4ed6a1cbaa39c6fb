"""The facts of a record made tidy: cleaned, repaired where that is sure, without repeats."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from broadsheet.curation.repairing import decoded, unbroken, unglued
from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.licences import normalised
from broadsheet.papers import Author, Facts, Finding, Link, LinkKind, Record, Stage
from broadsheet.text import clean, is_plainly_clean, title_key

_NO_ABSTRACT = frozenset(
    "abstract abstractnotavailable abstractunavailable na nan noabstract noabstractavailable "
    "noabstractisavailable noabstractprovided none notavailable null tba thispaperhasnoabstract "
    "thisarticlehasnoabstract todo".split()
)
_ABSTRACT_LABEL = re.compile(r"\A(?:abstract|summary)\s?(?:[:.—–]|\n\n)\s*", re.IGNORECASE)  # noqa: RUF001
_HTML_PAGE = re.compile(r"\A\s{0,20}<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_RETRACTED = re.compile(r"\A\W{0,2}retracted(?: article| paper)?\s?[:\])]", re.IGNORECASE)
_WITHDRAWN = re.compile(r"\A\W{0,2}WITHDRAWN(?: (?:ARTICLE|PAPER))?\s?[:\])]")
_WITHDRAWAL = re.compile(
    r"\A(?:this|the) (?:paper|article|submission|manuscript|work|preprint|arxiv submission)"
    r" (?:has been|was|is|had been) (?:temporarily )?(withdrawn|retracted)\b",
    re.IGNORECASE,
)
_MOST_PASSES = 4
ENCODING, LATEX, HYPHEN, GLUED = "encoding", "latex", "hyphen", "glued"


def tidy(record: Record) -> Facts:
    """The facts of a record, cleaned and repaired: text, ids without version, http(s) links, a
    licence by its short name, lists without repeats; an abstract that only says that there is
    none is empty.

    An arXiv id or DOI that only an address or the other of the two tells is filled in.
    """
    return tidied(record)[0]


def tidied(record: Record, *, as_received: bool = False) -> tuple[Facts, tuple[Finding, ...]]:
    """The tidy facts of a record, and what was repaired in them; nothing if `as_received`.

    LaTeX is read in any case, since only one form of a text can be searched; it is noted.
    """
    texts = _Texts(as_received)
    title, abstract = texts.prose(record.title), _abstract(record.abstract, texts)
    links = _web_links(record.links)
    addresses = [link.url for link in links if link.kind in (LinkKind.PAGE, LinkKind.PDF)]
    named = [record.arxiv_id or "", record.doi or "", *addresses]
    arxiv_id = next(filter(None, map(parse_arxiv_id, named)), None)
    dois = (parse_doi(text) for text in (record.doi or "", *addresses))
    said = _WITHDRAWAL.match(abstract)
    facts = Facts(
        title=title.replace("\n\n", " "),
        abstract=abstract,
        summary_by=texts.line(record.summary_by) if abstract else "",
        authors=_authors(record.authors, texts),
        announced=record.announced,
        revised=record.revised,
        venue=texts.line(record.venue),
        categories=_distinct(record.categories),
        keywords=_distinct(map(texts.line, record.keywords)),
        links=links,
        licence=normalised(_line(record.licence)),
        withdrawn=record.withdrawn
        or bool(_WITHDRAWN.match(title))
        or bool(said and said[1].lower() == "withdrawn"),
        retracted=record.retracted
        or bool(_RETRACTED.match(title))
        or bool(said and said[1].lower() == "retracted"),
        arxiv_id=arxiv_id,
        # arXiv's own DOI says no more than the arXiv id, and would hide a publisher's.
        doi=next((doi for doi in dois if doi and not parse_arxiv_id(doi)), None),
    )
    return facts, texts.findings()


@dataclass(slots=True)
class _Texts:
    """The texts of one record as they are cleaned, and the first repair of each kind."""

    as_received: bool
    repairs: dict[str, str] = field(default_factory=dict)

    def line(self, raw: str) -> str:
        """A text on one line, in which only a wrong encoding is repaired."""
        return self._cleaned(raw).replace("\n\n", " ")

    def prose(self, raw: str) -> str:
        """A text of sentences, in which everything is repaired."""
        text = self._cleaned(raw)
        if self.as_received:
            return text
        for name, repair in ((HYPHEN, unbroken), (GLUED, unglued)):
            text, change = repair(text)
            self._note(name, change)
        return text

    def findings(self) -> tuple[Finding, ...]:
        """What was repaired, by kind."""
        return tuple(
            Finding(Stage.REPAIR, name, change) for name, change in sorted(self.repairs.items())
        )

    def _cleaned(self, raw: str) -> str:
        if raw.isascii() and is_plainly_clean(raw):
            return raw
        text = clean(raw if self.as_received else self._decoded(raw))
        if not (self.as_received or text.isascii()):
            # Cleaned, a text may show a wrong encoding that white space and controls had hidden.
            for _ in range(_MOST_PASSES):
                again = self._decoded(text)
                if again == text:
                    break
                text = clean(again)
        if "\\" in raw and raw.count("\\") > text.count("\\"):
            self._note(LATEX, "LaTeX read as text")
        return text

    def _decoded(self, text: str) -> str:
        text, change = decoded(text)
        self._note(ENCODING, change)
        return text

    def _note(self, name: str, change: str) -> None:
        if change:
            self.repairs.setdefault(name, change)


def _line(raw: str) -> str:
    """A cleaned text on one line."""
    return clean(raw).replace("\n\n", " ")


def _abstract(raw: str, texts: _Texts) -> str:
    if _HTML_PAGE.match(raw):
        # Kept as it is, so that `judge` can see what it was.
        return " ".join(raw.split())
    text = texts.prose(raw)
    if label := _ABSTRACT_LABEL.match(text):
        text = text[label.end() :]
    return "" if len(text) < 60 and title_key(text) in _NO_ABSTRACT else text


def _authors(authors: Iterable[Author], texts: _Texts) -> tuple[Author, ...]:
    named = (Author(texts.line(author.name).strip(" ,;"), author.orcid) for author in authors)
    return tuple(dict.fromkeys(author for author in named if author.name))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    """The words, cleaned, in order, without empty ones and repeats (whatever their case)."""
    first: dict[str, str] = {}
    for word in map(_line, words):
        if word:
            first.setdefault(word.casefold(), word)
    return tuple(first.values())


def _web_links(links: Iterable[Link]) -> tuple[Link, ...]:
    kept = (Link(link.kind, link.url.strip()) for link in links)
    return tuple(dict.fromkeys(link for link in kept if _is_web_address(link.url)))


def _is_web_address(url: str) -> bool:
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
