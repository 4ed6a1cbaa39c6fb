"""RIS: what records become, and what is said of a broken one."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.errors import SourceError
from broadsheet.papers import Link, LinkKind, PartialDate, Record
from broadsheet.sources import read

GOOD = "TY  - JOUR\nTI  - Good\nER  - \n"


def read_text(folder: Path, text: str) -> list[Record | SourceError]:
    file = folder / "refs.ris"
    file.write_text(text, encoding="utf-8")
    return list(read(file, format="ris"))


def test_a_record_becomes_a_record(tmp_path: Path) -> None:
    text = (
        "TY  - JOUR\nID  - 77\nT1  - On\n  singing Kettles\nA1  - Holm, Ana\nAU  - Lund, Bo, Jr.\n"
        "N2  - They sing.\n\nAnd boil.\nJO  - Steam\nPY  - 2023\nDA  - 2024/05/27/\n"
        "DO  - 10.1234/K\n"
        "KW  - steam\nwhistles\nUR  - https://kettles.example/1\n"
        "L1  - https://kettles.example/1.pdf\n"
        "ZZ  - unknown\nER  -\n"
    )
    (found,) = read_text(tmp_path, "\n" + text)
    assert isinstance(found, Record)
    assert (found.title, found.abstract) == ("On singing Kettles", "They sing. And boil.")
    assert [author.name for author in found.authors] == ["Ana Holm", "Bo Lund Jr."]
    assert (found.venue, found.announced) == ("Steam", PartialDate(2024, 5, 27))
    assert (found.native_id, found.doi) == ("77", "10.1234/K")
    assert found.keywords == ("steam", "whistles")
    assert found.links == (
        Link(LinkKind.PAGE, "https://kettles.example/1"),
        Link(LinkKind.PDF, "https://kettles.example/1.pdf"),
    )
    assert found.raw == text.rstrip("\n")
    assert str(found.place) == "refs.ris:2"


@pytest.mark.parametrize(
    ("broken", "line", "reason"),
    [
        ("TY  - JOUR\nTI  - Bad\n", 4, "the record does not end"),
        ("TI  - Bad\nER  - \n", 4, "the record does not begin with a `TY` line"),
        ("stray words\n", 4, "the text is outside a record"),
    ],
)
def test_a_broken_record_costs_one_record(
    tmp_path: Path, broken: str, line: int, reason: str
) -> None:
    first, fault, last = read_text(tmp_path, GOOD + broken + GOOD)
    assert isinstance(first, Record)
    assert isinstance(last, Record)
    assert isinstance(fault, SourceError)
    assert fault.message == f"{tmp_path / 'refs.ris'}:{line}: {reason}"
    assert fault.hint


def test_a_last_record_without_end_is_a_fault(tmp_path: Path) -> None:
    _, fault = read_text(tmp_path, GOOD + GOOD.removesuffix("ER  - \n"))
    assert isinstance(fault, SourceError)
    assert fault.reason == "the record does not end"


def test_a_record_that_goes_on_for_ever_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.ris"
    file.write_text(GOOD + "TY  - JOUR\n" + "AB  - steam\n" * 100)
    with pytest.raises(SourceError, match=r"a\.ris:4: the record does not end"):
        list(read(file, limit=300))


@given(st.lists(st.sampled_from(["TY  - X", "ER  - ", "KW  - a", "UR  - a;b", "x", "", "UK  - 1"])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_raises(tmp_path: Path, lines: list[str]) -> None:
    read_text(tmp_path, "\n".join(["TY  - X", *lines]))
