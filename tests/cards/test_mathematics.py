"""Formulas become MathML that holds formulas and nothing else."""

import itertools
import json
import lzma
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cards import as_html, paragraphs
from broadsheet.cards.mathematics import DEEPEST, LONGEST
from broadsheet.papers import Paper
from broadsheet.text import clean
from tests.library.hostile import HOSTILE as HOSTILE_PAPERS

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
KNOWN = set(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder "
    "munderover mtable mtr mtd mstyle mpadded mphantom menclose span".split()
)
COMMAND = re.compile(r"\\[A-Za-z]|\$\\")
HOSTILE = (
    "{",
    "}",
    "^",
    "_",
    "'",
    "&",
    "a^",
    "a_b^c",
    r"\\",
    r"\frac",
    r"\frac{",
    r"\sqrt",
    r"\sqrt[",
    r"\left(",
    r"\left(\right.",
    r"\begin{matrix}",
    r"\binom",
    r"\text{",
    r"\over ",
    r"\not",
    r"\bar",
    r"\mathbb{",
    r"\substack{a\\",
    r"\sum\limits_",
    r"\color{red}",
    "&lt;",
    "&#x3c;",
    "]]>",
    "-->",
)
UNSAFE = {"href", "src", "style", "class", "id", "actiontype", "selection", "data", "action"}


def elements(html: str) -> set[str]:
    """The names of all elements; fails on what is not well formed."""
    root = ET.fromstring(f"<div>{html}</div>")
    for element in root.iter():
        known = {"class"} if element.tag == "span" else set()
        names = {name.rpartition("}")[2].lower() for name in element.attrib} - known
        assert not names & UNSAFE
        assert not [name for name in names if name.startswith("on")]
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
        r"\url{javascript:alert(1)}",
        r"\htmlClass{a}{b}",
        r"\cssId{a}{b}",
        r"\unicode{x41}",
        r"\color{red}{x}",
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


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        (r"$\unknown{z}$", '<span class="formula">z</span>'),
        (r"$\href{https://a.b}{<c>}$", '<span class="formula">&lt;c&gt; (https://a.b)</span>'),
        ('$5 and "10"', "$5 and &quot;10&quot;"),
        (
            r"$x<y$",
            '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline" alttext="x&lt;y">'
            "<mrow><mi>x</mi><mo>&lt;</mo><mi>y</mi></mrow></math>",
        ),
        (
            r"$\frac{a}{\sqrt{2}}$",
            '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline" alttext="a/(√2)">'
            "<mrow><mfrac><mrow><mi>a</mi></mrow><mrow><msqrt><mrow><mn>2</mn></mrow></msqrt>"
            "</mrow></mfrac></mrow></math>",
        ),
    ],
)
def test_a_text_becomes_this_html(text: str, html: str) -> None:
    assert as_html(text) == html


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("size", [LONGEST, 3900])
def test_a_hostile_formula_does_not_grow_beyond_reason(piece: str, size: int) -> None:
    formula = (piece * size)[:size]
    html = as_html(f"see ${formula}$")
    assert len(html) < 80 * (size + 20)
    assert elements(html) <= KNOWN


@pytest.mark.parametrize(
    "formula",
    [
        r"\def\A{{\B}{\B}{\B}}\def\B{{\C}{\C}{\C}}\def\C{x}\A",
        r"\newcommand{\A}{{\B}{\B}}\newcommand{\B}{x}\A",
        r"\newenvironment{e}[1]{#1#1#1}{}\begin{e}{\begin{e}{x}\end{e}}\end{e}",
        r"\DeclareMathOperator{\A}{xx}\A",
    ],
)
def test_a_formula_defines_nothing_that_could_multiply(formula: str) -> None:
    html = as_html(f"${formula}$")
    assert html.startswith('<span class="formula">')
    assert len(html) < 4 * len(formula)


@pytest.mark.parametrize("paper", HOSTILE_PAPERS)
def test_hostile_papers_are_shown_as_text(paper: Paper) -> None:
    html = "".join(paragraphs(paper.abstract)) + as_html(paper.title)
    assert elements(html) <= KNOWN


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


@pytest.mark.shared_data
def test_formulas_of_real_papers_are_mathematics(shared: Path) -> None:
    found = read_well = 0
    with lzma.open(shared / "corpora" / "arxiv_daily.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in itertools.islice(lines, 5000):
            paper = json.loads(line)
            html = as_html(clean(f"{paper['title']}\n\n{paper['abstract']}"))
            assert elements(html) <= KNOWN
            text = "".join(ET.fromstring(f"<div>{html}</div>").itertext())
            assert not COMMAND.search(text)
            read_well += html.count("<math")
            found += html.count("<math") + html.count('<span class="formula"')
    assert found > 300
    assert read_well > 0.97 * found
