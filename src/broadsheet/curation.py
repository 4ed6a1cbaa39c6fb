"""Keep, repair or quarantine a record: its facts made tidy, and the reason why it is no paper."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from broadsheet.identifiers import parse_arxiv_id, parse_doi
from broadsheet.papers import Author, Facts, Link, LinkKind, Record
from broadsheet.text import clean, plain, title_key

_NO_ABSTRACT = frozenset(
    (
        "abstract",
        "abstractnotavailable",
        "abstractunavailable",
        "na",
        "nan",
        "noabstract",
        "noabstractavailable",
        "noabstractisavailable",
        "noabstractprovided",
        "none",
        "notavailable",
        "null",
        "tba",
        "thispaperhasnoabstract",
        "thisarticlehasnoabstract",
        "todo",
    )
)
_ABSTRACT_LABEL = re.compile(r"\A(?:abstract|summary)\s?(?:[:.—–]|\n\n)\s*", re.IGNORECASE)  # noqa: RUF001
_BANNER_KEYS = frozenset(
    (
        "403forbidden",
        "404notfound",
        "accessdenied",
        "bykandtheresearchcommunity",
        "byakandtheresearchcommunity",
        "attentionrequired",
        "badgateway",
        "badrequest",
        "error",
        "forbidden",
        "internalservererror",
        "justamoment",
        "notfound",
        "pagenotfound",
        "serviceunavailable",
        "signin",
        "subscribe",
        "toomanyrequests",
        "unauthorized",
        "unknowntitle",
        "untitled",
    )
)
_BANNER = re.compile(
    r"trending papers in your (?:email )?inbox"
    r"|(?:subscribe|sign up) (?:to|for) (?:our|the) (?:\w{1,12} )?(?:newsletter|mailing list)"
    r"|\A(?:this (?:site|website) uses|we use) cookies"
    r"|please enable (?:javascript|cookies)"
    r"|(?:enable|turn on) javascript and cookies to continue"
    r"|\A(?:error )?(?:403 forbidden|404 not found|50[0234] [a-z]{3,11})"
    r"|checking (?:if the site connection is secure|your browser before)",
    re.IGNORECASE,
)
_BANNER_LENGTH = 400
_HTML_PAGE = re.compile(r"\A\s{0,20}<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_MOJIBAKE = re.compile(r"[ÃÂ][\u0080-\u00bf]|â[€\u0080]|ï¿½|\ufffd")
_LEAST_JUDGED = 8
_MOST_DAMAGED = 0.05
_FEWEST_LETTERS = 0.4
_MOST_ALIKE = 0.5
_LEAST_REPEATED = 4


def judge(facts: Facts) -> str | None:
    """Why tidied facts cannot be those of a paper, as a clause; None if they can.

    A missing abstract is no reason, and neither is an abstract equal to the title.
    """
    title = plain(facts.title)
    if not title:
        return "it has no title"
    if not any(letter.isalpha() for letter in title):
        return "its title has no letters"
    if title_key(title) in _BANNER_KEYS or _is_banner(title):
        return "its title is a banner, not a title"
    if _is_repeated(title):
        return "its title is one character repeated"
    if _is_garbled(title):
        return "its title is garbled"
    if _is_banner(facts.abstract):
        return "its abstract is a banner, not an abstract"
    if _is_garbled(plain(facts.abstract)):
        return "its abstract is garbled"
    return None


def tidy(record: Record) -> Facts:
    """The facts of a record, cleaned: text, ids without version, http(s) links, lists without
    repeats; an abstract that only says that there is none is empty.

    An arXiv id or DOI that only an address or the other of the two tells is filled in.
    """
    links = _web_links(record.links)
    addresses = [link.url for link in links if link.kind in (LinkKind.PAGE, LinkKind.PDF)]
    named = [record.arxiv_id or "", record.doi or "", *addresses]
    arxiv_id = next(filter(None, map(parse_arxiv_id, named)), None)
    dois = (parse_doi(text) for text in (record.doi or "", *addresses))
    return Facts(
        title=_line(record.title),
        abstract=(abstract := _abstract(record.abstract)),
        summary_by=_line(record.summary_by) if abstract else "",
        authors=_authors(record.authors),
        announced=record.announced,
        revised=record.revised,
        venue=_line(record.venue),
        categories=_distinct(record.categories),
        keywords=_distinct(record.keywords),
        links=links,
        licence=_line(record.licence),
        withdrawn=record.withdrawn,
        retracted=record.retracted,
        arxiv_id=arxiv_id,
        # arXiv's own DOI says no more than the arXiv id, and would hide a publisher's.
        doi=next((doi for doi in dois if doi and not parse_arxiv_id(doi)), None),
    )


def _line(raw: str) -> str:
    """A cleaned text on one line."""
    return clean(raw).replace("\n\n", " ")


def _abstract(raw: str) -> str:
    if _HTML_PAGE.match(raw):
        # Kept as it is, so that `judge` can see what it was.
        return " ".join(raw.split())
    text = _ABSTRACT_LABEL.sub("", clean(raw))
    return "" if len(text) < 60 and title_key(text) in _NO_ABSTRACT else text


def _authors(authors: Iterable[Author]) -> tuple[Author, ...]:
    named = (Author(_line(author.name).strip(" ,;"), author.orcid) for author in authors)
    return tuple(dict.fromkeys(author for author in named if author.name))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    """The words, cleaned, in order, without empty ones and repeats (whatever their case)."""
    first: dict[str, str] = {}
    for word in map(_line, words):
        if word:
            first.setdefault(word.casefold(), word)
    return tuple(first.values())


def _web_links(links: Iterable[Link]) -> tuple[Link, ...]:
    kept = (Link(link.kind, link.url.strip()) for link in links)
    return tuple(dict.fromkeys(link for link in kept if _is_web_address(link.url)))


def _is_web_address(url: str) -> bool:
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _is_banner(text: str) -> bool:
    """Whether a text is what a web site says about itself."""
    if _HTML_PAGE.match(text):
        return True
    return len(text) <= _BANNER_LENGTH and bool(_BANNER.search(text))


def _is_repeated(text: str) -> bool:
    key = title_key(text)
    return len(key) >= _LEAST_REPEATED and len(set(key)) == 1


def _is_garbled(text: str) -> bool:
    """Whether a text is mostly damage: signs of a wrong encoding, no letters, one sign."""
    counts = Counter(text)
    visible = {sign: count for sign, count in counts.items() if not sign.isspace()}
    total = sum(visible.values())
    if total < _LEAST_JUDGED:
        return "\ufffd" in visible
    damaged = 0 if text.isascii() else len(_MOJIBAKE.findall(text))
    damaged += sum(count for sign, count in visible.items() if _is_private(sign))
    letters = sum(count for sign, count in visible.items() if sign.isalpha() or _is_mark(sign))
    return (
        damaged > _MOST_DAMAGED * total
        or letters < _FEWEST_LETTERS * total
        or max(visible.values()) > _MOST_ALIKE * total
    )


def _is_private(letter: str) -> bool:
    return "\ue000" <= letter <= "\uf8ff" or letter >= "\U000f0000"


def _is_mark(letter: str) -> bool:
    return letter >= "\u0300" and unicodedata.category(letter).startswith("M")
