"""Formulas become MathML that holds formulas and nothing else."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cards import as_html, paragraphs
from broadsheet.cards.mathematics import DEEPEST, LONGEST
from broadsheet.text import clean

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
KNOWN = set(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder "
    "munderover mtable mtr mtd mstyle mpadded mphantom menclose span".split()
)


def elements(html: str) -> set[str]:
    """The names of all elements; fails on what is not well formed."""
    root = ET.fromstring(f"<div>{html}</div>")
    return {element.tag.removeprefix(NAMESPACE) for element in root.iter()} - {"div"}


def test_prose_is_escaped_and_formulas_are_mathml() -> None:
    assert as_html("a <SEG> & $x^2$") == (
        'a &lt;SEG&gt; &amp; <math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"'
        ' alttext="x²"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    )
    assert as_html(r"it costs \$5 or $n$ dollars").startswith("it costs $5 or <math")


@pytest.mark.parametrize(
    "formula",
    [
        r"\text{<script>x</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\class{a}{b}",
        r"\style{color:red}{b}",
        r"\unknown{z}",
        "{" * (DEEPEST + 1) + "x" + "}" * (DEEPEST + 1),
        "x" * (LONGEST + 1),
        "^^",
        r"\left( a",
    ],
)
def test_what_is_no_formula_or_not_safe_is_a_line_of_text(formula: str) -> None:
    html = as_html(f"see ${formula}$")
    assert "<script" not in html
    assert "javascript:" not in html or "<a" not in html
    assert elements(html) <= {"span"} or r"\text" in formula
    assert "href=" not in html


def test_script_in_text_is_shown_and_not_run() -> None:
    html = as_html(r"$\text{<script>alert(1)</script>}$")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_paragraphs_are_apart() -> None:
    assert paragraphs("One.\n\nTwo <b>.") == ["One.", "Two &lt;b&gt;."]
    assert paragraphs("") == []


@given(st.text(alphabet=st.sampled_from("$\\{}^_<>&ab1 \"'frac"), max_size=60))
def test_whatever_comes_the_markup_is_well_formed_and_known(text: str) -> None:
    assert elements(as_html(text)) <= KNOWN


@pytest.mark.shared_data
def test_the_saved_pages_read_as_text_or_mathematics(shared: Path) -> None:
    shown = 0
    for file in sorted((shared / "pages").glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            html = as_html(clean(line))
            elements(html)
            text = "".join(ET.fromstring(f"<div>{html}</div>").itertext())
            assert "\\textbf" not in text
            assert "\\%" not in text
            assert "$\\" not in text
            shown += html.count("<math")
    assert shown
