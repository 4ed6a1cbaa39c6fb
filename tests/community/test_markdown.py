"""The one door from Markdown to HTML: what passes, what does not, and how much work it takes."""

import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.community.markdown import MOST_MENTIONS, mentions, shown
from tests.library.hostile import HOSTILE

REL = 'rel="nofollow ugc noopener"'
ELEMENTS = set("a blockquote br code em h3 h4 h5 h6 hr li ol p pre strong ul".split())


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("One *two* **three**", "<p>One <em>two</em> <strong>three</strong></p>"),
        ("a\nb\n\nc", "<p>a\nb</p>\n<p>c</p>"),
        ("# Big", "<h3>Big</h3>"),
        ("###### Small", "<h6>Small</h6>"),
        ("3. x", '<ol start="3">\n<li>x</li>\n</ol>'),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("> so", "<blockquote>\n<p>so</p>\n</blockquote>"),
        (
            "[a](https://b.example/?c=1&d)",
            f'<p><a href="https://b.example/?c=1&amp;d" {REL}>a</a></p>',
        ),
        (
            "https://b.example/c.",
            f'<p><a href="https://b.example/c" {REL}>https://b.example/c</a>.</p>',
        ),
        ("hi @Ann-b, you", f'<p>hi <a href="/readers/ann-b" {REL}>@Ann-b</a>, you</p>'),
        ("a@b.example and /@c", "<p>a@b.example and /@c</p>"),
    ],
)
def test_what_is_written_is_shown(raw: str, html: str) -> None:
    assert shown(raw).strip() == html


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("<b onclick=x>y</b>", "<p>&lt;b onclick=x&gt;y&lt;/b&gt;</p>"),
        ("![a](https://b.example/c.png)", f'<p>!<a href="https://b.example/c.png" {REL}>a</a></p>'),
        ("[a](javascript:b)", "<p>[a](javascript:b)</p>"),
        ("[a](data:text/html,b)", "<p>[a](data:text/html,b)</p>"),
        ("[a](ftp://b.example)", f"<p><a {REL}>a</a></p>"),
        ('[a](/b "c")', f'<p><a href="/b" {REL}>a</a></p>'),
    ],
)
def test_what_may_not_pass_does_not(raw: str, html: str) -> None:
    assert shown(raw).strip() == html


class _Read(HTMLParser):
    """The elements, and the attributes with their values."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += attrs


def assert_safe(raw: str) -> None:
    """Only what is allowed is in the HTML of a text."""
    read = _Read(shown(raw))
    assert read.elements <= ELEMENTS
    for name, value in read.attributes:
        assert name in ("href", "rel", "start")
        if name == "href":
            assert re.match(r"https?:|mailto:|[^:]*$|/|#|\?", value or "", re.IGNORECASE)
            assert not re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE)


PIECES = st.sampled_from(
    ["<", ">", "[a](", ")", "javascript:", "&#106;avascript:", "data:", "@ann", "`", "*", "_", "\n",
     "> ", "- ", "<img src=x onerror=y>", "<svg/onload=z>", "https://a.example", '"', "'", "\\",
     "![", "]", "&lt;", "\t", "\x00", "\u202e", "<!--", "<![CDATA[", "<a href=x>", "mailto:"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=24).map("".join))
def test_no_text_brings_in_anything_else(raw: str) -> None:
    assert_safe(raw)


@pytest.mark.parametrize("paper", HOSTILE, ids=lambda paper: paper.id)
def test_hostile_papers_are_harmless_comments(paper: Any) -> None:
    assert_safe(f"{paper.title}\n\n{paper.abstract}\n\n{paper.venue}")


def test_mentions_are_told_in_order_and_once() -> None:
    assert mentions("@Ben @ann\n\n- @ben `@cem` [@dot](/x) <https://e.example/@eve>") == [
        "ben",
        "ann",
    ]
    assert mentions(" ".join(f"@r{place}" for place in range(99))) == [
        f"r{place}" for place in range(MOST_MENTIONS)
    ]


HARD: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "[" * n,
    "pairs": lambda n: "[" * n + "]" * n,
    "links": lambda n: "[a](<b" * n,
    "nested links": lambda n: "[x](" * n + ")" * n,
    "emphasis": lambda n: "*a **" * n,
    "mixed emphasis": lambda n: "_*" * n,
    "images": lambda n: "![" * n,
    "quotes": lambda n: ">" * n,
    "lists": lambda n: "- " * n,
    "backticks": lambda n: "".join("`" * (place % 50 + 1) + "a" for place in range(n // 9)),
    "fences": lambda n: "```\n" * n,
    "definitions": lambda n: "[a]: b\n" * n,
    "autolinks": lambda n: "<http:" * n,
    "addresses": lambda n: "https://" * n,
    "names": lambda n: "@a" * n,
    "dashed names": lambda n: "@" + "a-" * n,
    "entities": lambda n: "&" * n,
}


@pytest.mark.parametrize("kind", HARD)
def test_twice_the_text_is_twice_the_work(kind: str) -> None:
    work = [_calls(HARD[kind](size)) for size in (400, 800, 1600)]
    assert work[1] <= 2.5 * work[0]
    assert work[2] <= 2.5 * work[1]


def _calls(raw: str) -> int:
    """How many calls it takes to show a text: what the clock says would differ from day to day."""
    calls = 0

    def count(_frame: object, _event: str, _argument: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        shown(raw + "x" * 5000)
    finally:
        sys.setprofile(before)
    return calls
