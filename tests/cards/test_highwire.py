"""The tags that reference managers read."""

from broadsheet.cards import highwire_tags, pdf_of
from tests.library import TIDES
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
