"""Dates and months as far as they are sure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.papers import PartialDate
from broadsheet.sources.dates import partial, read_date, read_month


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024", (2024,)),
        ("2024-05", (2024, 5)),
        ("2024-05-27T09:30:00Z", (2024, 5, 27)),
        ("2024/05/27/", (2024, 5, 27)),
        ("2024/5", (2024, 5)),
        ("2024///", (2024,)),
        ("27 May 2024", (2024, 5, 27)),
        ("Mon, 2 Apr 2007", (2007, 4, 2)),
        ("May 27th, 2024", (2024, 5, 27)),
        ("Sept. 2024", (2024, 9)),
        ("25-26 August 1963", (1963, 8)),
        ("05/27/2024", (2024,)),
        ("2023-02-29", (2023, 2)),
        ("in press", None),
        ("", None),
    ],
)
def test_dates(text: str, date: tuple[int, ...] | None) -> None:
    assert read_date(text) == (PartialDate(*date) if date else None)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("25-26 August", 8),
        ("October 29 \u2013 November 1", 10),
        ("sEPTEMBER", 9),
        ("Sept", 9),
        ("27--30 January", 1),
        ("7", 7),
        ("13", 0),
        ("spring", 0),
    ],
)
def test_months(text: str, month: int) -> None:
    assert read_month(text) == month


def test_what_no_calendar_has_is_left_out() -> None:
    assert partial(2023, 2, 30) == PartialDate(2023, 2)
    assert partial(2023, 13) == PartialDate(2023)
    assert partial(99) is None


@given(st.text())
def test_nothing_raises(text: str) -> None:
    read_date(text)
    assert 0 <= read_month(text) <= 12
