"""Sentences that many abstracts share."""

from broadsheet.curation.templates import SHARED_BY, TemplateCount, sentence_digests

SHARED = "This work is part of the proceedings of the annual meeting."


def test_sentences_are_the_same_whatever_their_case_and_blanks() -> None:
    (one,) = sentence_digests(SHARED)
    (other,) = sentence_digests(SHARED.upper().replace(" ", "\n  "))
    assert one == other
    assert sentence_digests("Code is available.") == {}


def test_a_sentence_is_a_template_from_twenty_abstracts_on() -> None:
    (digest,) = sentence_digests(SHARED)
    count = TemplateCount()
    for number in range(SHARED_BY - 1):
        # Twice in one abstract is once.
        count.add(f"{SHARED} {SHARED} The abstract of number {number} goes on.")
    assert count.templates() == {}
    count.add(SHARED)
    assert count.templates() == {digest: SHARED_BY}


def test_nothing_has_no_templates() -> None:
    assert TemplateCount().templates() == {}
