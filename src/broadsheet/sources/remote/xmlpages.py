"""XML answers cut into their entries: the values of each in order, and its text as received."""

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.entities import html5
from typing import Final, Generic, TypeVar
from xml.parsers import expat

from broadsheet.errors import FetchError

T = TypeVar("T")
Values = list[tuple[str, str]]
"""What an element holds: the local name and text of each element in it, in the order in which they
end. Before what an element with attributes holds come these, as `@name` and value."""

MOST_ENTRIES: Final = 100_000
"""Of one page; arXiv gives some thousands."""
MOST_VALUES: Final = 200_000
"""Of one entry; a paper of an experiment with 10,000 authors has some 50,000."""
_DEEPEST: Final = 60
_HINT = "Is this the address that it should be? Try again later."
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?:(#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)?")
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_MENDED = frozenset(
    (
        "not well-formed (invalid token)",
        "reference to invalid character number",
        "undefined entity",
    )
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry: its local name, its values and its text as received.

    `is_whole` is false where it holds more values than are read.
    """

    name: str
    values: Values
    raw: str
    is_whole: bool = True

    def first(self, name: str) -> str:
        """The text of the first element of that name, stripped; "" if there is none."""
        return next((text.strip() for found, text in self.values if found == name), "")

    def all(self, name: str) -> list[str]:
        """The texts of the elements of that name, stripped, without empty ones."""
        return [text.strip() for found, text in self.values if found == name and text.strip()]


@dataclass(slots=True)
class Cut(Generic[T]):
    """A document: its root, what was made of its entries, and the values that stand around them."""

    root: str = ""
    pieces: list[T] = field(default_factory=list)
    around: Values = field(default_factory=list)


def cut(
    content: bytes, entries: Mapping[str, int], place: str, make: Callable[[Piece], T]
) -> Cut[T]:
    """Read a document; `entries` gives the depth at which elements of a name are entries.

    Each is handed to `make` as it ends, and only what that makes of it is held.

    Document types are refused, so that no entity can be fetched or blown up, as is what is nested
    too deeply. Characters that XML does not know and entities of HTML are mended. Raises
    FetchError, which names `place`, for what cannot be read to its end.
    """
    content = _in_utf8(content)
    if content[:1024].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        # What a server under repair says, or a gate in front of it.
        raise FetchError(f"{place} gave a web page (HTML), not XML.", hint=_HINT)
    try:
        return _read(content, entries, place, make)
    except expat.ExpatError as error:
        if expat.ErrorString(error.code) not in _MENDED:
            raise _broken(error, place) from error
    try:
        return _read(_mended(content), entries, place, make)
    except expat.ExpatError as error:
        raise _broken(error, place) from error


def local(name: str) -> str:
    """A name without its namespace's prefix."""
    return name.rpartition(":")[2]


def _read(
    content: bytes, entries: Mapping[str, int], place: str, make: Callable[[Piece], T]
) -> Cut[T]:
    """Read with closures and not with methods, which take half as long again."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    found = Cut[T]()
    around = found.around
    values, texts = around, list[str]()
    join, clear = "".join, texts.clear
    depth = begun = inside = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, begun, inside, values
        depth += 1
        if texts:
            clear()
        if not inside:
            if depth == 1:
                found.root = local(tag)
            if entries.get(local(tag)) == depth:
                begun, inside, values = parser.CurrentByteIndex, depth, []
        if depth > _DEEPEST:
            raise _refused("it is nested too deeply", place)
        if attributes and len(values) < MOST_VALUES:
            values += [("@" + local(name), value) for name, value in attributes.items()]

    def end(tag: str) -> None:
        nonlocal depth, inside, values
        if len(values) < MOST_VALUES:
            values.append((tag.rpartition(":")[2], join(texts)))
        clear()
        if depth == inside:
            raw = _raw(content, begun, parser.CurrentByteIndex)
            piece = Piece(local(tag), values, raw, len(values) < MOST_VALUES)
            found.pieces.append(make(piece))
            inside, values = 0, around
            if len(found.pieces) > MOST_ENTRIES:
                raise _refused(f"it has more than {MOST_ENTRIES} entries", place)
        depth -= 1

    def refuse(*_: object) -> None:
        raise _refused("it has a document type, which could hold entities", place)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)
    if len(around) >= MOST_VALUES:
        raise _refused("it holds too much besides its entries", place)
    return found


def _raw(content: bytes, begun: int, at: int) -> str:
    # Before an end tag, but behind an element that is empty (`<record/>`).
    if content.startswith(b"</", at):
        at = content.index(b">", at) + 1
    return content[begun:at].decode("utf-8", "replace")


def _in_utf8(content: bytes) -> bytes:
    """The document in UTF-8, as its mark or else its declaration says that it is written."""
    named = _DECLARED.match(content)
    encoding = named[1].decode("ascii") if named else "utf-8"
    for mark, of_mark in _MARKS:
        if content.startswith(mark):
            encoding = of_mark
            break
    try:
        known = codecs.lookup(encoding).name
        if known in ("utf-8", "ascii"):
            return content.removeprefix(codecs.BOM_UTF8)
        return content.decode(known, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
    except (LookupError, ValueError):
        return content


def _mended(content: bytes) -> bytes:
    """The document without what XML does not allow: wrong bytes, characters and entities."""
    text = _CONTROL.sub("", content.decode("utf-8", "replace"))
    return _AMPERSAND.sub(_mended_reference, text).encode("utf-8", "replace")


def _mended_reference(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        number = int(name[2:], 16) if name[1] == "x" else int(name[1:])
        return found[0] if _is_character(number) else ""
    if name in _OF_XML:
        return found[0]
    return html5.get(f"{name};", f"&amp;{name};")


def _is_character(number: int) -> bool:
    return (
        number in (0x9, 0xA, 0xD)
        or 0x20 <= number < 0xD800
        or 0xE000 <= number < 0xFFFE
        or 0x10000 <= number < 0x110000
    )


def _broken(error: expat.ExpatError, place: str) -> FetchError:
    what = expat.ErrorString(error.code) or "unknown error"
    at = f"line {error.lineno}, column {error.offset + 1}"
    return FetchError(
        f"{place} gave XML that is not well-formed at {at}: {what}.",
        hint="Was the answer cut short? Try again later.",
    )


def _refused(what: str, place: str) -> FetchError:
    return FetchError(f"{place} gave XML that is refused: {what}.", hint=_HINT)
