"""The contextual encoder reads papers in its own time, and what it read stays true."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.errors import BusyError, SearchIndexError
from broadsheet.index import Index, IndexProgress, WordQuery, build, deepening
from broadsheet.index.engine import Vectors
from broadsheet.papers import Paper, PaperId, PartialDate
from tests.library.finding import TOPICS, TopicEncoder, file_papers, level, open_index
from tests.library.shelving import toy_key

PAPERS = tuple(
    Paper(
        id=PaperId(f"toy:{number}"),
        title=f"On the {topic}",
        announced=PartialDate(2020 + number) if number else None,
    )
    for number, topic in enumerate(TOPICS)
)


class PatientEncoder(TopicEncoder):
    """A contextual encoder that remembers what it read, and may do something meanwhile."""

    def __init__(self, identity: str = "patient", meanwhile: Callable[[], None] | None = None):
        super().__init__(identity)
        self.read: list[str] = []
        self._meanwhile = meanwhile

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        if self._meanwhile:
            self._meanwhile()
            self._meanwhile = None
        return super().encode_papers(texts)


def deepen(index: Index, stop: Callable[[], bool] = lambda: False) -> int:
    """Read what is to be read, without telling anybody how far it is."""
    return index.deepen(lambda _: None, stop)


def retitle(catalogue: Catalogue, key: int, title: str) -> None:
    """Give a paper another title."""
    with catalogue.writing() as desk:
        paper = Paper(id=PAPERS[key - 1].id, title=title)
        desk.papers.replace([FiledPaper(key, paper, toy_key(title))])


def test_the_newest_are_read_first_and_none_twice(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    encoder = PatientEncoder()
    index = open_index(sqlite_catalogue, tmp_path, contextual=encoder)
    file_papers(sqlite_catalogue, PAPERS)
    level(index)
    assert (index.lacking(), index.status().lacking) == (8, 8)
    told: list[IndexProgress] = []
    assert index.deepen(told.append) == 8
    assert told[-1] == IndexProgress(8, 8)
    assert encoder.read == [one.title for one in (*PAPERS[:0:-1], PAPERS[0])]
    assert index.status().vectors == {"topics-8": 8, "patient": 8}
    assert deepen(index) == 0
    assert len(encoder.read) == 8
    assert index.verify() == []


def test_what_was_read_is_kept_and_the_rest_is_read_later(
    sqlite_catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "DEEPENED_TOGETHER", 3)
    monkeypatch.setattr(deepening, "TOGETHER", 2)
    encoder = PatientEncoder()
    index = open_index(sqlite_catalogue, tmp_path, contextual=encoder)
    file_papers(sqlite_catalogue, PAPERS)
    level(index)
    assert deepen(index, lambda: len(encoder.read) >= 5) == 5
    assert index.lacking() == 3
    again = open_index(sqlite_catalogue, tmp_path, contextual=PatientEncoder())
    assert deepen(again) == 3
    assert again.lacking() == index.lacking() == 0


def test_a_paper_that_changes_is_read_again(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    encoder = PatientEncoder()
    index = open_index(sqlite_catalogue, tmp_path, contextual=encoder)
    file_papers(sqlite_catalogue, PAPERS)
    level(index)
    deepen(index)
    retitle(sqlite_catalogue, 1, "On a kettle")
    # Even a writer that knows nothing of the contextual encoder lets its vector go.
    level(open_index(sqlite_catalogue, tmp_path))
    assert index.lacking() == 1
    assert deepen(index) == 1
    assert encoder.read[-1] == "On a kettle"
    assert index.verify() == []


def test_a_paper_that_changes_while_it_is_read_is_read_again(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    other = open_index(sqlite_catalogue, tmp_path)

    def change() -> None:
        retitle(sqlite_catalogue, 3, "On a kettle")
        level(other)

    encoder = PatientEncoder(meanwhile=change)
    index = open_index(sqlite_catalogue, tmp_path, contextual=encoder)
    file_papers(sqlite_catalogue, PAPERS)
    level(index)
    assert deepen(index) == 9
    assert encoder.read[-1] == "On a kettle"
    assert index.verify() == []
    near = index.reader().nearest("patient", encoder.encode_query("kettle"), 9, WordQuery())
    assert {hit.key for hit in near if hit.score > 0.9} == {3}


def test_a_paper_that_goes_while_it_is_read_leaves_nothing(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    def fold() -> None:
        with sqlite_catalogue.writing() as desk:
            desk.papers.absorb(8, 7)

    index = open_index(sqlite_catalogue, tmp_path, contextual=PatientEncoder(meanwhile=fold))
    file_papers(sqlite_catalogue, PAPERS)
    level(index)
    deepen(index)
    level(index)
    deepen(index)
    assert index.status().vectors == {"topics-8": 7, "patient": 7}
    assert index.verify() == []


def test_another_contextual_encoder_begins_anew(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    first = open_index(sqlite_catalogue, tmp_path, contextual=PatientEncoder("first"))
    level(first)
    deepen(first)
    second = open_index(sqlite_catalogue, tmp_path, contextual=PatientEncoder("second"))
    assert second.behind() == 0
    assert second.lacking() == 8
    deepen(second)
    assert second.status().vectors == {"topics-8": 8, "second": 8}
    (folder,) = (tmp_path / "index").glob("g*/vectors")
    assert {one.name for one in folder.iterdir()} == {"topics-8", "second"}


def test_one_reads_at_a_time_and_others_may_write(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    index = open_index(sqlite_catalogue, tmp_path, contextual=PatientEncoder())
    level(index)
    file_papers(sqlite_catalogue, PAPERS)
    assert not index.is_deepening()
    with FileLock(tmp_path / "locks" / "deepening.lock"):
        assert index.is_deepening()
        with pytest.raises(BusyError, match="Another process is reading papers"):
            deepen(index)
        assert level(index) == 8
    assert deepen(index) == 8


def test_without_an_index_or_an_encoder(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    index = open_index(sqlite_catalogue, tmp_path, contextual=PatientEncoder())
    file_papers(sqlite_catalogue, PAPERS)
    with pytest.raises(SearchIndexError, match="no index"):
        deepen(index)
    plain = open_index(sqlite_catalogue, tmp_path)
    assert (plain.lacking(), deepen(plain)) == (0, 0)


def test_verify_finds_a_vector_of_another_text(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    class Liar(PatientEncoder):
        def encode_papers(self, texts: Sequence[str]) -> Vectors:
            return super().encode_papers(["sea"] * len(texts))

    file_papers(sqlite_catalogue, PAPERS)
    liar = open_index(sqlite_catalogue, tmp_path, contextual=Liar())
    level(liar)
    deepen(liar)
    index = open_index(sqlite_catalogue, tmp_path, contextual=PatientEncoder())
    problems = index.verify()
    assert len(problems) == len(PAPERS) - 1
    assert "another vector than its text" in problems[0]


def test_what_was_read_outlives_a_rebuild_and_another_first_encoder(
    sqlite_catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deepening, "CARRIED_TOGETHER", 3)
    encoder = PatientEncoder()
    index = open_index(sqlite_catalogue, tmp_path, contextual=encoder)
    file_papers(sqlite_catalogue, PAPERS)
    level(index)
    deepen(index)
    retitle(sqlite_catalogue, 2, "On a kettle")
    index.rebuild(lambda _: None)
    assert index.lacking() == 1
    assert deepen(index) == 1
    assert encoder.read[-1] == "On a kettle"
    other = open_index(sqlite_catalogue, tmp_path, "another-8", contextual=encoder)
    level(other)
    assert other.lacking() == 0
    assert other.status().vectors == {"another-8": 8, "patient": 8}
    assert len(encoder.read) == 9
    assert other.verify() == []
