"""Exports are read back by the libraries, programs and importers that read such files."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cards import MEDIA_TYPES, ExportFormat, bibtex, csl, exported, ris
from broadsheet.papers import FACT_NAMES, Author, Link, LinkKind, Paper, PaperId, PartialDate
from broadsheet.sources import read
from tests.library import LIBRARY
from tests.library.hostile import HOSTILE
from tests.library.shelving import toy_paper

PAPERS = [*map(toy_paper, LIBRARY), *HOSTILE]
FULL = Paper(
    id=PaperId("2502.08025"),
    title="A $\\beta$-test of “quotes”, commas; and\ttabs",
    abstract="One line.\nAnother & {more}.",
    summary_by="A machine",
    authors=(Author("Ada Brook", "0000-0002-1825-0097"), Author("B. Collaboration")),
    announced=PartialDate(2025, 2, 11),
    revised=PartialDate(2025, 3),
    venue="Journal of Ünïcode",
    categories=("cs.CL", "cs.LG"),
    keywords=("tides", "attention, slow"),
    links=(
        Link(LinkKind.PAGE, "https://one.example/a?b=1&c=2"),
        Link(LinkKind.PAGE, "https://two.example/"),
        Link(LinkKind.CODE, "https://code.example/x"),
    ),
    licence="CC BY 4.0",
    withdrawn=True,
    retracted=True,
    arxiv_id="2502.08025",
    doi="10.1234/x",
)


def written(format: ExportFormat, papers: list[Paper]) -> str:
    return "".join(exported(papers, format))


@pytest.mark.parametrize("format", ExportFormat)
def test_pieces_come_one_after_another(format: ExportFormat) -> None:
    taken = 0

    def endless() -> Iterator[Paper]:
        nonlocal taken
        while True:
            taken += 1
            yield FULL

    pieces = exported(endless(), format)
    assert [next(pieces) for _ in range(5)]
    assert taken <= 6
    assert format in MEDIA_TYPES


def test_bibtex_ris_and_csl_are_those_of_the_pages() -> None:
    assert written(ExportFormat.BIBTEX, PAPERS) == bibtex(PAPERS)
    assert written(ExportFormat.RIS, PAPERS) == ris(PAPERS)
    assert json.loads(written(ExportFormat.CSL_JSON, PAPERS)) == csl(PAPERS)
    assert json.loads(written(ExportFormat.CSL_JSON, [])) == []
    entries = bibtexparser.loads(written(ExportFormat.BIBTEX, PAPERS)).entries
    assert len({entry["ID"] for entry in entries}) == len(PAPERS)
    assert len(rispy.loads(written(ExportFormat.RIS, PAPERS))) == len(PAPERS)


def test_json_lines_are_read_back_by_the_importer(tmp_path: Path) -> None:
    papers = [*PAPERS, FULL]
    file = tmp_path / "back.jsonl"
    file.write_text(written(ExportFormat.JSONL, papers), "utf-8")
    records = list(read(file))
    assert len(records) == len(papers)
    for record, paper in zip(records, papers, strict=True):
        assert not isinstance(record, Exception), record
        assert record.native_id == paper.id
        assert {name: getattr(record, name) for name in FACT_NAMES} == {
            name: getattr(paper, name) for name in FACT_NAMES
        }


def test_csv_has_a_row_for_each_paper(tmp_path: Path) -> None:
    text = written(ExportFormat.CSV, [*PAPERS, FULL])
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == len(PAPERS) + 1
    assert rows[-1] == {
        "id": "2502.08025",
        "title": "A β-test of “quotes”, commas; and tabs",
        "authors": "Ada Brook; B. Collaboration",
        "date": "2025-02-11",
        "revised": "2025-03",
        "venue": "Journal of Ünïcode",
        "categories": "cs.CL; cs.LG",
        "keywords": "tides; attention, slow",
        "abstract": "One line. Another & {more}.",
        "summary_by": "A machine",
        "url": "https://one.example/a?b=1&c=2",
        "pdf_url": "https://arxiv.org/pdf/2502.08025",
        "code_url": "https://code.example/x",
        "project": "",
        "licence": "CC BY 4.0",
        "withdrawn": "true",
        "retracted": "true",
        "arxiv_id": "2502.08025",
        "doi": "10.1234/x",
    }
    assert text.count("\r\n") == len(rows) + 1
    file = tmp_path / "back.csv"
    file.write_bytes(text.encode())
    back = list(read(file))
    assert len(back) == len(rows)
    assert not [one for one in back if isinstance(one, Exception)]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r\n=", " @"])
def test_no_cell_is_a_formula(sign: str) -> None:
    title = f'{sign}HYPERLINK("https://evil.example","x")'
    paper = replace(FULL, title=title, authors=(Author(title),), venue=title, keywords=(title,))
    rows = list(csv.reader(io.StringIO(written(ExportFormat.CSV, [paper]), newline="")))
    cells = [cell for cell in rows[1] if "HYPERLINK" in cell]
    assert len(cells) == 4
    assert all(cell.startswith(f"'{sign.strip()}") or cell[0] == "'" for cell in cells)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_keeps_to_its_cell_and_its_line(text: str) -> None:
    paper = replace(FULL, title=text, abstract=text, venue=text, authors=(Author(text),))
    rows = list(csv.reader(io.StringIO(written(ExportFormat.CSV, [paper, FULL]), newline="")))
    assert [len(row) for row in rows] == [len(rows[0])] * 3
    assert not any(cell[:1] in "=+-@\t\r" for row in rows for cell in row if cell)
    lines = written(ExportFormat.JSONL, [paper, FULL]).split("\n")
    assert [json.loads(line)["id"] for line in lines[:-1]] == [FULL.id] * 2
