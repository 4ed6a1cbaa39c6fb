"""The catalogue as a whole: snapshots, transactions, who may write, and what they cost."""

import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.errors import BusyError, CatalogueError
from tests.library import BEES, FROST, LIBRARY, TIDES
from tests.library.shelving import shelve, toy_paper


def test_what_was_written_is_there_when_opened_again(
    catalogue: Catalogue, catalogue_url: str, locks: Path
) -> None:
    lineage = catalogue.lineage
    with catalogue.writing() as desk:
        shelve(desk)
    catalogue.close()
    again = Catalogue.open(catalogue_url, locks=locks)
    with again.reading() as desk:
        assert desk.papers.count() == len(LIBRARY)
    assert again.lineage == lineage
    assert len(lineage) == 32
    assert again.writable
    assert again.check() == []
    again.close()


def test_a_reader_sees_one_moment(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES])
    with catalogue.reading() as before:
        assert before.papers.count() == 1
        with catalogue.writing() as desk:
            shelve(desk, [BEES])
        assert before.papers.count() == 1
        assert before.changes.latest() == 1
        with catalogue.reading() as after:
            assert after.papers.count() == 2


def test_an_error_takes_everything_back(catalogue: Catalogue) -> None:
    def fail() -> None:
        with catalogue.writing() as desk:
            shelve(desk)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with catalogue.reading() as desk:
        assert desk.papers.count() == 0
        assert desk.changes.latest() == 0


def test_nothing_is_written_through_a_reading_desk(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="cannot be written to"), catalogue.reading() as desk:
        shelve(desk)


def test_writers_wait_for_each_other_and_changes_appear_in_order(catalogue: Catalogue) -> None:
    with catalogue.writing() as desk:
        shelve(desk, [TIDES, BEES, FROST])
    failures: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(10):
                with catalogue.writing() as desk:
                    desk.papers.replace([FiledPaper(2, toy_paper(BEES), "bees")])
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    seen = 0
    while any(writer.is_alive() for writer in writers):
        with catalogue.reading() as desk:
            latest = desk.changes.latest()
        assert latest >= seen
        seen = latest
    for writer in writers:
        writer.join()
    assert failures == []
    with catalogue.reading() as desk:
        assert desk.changes.latest() == 43
    assert catalogue.check() == []


def test_two_open_catalogues_write_in_turn(
    catalogue: Catalogue, catalogue_url: str, locks: Path
) -> None:
    other = Catalogue.open(catalogue_url, locks=locks)
    written = threading.Event()

    def write() -> None:
        with other.writing() as desk:
            desk.papers.allocate(1)
        written.set()

    with catalogue.writing() as desk:
        thread = threading.Thread(target=write)
        thread.start()
        assert desk.papers.allocate(1) == 1
        assert not written.wait(0.2)
    thread.join()
    assert written.is_set()
    with catalogue.writing() as desk:
        assert desk.papers.allocate(1) == 3
    other.close()


def test_one_at_a_time_imports(catalogue: Catalogue, catalogue_url: str, locks: Path) -> None:
    other = Catalogue.open(catalogue_url, locks=locks)
    with catalogue.alone("import"):
        with pytest.raises(BusyError, match="import"), other.alone("import"):
            pass
        with other.alone("index"):
            pass
    with other.alone("import"):
        pass
    other.close()


def test_opening_loads_no_migration_library(catalogue_url: str, locks: Path) -> None:
    program = (
        "import sys, pathlib; from broadsheet.catalogue import Catalogue\n"
        "catalogue = Catalogue.open(sys.argv[1], locks=pathlib.Path(sys.argv[2]))\n"
        "catalogue.lineage; catalogue.close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, catalogue_url, str(locks)], check=False)
    assert done.returncode == 0


def test_an_error_of_the_database_repeats_nothing_of_what_was_to_be_kept(
    catalogue: Catalogue,
) -> None:
    with pytest.raises(Exception, match="no_such_table") as caught, catalogue.writing() as desk:
        desk.papers.connection.execute(
            text("INSERT INTO no_such_table VALUES (:address)"), {"address": "ada@example.org"}
        )
    told = "".join(traceback.format_exception(caught.value))
    assert "ada@example.org" not in told
