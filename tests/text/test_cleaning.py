"""The one door for text: what `clean` and `plain` make of what sources send."""

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadsheet.text import clean, plain, title_key

PIECES = st.sampled_from(
    (
        *"\\${}[]~`'^_&<>-|5 ab.",
        "\n\n",
        "&amp;",
        "&#36;",
        "lt;",
        "<i>",
        "</i>",
        "<sub>",
        "</sub>",
        "<p>",
        "\\textbf{",
        "\\cite{",
        "\\footnote{",
        "\\'",
        '\\"',
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "$$",
        "\\frac",
        "\\begin{align}",
        "\\end{align}",
        "\\textless",
        "\\textbackslash",
        "\\b{eta}",
        "\\{",
        "\\$",
        "\\%",
        "x^{2}",
        "\u0301",
        "\u200c",
        "\x92",
        "\x08",
        "\ufdd0",
        "अ",
    )
)
HOSTILE = (
    "\\",
    "$",
    "$a",
    "$ a",
    "$$",
    "{",
    "}",
    "{a,",
    "\\'",
    "\\textbf{",
    "\\cite[",
    "\\frac",
    "$\\sqrt",
    "\\(",
    "\\[",
    "\\begin{align}",
    "\\documentclass",
    "&amp;",
    "<",
    "<i ",
    "<sub>a",
    "`a ",
    "''",
    "~",
    "\n ",
    "\u200c",
    "{pasted macro ‘",  # noqa: RUF001
    "https://a{",
    "<<ETX ",
    "a. ",
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        (r"the Fr\'echet mean", "the Fréchet mean"),
        (r"Nystr\"om and Schr\"{o}dinger", "Nyström and Schrödinger"),
        (
            r"Toma\v{s}ev, \c{C}a\u{g}, \L ukasz, \'{\i}, Bokm{\aa}l",
            "Tomašev, Çağ, Łukasz, í, Bokmål",
        ),
        (r"by 82.9\% \& more", "by 82.9% & more"),
        (r"\textbf{Bold \emph{and} \textsc{Caps}}, {\em so} called", "Bold and Caps, so called"),
        (r"Fig.~3, about ~5%, from 5~10, (e.g.~this)", "Fig. 3, about ~5%, from 5~10, (e.g. this)"),
        ("``quoted'' and `single' and ''both''", "“quoted” and ‘single’ and “both”"),  # noqa: RUF001
        ("pages 3--7, a -- b, so---on, -->", "pages 3–7, a – b, so—on, -->"),  # noqa: RUF001
        (r"we present \method{}, \ours wins", "we present method, ours wins"),
        (
            r"at \url{https://a.org/b_c} or \href{https://a.org}{here}",
            "at https://a.org/b_c or here (https://a.org)",
        ),
        (r"known~\cite{lee2020}.", "known [lee2020]."),
        (r"word.\footnote{Code: later.}", "word. (Code: later.)"),
        (r"{\alpha}-stable, \b{eta}-VAE, 3\times", "α-stable, β-VAE, 3×"),  # noqa: RUF001
        (r"one \\ two \\[2mm] three", "one two three"),
        (r"15\\% and \\textit{x}", "15% and x"),
        ("{BERT} for {I}nsight, labels {0,1}, 70{,}496", "BERT for Insight, labels {0,1}, 70,496"),
        (r"the model\'s \"same\" word", 'the model\'s "same" word'),
        (r"\mathcalX and \emphgood, \nthe end", "X and good, the end"),
        ("texttt{D}ual at https://a.org{this https URL}", "Dual at https://a.org"),
        (r"\begin{itemize} \item One \item Two \end{itemize}", "• One • Two"),
        (
            r"EN\leftrightarrowDE, \urlhttps://a.org, the extit{lost} tab",
            "EN↔DE, https://a.org, the lost tab",
        ),
        ("a backslash \\ alone\\", "a backslash alone"),
    ],
)
def test_prose_is_read(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned", "read"),
    [
        (r"in $\mathcal{O}(n^2)$ time", r"in $\mathcal{O}(n^2)$ time", "in O(n²) time"),
        (r"\(256\times256\) pixels", r"$256\times256$ pixels", "256×256 pixels"),  # noqa: RUF001
        (r"$\beta$-VAE", r"$\beta$-VAE", "β-VAE"),
        ("R$^2$", "R$^2$", "R²"),
        (r"\[ a \leq b \]", r"$a \leq b$", "a ≤ b"),
        ("$$x=1$$ holds", "$x=1$ holds", "x=1 holds"),
        (r"\begin{equation} u = v \end{equation}", "$u = v$", "u = v"),
        ("$5 and $10", "$5 and $10", "$5 and $10"),
        (r"costs \$5, \$6 for $n$", "costs $5, $6 for $n$", "costs $5, $6 for n"),
        (r"\$a and b\$ stay", r"\$a and b\$ stay", "$a and b$ stay"),
        (r"$90.9\%$ on $14^{th}$", "90.9% on 14th", "90.9% on 14th"),
        (r"$\textbf{Deep} x$", r"$\textbf{Deep} x$", "Deep x"),
        (r"$\texttt{<think>}$", "<think>", "<think>"),
        (r"$\frac{a+b}{c}\sqrt{n\log n}$", r"$\frac{a+b}{c}\sqrt{n\log n}$", "(a+b)/c√(n log n)"),
        (
            r"$x_{i,j}^{*} \in \mathbb{R}^{d}$",
            r"$x_{i,j}^{*} \in \mathbb{R}^{d}$",
            "x_(i,j)* ∈ ℝ^d",  # noqa: RUF001
        ),
        (r"$\tilde{O}(\epsilon^{-2})$", r"$\tilde{O}(\epsilon^{-2})$", "Õ(ϵ⁻²)"),
        ("$p<0.05$ and $q>3$", "$p<0.05$ and $q>3$", "p<0.05 and q>3"),
        (r"hours$\unicode{x2013}$days", "hours–days", "hours–days"),  # noqa: RUF001
        ("$k $ items", "$k$ items", "k items"),
    ],
)
def test_formulas_are_kept_and_can_be_read(raw: str, cleaned: str, read: str) -> None:
    assert clean(raw) == cleaned
    assert clean(cleaned) == cleaned
    assert plain(cleaned) == read


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("R&amp;D, &amp;amp; &lt;b", "R&D, & <b"),
        ("<jats:p>One</jats:p><jats:p>Two</jats:p>", "One\n\nTwo"),
        ("H<sub>2</sub>O, 10<sup>5</sup>, the 1<sup>st</sup>", "H₂O, 10⁵, the 1st"),
        ("a <i>little</i> <b class='x'>more</b><br/>so", "a little more\n\nso"),
        ("<SEG> and <s> and <think>so</think>", "<SEG> and <s> and <think>so</think>"),
        ("a < b and c > d, <x, y> & <i", "a < b and c > d, <x, y> & <i"),
        ("<p>one <SEG> & <i>two</i></p>", "one <SEG> & two"),
        ("O(n/sup 2/) for x/sub 1/", "O(n²) for x₁"),
        ("the end.<<ETX>>", "the end."),
        ("n\\documentclass{minimal}\\begin{document}$$n$$\\end{document} items", "n items"),
        ("the {pasted macro ‘NAME’} set", "the NAME set"),  # noqa: RUF001
    ],
)
def test_markup_is_taken_off(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("don\x92t \x93say\x94 so", "don’t “say” so"),  # noqa: RUF001
        ("d\x8ependance et pr\x8esent\x8e", "dépendance et présenté"),
        ("userâ\x80\x99s", "user’s"),  # noqa: RUF001
        ("re\xadsource and zero\u200bwidth", "resource and zerowidth"),
        ("\u202eevil\u202c and \u2067more\u2069", "evil and more"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001
        ("क्\u200dष", "क्\u200dष"),
        ("plain\u200cletters", "plainletters"),
        ("e\u0301te\u0301", "été"),
        ("classi\ufb01er", "classifier"),
        ("di\x0eculty, contribu\x02tion, CLIP\x02like", "difficulty, contribution, CLIP-like"),
        ("\x08oldsymbol x and \theta", "x and θ"),
        ("a\x00b\ud800c", "abc"),
        ("  two\u00a0 \t words \n next line\n\n\n  paragraph ", "two words next line\n\nparagraph"),
        ("שלום עולם", "שלום עולם"),
        ("ελληνικά, 日本語", "ελληνικά, 日本語"),
    ],
)
def test_characters_are_mended(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned
    assert clean(cleaned) == cleaned


def test_markup_in_markup_beyond_reason_still_comes_to_rest() -> None:
    raw = "&lt;" + r"\textless{}b\textgreater{}" * 3 + "\\textbackslash" * 5 + "&amp;lt;i&gt;"
    assert clean(clean(raw)) == clean(raw)


@given(st.text())
def test_cleaning_any_text_twice_is_cleaning_it_once(raw: str) -> None:
    cleaned = clean(raw)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned


@given(st.lists(PIECES, max_size=16).map("".join))
def test_cleaning_markup_twice_is_cleaning_it_once(raw: str) -> None:
    cleaned = clean(raw)
    assert clean(cleaned) == cleaned
    assert "\\" not in plain(cleaned)
    assert not set(cleaned) & set("\ufdd0\ufdd1\ufdd2\ufdd3")


@given(st.lists(PIECES, max_size=10).map("".join))
def test_a_paper_is_found_by_the_same_key_before_and_after_cleaning_twice(raw: str) -> None:
    assert title_key(clean(raw)) == title_key(clean(clean(raw)))


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    counts = [_calls(partial(clean, piece * size)) for size in (2000, 4000, 8000)]
    assert counts[1] <= 2.2 * counts[0] + 200
    assert counts[2] <= 2.2 * counts[1] + 200


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_text_comes_through(piece: str) -> None:
    assert len(plain(clean(piece * (200_000 // len(piece))))) <= 400_000


@pytest.mark.shared_data
def test_every_text_of_the_pages_comes_to_rest_without_markup(shared: Path) -> None:
    lines = {
        line.strip()
        for page in (shared / "pages").glob("*.txt")
        for line in page.read_text(encoding="utf-8").splitlines()
    }
    read = {line: plain(clean(line)) for line in lines}
    assert all(clean(clean(line)) == clean(line) for line in lines)
    assert not [text for text in read.values() if "\\" in text or "``" in text]
    assert sum("<SEG>" in text for text in read.values()) == sum("<SEG>" in line for line in lines)


def _calls(work: Callable[[], object]) -> int:
    """How many functions, ours and the interpreter's, one piece of work calls."""
    count = 0

    def notice(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(notice)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@given(st.text("aZ 0.,'-/sup:;()!?\n", max_size=60))
def test_where_only_white_space_is_wrong_paragraphs_are_folded(text: str) -> None:
    assume(not any(mark in text for mark in ("--", "''", "/su")))
    paragraphs = re.split(r"\n\s*\n", text.strip())
    assert clean(text) == "\n\n".join(" ".join(one.split()) for one in paragraphs)
