"""The index and its catalogue: level, behind, gone, made anew, and checked."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.errors import BusyError, SearchIndexError
from broadsheet.index import Document, Index, IndexProgress, Scored, WordQuery, Words
from broadsheet.index.embedded import EmbeddedEngine
from broadsheet.index.stamp import read_current, read_state
from broadsheet.papers import Paper, PaperId
from tests.library.finding import TOPICS, TopicEncoder, file_papers, level, open_index
from tests.library.shelving import toy_key

PAPERS = tuple(
    Paper(id=PaperId(f"toy:{number}"), title=f"On the {topic}", abstract=f"About one {topic}.")
    for number, topic in enumerate(TOPICS)
)


def hits(index: Index, word: str) -> list[Scored]:
    """What a word finds."""
    return index.reader().words(WordQuery((Words(word),)), "all", 10)


def keys(index: Index, word: str) -> list[int]:
    """The keys of what a word finds."""
    return [hit.key for hit in hits(index, word)]


def change(catalogue: Catalogue, key: int, title: str) -> None:
    """Give a paper another title."""
    with catalogue.writing() as desk:
        paper = Paper(id=PAPERS[0].id, title=title)
        desk.papers.replace([FiledPaper(key, paper, toy_key(title))])


def writer(index: Index, folder: Path) -> EmbeddedEngine:
    """The engine of the generation that counts, open for writing."""
    generation = folder / "index" / str(read_current(folder / "index"))
    state = read_state(generation)
    assert state is not None
    engine = EmbeddedEngine(generation, state.stamp, {"topics-8": len(TOPICS)})
    engine.write(16)
    return engine


def test_catching_up(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    index = open_index(sqlite_catalogue, tmp_path)
    with pytest.raises(SearchIndexError, match="no index of this catalogue yet"):
        index.reader()
    filed = file_papers(sqlite_catalogue, PAPERS)
    assert (index.status().state, index.behind()) == ("missing", len(PAPERS))
    seen: list[IndexProgress] = []
    assert index.catch_up(seen.append) == len(PAPERS)
    assert seen == [IndexProgress(len(PAPERS), len(PAPERS))]
    status = index.status()
    assert (status.state, status.papers, status.behind) == ("level", len(PAPERS), 0)
    assert status.vectors == {"topics-8": len(PAPERS)}
    assert status.watermark == len(PAPERS)
    assert status.bytes > 0
    assert keys(index, "kettle") == [filed[2]]
    near = index.reader().nearest("topics-8", TopicEncoder().encode_query("moon"), 1, WordQuery())
    assert near == [Scored(filed[6], 1.0)]
    assert index.verify() == []


def test_twice_is_once(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    before = index.status()
    assert level(index) == 0
    assert index.status() == before


def test_changed_and_absorbed_papers(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    filed = file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    change(sqlite_catalogue, filed[0], "On nothing but pots")
    with sqlite_catalogue.writing() as desk:
        desk.papers.absorb(filed[2], filed[3])
    assert index.behind() >= 2
    assert index.verify() == [f"the index is {index.behind()} changes behind the catalogue"]
    level(index)
    assert keys(index, "pots") == [filed[0]]
    assert keys(index, "sea") == []
    assert keys(index, "kettle") == []
    assert index.status().papers == len(PAPERS) - 1
    assert index.reader().watermark == index.status().watermark > len(PAPERS)
    assert index.verify() == []


def test_a_reader_sees_what_others_commit(
    sqlite_catalogue: Catalogue, tmp_path: Path, catalogue_file: Path
) -> None:
    filed = file_papers(sqlite_catalogue, PAPERS[:1])
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    assert index.reader() is index.reader()
    other_catalogue = Catalogue.open(f"sqlite:///{catalogue_file}", locks=tmp_path / "locks")
    more = file_papers(other_catalogue, PAPERS[1:])
    other = open_index(other_catalogue, tmp_path)
    level(other)
    assert keys(index, "bird") == [more[0]]
    other.rebuild(lambda _: None)
    assert keys(index, "sea") == filed
    other_catalogue.close()


def test_a_deleted_folder(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    before = hits(index, "frost")
    shutil.rmtree(tmp_path / "index")
    for _ in range(2):
        with pytest.raises(SearchIndexError, match="no index"):
            index.reader()
    assert index.status().state == "missing"
    assert level(index) == len(PAPERS)
    assert hits(index, "frost") == before


def test_rebuilding_gives_the_same(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    before = hits(index, "on")
    assert len(before) == len(PAPERS)
    assert index.rebuild(lambda _: None) == len(PAPERS)
    assert hits(index, "on") == before
    names = sorted(file.name for file in (tmp_path / "index").iterdir())
    assert names == ["CURRENT", "g2"]


def test_planted_disagreements_are_found(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    filed = file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    vector = TopicEncoder().encode_query("sea")
    engine = writer(index, tmp_path)
    engine.delete([filed[1]])
    engine.add([Document(999, "Nobody's", "", vectors={"topics-8": vector})])
    engine.add([Document(filed[2], "On the kettle", "", vectors={"topics-8": vector})])
    engine.commit(engine.watermark)
    engine.finish()
    assert index.verify() == [
        f"words: 1 papers are not in the index (first key {filed[1]})",
        "words: 1 papers are only in the index (first key 999)",
        f"vectors of topics-8: 1 papers are not in the index (first key {filed[1]})",
        "vectors of topics-8: 1 papers are only in the index (first key 999)",
        f"paper toy:1 (key {filed[1]}) has another vector than its text",
        f"paper toy:2 (key {filed[2]}) has another vector than its text",
    ]
    index.rebuild(lambda _: None)
    assert index.verify() == []


def test_another_encoder(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    filed = file_papers(sqlite_catalogue, PAPERS)
    level(open_index(sqlite_catalogue, tmp_path))
    other = open_index(sqlite_catalogue, tmp_path, "topics-new", "topics-8")
    assert other.behind() == len(PAPERS)
    with pytest.raises(SearchIndexError, match="no index"):
        other.reader()
    assert level(other) == len(PAPERS)
    assert other.status().vectors == {"topics-new": len(PAPERS), "topics-8": len(PAPERS)}
    assert keys(other, "map") == [filed[4]]


def test_another_lineage(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    level(open_index(sqlite_catalogue, tmp_path))
    other = Catalogue.open(f"sqlite:///{tmp_path / 'o.db'}", locks=tmp_path / "l", create=True)
    (kettle,) = file_papers(other, PAPERS[2:3])
    index = open_index(other, tmp_path)
    assert level(index) == 1
    assert index.reader().keys().tolist() == [kettle]
    other.close()


def test_a_damaged_index_is_made_anew(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    (tmp_path / "index" / "g1" / "vectors" / "topics-8" / "a.rows").unlink()
    assert level(index) == len(PAPERS)
    assert read_current(tmp_path / "index") == "g2"
    assert index.verify() == []


def test_one_writer_at_a_time(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    file_papers(sqlite_catalogue, PAPERS)
    index = open_index(sqlite_catalogue, tmp_path)
    (tmp_path / "locks").mkdir(exist_ok=True)
    with FileLock(tmp_path / "locks" / "index.lock"):
        for write in (index.catch_up, index.rebuild):
            with pytest.raises(BusyError, match="writing the index"):
                write(lambda _: None)
    assert level(index) == len(PAPERS)


def test_stopping(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    papers = [Paper(id=PaperId(f"toy:{one}"), title=f"Sea {one}") for one in range(600)]
    file_papers(sqlite_catalogue, papers)
    index = open_index(sqlite_catalogue, tmp_path)
    seen: list[IndexProgress] = []
    assert index.catch_up(seen.append, lambda: bool(seen)) == 512
    assert (index.status().papers, index.behind()) == (512, 88)
    assert index.rebuild(lambda _: None, lambda: True) == 0
    assert index.status().papers == 512
    assert level(index) == 88
    assert index.verify() == []


def test_an_index_that_holds_nothing_yet_is_none(
    sqlite_catalogue: Catalogue, tmp_path: Path
) -> None:
    index = open_index(sqlite_catalogue, tmp_path)
    level(index)
    assert index.reader().count() == 0
    file_papers(sqlite_catalogue, PAPERS)
    # Stopped before the first commit: the generation is there and empty.
    assert index.catch_up(lambda _: None, lambda: True) == 0
    index.close()
    with pytest.raises(SearchIndexError, match="no index of this catalogue yet"):
        index.reader()
    assert index.status().state == "missing"
    level(index)
    assert len(hits(index, "about")) == len(PAPERS)
