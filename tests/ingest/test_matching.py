"""The judgement on two papers."""

import pytest

from broadsheet.ingest.matching import Verdict, compare, compatible_authors, contradict
from broadsheet.papers import Author, Facts

ABSTRACT = " ".join(f"word{number}" for number in range(60))
OTHER = " ".join(f"term{number}" for number in range(60))
EDITED = ABSTRACT.replace("word59", "end")
REVISED = ABSTRACT.replace("word20", "term").replace("word40", "term")
SAME, DOUBTFUL, DIFFERENT = Verdict.SAME, Verdict.DOUBTFUL, Verdict.DIFFERENT
HALF = " ".join(f"word{number}" for number in range(45)) + " " + OTHER[:40]
SHORTENED = " ".join(f"word{number}" for number in range(42))
TITLE = "Tidal Attention for Long Documents"


def facts(title: str = TITLE, abstract: str = "", *names: str, **more: str) -> Facts:
    authors = tuple(Author(name) for name in names)
    return Facts(title=title, abstract=abstract, authors=authors, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (facts(TITLE, ABSTRACT), facts(TITLE.upper(), EDITED), SAME),
        (facts(TITLE, "", "Mira Quill"), facts(TITLE, ABSTRACT, "M. Quill"), SAME),
        (facts(TITLE, "", "Mira Quill"), facts(TITLE, "", "Ana Holm"), DIFFERENT),
        (facts(TITLE, ABSTRACT), facts(TITLE, OTHER), DOUBTFUL),
        (facts(TITLE, ABSTRACT, "Mira Quill"), facts(TITLE, OTHER, "M Quill"), SAME),
        (facts(TITLE, ABSTRACT, "Mira Quill"), facts(TITLE + "++", OTHER, "M Quill"), DIFFERENT),
        (facts(TITLE, ABSTRACT, "A B", "C D"), facts(TITLE, OTHER, "C D", "E F"), DOUBTFUL),
        (facts(TITLE, ABSTRACT, "A B", "C D"), facts(TITLE, OTHER, "C D", "A B"), SAME),
        (facts(TITLE + " 2024", ABSTRACT), facts(TITLE + " 2025", REVISED), DOUBTFUL),
        (facts(TITLE + " 2", ABSTRACT), facts(TITLE + " 2 and 3", REVISED), SAME),
        (facts("Preface", "", "A B"), facts("Preface", "", "A B"), SAME),
        (facts("Preface", ABSTRACT), facts("Preface", OTHER), DIFFERENT),
        (facts(TITLE, ABSTRACT), facts(TITLE + "!?", ABSTRACT), SAME),
        (facts(TITLE, ABSTRACT), facts(TITLE + " Again", ABSTRACT), SAME),
        (facts(TITLE, ABSTRACT), facts("On Kettles", ABSTRACT), DOUBTFUL),
        (facts(TITLE, ABSTRACT), facts("On Kettles", OTHER), DIFFERENT),
    ],
)
def test_verdicts(left: Facts, right: Facts, verdict: Verdict) -> None:
    assert compare(left, right).verdict is verdict
    assert compare(right, left).verdict is verdict


@pytest.mark.parametrize(
    ("title", "names", "verdict"),
    [
        ("On Kettles", ("Mira Quill", "Ana Holm", "Bo Lund"), SAME),
        ("On Kettles", ("Ana Holm", "Quill Mira"), SAME),
        ("On Kettles", ("Mira Quill", "Eva Strand"), DIFFERENT),
        ("On Kettles", (), DIFFERENT),
        ("On Kettles 2", ("Mira Quill", "Ana Holm", "Bo Lund"), DIFFERENT),
        ("On Kettles++", ("Mira Quill", "Ana Holm", "Bo Lund"), DIFFERENT),
    ],
)
def test_a_paper_that_was_given_another_title_is_known_by_authors_and_abstract(
    title: str, names: tuple[str, ...], verdict: Verdict
) -> None:
    left = facts(TITLE, ABSTRACT, "Mira Quill", "Ana Holm", "Bo Lund", arxiv_id="2502.90001")
    right = facts(title, SHORTENED, *names)
    assert compare(left, right).verdict is verdict
    assert compare(right, left).verdict is verdict


def test_two_publications_with_much_of_one_abstract_are_not_taken_for_one() -> None:
    left = facts(TITLE, ABSTRACT, "Mira Quill", "Ana Holm", "Bo Lund")
    right = facts("On Kettles", SHORTENED, "Mira Quill", "Ana Holm", "Bo Lund")
    assert compare(left, right).verdict is DIFFERENT


def test_two_arxiv_ids_are_never_one_paper_but_the_same_text_is_doubtful() -> None:
    left = facts(TITLE, ABSTRACT, arxiv_id="2502.90001")
    right = facts(TITLE, ABSTRACT, arxiv_id="2502.90002")
    assert compare(left, right).verdict is Verdict.DOUBTFUL
    assert compare(left, right).similarity == 1.0
    other = facts(TITLE, OTHER, arxiv_id="2502.90003")
    assert compare(left, other).verdict is Verdict.DIFFERENT


def test_a_preprint_and_its_publication_do_not_contradict() -> None:
    assert not contradict(facts(arxiv_id="2502.90001"), facts(doi="10.1/a"))
    assert contradict(facts(doi="10.1/a"), facts(doi="10.1/b"))
    one = facts(doi="10.1/a", arxiv_id="2502.90001")
    assert not contradict(one, facts(doi="10.1/b", arxiv_id="2502.90001"))


def test_names_are_compatible_in_either_order_and_when_missing() -> None:
    assert compatible_authors(facts(TITLE, "", "Wei Wang"), facts(TITLE, "", "Wang Wei"))
    assert compatible_authors(facts(TITLE, ""), facts(TITLE, "", "Ana Holm"))
    assert not compatible_authors(facts(TITLE, "", "Ana Holm"), facts(TITLE, "", "Bo Lund"))
