"""The datasheet of a catalogue."""

import json
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.catalogue import Catalogue
from broadsheet.curation.datasheet import as_markdown, datasheet
from broadsheet.ingest import Reading, import_files

NOW = datetime(2026, 5, 4, tzinfo=UTC)
RECORDS = (
    {"id": "1", "title": "On FranÃ§ois", "date": "2022", "licence": "CC BY 4.0", "cats": "x"},
    {"id": "2", "title": "RETRACTED: Pots | Pans", "date": "2024", "abstract": "Pots of clay."},
    {"id": "3", "title": "1234"},
    {"id": "4", "title": "Pots of the Early Bronze Age", "authors": ["Ada Pot"]},
    {"id": "5", "title": "Pots of the early Bronze Age", "authors": ["A. Pot"]},
)


def test_a_datasheet_says_what_there_is_and_what_is_missing(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    file = tmp_path / "toy.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in RECORDS), "utf-8")
    import_files(catalogue, [file], Reading(), now=NOW, progress=lambda at: None)
    sheet = datasheet(catalogue, now=NOW)
    assert (sheet.papers, sheet.records, sheet.merged) == (3, 4, 1)
    assert sheet.papers_of == {"toy": 3}
    assert sheet.years == {2022: 1, 2024: 1}
    assert sheet.licences == {"CC-BY-4.0": 1}
    assert sheet.marked == {"withdrawn": 0, "retracted": 1, "summary": 0}
    assert sheet.set_aside == {"title": {"its title has no letters": 1}}
    assert sheet.repairs == {"encoding": 1}
    assert "2 of 3 papers have no abstract." in sheet.gaps()
    assert "1 of 3 papers have no date." in sheet.gaps()
    assert "No paper is from 2023." in sheet.gaps()
    text = as_markdown(sheet, name="The | Paper")
    assert text.startswith("# Datasheet of The \\| Paper\n\nCounted on 4 May 2026, UTC.\n")
    assert "| toy | 3 | 4 | 2026-05-04 |" in text
    assert "| CC-BY-4.0 | 1 | metadata, abstract, summary, copy, text, figure |" in text
    assert "| not known | 2 | metadata, abstract, summary |" in text
    assert "| title | its title has no letters | 1 |" in text
    assert "| a wrong encoding | 1 |" in text
    assert "1 retracted" in text


def test_an_empty_catalogue_has_a_datasheet(catalogue: Catalogue) -> None:
    sheet = datasheet(catalogue, now=NOW)
    assert (sheet.papers, sheet.merged, sheet.gaps()) == (0, 0, ())
    assert "## Known gaps\n\nNone.\n" in as_markdown(sheet, name="Empty")
