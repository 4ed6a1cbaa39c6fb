"""Other ways to write a word: what the rules propose, and what an index finds by them."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.index import Clause, Either, Phrase, WordQuery, Words
from broadsheet.index.embedded.compiling import Compiler
from broadsheet.index.embedded.fields import schema
from broadsheet.index.embedded.lexical import WordIndex
from broadsheet.index.embedded.variants import joinings, partings, spellings, variants
from broadsheet.index.engine import Document

PAIRS = (
    "colour color|behavioural behavioral|optimisation optimization|"
    "tokenise tokenize|analysing analyzing|centre center|centred centered|fibres fibers|"
    "analogue analog|cataloguing cataloging|fuelled fueled|enrolment enrollment|anaemia anemia|"
    "haemoglobin hemoglobin|paediatric pediatric|oestrogen estrogen|foetal fetal|"
    "manoeuvre maneuver|sulphate sulfate|defence defense|practise practice|programme program|"
    "judgement judgment|ageing aging|artefact artifact|grey gray|"
    "sceptical skeptical|plough plow|mould mold|disc disk|"
    "connexion connection|draught draft|learnt learned"
)
TITLES = (
    "The colour of kettles",
    "The color of ropes",
    "Multimodal kettles",
    "Multi-modal ropes",
    "Multiple modal verbs",
    "Covid19 in cats",
    "COVID-19 in dogs",
    "Tokenization, tokenized",
    "Overfitting of kettles",
    "Fitting of kettles",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WordIndex:
    made = WordIndex(Path(tmp_path_factory.mktemp("words")))
    made.write(16)
    made.add([Document(at, title, "") for at, title in enumerate(TITLES, 1)])
    made.commit()
    made.finish()
    made.refresh()
    return made


def found(index: WordIndex, *wanted: Clause, tier: str = "all") -> list[int]:
    return [hit.key for hit in index.search(WordQuery(wanted), tier, 20)]  # type: ignore[arg-type]


@pytest.mark.parametrize("pair", PAIRS.split("|"))
def test_either_spelling_leads_to_the_other(pair: str) -> None:
    british, american = pair.split()
    assert american in spellings(british)
    assert british in spellings(american)


@pytest.mark.parametrize(
    "word",
    "four tour hour for sensor expertise skill parameter prize size log blog chemistry ices "
    "after water spectrometer".split(),
)
def test_words_that_only_look_alike_are_none(word: str) -> None:
    known = {"for", "tor", "hor", "four", "expert", "skil", "prise", "sise", "ise"}
    assert not known.intersection(spellings(word))
    assert not {"parametre", "spectrometre", "watre", "aftre", "logue", "blogue"}.intersection(
        spellings(word)
    )


def test_two_rules_of_one_word_are_followed_alone_and_together() -> None:
    assert set(spellings("colourised")) == {"colourized"}
    assert set(spellings("anaesthetised")) == {"anesthetised", "anaesthetized", "anesthetized"}


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("multimodal", (("multi", "modal"),)),
        ("pretraining", (("pre", "training"),)),
        ("nonlinear", (("non", "linear"),)),
        ("boundarylayer", (("boundary", "layer"),)),
        ("covid19", (("covid", "19"),)),
        ("x2", ()),
        ("network", ()),
        ("therapist", ()),
        ("obtainable", ()),
        ("inactivation", ()),
        ("", ()),
    ],
)
def test_the_likely_ways_to_part_a_word(word: str, ways: tuple[tuple[str, str], ...]) -> None:
    assert partings(word) == ways


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("multi modal", [("multi", "modal")]),
        ("il 6", [("il", "6")]),
        ("in formation", []),
        ("over-fitting", [("over", "fitting")]),
        ("x ray", []),
        ("x-ray", [("x", "ray")]),
        ("10 5", []),
        ("state-of-the-art", [("state", "of"), ("of", "the"), ("the", "art")]),
    ],
)
def test_the_pairs_that_may_be_one_word(text: str, pairs: list[tuple[str, str]]) -> None:
    assert joinings(text, text.replace("-", " ").split()) == pairs


def test_only_what_documents_hold_is_a_variant() -> None:
    held = {"color": 3, "multi": 1, "modal": 1}
    made = variants("colour", ["colour"], lambda stem: held.get(stem, 0))
    assert (made.spelt, made.parted, made.joined) == ({"colour": (("color",),)}, {}, {})
    made = variants("multimodal", ["multimodal"], lambda stem: held.get(stem, 0))
    assert made.parted == {"multimod": (("multi", "modal"),)}
    made = variants("multimodal", ["multimodal"], lambda stem: stem == "multi")
    assert made.forms() == set()


def test_either_spelling_finds_both_the_typed_one_first(index: WordIndex) -> None:
    assert found(index, Words("colour")) == [1, 2]
    assert found(index, Words("color")) == [2, 1]
    assert found(index, Words("tokenise")) == [8]
    assert set(found(index, Either((Words("colour"), Words("cats"))))) == {1, 2, 6}


def test_in_one_word_with_a_hyphen_or_in_two(index: WordIndex) -> None:
    assert found(index, Words("multimodal")) == [3, 4]
    for typed in ("multi-modal", "multi modal"):
        assert found(index, Words(typed)) == [4, 3]
    assert set(found(index, Words("covid19"))) == set(found(index, Words("covid-19"))) == {6, 7}
    assert 9 in found(index, Words("over-fitting"))
    assert 9 not in found(index, Words("fitting"))


def test_quotation_marks_keep_a_word_as_it_is(index: WordIndex) -> None:
    for phrase, keys in (("colour", {1}), ("multi modal", {4}), ("multimodal", {3})):
        query = WordQuery(required=(Phrase(phrase),))
        assert {hit.key for hit in index.search(query, "all", 20)} == keys
        assert index.spans(query, "color") == []


def test_what_is_counted_required_excluded_and_scored_agrees(index: WordIndex) -> None:
    wanted = WordQuery((Words("colour"),))
    assert index.matching(wanted) == 2
    assert index.scores(wanted, [1, 2, 3]).keys() == {1, 2}
    title = WordQuery(required=(Words("colour", "title"),))
    assert {hit.key for hit in index.search(title, "all", 20)} == {1, 2}
    without = WordQuery((Words("ropes"),), excluded=(Words("colour"),))
    assert [hit.key for hit in index.search(without, "all", 20)] == [4]


def test_variants_are_marked(index: WordIndex) -> None:
    def marked(typed: str, text: str) -> list[str]:
        return [text[start:end] for start, end in index.spans(WordQuery((Words(typed),)), text)]

    assert marked("colour", "Colors and colour") == ["Colors", "colour"]
    assert marked("multimodal", "multi-modal, multi-way, modal") == ["multi", "modal"]
    assert marked("multi-modal", "multimodal") == ["multimodal"]


def test_a_word_in_other_forms_that_documents_hold(index: WordIndex) -> None:
    assert index.respelt("tokenise") == ["tokenize"]
    assert index.respelt("kettle") == index.respelt("two words") == index.respelt("") == []
    assert index.parted("multimodal") == ["multi modal"]
    assert index.parted("multicovid") == index.parted("two words") == index.parted("") == []


@given(st.text(max_size=80))
def test_whatever_is_typed_has_variants_or_none(text: str) -> None:
    words = text.lower().split()
    for word in words:
        assert word not in spellings(word)
        assert all(first + second == word for first, second in partings(word))
    assert set(joinings(text, words)) <= set(pairwise(words))


@given(typed=st.text(max_size=60))
def test_whatever_is_typed_can_be_looked_for(index: WordIndex, typed: str) -> None:
    query = WordQuery((Words(typed),), (Words(typed, "title"),))
    listed = {hit.key for hit in index.search(query, "some", 20)}
    assert listed >= {hit.key for hit in index.search(query, "all", 20)}
    index.spans(query, typed)


@given(st.lists(st.sampled_from("kettle rope cat dog verb graph fit".split()), max_size=6))
def test_words_without_variants_are_compiled_as_they_are(
    index: WordIndex, words: list[str]
) -> None:
    text = " ".join(words)
    compiled = Compiler(schema(), index._searcher).compiled(WordQuery((Words(text),)), "some")
    assert "DisjunctionMax" not in repr(compiled)
