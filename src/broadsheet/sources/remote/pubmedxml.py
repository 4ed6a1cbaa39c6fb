"""PubMed's XML, as elements: no entity is let in, and each article is read by itself."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder, tostring
from xml.parsers import expat

from broadsheet.errors import SourceError
from broadsheet.sources.dates import named_month, partial

ARTICLE: Final = "PubmedArticle"

_DEEPEST: Final = 60
_HINT = "try again later; is this the address of PubMed?"


def articles(content: bytes, where: str) -> list[Element]:
    """The articles of an answer, without books and what is deleted.

    Raises SourceError for what is not PubMed's XML, declares entities or holds nothing.
    """
    found: list[Element] = []
    reader = _Reader(found, where)
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code) or "unknown error"
        raise SourceError(
            f"the XML is not well-formed: {what}", place=f"{where}:{error.lineno}", hint=_HINT
        ) from error
    if reader.root != "PubmedArticleSet":
        raise SourceError(f"the XML is of {reader.root[:80]!r}", place=where, hint=_HINT)
    if not reader.children:
        raise SourceError("none of the articles came", place=where, hint=_HINT)
    return found


class _Reader:
    """What expat tells, as finished articles; the parser opens nothing that a document names."""

    def __init__(self, found: list[Element], where: str) -> None:
        self.root = ""
        self.children = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._refuse
        self._found, self._where = found, where
        self._tree: TreeBuilder | None = None
        self._depth = 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SourceError("the XML is nested too deeply", place=self._where, hint=_HINT)
        if self._depth == 2:
            self.children += 1
            self._tree = TreeBuilder() if tag == ARTICLE else None
        if self._tree:
            self._tree.start(tag, attributes)

    def _text(self, text: str) -> None:
        if self._tree and self._depth > 1:
            self._tree.data(text)

    def _end(self, tag: str) -> None:
        if self._tree:
            self._tree.end(tag)
            if self._depth == 2:
                self._found.append(self._tree.close())
                self._tree = None
        self._depth -= 1

    def _refuse(self, name: str, *_: object) -> None:
        raise SourceError(
            f"the XML declares an entity (`{name}`), which is not allowed",
            place=self._where,
            hint=_HINT,
        )


def written(article: Element) -> str:
    """The XML of one article."""
    return tostring(article, encoding="unicode")


def text(element: Element | None) -> str:
    """The text of an element without its markup, on one line; "" for none."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def abstract(article: Element) -> str:
    """The parts of the abstract, each under its label if it has one."""
    parts = []
    for part in article.iterfind("MedlineCitation/Article/Abstract/AbstractText"):
        label = part.get("Label", "")
        parts.append(f"{label}: {text(part)}" if label else text(part))
    return "\n\n".join(part for part in parts if part)


def authors(article: Element) -> Iterator[dict[str, object]]:
    """The authors in order, people and groups."""
    for author in article.iterfind("MedlineCitation/Article/AuthorList/Author"):
        parts = (text(author.find("ForeName")), text(author.find("LastName")))
        name = " ".join(part for part in parts if part) or text(author.find("CollectiveName"))
        orcids = (
            text(one).rstrip("/").rpartition("/")[2]
            for one in author.iterfind("Identifier")
            if one.get("Source") == "ORCID"
        )
        if name:
            yield {"name": name, "orcid": next(orcids, None)}


def published(article: Element) -> str:
    """The day it came online, else that of the issue, as far as it is said; "" if not at all."""
    for path in ("ArticleDate", "Journal/JournalIssue/PubDate"):
        element = article.find(f"MedlineCitation/Article/{path}")
        if element is not None and (day := _day(element)):
            return day
    return ""


def revised(article: Element) -> str:
    """The day on which the record was last changed; "" if it is not said."""
    element = article.find("MedlineCitation/DateRevised")
    return _day(element) if element is not None else ""


def _day(element: Element) -> str:
    """A date of `Year`, `Month` (a number or a name) and `Day`, or of a `MedlineDate`."""
    said = text(element.find("Year")) or text(element.find("MedlineDate"))[:4]
    month = text(element.find("Month")) or text(element.find("MedlineDate"))[5:8]
    day = text(element.find("Day"))
    number = int(month[:4]) if month.isdecimal() else named_month(month)
    if not said.isdecimal() or len(said) != 4:
        return ""
    found = partial(int(said), number, int(day[:4]) if day.isdecimal() and number else 0)
    return str(found) if found else ""
