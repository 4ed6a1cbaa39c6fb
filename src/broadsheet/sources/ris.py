"""RIS: records of tagged lines from `TY` to `ER`, each read by rispy."""

import re
from collections.abc import Iterator
from typing import Final

import rispy

from broadsheet.errors import SourceError
from broadsheet.papers import Record
from broadsheet.sources.fields import Entry, record_of
from broadsheet.sources.opening import OpenFile

FORMAT: Final = "ris"
_TAG = re.compile(r"([A-Z][A-Z0-9]) {2}-(?: |$)")
_BEGIN = "begin each record with `TY  - JOUR` (two spaces) and end it with `ER  - `"
_END = "end each record with a line `ER  - `"
_LISTED = ("KW", "UR")
_ROW: Final = {
    "id": ("id", "accession_number"),
    "title": ("primary_title", "title", "translated_title"),
    "abstract": ("abstract", "notes_abstract"),
    "date": ("date",),
    "year": ("year", "publication_year"),
    "venue": (
        "journal_name",
        "alternate_title3",
        "secondary_title",
        "alternate_title2",
        "publisher",
    ),
    "doi": ("doi",),
    "pdf_url": ("file_attachments1",),
}


def read(file: OpenFile, source: str) -> Iterator[Record | SourceError]:
    """Each record; one without its last line (`ER`) or its first (`TY`) as an error value."""
    held: list[str] = []
    begun = size = 0
    for number, line in file.lines():
        tag = _tag(line)
        if tag == "TY" and held:
            yield _unended(Entry(file, begun, "\n".join(held), source, FORMAT))
            held = []
        if not held and tag is None:
            if line.strip():
                yield file.fault("the text is outside a record", number, hint=_BEGIN)
            continue
        if not held:
            begun, size = number, 0
        held.append(line)
        size += len(line) + 1
        if size > file.limit:
            raise file.fault("the record does not end", begun, hint=_END)
        if tag == "ER":
            yield _read_record(Entry(file, begun, "\n".join(held), source, FORMAT))
            held = []
    if held:
        yield _unended(Entry(file, begun, "\n".join(held), source, FORMAT))


def _tag(line: str) -> str | None:
    found = _TAG.match(line)
    return found[1] if found else None


def _unended(entry: Entry) -> SourceError:
    return entry.fault("the record does not end", hint=_END)


def _read_record(entry: Entry) -> Record | SourceError:
    if not entry.raw.startswith("TY"):
        return entry.fault("the record does not begin with a `TY` line", hint=_BEGIN)
    entries = rispy.loads("\n".join(_unfolded(entry.raw)))
    if len(entries) != 1:
        return entry.fault("the record cannot be read", hint=_BEGIN)
    try:
        return record_of(_row(entries[0]), entry)
    except SourceError as error:
        return error


def _unfolded(raw: str) -> Iterator[str]:
    """The record with each tag on one line; a line without a tag goes on with the one before."""
    parts: list[str] = []
    for line in raw.split("\n"):
        if _TAG.match(line):
            if parts:
                yield " ".join(parts)
            parts = [line]
        elif line.strip() and parts:
            if parts[0][:2] in _LISTED:
                yield " ".join(parts)
                parts = [f"{parts[0][:2]}  - {line.strip()}"]
            else:
                parts.append(line.strip())
    yield " ".join(parts)


def _row(entry: dict[str, object]) -> dict[str, object]:
    row: dict[str, object] = {}
    for name, tags in _ROW.items():
        values = [value for tag in tags if isinstance(value := entry.get(tag), str) and value]
        if values:
            row[name] = values[0]
    authors = [*_list(entry, "first_authors"), *_list(entry, "authors")]
    urls = _list(entry, "urls")
    keywords = _list(entry, "keywords")
    return row | {
        name: value
        for name, value in (
            ("authors", authors),
            ("keywords", keywords),
            ("url", "".join(urls[:1])),
        )
        if value
    }


def _list(entry: dict[str, object], tag: str) -> list[str]:
    values = entry.get(tag)
    return [value for value in values if value] if isinstance(values, list) else []
