"""A paper as Markdown: facts, the abstract, and nothing that a reader would take for markup."""

from broadsheet.cards import as_markdown
from tests.library import TIDES
from tests.library.hostile import FORMULAS, SCRIPTED
from tests.library.shelving import toy_paper

ADDRESS = "https://site.example/papers/2502.90001"


def test_a_paper_reads_as_a_document() -> None:
    text = as_markdown(toy_paper(TIDES), address=ADDRESS)
    assert text.startswith("# Tidal Attention for Very Long Documents\n\n- Id: 2502.90001\n")
    assert "- Authors: Mira Østergaard, Tomás Quill\n" in text
    assert "- PDF: <https://arxiv.org/pdf/2502.90001>\n" in text
    assert "## Abstract\n\nAttention over a book is slow." in text
    assert text.endswith(f"Source: <{ADDRESS}>\n")


def test_markup_in_fields_is_escaped_and_formulas_are_kept() -> None:
    text = as_markdown(SCRIPTED, address=ADDRESS)
    assert "<script>" not in text.replace(r"\<script\>", "").replace(r"\text{<script>", "")
    assert r"\<SEG\>" in text
    assert "## Summary" in text
    assert "not held" in text
    assert r"$\frac{a}{b} \le \mathbb{E}[X]$" in as_markdown(FORMULAS, address=ADDRESS)
