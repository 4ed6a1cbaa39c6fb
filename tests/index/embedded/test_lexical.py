"""The word index."""

from pathlib import Path

import pytest

from broadsheet.index import Either, Phrase, Tagged, WordQuery, Words, Years
from broadsheet.index.clauses import Clause
from broadsheet.index.embedded import compiling
from broadsheet.index.embedded.lexical import WordIndex
from broadsheet.index.engine import Document

DOCUMENTS = [
    Document(
        1,
        "Modelling languages",
        "Outputs of models",
        ("Ana Maria Holm",),
        "Letters",
        ("cs.CL",),
        2020,
    ),
    Document(
        2, "The Fréchet distance", "A kettle sings; it sings.", ("Bo Lund",), "Steam", (), 2021
    ),
    Document(
        3, "Kettles", "Message passing on graphs, x₂ and all", (), "", ("cs.LG",), 2022, ("code",)
    ),
    Document(4, "Graphs", "Passing a message", (), "", (), None),
]


@pytest.fixture
def index(tmp_path: Path) -> WordIndex:
    made = WordIndex(tmp_path)
    made.write(16)
    made.add(DOCUMENTS)
    made.commit()
    made.finish()
    made.refresh()
    return made


def keys(
    index: WordIndex, *wanted: Clause, tier: str = "all", **more: tuple[Clause, ...]
) -> list[int]:
    query = WordQuery(wanted=wanted, **more)
    return [hit.key for hit in index.search(query, tier, 9)]  # type: ignore[arg-type]


def test_inflections_accents_and_compatibility_forms_count(index: WordIndex) -> None:
    assert keys(index, Words("language model output")) == [1]
    assert keys(index, Words("Frechet")) == [2]
    assert keys(index, Words("x2")) == [3]


def test_all_words_or_some(index: WordIndex) -> None:
    assert set(keys(index, Words("kettle graph"))) == {3}
    assert set(keys(index, Words("kettle graph"), tier="some")) == {2, 3, 4}
    assert index.matching(WordQuery((Words("kettle graph"),))) == 1


def test_phrases_stand_side_by_side(index: WordIndex) -> None:
    assert keys(index, required=(Phrase("message passing"),)) == [3]
    assert set(keys(index, Words("message passing"))) == {3, 4}


def test_constraints(index: WordIndex) -> None:
    assert keys(index, required=(Years(2021, None),)) == [2, 3]
    assert keys(index, required=(Tagged("category", "CS"),)) == [1, 3]
    assert keys(index, required=(Tagged("has", "code"),)) == [3]
    assert keys(index, required=(Phrase("Ana Holm", "author"),)) == [1]
    assert keys(index, required=(Words("steam", "venue"),)) == [2]
    assert keys(index, required=(Words("kettle", "title"),)) == [3]
    assert keys(index, required=(Either((Words("sings"), Years(2020, 2020))),)) in ([1, 2], [2, 1])
    assert keys(index, Words("kettle"), excluded=(Words("graph"),)) == [2]
    assert keys(index, excluded=(Words("graph"),)) == []


def test_stopwords_are_not_asked_for_unless_there_is_nothing_else(index: WordIndex) -> None:
    assert keys(index, Words("the kettle")) == keys(index, Words("kettle"))
    assert set(keys(index, Words("and all"))) == {3}


def test_a_long_query_is_searched_by_its_most_telling_words(index: WordIndex) -> None:
    noise = " ".join(f"noise{number}" for number in range(200))
    assert keys(index, Words(f"{noise} kettle"), tier="some")[0] in (2, 3)


def test_a_document_is_replaced_and_deleted(index: WordIndex) -> None:
    index.write(16)
    index.add([Document(2, "Ropes", "")])
    index.delete([3])
    index.commit()
    index.finish()
    index.refresh()
    assert index.keys().tolist() == [1, 2, 4]
    assert keys(index, Words("kettle")) == []
    assert keys(index, Words("rope")) == [2]


def test_which_of_some_keys_fulfil_constraints(index: WordIndex) -> None:
    query = WordQuery(required=(Years(2021, None),), excluded=(Words("graph"),))
    assert index.fulfilling(query, [1, 2, 3, 99]) == {2}
    assert index.fulfilling(query, []) == set()


def test_spans_are_the_words_as_written(index: WordIndex) -> None:
    text = "The Fréchet kettles, and a kettle."
    found = index.spans(WordQuery((Words("the frechet kettle"),)), text)
    assert [text[start:end] for start, end in found] == ["Fréchet", "kettles", "kettle"]


def test_the_scores_of_some_documents_are_those_of_the_list_without_evidence(
    index: WordIndex,
) -> None:
    query = WordQuery(wanted=(Words("frechet"), Words("kettles")))
    listed = {hit.key: hit.score for hit in index.search(query, "some", 10)}
    found = index.scores(query, [*listed, 1, 999])
    assert found.keys() == listed.keys() == {2, 3}
    assert all(0 < found[key] < listed[key] for key in found)
    assert index.scores(query, [3]) == pytest.approx({3: found[3]})
    assert index.scores(query, []) == index.scores(WordQuery(), [3]) == {}


def test_how_many_documents_hold_a_word_in_any_inflection(index: WordIndex) -> None:
    assert index.frequency("kettle") == index.frequency("Kettles") > 0
    assert index.frequency("zeppelin") == index.frequency("") == 0


COMMON = [
    Document(key, "Frost and tide" if key % 3 else "Tide and frost", f"Frost{' tide' * (key % 4)}.")
    for key in range(1, 60)
]
RARE = [Document(100 + key, "Kettle", "A kettle, frost and tide.") for key in range(5)]


@pytest.fixture
def wide(tmp_path: Path) -> WordIndex:
    """Many documents with two frequent words, few with a rare one."""
    made = WordIndex(tmp_path / "wide")
    made.write(16)
    made.add([*COMMON, *RARE])
    made.commit()
    made.finish()
    made.refresh()
    return made


def test_frequent_words_are_left_and_count_for_the_best(
    wide: WordIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = WordQuery(wanted=(Words("kettle frost tide"),))
    whole = wide.search(query, "some", 5)
    assert {hit.key for hit in whole} == set(range(100, 105))
    true = wide.scores(query, [100, 1, 2])
    monkeypatch.setattr(compiling, "MOST_POSTINGS", 5)
    monkeypatch.setattr(compiling, "LEAST_POSTINGS", 5)
    pruned = wide.search(query, "some", 5)
    assert [hit.key for hit in pruned] == [hit.key for hit in whole]
    assert wide.scores(query, [100, 1, 2]) == pytest.approx(true, rel=1e-5)
    # Documents without the rare word are not looked up; too few with it would not do.
    assert len(wide.search(query, "some", 60)) == 5
    monkeypatch.setattr(compiling, "LEAST_POSTINGS", 6)
    assert len(wide.search(query, "some", 60)) == 60


def test_phrases_of_frequent_words_count_for_the_best(
    wide: WordIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = WordQuery(wanted=(Words("frost tide"),))
    whole = wide.search(query, "all", 9)
    monkeypatch.setattr(compiling, "DEAR", 3)
    dear = wide.search(query, "all", 9)
    assert [hit.key for hit in dear] == [hit.key for hit in whole]
    assert [hit.score for hit in dear] == pytest.approx([hit.score for hit in whole], rel=1e-5)
