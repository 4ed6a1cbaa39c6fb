"""What is wrong with a catalogue is found and said, on both stores."""

import pytest

from broadsheet.catalogue import Catalogue
from tests.library.shelving import shelve

FAULTS = {
    "UPDATE counters SET value = 3 WHERE name = 'paper'": (
        "The counter paper is at 3, but 12 is taken."
    ),
    "DELETE FROM counters WHERE name = 'change'": "The counter change is at None, but 12 is taken.",
    "DELETE FROM counters WHERE name = 'harvest'": (
        "The counter harvest is at None, but 0 is taken."
    ),
    "DELETE FROM counters WHERE name = 'step'": "The counter step is at None, but 0 is taken.",
    "DELETE FROM counters WHERE name = 'alert'": "The counter alert is at None, but 0 is taken.",
    "DELETE FROM counters WHERE name = 'comment'": (
        "The counter comment is at None, but 0 is taken."
    ),
    "DELETE FROM counters WHERE name = 'notice'": "The counter notice is at None, but 0 is taken.",
    "DELETE FROM counters WHERE name = 'report'": "The counter report is at None, but 0 is taken.",
    "DELETE FROM counters WHERE name = 'moderation'": (
        "The counter moderation is at None, but 0 is taken."
    ),
    "DELETE FROM counters WHERE name = 'letter'": "The counter letter is at None, but 0 is taken.",
    "DELETE FROM counters WHERE name = 'submission'": (
        "The counter submission is at None, but 0 is taken."
    ),
    "DELETE FROM counters WHERE name = 'organisation'": (
        "The counter organisation is at None, but 0 is taken."
    ),
    "DELETE FROM aliases WHERE paper_key = 2": "1 papers are not found under their id.",
    "DELETE FROM changes WHERE paper_key < 4": "3 papers have no change.",
    "INSERT INTO changes VALUES (99, 99, FALSE, NULL)": "1 changes name papers that are not there.",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(catalogue: Catalogue, fault: str) -> None:
    with catalogue.writing() as desk:
        shelve(desk)
    assert catalogue.check() == []
    with catalogue.writing() as desk:
        desk.papers.connection.exec_driver_sql(fault)
    assert FAULTS[fault] in catalogue.check()


def test_a_row_that_names_nothing_is_found(sqlite_catalogue: Catalogue) -> None:
    with sqlite_catalogue.writing() as desk:
        shelve(desk)
        desk.papers.connection.exec_driver_sql("COMMIT")
        desk.papers.connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        desk.papers.connection.exec_driver_sql("BEGIN IMMEDIATE")
        desk.papers.connection.exec_driver_sql("UPDATE records SET paper_key = 77 WHERE key = 3")
    assert sqlite_catalogue.check() == ["Row 3 of records names a row of papers that is not there."]
