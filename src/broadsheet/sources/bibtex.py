"""BibTeX: entries split here by their braces, each read by bibtexparser, a broken one set aside."""

import re
from collections.abc import Iterator
from typing import Final

from bibtexparser.bibdatabase import COMMON_STRINGS, BibDatabase, BibDataString, as_text
from bibtexparser.bibtexexpression import BibtexExpression

from broadsheet.errors import SourceError
from broadsheet.identifiers import parse_arxiv_id
from broadsheet.papers import Record
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.names import bibtex_names
from broadsheet.sources.opening import OpenFile

FORMAT: Final = "bibtex"
_BEGIN = re.compile(r"@[ \t]*([A-Za-z]+)[ \t]*([{(])")
_BEGIN_OF_LINE = re.compile(r"[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]\s*[^\s,{}\"=]+\s*[,=]")
_STRAY_FIELD = re.compile(r"[\s,]*[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"\d]")
_SIGN = re.compile(r'[{}()"]')
_GROUP = re.compile(
    r"\\[A-Za-z]+[ \t]*\{[^{}]*\}|\\[^A-Za-z]\{[^{}]*\}|\$[^$]*\$|(?<!\\)\{([^{}\\$]*)\}"
)
_GROUP_DEPTH = 4
_ARXIV_NOTE = re.compile(r"arxiv\s*:\s*([^\s,;\])]{5,30})", re.IGNORECASE)
_STRAY_HINT = "look for a brace too many in the entry before"
_KEPT_BRACES = 2
_VEIL = str.maketrans("{}", "\ue000\ue001")
_UNVEIL = str.maketrans("\ue000\ue001", "{}")
_NOT_PAPERS = ("comment", "preamble")
_VENUES: Final = ("journal", "journaltitle", "booktitle", "school", "institution", "publisher")


class _Block:
    """One entry being read: where it began, what of it is there, and how deep its braces are."""

    def __init__(self, line: int, begin: str, kind: str, opener: str) -> None:
        self.line = line
        self.kind = kind.lower()
        self.parts: list[str] = [begin]
        self.size = 0
        self._opener = opener
        self._depth = int(opener == "{")
        self._quoted = False
        self._begun = False

    def feed(self, text: str, start: int) -> int:
        """Take `text` from `start` up to the entry's end: where that is, or -1 if not in it."""
        for found in _SIGN.finditer(text, start):
            if self._ends(found[0]):
                self._take(text[start : found.end()])
                return found.end()
        self._take(text[start:])
        self.size += len(text) - start + 1
        return -1

    def _take(self, piece: str) -> None:
        if self._begun:
            self.parts.append(piece)
        else:
            self.parts[0] += piece
            self._begun = True

    def _ends(self, sign: str) -> bool:
        if self._opener == "{" or sign in "{}":
            self._depth += (sign == "{") - (sign == "}")
            return sign == "}" and self._opener == "{" and self._depth == 0
        if self._depth == 0 and sign == '"':
            self._quoted = not self._quoted
        return sign == ")" and self._depth == 0 and not self._quoted


class _Abbreviations(dict[str, str]):
    """What `@string` defined; a name nobody defined stands for itself, as it is written."""

    def __missing__(self, name: str) -> str:
        return name


class _Grammar:
    """bibtexparser's reading of one entry at a time, with the abbreviations met so far."""

    def __init__(self) -> None:
        database = BibDatabase()
        database.strings = _Abbreviations(COMMON_STRINGS)
        self._strings = database.strings
        self._expression = BibtexExpression()
        self._expression.set_string_name_parse_action(
            lambda text, at, tokens: BibDataString(database, tokens[0])
        )

    def define(self, raw: str) -> None:
        """Remember an `@string`; raises the expression's ParseException."""
        found = self._expression.string_def.parse_string(raw, parse_all=True)
        self._strings[found["StringName"].name] = as_text(found["StringValue"])

    def fields(self, raw: str) -> tuple[str, dict[str, str]]:
        """The key and fields (names in lower case); raises the expression's ParseException."""
        found = self._expression.entry.parse_string(_veil_inner(raw), parse_all=True)
        fields = {
            str(name).lower(): as_text(value).translate(_UNVEIL)
            for name, value in found["Fields"].items()
        }
        return str(found["Key"]), fields


def read(file: OpenFile, source: str) -> Iterator[Record | SourceError]:
    """Each entry as a record; a broken one as an error value, the reading going on after it."""
    grammar = _Grammar()
    for block in _blocks(file):
        if isinstance(block, SourceError):
            yield block
        elif block.kind not in _NOT_PAPERS:
            entry = Entry(file, block.line, "\n".join(block.parts), source, FORMAT)
            result = _read_block(block.kind, entry, grammar)
            if result is not None:
                yield result


def _read_block(kind: str, entry: Entry, grammar: _Grammar) -> Record | SourceError | None:
    try:
        if kind == "string":
            grammar.define(entry.raw)
            return None
        key, fields = grammar.fields(entry.raw)
        return record_of(_row(key, fields), entry)
    except SourceError as error:
        return error
    except BibtexExpression.ParseException as error:
        line = entry.line + error.lineno - 1
        found = error.line.strip()[:60].translate(_UNVEIL)
        return entry.file.fault(
            f"the BibTeX entry cannot be read beyond column {error.column}, near {found!r}",
            line,
            hint="look for a missing comma, quote or brace there or just before",
            raw=entry.raw,
        )
    except RecursionError:
        return entry.fault("the BibTeX entry is nested too deeply", hint="remove the extra braces")


def _blocks(file: OpenFile) -> Iterator[_Block | SourceError]:
    """Each whole entry; one that another begins within, or that has no end, as an error.

    An entry that begins at the start of a line is taken to begin there even within another one:
    the brace that is missing costs one entry and not the rest of the file.
    """
    block: _Block | None = None
    stray = False
    for number, line in file.lines():
        at = 0
        if block and _BEGIN_OF_LINE.match(line):
            yield _unended(file, block)
            block = None
        while at >= 0:
            if block is None:
                found = _BEGIN.search(line, at)
                if not stray and _STRAY_FIELD.match(line[at : found.start() if found else None]):
                    stray = True
                    yield file.fault("a field stands outside any entry", number, hint=_STRAY_HINT)
                if found is None:
                    break
                stray = False
                block = _Block(number, found[0], found[1], found[2])
                at = found.end()
            at = block.feed(line, at)
            if at >= 0:
                yield block
                block = None
            elif block.size > file.limit:
                yield _unended(file, block)
                block = None
    if block:
        yield _unended(file, block)


def _unended(file: OpenFile, block: _Block) -> SourceError:
    return file.fault(
        f"the BibTeX entry @{block.kind} does not end",
        block.line,
        hint="look for a missing closing brace",
    )


def _veil_inner(raw: str) -> str:
    """The entry with the braces within its values veiled, which the grammar is slow to follow.

    They are known to match; the entry's own braces and those around a value stay.
    """
    if "\ue000" in raw or "\ue001" in raw:
        return raw
    begin = _BEGIN.match(raw)
    kept = _KEPT_BRACES - bool(begin and begin[2] == "(")
    depth = 0
    parts: list[str] = []
    for piece in re.split(r"([{}])", raw):
        depth += piece == "{"
        parts.append(piece.translate(_VEIL) if depth > kept and piece in ("{", "}") else piece)
        depth -= piece == "}"
    return "".join(parts)


def _row(key: str, fields: dict[str, str]) -> dict[str, object]:
    """The fields by the names of FIELDS; braces that only protect letters are taken off."""
    fields = {name: _unprotected(value).strip() for name, value in fields.items()} | {
        "author": fields.get("author", "")
    }
    row: dict[str, object] = {
        "id": key,
        "authors": [{"name": _unprotected(name)} for name in bibtex_names(fields["author"])],
        "venue": next((fields[name] for name in _VENUES if fields.get(name)), ""),
        "arxiv_id": _arxiv_id(fields),
        "categories": fields.get("primaryclass", ""),
    }
    for name in ("title", "abstract", "date", "year", "month", "keywords", "doi", "url"):
        row[name] = fields.get(name, "")
    return {name: value for name, value in row.items() if value}


def _arxiv_id(fields: dict[str, str]) -> str | None:
    """The arXiv id of `eprint`, of DBLP's `volume`, or of a note such as `arXiv:2005.14165`."""
    archive = fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv"
    if archive.lower() == "arxiv" and (found := parse_arxiv_id(fields.get("eprint", ""))):
        return found
    if fields.get("journal", "").lower() == "corr":
        return parse_arxiv_id(fields.get("volume", "").removeprefix("abs/"))
    for name in ("journal", "journaltitle", "howpublished", "note"):
        if noted := _ARXIV_NOTE.search(fields.get(name, "")):
            return parse_arxiv_id(noted[1].rstrip("."))
    return None


def _unprotected(value: str) -> str:
    """The text without braces that only group letters; those of commands and maths stay."""
    for _ in range(_GROUP_DEPTH):
        bare = _GROUP.sub(lambda found: found[0] if found[1] is None else found[1], value)
        if bare == value:
            break
        value = bare
    return value
