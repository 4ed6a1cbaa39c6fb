"""The tags that reference managers read."""

from broadsheet.cards import highwire_tags, pdf_of
from broadsheet.papers import Paper, PaperId, PartialDate
from tests.library import TIDES, TIDES_JOURNAL
from tests.library.hostile import FORMULAS, SCRIPTED
from tests.library.shelving import toy_paper


def test_the_tags_of_a_paper() -> None:
    paper = toy_paper(TIDES)
    tags = highwire_tags(paper, address="https://site.example/p", pdf=pdf_of(paper))
    assert tags[:5] == [
        ("citation_title", "Tidal Attention for Very Long Documents"),
        ("citation_author", "Mira Østergaard"),
        ("citation_author", "Tomás Quill"),
        ("citation_publication_date", "2025/02/11"),
        ("citation_date", "2025/02/11"),
    ]
    named = dict(tags)
    assert named["citation_conference_title"] == "Workshop on Long Reading"
    assert named["citation_arxiv_id"] == "2502.90001"
    assert named["citation_abstract_html_url"] == "https://site.example/p"
    assert named["citation_pdf_url"] == "https://arxiv.org/pdf/2502.90001"
    assert "citation_doi" not in named
    assert named["citation_keywords"] == "attention; long documents"
    assert named["citation_abstract"] == paper.abstract


def test_a_journal_and_a_month_are_told_as_such() -> None:
    named = dict(highwire_tags(toy_paper(TIDES_JOURNAL), address="https://site.example/p", pdf=""))
    assert named["citation_journal_title"] == "Journal of Patient Computing"
    assert named["citation_publication_date"] == "2025/09"
    assert named["citation_doi"] == "10.5555/jpc.2025.17"
    assert "citation_pdf_url" not in named
    assert "citation_conference_title" not in named


def test_values_are_plain_text_on_one_line() -> None:
    named = dict(highwire_tags(FORMULAS, address="https://site.example/p", pdf=""))
    assert named["citation_title"] == "Sorting in O(n log n) and Why x < y Matters"
    assert "$5" in named["citation_abstract"]
    assert "\n" not in named["citation_abstract"]


def test_somebody_elses_summary_is_not_told_as_the_abstract() -> None:
    assert "citation_abstract" not in dict(highwire_tags(SCRIPTED, address="https://a/p", pdf=""))


def test_what_is_not_known_is_not_told() -> None:
    bare = Paper(id=PaperId("toy:1"), title="T", announced=PartialDate(1999))
    assert highwire_tags(bare, address="https://site.example/p", pdf="") == [
        ("citation_title", "T"),
        ("citation_publication_date", "1999"),
        ("citation_date", "1999"),
        ("citation_abstract_html_url", "https://site.example/p"),
    ]
