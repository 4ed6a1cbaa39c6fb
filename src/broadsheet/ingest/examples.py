"""Papers given as examples, in place of a query: read from a file or a text, filed nowhere."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import PurePosixPath

from broadsheet import sources
from broadsheet.curation import judge, tidy
from broadsheet.errors import InputError, SourceError
from broadsheet.identifiers import read_reference
from broadsheet.papers import Facts, Record
from broadsheet.text import plain

MOST_EXAMPLES = 200
"""Papers that are read of what is given; the rest is left unread, and that is said."""
LARGEST_EXAMPLES = 2 << 20
"""Bytes of a file or text."""
LONGEST_TEXT = 10_000
"""Characters of a title or abstract that are looked at; longer ones are whole papers."""
_SOURCE = "given"
_PASTED = "text"
_LONG_LINE = 300
"""A line of more characters is an abstract, not a title."""
_WRAPPED = 0.4
"""Prose cut into lines has at least this share of them begin in lower case; titles hardly ever."""
_NARROWEST = 40
"""Characters of a line of wrapped prose."""
_LABEL = 90
_FAULTS_TOLD = 3
_APART = re.compile(r"[,;]?\s+")
_EMPTY_HINT = "Give an abstract, titles one a line, ids, or a bibliography such as BibTeX."


@dataclass(frozen=True, slots=True)
class Example:
    """One paper that was given: its tidied facts (none for a bare id) and the ids that name it.

    `place` says where it stood, as `file:line`.
    """

    facts: Facts
    ids: tuple[str, ...]
    place: str

    @property
    def label(self) -> str:
        """What it is called: its title, else its first words, else its place."""
        text = plain(self.facts.title or self.facts.abstract) or self.place
        return text if len(text) <= _LABEL else text[:_LABEL].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be used, where it stood and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Examples:
    """What was read of something given; `cut` says that it held more than was looked at."""

    papers: tuple[Example, ...]
    unread: tuple[Unread, ...]
    cut: bool

    @property
    def entries(self) -> int:
        """How many entries were read, usable or not."""
        return len(self.papers) + len(self.unread)


def read_examples(data: bytes, name: str = _PASTED, *, format: str | None = None) -> Examples:
    """Read what a reader gave: a file of any known format, or a text of abstracts, titles and ids.

    `name` is what the file is called where it came from; `format` the one it must be in, else it
    is told from the content. In a text, a line that is an id stands for its paper, a long line or
    a wrapped paragraph is an abstract, and each other line a title, which belongs to the abstract
    right after it. Raises InputError for what is empty, over 2 MiB, no text or without any entry
    that can be read.
    """
    name = _file_name(name)
    if not data.strip():
        raise InputError(f"There is nothing in the {name}.", hint=_EMPTY_HINT)
    if len(data) > LARGEST_EXAMPLES:
        raise InputError(
            f"The {name} has {len(data):,} bytes; the limit is {LARGEST_EXAMPLES:,}.",
            hint="Give the entries that matter most.",
        )
    held = sources.read_held(data, name, _SOURCE, format=format)
    if isinstance(held, str):
        entries = _of_text(held, name)
    else:
        entries = (_of_record(one, name) for one in _until_fault(held))
    read = list(islice(entries, MOST_EXAMPLES + 1))
    kept = read[:MOST_EXAMPLES]
    if not any(isinstance(one, Example) for one in kept):
        faults = [f"{one.place}: {one.reason}" for one in kept if isinstance(one, Unread)]
        raise InputError(
            f"No paper could be read from the {name}. {'; '.join(faults[:_FAULTS_TOLD])}".strip(),
            hint=_EMPTY_HINT,
        )
    return Examples(
        papers=tuple(one for one in kept if isinstance(one, Example)),
        unread=tuple(one for one in kept if isinstance(one, Unread)),
        cut=len(read) > MOST_EXAMPLES,
    )


def examples_named(ids: Sequence[str]) -> Examples:
    """Papers given by their ids alone; of more than 200 the first."""
    papers = [Example(Facts(), _ids_of(id), id) for id in ids[:MOST_EXAMPLES]]
    return Examples(tuple(papers), (), len(ids) > MOST_EXAMPLES)


def together(parts: Sequence[Examples]) -> Examples:
    """What was given in several ways as one, cut at 200 papers."""
    papers = [paper for part in parts for paper in part.papers]
    unread = [one for part in parts for one in part.unread]
    cut = len(papers) > MOST_EXAMPLES or any(part.cut for part in parts)
    return Examples(tuple(papers[:MOST_EXAMPLES]), tuple(unread), cut)


def _file_name(name: str) -> str:
    """The last part of a path of any system, of characters that can be shown."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[:80] or _PASTED


def _until_fault(records: Iterator[Record | SourceError]) -> Iterator[Record | SourceError]:
    """The records, and last the fault that made an end of the reading, if one did."""
    try:
        yield from records
    except SourceError as fault:
        yield fault


def _of_record(record: Record | SourceError, name: str) -> Example | Unread:
    if isinstance(record, SourceError):
        return Unread(record.place, record.reason)
    place = str(record.place or name)
    cut = replace(
        record, title=record.title[:LONGEST_TEXT], abstract=record.abstract[:LONGEST_TEXT]
    )
    facts = tidy(cut)
    ids = [facts.arxiv_id, f"doi:{facts.doi}" if facts.doi else None]
    known = tuple(id for id in ids if id)
    if not facts.title and not facts.abstract:
        return Example(facts, known, place) if known else Unread(place, "no title, abstract or id")
    # An abstract may come without its title, but not be garbled.
    reason = judge(facts if facts.title else replace(facts, title=facts.abstract[:_LABEL]))
    # Which stage refused it is no matter of whoever gives it.
    return Unread(place, reason.partition(": ")[2]) if reason else Example(facts, known, place)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text: `kind` is `id`, `title` or `abstract`; `line` where it begins, from 1."""

    kind: str
    text: str
    line: int


def _of_text(text: str, name: str) -> Iterator[Example | Unread]:
    """The papers of a text that is in no format."""
    pieces = list(_pieces(text))
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        at = f"{name}:{piece.line}"
        if piece.kind == "id":
            yield Example(Facts(), _ids_of(piece.text), at)
        elif _is_heading(pieces, place):
            yield _of_record(_record(piece.text, pieces[place + 1].text), at)
            place += 1
        elif piece.kind == "title":
            yield _of_record(_record(piece.text, ""), at)
        else:
            yield _of_record(_record("", piece.text), at)
        place += 1


def _is_heading(pieces: Sequence[_Piece], place: int) -> bool:
    """Whether a title belongs to the abstract that follows: not if it ends a list of titles."""
    kinds = [piece.kind for piece in pieces[max(0, place - 1) : place + 2]]
    return kinds[-2:] == ["title", "abstract"] and kinds[:-2] != ["title"]


def _record(title: str, abstract: str) -> Record:
    return Record(title=title, abstract=abstract, source=_SOURCE, format="text", raw="")


def _pieces(text: str) -> Iterator[_Piece]:
    lines = enumerate(text.splitlines(), 1)
    for filled, block in groupby(lines, key=lambda line: bool(line[1].strip())):
        if filled:
            yield from _of_block([(number, line.strip()) for number, line in block])


def _of_block(lines: Sequence[tuple[int, str]]) -> Iterator[_Piece]:
    """The pieces of lines that no empty line parts."""
    rest = []
    for number, line in lines:
        words = _APART.split(line)
        if all(read_reference(word) for word in words):
            yield from (_Piece("id", word, number) for word in words)
        else:
            rest.append((number, line))
    if _is_wrapped([line for _, line in rest]):
        yield _Piece("abstract", " ".join(line for _, line in rest), rest[0][0])
        return
    for number, line in rest:
        yield _Piece("abstract" if len(line) > _LONG_LINE else "title", line, number)


def _is_wrapped(lines: Iterable[str]) -> bool:
    """Whether lines are prose that was cut at the margin: then none but the last is short."""
    first, *later = list(lines) or [""]
    if not later or min(map(len, (first, *later[:-1]))) < _NARROWEST:
        return False
    return sum(line[0].islower() for line in later) >= _WRAPPED * len(later)


def _ids_of(id: str) -> tuple[str, ...]:
    """An id as it was written and as the catalogue would write it."""
    # PostgreSQL takes no NUL in a text, and no id holds one.
    id = id.strip().replace("\0", "")
    return tuple(dict.fromkeys((id, str(read_reference(id) or id))))
