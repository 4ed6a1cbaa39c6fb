"""The one door from what a reader writes to HTML: CommonMark without raw HTML, then an allow-list.

Two locks, each of which would do alone: markdown-it-py escapes whatever is HTML, and nh3 lets only
the elements below pass. It shows no pictures, as they would tell others who reads here.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST = 65_536
"""Characters of a text."""
MOST_MENTIONS = 10
"""Of those named in one text so many are told."""
_DEEPEST = 20
_REMEMBERED = 1024
_SHORT = 4096
"""Characters of a text whose HTML is remembered."""
_ELEMENTS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "strong", "ul",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}
_REL = "nofollow ugc noopener"
# Bounded everywhere, so that no text makes it look twice at more than a name or an address.
_FOUND = re.compile(
    r"(?<![\w@/.])@(?P<name>[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?)(?![\w-])"
    r"|(?P<url>https?://[^\s<>\"'`]{1,2000})"
)
_AFTER_ADDRESSES = ".,;:!?)]}"


def shown(raw: str) -> str:
    """A text as HTML that is safe in any element that holds blocks."""
    return _remembered(raw) if len(raw) <= _SHORT else _html(raw)


def mentions(raw: str) -> list[str]:
    """The names that a text mentions (`@name`), in lower case, in order, at most MOST_MENTIONS.

    Those within code or links are none.
    """
    names: dict[str, None] = {}
    for token in _markdown().parse(raw):
        for part in token.children or ():
            if part.type == "link_open" and part.meta.get("mention"):
                names.setdefault(part.meta["mention"])
    return list(names)[:MOST_MENTIONS]


def _html(raw: str) -> str:
    written = _markdown().render(raw)
    return nh3.clean(
        written,
        tags=_ELEMENTS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel=_REL,
    )


_remembered = lru_cache(maxsize=_REMEMBERED)(_html)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    markdown.disable(["html_block", "html_inline", "image"])
    markdown.core.ruler.push("leading", _lead)
    return markdown


def _lead(state: StateCore) -> None:
    """Headings below the page's own, and links where names and addresses stand in the prose."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        if token.type == "inline" and token.children:
            token.children = list(_linked(token.children))


def _linked(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and not depth:
            yield from _parts(token.content)
        else:
            yield token


def _parts(text: str) -> Iterator[Token]:
    """A piece of prose, each name and address in it as a link."""
    at = 0
    for found in _FOUND.finditer(text):
        name, url = found["name"], found["url"]
        words = f"@{name}" if name else url.rstrip(_AFTER_ADDRESSES)
        yield _text(text[at : found.start()])
        href = f"/readers/{name.lower()}" if name else words
        opened = Token("link_open", "a", 1, attrs={"href": href})
        opened.meta = {"mention": name.lower()} if name else {}
        yield from (opened, _text(words), Token("link_close", "a", -1))
        at = found.start() + len(words)
    yield _text(text[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
