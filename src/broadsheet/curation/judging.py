"""Whether tidied facts can be those of a paper, and the stage and reason if not."""

import re
import string
import unicodedata
from collections import Counter

import numpy as np

from broadsheet.papers import Facts
from broadsheet.text import plain, title_key

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
_LETTERS = string.ascii_letters.encode()
_BLANKS = bytes(code for code in range(128) if chr(code).isspace())
_LEAST_JUDGED = 8
_MOST_DAMAGED = 0.05
_FEWEST_LETTERS = 0.4
_MOST_ALIKE = 0.5
_LEAST_REPEATED = 4


def judge(facts: Facts) -> str | None:
    """Why tidied facts cannot be those of a paper, as "stage: clause"; None if they can.

    A missing abstract is no reason, and neither is an abstract equal to the title.
    """
    title = plain(facts.title)
    if not title:
        return "title: it has no title"
    if not any(letter.isalpha() for letter in title):
        return "title: its title has no letters"
    key = title_key(title)
    if key in _BANNER_KEYS or _is_banner(title):
        return "banner: its title is a banner, not a title"
    if len(key) >= _LEAST_REPEATED and len(set(key)) == 1:
        return "garbled: its title is one character repeated"
    if _is_garbled(title):
        return "garbled: its title is garbled"
    if _is_banner(facts.abstract):
        return "banner: its abstract is a banner, not an abstract"
    if _is_garbled(plain(facts.abstract)):
        return "garbled: its abstract is garbled"
    return None


def _is_banner(text: str) -> bool:
    """Whether a text is what a web site says about itself."""
    if _HTML_PAGE.match(text):
        return True
    return len(text) <= _BANNER_LENGTH and bool(_BANNER.search(text))


def _is_garbled(text: str) -> bool:
    """Whether a text is mostly damage: signs of a wrong encoding, no letters, one sign."""
    if text.isascii():
        return _is_garbled_ascii(text.encode("ascii"))
    counts = Counter(text)
    visible = {sign: count for sign, count in counts.items() if not sign.isspace()}
    total = sum(visible.values())
    if total < _LEAST_JUDGED:
        return "\ufffd" in visible
    damaged = len(_MOJIBAKE.findall(text))
    damaged += sum(count for sign, count in visible.items() if _is_private(sign))
    letters = sum(count for sign, count in visible.items() if sign.isalpha() or _is_mark(sign))
    return (
        damaged > _MOST_DAMAGED * total
        or letters < _FEWEST_LETTERS * total
        or max(visible.values()) > _MOST_ALIKE * total
    )


def _is_garbled_ascii(text: bytes) -> bool:
    """As `_is_garbled`, of most texts, which bytes count in a fraction of the time."""
    visible = text.translate(None, _BLANKS)
    if len(visible) < _LEAST_JUDGED:
        return False
    counts = np.bincount(np.frombuffer(visible, np.uint8))
    letters = len(visible) - len(visible.translate(None, _LETTERS))
    return letters < _FEWEST_LETTERS * len(visible) or int(counts.max()) > _MOST_ALIKE * len(
        visible
    )


def _is_private(letter: str) -> bool:
    return "\ue000" <= letter <= "\uf8ff" or letter >= "\U000f0000"


def _is_mark(letter: str) -> bool:
    return letter >= "\u0300" and unicodedata.category(letter).startswith("M")
