"""Where a paper is."""

from broadsheet.cards import address_of, code_of, pdf_of, project_of
from broadsheet.papers import Paper, PaperId
from tests.library import BEES, KETTLES, ROUTES, TIDES
from tests.library.shelving import toy_paper


def test_what_a_source_said_comes_before_what_an_id_tells() -> None:
    paper = toy_paper(TIDES)
    assert address_of(paper) == "https://papers.example/tides"
    assert code_of(paper) == "https://code.example/quill/tides"
    assert pdf_of(paper) == "https://arxiv.org/pdf/2502.90001"
    assert project_of(paper) == ""
    assert address_of(Paper(id=PaperId("doi:10.1/x"), title="T", doi="10.1/x")) == (
        "https://doi.org/10.1/x"
    )
    assert address_of(Paper(id=PaperId("toy:1"), title="T")) == ""
    assert pdf_of(Paper(id=PaperId("toy:1"), title="T")) == ""


def test_an_arxiv_id_tells_the_page_and_the_pdf() -> None:
    assert address_of(toy_paper(BEES)) == "https://arxiv.org/abs/2411.90002"
    assert pdf_of(toy_paper(BEES)) == "https://arxiv.org/pdf/2411.90002"
    assert pdf_of(toy_paper(ROUTES)) == "https://papers.example/routes.pdf"
    assert project_of(toy_paper(KETTLES)) == "https://kettles.example"
