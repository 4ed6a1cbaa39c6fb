"""Judged sets are read in the layouts they come in, or refused with their place."""

import json
from pathlib import Path

import pytest

from broadsheet.errors import SourceError
from broadsheet.evaluation import read_set
from tests.library.judged import write_set


def test_a_set_is_read(tmp_path: Path) -> None:
    judged = read_set(write_set(tmp_path / "toy"))
    assert judged.name == "toy"
    assert [document.id for document in judged.documents] == ["d1", "d2", "d3", "d4"]
    assert judged.queries == {"q1": "kettle song", "q2": "moon map"}
    assert judged.grades == {"q1": {"d1": 2, "d3": 0}, "q2": {"d2": 1}}


def test_a_query_that_nobody_judged_is_left_out(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "toy")
    with (folder / "queries.jsonl").open("a") as out:
        out.write(json.dumps({"_id": "q9", "text": "nobody"}) + "\n")
    assert "q9" not in read_set(folder).queries


def test_four_columns_and_a_folder_of_judgements_will_do(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "toy")
    (folder / "qrels.tsv").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("q1 0 d1 2\nq2 0 d2 1\n")
    assert read_set(folder).grades == {"q1": {"d1": 2}, "q2": {"d2": 1}}


@pytest.mark.parametrize(
    ("file", "text", "place", "words"),
    [
        ("corpus.jsonl", "{\n", "corpus.jsonl:1", "not valid JSON"),
        ("corpus.jsonl", "[]\n", "corpus.jsonl:1", "no object"),
        ("corpus.jsonl", '{"title": "x"}\n', "corpus.jsonl:1", "`_id` is missing"),
        ("queries.jsonl", '{"_id": "q1", "text": 3}\n', "queries.jsonl:1", "`text` is missing"),
        ("qrels.tsv", "query\tdoc\tgrade\nq1\td1\n", "qrels.tsv:2", "query, document, grade"),
        ("qrels.tsv", "q1\tnothing\t1\n", "toy", "no judged document"),
        ("qrels.tsv", "q7\td1\t1\n", "toy", "no query is judged"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, file: str, text: str, place: str, words: str
) -> None:
    folder = write_set(tmp_path / "toy")
    (folder / file).write_text(text)
    with pytest.raises(SourceError) as caught:
        read_set(folder)
    assert place in caught.value.place
    assert words in caught.value.reason


def test_a_folder_without_a_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_set(tmp_path)
    assert "corpus.jsonl" in caught.value.place
