"""The word index."""

from pathlib import Path

import pytest

from broadsheet.index import Either, Phrase, Tagged, WordQuery, Words, Years
from broadsheet.index.clauses import Clause
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
