"""Partial dates and places: the values with rules of their own among the words."""

import datetime
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.papers import FACT_NAMES, Facts, PartialDate, Place


@pytest.mark.parametrize(
    ("text", "date", "written"),
    [
        ("2024", PartialDate(2024), "2024"),
        (" 2024-05 ", PartialDate(2024, 5), "2024-05"),
        ("2024-05-27", PartialDate(2024, 5, 27), "2024-05-27"),
        ("2024-05-27T17:07:00Z", PartialDate(2024, 5, 27), "2024-05-27"),
        ("2024-05-27 17:07", PartialDate(2024, 5, 27), "2024-05-27"),
        ("2024-02-29", PartialDate(2024, 2, 29), "2024-02-29"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(text: str, date: PartialDate, written: str) -> None:
    assert PartialDate.parse(text) == date
    assert str(date) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "2024-13",
        "2024-00-01",
        "2023-02-29",
        "2024-05-32",
        "0999",
        "3000",
        "May 2024",
        "2024/05",
    ],
)
def test_no_such_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"no such|not a date"):
        PartialDate.parse(text)


def test_a_day_needs_a_month() -> None:
    with pytest.raises(ValueError, match="no such date"):
        PartialDate(2024, 0, 3)


def test_dates_are_in_order_with_the_vaguer_first() -> None:
    dates = ["2024-05-27", "2024", "2023-12-31", "2024-05"]
    in_order = [str(date) for date in sorted(map(PartialDate.parse, dates))]
    assert in_order == ["2023-12-31", "2024", "2024-05", "2024-05-27"]


@given(st.dates(min_value=datetime.date(1000, 1, 1), max_value=datetime.date(2999, 12, 31)))
def test_every_day_of_the_calendar_reads_back(day: datetime.date) -> None:
    assert str(PartialDate.parse(str(day))) == str(day)


def test_a_place_is_written_as_compilers_do() -> None:
    assert str(Place("papers.bib", 12)) == "papers.bib:12"


def test_facts_are_empty_frozen_and_listed_by_name() -> None:
    facts = Facts()
    assert {name for name in FACT_NAMES if getattr(facts, name)} == set()
    assert FACT_NAMES[:4] == ("title", "abstract", "summary_by", "authors")
    with pytest.raises(FrozenInstanceError):
        facts.title = "x"  # type: ignore[misc]
