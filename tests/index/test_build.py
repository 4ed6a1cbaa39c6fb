"""The index kept level with a real catalogue."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from broadsheet.catalogue import Catalogue
from broadsheet.errors import BusyError, SearchIndexError
from broadsheet.index import Index, WordQuery, Words
from broadsheet.index.build import IndexProgress
from broadsheet.index.encoders import EncoderChoice, open_encoder
from broadsheet.index.stamp import read_current, read_state, write_state
from tests.library import LIBRARY
from tests.library.shelving import shelve

ATTENTION = WordQuery(wanted=(Words("attention"),))


def ignore(_: IndexProgress) -> None:
    """Show no progress."""


def make(catalogue: Catalogue, folder: Path) -> Index:
    encoder = open_encoder(EncoderChoice())
    return Index(folder / "index", catalogue, [encoder], locks=folder / "locks", memory_mb=16)


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path) -> Iterator[Index]:
    with sqlite_catalogue.writing() as desk:
        shelve(desk)
    made = make(sqlite_catalogue, tmp_path)
    yield made
    made.close()


def test_it_catches_up_once(index: Index) -> None:
    assert index.behind() == len(LIBRARY)
    told: list[IndexProgress] = []
    assert index.catch_up(told.append) == len(LIBRARY)
    assert told[-1] == IndexProgress(len(LIBRARY), len(LIBRARY))
    assert index.behind() == 0
    assert index.catch_up(ignore) == 0
    assert index.verify() == []
    assert index.status().papers == len(LIBRARY)


def test_without_an_index_the_reader_says_so(index: Index) -> None:
    with pytest.raises(SearchIndexError, match="no index"):
        index.reader()


def test_an_open_reader_sees_what_another_commits(
    index: Index, sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    index.catch_up(ignore)
    before = len(index.reader().words(ATTENTION, "all", 99))
    extra = replace(LIBRARY[0], native_id="new", arxiv_id=None, title="More Attention")
    with sqlite_catalogue.writing() as desk:
        shelve(desk, [extra])
    other = make(sqlite_catalogue, tmp_path)
    other.catch_up(ignore)
    other.close()
    assert len(index.reader().words(ATTENTION, "all", 99)) == before + 1


def test_absorbed_papers_leave_the_index(index: Index, sqlite_catalogue: Catalogue) -> None:
    index.catch_up(ignore)
    with sqlite_catalogue.writing() as desk:
        desk.papers.absorb(1, into=2)
    index.catch_up(ignore)
    assert 1 not in index.reader().keys().tolist()
    assert index.verify() == []


def test_a_deleted_or_rebuilt_index_gives_the_same_hits(index: Index) -> None:
    index.catch_up(ignore)
    first = index.reader().words(ATTENTION, "all", 99)
    shutil.rmtree(index.folder)
    assert index.status().state == "missing"
    index.catch_up(ignore)
    assert index.reader().words(ATTENTION, "all", 99) == first
    generation = read_current(index.folder)
    index.rebuild(ignore)
    assert read_current(index.folder) != generation
    assert index.reader().words(ATTENTION, "all", 99) == first


def test_changes_after_an_old_watermark_are_taken_in_again(index: Index) -> None:
    index.catch_up(ignore)
    generation = index.folder / str(read_current(index.folder))
    state = read_state(generation)
    assert state is not None
    write_state(generation, replace(state, watermark=3, vectors={}))
    assert index.behind() == len(LIBRARY) - 3
    assert index.verify() != []
    index.rebuild(ignore)
    assert index.verify() == []


def test_another_lineage_makes_it_anew(
    index: Index, sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    index.catch_up(ignore)
    generation = index.folder / str(read_current(index.folder))
    state = read_state(generation)
    assert state is not None
    write_state(generation, replace(state, stamp=replace(state.stamp, lineage="other")))
    assert index.behind() == len(LIBRARY)
    assert index.catch_up(ignore) == len(LIBRARY)
    assert index.verify() == []


def test_a_stopped_catch_up_goes_on_later(index: Index) -> None:
    assert index.catch_up(ignore, stop=lambda: True) == 0
    assert index.behind() == len(LIBRARY)
    assert index.catch_up(ignore) == len(LIBRARY)


def test_one_process_writes_at_a_time(index: Index, tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir(exist_ok=True)
    with FileLock(tmp_path / "locks" / "index.lock"), pytest.raises(BusyError):
        index.catch_up(ignore)
