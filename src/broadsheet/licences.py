"""What licences are called, and what of a paper each lets a front page serve."""

import re
from enum import StrEnum
from urllib.parse import urlsplit


class Part(StrEnum):
    """What of a paper may be served: facts about it, parts of it, or the whole."""

    METADATA = "metadata"
    ABSTRACT = "abstract"
    SUMMARY = "summary"
    """Our own words about the paper."""
    COPY = "copy"
    """The paper's file, unchanged."""
    TEXT = "text"
    """The paper's text in another form, such as Markdown."""
    FIGURE = "figure"
    """A picture taken out of the paper."""


_ALWAYS = (Part.METADATA, Part.ABSTRACT, Part.SUMMARY)
_CC = "https://creativecommons.org"
_ARXIV = "arXiv-nonexclusive-distrib-1.0"
_KNOWN = {
    "CC0-1.0": f"{_CC}/publicdomain/zero/1.0/",
    "PDM-1.0": f"{_CC}/publicdomain/mark/1.0/",
    _ARXIV: "https://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "MIT": "https://opensource.org/license/mit",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "BSD-3-Clause": "https://opensource.org/license/bsd-3-clause",
    "GPL-3.0": "https://www.gnu.org/licenses/gpl-3.0.html",
}
"""Short names as SPDX has them (arXiv's is ours), and where each is told."""
_OPEN = frozenset(_KNOWN) - {_ARXIV}
_SPELT = {
    "cc0": "CC0-1.0",
    "cc01": "CC0-1.0",
    "cczero": "CC0-1.0",
    "creativecommonszero": "CC0-1.0",
    "publicdomaindedication": "CC0-1.0",
    "pd": "PDM-1.0",
    "publicdomain": "PDM-1.0",
    "publicdomainmark": "PDM-1.0",
    "arxivnonexclusivedistrib": _ARXIV,
    "arxivorgperpetualnonexclusivelicense": _ARXIV,
    "arxivnonexclusive": _ARXIV,
    "mit": "MIT",
    "mitlicense": "MIT",
    "apache2": "Apache-2.0",
    "apachelicense2": "Apache-2.0",
    "apachelicenseversion2": "Apache-2.0",
    "bsd3clause": "BSD-3-Clause",
    "gpl3": "GPL-3.0",
    "gplv3": "GPL-3.0",
}
_CC_ADDRESS = re.compile(
    r"/licenses/(by(?:-n[cd]|-sa){0,2})(?:/(\d\.\d)(?:/([a-z]{2,3}))?)?/?(?:legalcode|deed)?",
    re.IGNORECASE,
)
_CC_NAME = re.compile(
    r"(?:cc|creative commons)[\s_:-]*(by(?:[\s_-]+n[cd]|[\s_-]+sa){0,2})"
    r"[\s_-]*(?:v(?:ersion)?\s*)?(\d\.\d)?(?:[\s_-]+(?:international|unported|generic|license|"
    r"licence))*",
    re.IGNORECASE,
)
_IN_WORDS = (
    (re.compile(r"attribution", re.IGNORECASE), "by"),
    (re.compile(r"non[\s-]?commercial", re.IGNORECASE), "nc"),
    (re.compile(r"no[\s-]?deriv(?:ative|s)?(?:[\s-]?works)?s?", re.IGNORECASE), "nd"),
    (re.compile(r"share[\s-]?alike", re.IGNORECASE), "sa"),
)
_TERMS = re.compile(r"CC-BY(-NC)?(-ND|-SA)?(?:-(\d\.\d)(?:-([A-Z]{2,3}))?)?")
_NOT_KEY = re.compile(r"(?<=\d)\.0\b|\bthe\b|[^a-z0-9]")
_LONGEST = 300


def normalised(text: str) -> str:
    """The short name (SPDX's where it has one) of the licence that a text or address names.

    What is not known stays as it was given: another's words, or another's address. "" for "".
    """
    told = " ".join(text.split()).strip(" .;")
    if not told or len(told) > _LONGEST:
        return told
    if "://" in told or told.startswith("www."):
        return _of_address(told)
    return _of_words(told)


def url_of(licence: str) -> str:
    """Where the terms of a normalised licence are told; "" where that is not known."""
    if licence in _KNOWN:
        return _KNOWN[licence]
    if found := _TERMS.fullmatch(licence):
        kind = "-".join(["by", *(part[1:].lower() for part in found.groups()[:2] if part)])
        country = f"{found[4].lower()}/" if found[4] else ""
        return f"{_CC}/licenses/{kind}/{found[3]}/{country}" if found[3] else ""
    return licence if licence.startswith(("https://", "http://")) else ""


def may_serve(licence: str, what: Part) -> bool:
    """Whether a paper under a licence (its short name, words or address) may be served in part.

    Metadata, the abstract and our own summaries always may; nothing else may without a known
    licence that allows it. One that forbids changed versions allows the unchanged file alone.
    One that forbids commercial use allows nothing more: who runs a front page is not known here.
    """
    if what in _ALWAYS:
        return True
    name = normalised(licence)
    if name in _OPEN:
        return True
    found = _TERMS.fullmatch(name)
    if not found or found[1]:
        return False
    return what is Part.COPY or found[2] != "-ND"


def served(licence: str) -> tuple[Part, ...]:
    """Every part of a paper under a licence that may be served."""
    return tuple(part for part in Part if may_serve(licence, part))


def _of_address(url: str) -> str:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url
    path = parts.path
    if host == "creativecommons.org":
        if "/publicdomain/zero/" in path:
            return "CC0-1.0"
        if "/publicdomain/mark/" in path:
            return "PDM-1.0"
        if found := _CC_ADDRESS.match(path):
            return _creative_commons(found[1], found[2], found[3])
    if host == "arxiv.org" and "/nonexclusive-distrib" in path:
        return _ARXIV
    bare = f"{host}{path}".rstrip("/")
    same = (name for name, known in _KNOWN.items() if _bare(known) == bare)
    return next(same, url)


def _bare(url: str) -> str:
    return url.split("://")[1].removeprefix("www.").rstrip("/")


def _of_words(told: str) -> str:
    if known := _SPELT.get(_NOT_KEY.sub("", told.lower())):
        return known
    if told.casefold() in (names := {name.casefold(): name for name in _KNOWN}):
        return names[told.casefold()]
    short = told
    for words, part in _IN_WORDS:
        short = words.sub(part, short)
    found = _CC_NAME.match(short)
    if not found:
        return told
    name = _creative_commons(found[1], found[2], None)
    rest = short[found.end() :].strip()
    # A name may be followed by itself, "(CC BY 4.0)"; anything else may be a condition.
    again = rest.startswith("(") and rest.endswith(")") and _of_words(rest[1:-1]) == name
    return name if not rest or again else told


def _creative_commons(kind: str, version: str | None, country: str | None) -> str:
    words = re.split(r"[\s_-]+", kind.upper())
    # Some write the terms in another order.
    named = ["CC", *(word for word in ("BY", "NC", "ND", "SA") if word in words)]
    if version:
        named.append(version)
        # The ports to a country's law are told apart by SPDX; 4.0 has none.
        if country and version != "4.0" and country not in ("deed", "legalcode"):
            named.append(country.upper())
    return "-".join(named)
