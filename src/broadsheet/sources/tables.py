"""CSV and TSV: a line of column names as usual exports write them, then a row for each paper."""

import csv
import re
from collections.abc import Iterator
from typing import Final

from broadsheet.errors import SourceError
from broadsheet.papers import Record
from broadsheet.sources.fields import FIELDS, Entry, named, record_of
from broadsheet.sources.opening import OpenFile

FORMAT: Final = "csv"
_DELIMITERS: Final = (",", ";", "\t", "|")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


class _Rows:
    """The lines of a file for the csv reader, kept until the row they make is taken."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._held: list[str] = []
        self._begun = 0

    def __iter__(self) -> "_Rows":
        return self

    def __next__(self) -> str:
        number, line = next(self._lines)
        if not self._held:
            self._begun = number
        self._held.append(line)
        return f"{line}\n"

    def take(self) -> tuple[int, str]:
        """The first line's number and the text of what was read since the last call."""
        taken = self._begun, "\n".join(self._held)
        self._held = []
        return taken


def is_table(head: str) -> bool:
    """Whether a text begins with column names of papers: a title and another one we know."""
    _, names = _columns(head.lstrip().partition("\n")[0])
    known = [name for name in names if name in FIELDS.values()]
    return "title" in known and len(known) > 1


def read(file: OpenFile, source: str) -> Iterator[Record | SourceError]:
    """Each row as a record; one that does not fit the columns as an error value."""
    lines = _Rows(file.lines())
    header = next((line for line in lines if line.strip()), "")
    begun, _ = lines.take()
    delimiter, names = _columns(header)
    if "title" not in names:
        raise file.fault(
            "the first line names no column `title`",
            begun,
            hint="name the columns in the first line: title,abstract,authors,year,doi,url …",
        )
    # strict: a cell whose quotes do not match is an error, not a guess.
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        wrong = ""
        row: list[str] = []
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            wrong = str(error)
        line, raw = lines.take()
        if wrong or any(cell.strip() for cell in row):
            yield _read_row(Entry(file, line, raw, source, FORMAT), names, row, wrong)


def _read_row(entry: Entry, names: list[str], row: list[str], wrong: str) -> Record | SourceError:
    if wrong:
        return entry.fault(
            f"the row's quotes do not match ({wrong})",
            hint='close each quoted cell, and write a quote within one as ""',
        )
    if len(row) > len(names):
        return entry.fault(
            f"the row has {len(row)} cells, but there are {len(names)} columns",
            hint="quote the cells that hold the delimiter",
        )
    try:
        return record_of(named(dict(zip(names, row, strict=False))), entry)
    except SourceError as error:
        return error


def _columns(header: str) -> tuple[str, list[str]]:
    """The delimiter that gives most columns we know, and the columns by the names of FIELDS."""
    best: tuple[str, list[str]] = (",", [])
    most = -1
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([header.strip("\r\n")], delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [_name(cell) for cell in cells]
        known = len(set(names) & set(FIELDS.values()))
        if known > most:
            best, most = (delimiter, names), known
    return best


def _name(cell: str) -> str:
    """A column's name as FIELDS has it, `Author(s)` and `Publication Year` included."""
    name = _NOT_WORD.sub("_", cell.strip().lower().replace("(s)", "s")).strip("_")
    return FIELDS.get(name, name)
