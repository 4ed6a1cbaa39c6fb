"""ACL Anthology XML: a collection's volumes and their papers, read as a stream."""

from collections import deque
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from broadsheet.errors import SourceError
from broadsheet.papers import Record
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.opening import OpenFile

FORMAT: Final = "acl-xml"
SOURCE: Final = "acl"
"""Who says what such a file holds, if nobody says otherwise: ids are then `acl:2020.acl-main.1`."""

_SITE = "https://aclanthology.org/"
_HINT = "give each collection, volume and paper its id, as the Anthology does"
_DEEPEST = 60
_KEPT = ("paper", "meta")
_TWO_DIGIT_VOLUMES = 5


class _Reader:
    """What expat tells, as finished `paper` elements with their text and line.

    Only one paper and its volume's `meta` are held at a time. Entities are refused, so that
    nothing can be fetched and nothing can be blown up.
    """

    def __init__(self, file: OpenFile) -> None:
        self.found: deque[tuple[Element, str, int, dict[str, str], Element | None]] = deque()
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._refuse_entity
        self._file = file
        self._ids: dict[str, str] = {}
        self._meta: Element | None = None
        self._tree: TreeBuilder | None = None
        self._kept_depth = 0
        self._depth = 0
        self._at = (0, 0)
        self._buffer = bytearray()
        self._buffer_from = 0

    def feed(self, line: str) -> None:
        """Go on with one line; raises ExpatError, or SourceError for what is refused."""
        data = line.encode("utf-8", "replace")
        self._buffer += data
        self.parser.Parse(data)
        keep_from = self._at[0] if self._tree else self.parser.CurrentByteIndex
        del self._buffer[: keep_from - self._buffer_from]
        self._buffer_from = max(self._buffer_from, keep_from)
        if len(self._buffer) > self._file.limit:
            raise self._file.fault(
                "the element does not end", self._at[1], hint="is this ACL Anthology XML?"
            )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._fault("the XML is nested too deeply")
        if self._tree is None and tag in _KEPT:
            self._tree = TreeBuilder()
            self._kept_depth = self._depth
            self._at = (self.parser.CurrentByteIndex, self.parser.CurrentLineNumber)
        elif self._tree is None and tag in ("collection", "volume"):
            self._ids[tag] = attributes.get("id", "")
            self._meta = None
        if self._tree:
            self._tree.start(tag, attributes)

    def _text(self, text: str) -> None:
        if self._tree:
            self._tree.data(text)

    def _end(self, tag: str) -> None:
        if self._tree:
            self._tree.end(tag)
            if self._depth == self._kept_depth:
                self._finish(self._tree.close())
                self._tree = None
        self._depth -= 1

    def _finish(self, element: Element) -> None:
        if element.tag == "meta":
            self._meta = element
            return
        start, line = self._at
        close = self.parser.CurrentByteIndex - self._buffer_from
        # Before an end tag, but behind an element that is empty (`<paper/>`).
        if self._buffer.startswith(b"</", close):
            close = self._buffer.index(b">", close) + 1
        raw = self._buffer[start - self._buffer_from : close].decode()
        self.found.append((element, raw, line, dict(self._ids), self._meta))

    def _refuse_entity(self, name: str, *_: object) -> None:
        raise self._fault(f"the XML declares an entity (`{name}`), which is not allowed")

    def _fault(self, message: str) -> SourceError:
        return self._file.fault(
            message, self.parser.CurrentLineNumber, hint="is this ACL Anthology XML?"
        )


def read(file: OpenFile, source: str) -> Iterator[Record | SourceError]:
    """Each paper as a record; SourceError for XML that is not well-formed or declares entities.

    A volume's front matter is no paper and is passed over.
    """
    reader = _Reader(file)
    last = 1
    try:
        for number, line in file.lines():
            last = number
            reader.feed(f"{line}\n")
            while reader.found:
                yield _read_paper(file, source, *reader.found.popleft())
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code) or "unknown error"
        raise file.fault(
            f"the XML is not well-formed at column {error.offset + 1}: {what}",
            min(error.lineno, last),
            hint="was the file saved in full?",
        ) from error
    while reader.found:
        yield _read_paper(file, source, *reader.found.popleft())


def _read_paper(
    file: OpenFile,
    source: str,
    paper: Element,
    raw: str,
    line: int,
    ids: dict[str, str],
    meta: Element | None,
) -> Record | SourceError:
    entry = Entry(file, line, raw, source, FORMAT)
    number = paper.get("id", "")
    if not number or not ids.get("collection") or not ids.get("volume"):
        return entry.fault("the paper, its volume or its collection has no `id`", hint=_HINT)
    try:
        name = anthology_id(ids["collection"], ids["volume"], number)
    except ValueError:
        return entry.fault(f"`{number}` cannot be a paper's id here", hint=_HINT)
    try:
        return record_of(_row(name, paper, meta), entry)
    except SourceError as error:
        return error


def anthology_id(collection: str, volume: str, paper: str) -> str:
    """`2020.acl-main.1`, or `P18-1001` for a collection in the style before 2020.

    There a volume has one digit and a paper three, but two each in workshops (W), C69 and D19
    from volume 5; ValueError if they are not numbers then.
    """
    if "." in collection:
        return f"{collection}-{volume}.{paper}"
    two_digits = collection.startswith("W") or collection == "C69"
    if two_digits or (collection == "D19" and int(volume) >= _TWO_DIGIT_VOLUMES):
        return f"{collection}-{int(volume):02}{int(paper):02}"
    return f"{collection}-{int(volume)}{int(paper):03}"


def _row(name: str, paper: Element, meta: Element | None) -> dict[str, object]:
    """What the paper and its volume say, by the names of FIELDS."""
    pdf = _words(paper.find("url"))
    code = [found.get("url", "") for found in paper.iter("pwccode")]
    revisions = [found.get("date", "") for found in paper.iter("revision")]
    row: dict[str, object] = {
        "id": name,
        "title": _words(paper.find("title")),
        "abstract": _words(paper.find("abstract")),
        "authors": [author for found in paper.findall("author") if (author := _author(found))],
        "url": f"{_SITE}{name}/",
        "pdf_url": pdf if "://" in pdf else f"{_SITE}{pdf}.pdf" if pdf else "",
        "doi": _words(paper.find("doi")),
        "code_url": next(filter(None, code), ""),
        "revised": max(revisions, default=""),
        "retracted": paper.find("retracted") is not None,
        "withdrawn": paper.find("removed") is not None,
    }
    if meta is not None:
        row |= {
            "venue": _words(meta.find("booktitle")),
            "year": _words(meta.find("year")),
            "month": _words(meta.find("month")),
        }
    return {field: value for field, value in row.items() if value}


def _author(element: Element) -> dict[str, object] | None:
    parts = (_words(element.find("first")), _words(element.find("last")))
    name = " ".join(part for part in parts if part)
    return {"name": name, "orcid": element.get("orcid")} if name else None


def _words(element: Element | None) -> str:
    """The text of an element without its markup, mathematics between dollar signs."""
    return " ".join("".join(_pieces(element)).split()) if element is not None else ""


def _pieces(element: Element) -> Iterator[str]:
    maths = "$" if element.tag == "tex-math" else ""
    yield maths + (element.text or "")
    for child in element:
        yield from _pieces(child)
        yield " " if child.tag in ("br", "par", "p") else ""
        yield child.tail or ""
    yield maths
