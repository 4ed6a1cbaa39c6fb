"""CSV and TSV: columns by their usual names, and rows that do not fit them."""

from pathlib import Path

import pytest

from broadsheet.errors import SourceError
from broadsheet.papers import Link, LinkKind, PartialDate, Record, Signal, SignalKind
from broadsheet.sources import detect, read


def read_text(folder: Path, text: str) -> list[Record | SourceError]:
    file = folder / "list.txt"
    file.write_text(text, encoding="utf-8")
    return list(read(file))


def outline(found: list[Record | SourceError]) -> list[str]:
    return [
        one.title if isinstance(one, Record) else f"{one.place.split(':')[-1]}: {one.reason}"
        for one in found
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_every_delimiter_and_usual_name_is_known(tmp_path: Path, sign: str) -> None:
    names = ["Key", "Article Title", "Author(s)", "Publication Year", "Source title", "DOI", "Link"]
    row = ["k1", '"On, ""singing""; Kettles | Pots\nand more"', '"Holm, Ana; Lund, Bo"', "2024"]
    row += ["Steam", "10.1234/K", "https://kettles.example/1"]
    text = "\ufeff" + sign.join([*names, "Cited by"]) + "\r\n" + sign.join([*row, "12.0"]) + "\r\n"
    (found,) = read_text(tmp_path, text)
    assert isinstance(found, Record)
    assert found.title == 'On, "singing"; Kettles | Pots\nand more'
    assert [author.name for author in found.authors] == ["Ana Holm", "Bo Lund"]
    assert (found.announced, found.venue) == (PartialDate(2024), "Steam")
    assert (found.native_id, found.doi) == ("k1", "10.1234/K")
    assert found.links == (Link(LinkKind.PAGE, "https://kettles.example/1"),)
    assert found.signals == (Signal(SignalKind.CITATIONS, value=12),)
    assert str(found.place) == "list.txt:2"
    assert found.raw == sign.join([*row, "12.0"])


def test_rows_that_do_not_fit_cost_one_row_each(tmp_path: Path) -> None:
    text = (
        "title,year\nA,2020\nB,2020,more\n\n,\nC\n"
        '"D" x,2020\nE,2021,\nF,99999\n"G\nG",2022\n"H,2020\n'
    )
    assert outline(read_text(tmp_path, text)) == [
        "A",
        "3: the row has 3 cells, but there are 2 columns",
        "C",
        "7: the row's quotes do not match (',' expected after '\"')",
        "8: the row has 3 cells, but there are 2 columns",
        "F",
        "G\nG",
        "12: the row's quotes do not match (unexpected end of data)",
    ]


def test_a_quote_that_is_never_closed_is_not_held_for_ever(tmp_path: Path) -> None:
    text = "title,year\nA,2020\n" + '"B,2020\n' + "C,2020\n" * 40_000
    first, fault, *_ = outline(read_text(tmp_path, text))
    assert first == "A"
    assert fault.startswith("3: the row's quotes do not match (field larger than field limit")


def test_a_table_without_titles_is_no_table_of_papers(tmp_path: Path) -> None:
    assert detect("name,year\nA,2020\n") is None
    assert detect("title\nA\n") is None
    file = tmp_path / "a.csv"
    file.write_text("name,year\nA,2020\n")
    with pytest.raises(SourceError, match=r"a\.csv:1: the first line names no column `title`"):
        list(read(file, format="csv"))
