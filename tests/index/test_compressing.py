"""Vectors are written down another way: chosen by measurement, kept by growth and rebuilding."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from broadsheet.catalogue import Catalogue
from broadsheet.errors import BusyError, InputError, SearchIndexError
from broadsheet.index import Index, WordQuery, compressing
from broadsheet.index.compressing import Way, chosen, measured, questions, smallest
from broadsheet.index.embedded import EmbeddedEngine, writing
from broadsheet.index.embedded import engine as embedded
from broadsheet.index.engine import Document, Vector, Vectors
from broadsheet.index.stamp import Stamp, State, read_state
from broadsheet.papers import Paper, PaperId
from tests.library.finding import TopicEncoder, file_papers, level

STAMP = Stamp("line", ("e",))
WORDS = "amber birch cedar delta ember fjord grove heron islet jetty knoll larch maple".split()


def many(count: int, width: int = 16) -> Vectors:
    rows = np.random.default_rng(3).normal(size=(count, width)).astype(np.float32)
    result: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return result


def way(
    codes: str, bytes_a_paper: float, *recalls: float, ms: float = 1, offered: bool = True
) -> Way:
    recall = dict(zip(compressing.KINDS, recalls, strict=False))
    return Way(codes, offered, bytes_a_paper, recall, "", 0.0, ms)


class SeededEncoder(TopicEncoder):
    """A small encoder: each word has a direction of its own among sixteen dimensions."""

    def __init__(self, identity: str = "seeded-16") -> None:
        super().__init__(identity)
        self.dimensions = 16
        self._known: dict[str, Vector] = {}

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for at, text in enumerate(texts):
            for word in text.casefold().replace(".", " ").split():
                rows[at] += self._direction(word)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit

    def _direction(self, word: str) -> Vector:
        if word not in self._known:
            seed = int.from_bytes(word.encode(), "big") % (1 << 32)
            drawn: Vector = np.random.default_rng(seed).normal(size=16).astype(np.float32)
            self._known[word] = drawn
        return self._known[word]


def papers(count: int, first: int = 0) -> list[Paper]:
    """Papers of five words each, in one of two categories, with a sentence of an abstract."""
    draw = np.random.default_rng(count + first)
    found = []
    for number in range(first, first + count):
        title = f"{' '.join(draw.choice(WORDS, 5))} number{number}"
        abstract = f"Here we tell {title} and {' '.join(draw.choice(WORDS, 5))} at length."
        categories = (("cs.AA", "cs.BB")[number % 2],)
        found.append(
            Paper(
                id=PaperId(f"toy:{number}"), title=title, abstract=abstract, categories=categories
            )
        )
    return found


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists from a thousand papers on."""
    monkeypatch.setattr(writing, "SMALLEST_LISTED", 1_000)
    monkeypatch.setattr(writing, "_BLOCK", 100)


@pytest.fixture
def index(sqlite_catalogue: Catalogue, tmp_path: Path, soon: None) -> Index:
    """An index of twelve hundred papers, with lists."""
    file_papers(sqlite_catalogue, papers(1_200))
    index = opened(sqlite_catalogue, tmp_path)
    level(index)
    return index


def opened(catalogue: Catalogue, home: Path, contextual: SeededEncoder | None = None) -> Index:
    return Index(
        home / "index",
        catalogue,
        [SeededEncoder()],
        locks=home / "locks",
        memory_mb=16,
        contextual=contextual,
    )


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generation of 45,000 papers that hold a vector and a word each."""
    folder = tmp_path_factory.mktemp("large")
    engine = EmbeddedEngine(folder, STAMP, {"e": 16})
    engine.write(16)
    engine.add(
        [Document(key + 1, "paper", "", vectors={"e": row}) for key, row in enumerate(many(45_000))]
    )
    engine.commit(7)
    engine.close()
    return folder


@pytest.fixture
def generation(large: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(large, tmp_path / "g1"))


def test_the_worst_kind_decides_then_size_then_speed() -> None:
    ways = [
        way("float16", 512, 1, 1, 1, offered=False),
        way("binary", 32, 0.999, 0.999, 0.999, offered=False),
        way("A", 90, 1.0, 0.971, 1.0),
        way("B", 60, 0.98, 0.98, 0.970),
        way("C", 60, 0.98, 0.970, 0.98, ms=0.5),
        way("D", 30, 0.9685, 1.0, 1.0, ms=0.1),
        way("E", 200, 0.99, 0.99, 0.99),
    ]
    best = [chosen(ways, budget) for budget in (1000, 100, 59, 30, 29)]
    assert [one.codes if one else None for one in best] == ["E", "C", "D", "D", None]
    least = smallest(ways)
    assert least is not None
    assert least.codes == "D"
    assert smallest(ways[:2]) is None


@pytest.mark.parametrize(("recall", "expected"), [(0.968, "small"), (0.9679, "large")])
def test_ties_within_two_thousandths_go_to_the_smaller(recall: float, expected: str) -> None:
    best = chosen([way("large", 90, 0.97), way("small", 40, recall)], 100)
    assert best is not None
    assert best.codes == expected


def test_queries_are_the_papers_own_words_and_the_same_each_time(
    sqlite_catalogue: Catalogue,
) -> None:
    filed = papers(40)
    keys = file_papers(
        sqlite_catalogue,
        [
            *filed,
            Paper(id=PaperId("toy:a"), title="On the of and"),
            Paper(id=PaperId("toy:b"), title="Birch", abstract="Too short."),
        ],
    )
    asked = questions(sqlite_catalogue, np.array(keys))
    assert asked == questions(sqlite_catalogue, np.array(keys))
    assert asked != questions(sqlite_catalogue, np.array(keys), seed=1)
    of = {kind: [one for one in asked if one.kind == kind] for kind in compressing.KINDS}
    assert {kind: len(some) for kind, some in of.items()} == dict(
        zip(compressing.KINDS, (42, 40, 40), strict=True)
    )
    titles = {paper.title: paper.categories[0] for paper in filed}
    for one in of["title"]:
        assert one.category == titles.get(one.text, "")
    assert all(2 <= len(one.text.split()) <= 3 for one in of["words"])
    assert all(any(one.text in title for title in titles) for one in of["words"])
    assert {one.text for one in of["sentence"]} <= {paper.abstract for paper in filed}


def test_all_ways_are_measured_by_kind_and_group(sqlite_catalogue: Catalogue, index: Index) -> None:
    engine, encoder = index.reader(), index.encoders[0]
    ways = measured(sqlite_catalogue, engine, encoder, lambda _: None, lambda: False)
    named = {one.codes: one for one in ways}
    assert list(named) == ["float16", "RaBitQ", "RaBitQ2", "RaBitQ4", "SQ8", "binary"]
    assert list(named["SQ8"].recall) == list(compressing.KINDS)
    assert set(named["float16"].recall.values()) == {1.0}
    assert named["SQ8"].worst_kind > 0.9
    for one in ways:
        assert one.worst_recall <= one.worst_kind
        kind, _, category = one.worst_group.partition(", ")
        assert kind in compressing.KINDS
        assert category in ("", "cs.AA", "cs.BB")
    assert read_state(index.folder / "g1") is not None
    assert index.status().codes == {"seeded-16": "RaBitQ"}


def test_few_papers_need_nothing(sqlite_catalogue: Catalogue, tmp_path: Path) -> None:
    index = opened(sqlite_catalogue, tmp_path)
    level(index)
    with pytest.raises(SearchIndexError, match="No paper has a vector"):
        compressing.unneeded(index.reader(), index.encoders[0])
    file_papers(sqlite_catalogue, papers(30))
    level(index)
    assert "30 papers are searched exactly" in compressing.unneeded(
        index.reader(), index.encoders[0]
    )
    assert "Nothing was written" in compressing.unlisted(index.reader(), index.encoders[0])
    assert index.status().codes == {"seeded-16": "float16"}
    assert index.status().bytes_a_paper == {"seeded-16": 32}


def test_a_choice_is_seen_by_others_and_outlives_growth_and_rebuilding(
    sqlite_catalogue: Catalogue, tmp_path: Path, index: Index
) -> None:
    other = opened(sqlite_catalogue, tmp_path)
    assert other.status().codes == {"seeded-16": "RaBitQ"}
    before = other.status().bytes_a_paper["seeded-16"]
    index.recode(index.encoders[0], "RaBitQ4")
    assert other.status().codes == {"seeded-16": "RaBitQ4"}
    assert other.status().bytes_a_paper["seeded-16"] > before
    (file,) = (tmp_path / "index" / "g1" / "vectors" / "seeded-16").glob("*RaBitQ*")
    assert file.name == "a.1200.RaBitQ4"
    assert index.verify() == []
    file_papers(sqlite_catalogue, papers(1_500, 1_200))
    level(other)
    assert (other.status().codes, other.verify()) == ({"seeded-16": "RaBitQ4"}, [])
    other.rebuild(lambda _: None)
    assert (index.status().codes, index.verify()) == ({"seeded-16": "RaBitQ4"}, [])
    for one in sorted((tmp_path / "index").rglob("*"), reverse=True):
        one.rmdir() if one.is_dir() else one.unlink()
    level(index)
    assert index.status().codes == {"seeded-16": "RaBitQ"}


def test_an_index_made_anew_for_another_encoder_keeps_the_others_choice(
    sqlite_catalogue: Catalogue, tmp_path: Path, soon: None
) -> None:
    file_papers(sqlite_catalogue, papers(1_200))
    index = opened(sqlite_catalogue, tmp_path, SeededEncoder("late"))
    level(index)
    index.deepen(lambda _: None)
    assert index.contextual is not None
    index.recode(index.contextual, "SQ8")
    index.encoders = (SeededEncoder("new"),)
    level(index)
    assert index.status().codes == {"new": "RaBitQ", "late": "SQ8"}
    assert (index.lacking(), index.verify()) == (0, [])
    plain = opened(sqlite_catalogue, tmp_path)
    plain.encoders = index.encoders
    plain.rebuild(lambda _: None)
    assert plain.status().codes == {"new": "RaBitQ"}


def test_a_choice_is_written_alone_and_only_of_what_there_is(
    sqlite_catalogue: Catalogue, tmp_path: Path, index: Index
) -> None:
    with pytest.raises(InputError, match="There is no way PQ7"):
        index.recode(index.encoders[0], "PQ7")
    with FileLock(tmp_path / "locks" / "index.lock"), pytest.raises(BusyError):
        index.recode(index.encoders[0], "SQ8")
    file = tmp_path / "empty"
    with pytest.raises(SearchIndexError, match="no index"):
        opened(sqlite_catalogue, file).recode(index.encoders[0], "SQ8")
    assert index.status().codes == {"seeded-16": "RaBitQ"}


def test_until_the_state_is_written_the_old_lists_answer(
    generation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, rows = EmbeddedEngine(generation, STAMP, {"e": 16}), many(45_000)
    shelf = generation / "vectors" / "e"

    def killed(folder: Path, state: State) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(embedded, "write_state", killed)
        engine.recode("e", "SQ8")
    assert {file.name for file in shelf.iterdir()} >= {"a.45000.lists", "a.45000.SQ8"}
    again = EmbeddedEngine(generation, STAMP, {"e": 16})
    assert again.footprint("e").codes == "RaBitQ"
    assert again.nearest("e", rows[5], 1, WordQuery())[0].key == 6
    again.recode("e", "SQ8")
    assert (again.footprint("e").codes, again.watermark) == ("SQ8", 7)
    assert again.nearest("e", rows[5], 1, WordQuery())[0].key == 6
    assert {file.name for file in shelf.iterdir()} == {"a.45000.SQ8", "a.rows", "a.keys", "a.dead"}
    engine.refresh()
    assert engine.footprint("e").codes == "SQ8"
    stamped = (shelf / "a.45000.SQ8").stat()
    again.recode("e", "SQ8")
    # The file that counts is never written over.
    assert (shelf / "a.45000.SQ8").stat().st_mtime_ns == stamped.st_mtime_ns


@pytest.mark.parametrize("after", ["listed.write", "write_state", "sweep"])
def test_a_kill_leaves_the_old_way_or_the_new(generation: Path, after: str) -> None:
    program = f"""
import os, signal
from pathlib import Path
from broadsheet.index.embedded import EmbeddedEngine, engine, lists, writing
from broadsheet.index.stamp import Stamp
def killed(function):
    def call(*given, **named):
        function(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return call
place, name = {{
    "listed.write": (lists.Lists, "write"),
    "write_state": (engine, "write_state"),
    "sweep": (writing.VectorWriter, "sweep"),
}}[{after!r}]
opened = EmbeddedEngine(Path({str(generation)!r}), Stamp("line", ("e",)), {{"e": 16}})
setattr(place, name, killed(getattr(place, name)))
opened.recode("e", "SQ8")
"""
    done = subprocess.run([sys.executable, "-c", program], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    engine = EmbeddedEngine(generation, STAMP, {"e": 16})
    assert engine.footprint("e").codes == ("RaBitQ" if after == "listed.write" else "SQ8")
    assert engine.vector_count("e") == 45_000
    assert engine.nearest("e", many(45_000)[9], 1, WordQuery())[0].key == 10
    engine.recode("e", "RaBitQ2")
    assert engine.nearest("e", many(45_000)[9], 1, WordQuery())[0].key == 10


def test_it_can_be_stopped(sqlite_catalogue: Catalogue, index: Index) -> None:
    encoder = index.encoders[0]
    ways = measured(sqlite_catalogue, index.reader(), encoder, lambda _: None, lambda: True)
    assert [one.codes for one in ways] == ["float16"]
    assert chosen(ways, 1000) is None
