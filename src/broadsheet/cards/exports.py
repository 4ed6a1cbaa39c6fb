"""A list of papers in the formats that other programs read, piece by piece as it comes."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from broadsheet.cards.citations import bibtex_entries, csl, ris
from broadsheet.cards.links import address_of, code_of, pdf_of, project_of
from broadsheet.papers import Author, Paper
from broadsheet.text import plain


class ExportFormat(StrEnum):
    """How a list of papers is written for other programs."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"
    JSONL = "jsonl"
    CSV = "csv"


MEDIA_TYPES: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.BIBTEX: "application/x-bibtex",
    ExportFormat.RIS: "application/x-research-info-systems",
    ExportFormat.CSL_JSON: "application/vnd.citationstyles.csl+json",
    ExportFormat.JSONL: "application/jsonl",
    ExportFormat.CSV: "text/csv",
}
"""What each format is called over HTTP."""

_FORMULA_SIGNS = ("=", "+", "-", "@")


def exported(papers: Iterable[Paper], format: ExportFormat) -> Iterator[str]:
    """The papers in a format, in pieces that make one whole file, at most one paper held at a time.

    JSON Lines has the facts as they are kept, so that `import` reads them back; the other formats
    have plain text. In CSV a cell that a spreadsheet could take for a formula begins with `'`.
    """
    return _WRITERS[format](papers)


def _bibtex(papers: Iterable[Paper]) -> Iterator[str]:
    for number, entry in enumerate(bibtex_entries(papers)):
        yield f"\n{entry}" if number else entry


def _ris(papers: Iterable[Paper]) -> Iterator[str]:
    return (ris([paper]) for paper in papers)


def _csl_json(papers: Iterable[Paper]) -> Iterator[str]:
    yield "["
    for number, paper in enumerate(papers):
        yield (",\n" if number else "\n") + _json(csl([paper])[0])
    yield "\n]\n"


def _jsonl(papers: Iterable[Paper]) -> Iterator[str]:
    return (f"{_json(_facts(paper))}\n" for paper in papers)


def _facts(paper: Paper) -> dict[str, Any]:
    """What is known of a paper, under the names that `import` reads; without what is empty."""
    facts = {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "summary_by": paper.summary_by,
        "authors": [_author(author) for author in paper.authors],
        "announced": str(paper.announced) if paper.announced else None,
        "revised": str(paper.revised) if paper.revised else None,
        "venue": paper.venue,
        "categories": list(paper.categories),
        "keywords": list(paper.keywords),
        "links": [{"kind": str(link.kind), "url": link.url} for link in paper.links],
        "licence": paper.licence,
        "withdrawn": paper.withdrawn,
        "retracted": paper.retracted,
        "arxiv_id": paper.arxiv_id,
        "doi": paper.doi,
    }
    return {name: value for name, value in facts.items() if value}


def _author(author: Author) -> str | dict[str, str]:
    return {"name": author.name, "orcid": author.orcid} if author.orcid else author.name


_COLUMNS: Final[Mapping[str, Callable[[Paper], str]]] = {
    "id": lambda paper: paper.id,
    "title": lambda paper: plain(paper.title),
    "authors": lambda paper: "; ".join(plain(author.name) for author in paper.authors),
    "date": lambda paper: str(paper.announced or ""),
    "revised": lambda paper: str(paper.revised or ""),
    "venue": lambda paper: plain(paper.venue),
    "categories": lambda paper: "; ".join(paper.categories),
    "keywords": lambda paper: "; ".join(plain(keyword) for keyword in paper.keywords),
    "abstract": lambda paper: plain(paper.abstract),
    "summary_by": lambda paper: plain(paper.summary_by),
    "url": address_of,
    "pdf_url": pdf_of,
    "code_url": code_of,
    "project": project_of,
    "licence": lambda paper: paper.licence,
    "withdrawn": lambda paper: "true" if paper.withdrawn else "",
    "retracted": lambda paper: "true" if paper.retracted else "",
    "arxiv_id": lambda paper: paper.arxiv_id or "",
    "doi": lambda paper: paper.doi or "",
}


def _csv(papers: Iterable[Paper]) -> Iterator[str]:
    yield _row(_COLUMNS)
    for paper in papers:
        yield _row(_cell(read(paper)) for read in _COLUMNS.values())


def _row(cells: Iterable[str]) -> str:
    """One row, quoted where need be, with CRLF (RFC 4180)."""
    row = io.StringIO(newline="")
    csv.writer(row).writerow(cells)
    return row.getvalue()


def _cell(text: str) -> str:
    """One line, which no spreadsheet takes for a formula."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_WRITERS: Final[Mapping[ExportFormat, Callable[[Iterable[Paper]], Iterator[str]]]] = {
    ExportFormat.BIBTEX: _bibtex,
    ExportFormat.RIS: _ris,
    ExportFormat.CSL_JSON: _csl_json,
    ExportFormat.JSONL: _jsonl,
    ExportFormat.CSV: _csv,
}
