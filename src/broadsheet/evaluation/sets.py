"""Judged sets in the BEIR layout: documents, queries, and which answers which, and how well."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadsheet.errors import SourceError

_QRELS = ("qrels.tsv", "qrels/test.tsv", "qrels/dev.tsv", "qrels/train.tsv")
_HINT = "a set has corpus.jsonl, queries.jsonl and qrels.tsv"


@dataclass(frozen=True, slots=True)
class Text:
    """A document of a set; `date` (as text in order) and `votes` are None where unknown."""

    id: str
    title: str
    text: str
    date: str | None = None
    votes: int | None = None


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A set: `queries` are those that are judged; grades are whole numbers, 0 for not relevant."""

    name: str
    documents: tuple[Text, ...]
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]


def read_set(folder: Path) -> JudgedSet:
    """Read a set from its folder; SourceError with file and line for what cannot be read."""
    documents = tuple(_document(row, place) for place, row in _objects(folder / "corpus.jsonl"))
    asked = {
        _text(row, "_id", place): _text(row, "text", place)
        for place, row in _objects(folder / "queries.jsonl")
    }
    grades = _grades(folder)
    known = {document.id for document in documents}
    if not any(known & graded.keys() for graded in grades.values()):
        raise SourceError(
            "no judged document is in the corpus",
            place=str(folder),
            hint="do the ids belong to it?",
        )
    queries = {name: text for name, text in asked.items() if grades.get(name)}
    if not queries:
        raise SourceError("no query is judged", place=str(folder), hint="do the ids belong to it?")
    return JudgedSet(folder.name, documents, queries, {name: grades[name] for name in queries})


def _document(row: Mapping[str, Any], place: str) -> Text:
    """A document; what BEIR puts under `metadata` may also stand beside the text."""
    further = row.get("metadata") if isinstance(row.get("metadata"), dict) else {}
    known = {**(further or {}), **row}
    date = known.get("date", known.get("year"))
    votes = known.get("votes")
    return Text(
        _text(row, "_id", place),
        _text(row, "title", place, ""),
        _text(row, "text", place, ""),
        str(date) if isinstance(date, str | int) and date else None,
        votes if isinstance(votes, int) else None,
    )


def _objects(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in _lines(file):
        place = f"{file}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise SourceError(f"not valid JSON: {error.msg}", place=place, hint=_HINT) from error
        if not isinstance(row, dict):
            raise SourceError("the line is no object", place=place, hint=_HINT)
        yield place, row


def _grades(folder: Path) -> dict[str, dict[str, int]]:
    """Query, document, grade a line, or the four columns of TREC; a heading may come first."""
    file = next((folder / name for name in _QRELS if (folder / name).is_file()), folder / _QRELS[0])
    grades: dict[str, dict[str, int]] = {}
    for number, line in _lines(file):
        cells = line.split("\t") if "\t" in line else line.split()
        if len(cells) == 4:
            cells = [cells[0], *cells[2:]]
        try:
            query, document, grade = cells
            grades.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            if number == 1:
                continue
            raise SourceError(
                "the line is not: query, document, grade", place=f"{file}:{number}", hint=_HINT
            ) from error
    return grades


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not in UTF-8"
        raise SourceError(f"cannot be read: {reason}", place=str(file), hint=_HINT) from error


def _text(row: Mapping[str, Any], name: str, place: str, default: str | None = None) -> str:
    value = row.get(name, default)
    if not isinstance(value, str):
        raise SourceError(f"`{name}` is missing or no text", place=place, hint=_HINT)
    return value
