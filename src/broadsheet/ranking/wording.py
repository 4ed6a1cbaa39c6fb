"""How a paper presents itself, as numbers: marks of its title and abstract, and its word runs.

Nothing here looks at who wrote the paper or where: authors and organisations are not given.
"""

import re
import zlib
from collections.abc import Callable
from math import log, log1p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from broadsheet.papers import Facts, LinkKind
from broadsheet.text import plain

Runs = npt.NDArray[np.uint32]
LONGEST_RUN = 3
"""Words of the longest run."""
_WORD = re.compile(r"\b\w\w+\b")
_CLAIMS = r"\b(?:first|novel|state-of-the-art|outperform|surpass)"
_STEP = np.uint32(0x9E3779B1)
"""An odd number near 2^32 divided by the golden ratio: multiplying by it loses nothing."""


class Wording(NamedTuple):
    """What a paper's record says of itself, without markup: `code` and `project` are links."""

    title: str
    abstract: str
    code: bool
    project: bool


def wording(facts: Facts) -> Wording:
    """The wording of a paper or record."""
    kinds = {link.kind for link in facts.links}
    title, abstract = plain(facts.title), plain(facts.abstract)
    return Wording(title, abstract, LinkKind.CODE in kinds, LinkKind.PROJECT in kinds)


def _told_code(paper: Wording) -> bool:
    text = paper.abstract.lower()
    return "github.com" in text or "huggingface.co" in text


def _told_project(paper: Wording) -> bool:
    return "github.io" in paper.abstract.lower()


def _has_code(paper: Wording) -> bool:
    return paper.code or _told_code(paper)


def _has_project(paper: Wording) -> bool:
    return paper.project or _told_project(paper)


def _words(text: str) -> int:
    return max(1, len(text.split()))


def _sentences(text: str) -> int:
    return max(1, len(re.findall(r"[.!?](?:\s|$)", text)))


def _share(pattern: str, text: str) -> float:
    return len(re.findall(pattern, text)) / max(1, len(text))


def _count(pattern: str, text: str) -> int:
    return len(re.findall(pattern, text.lower()))


MARKS: dict[str, Callable[[Wording], float]] = {
    "code in the abstract": _told_code,
    "project page in the abstract": _told_project,
    "code": _has_code,
    "project page": _has_project,
    "code and project page": lambda p: _has_code(p) and _has_project(p),
    "words, log": lambda p: log1p(_words(p.abstract)),
    "words, log squared": lambda p: log1p(_words(p.abstract)) ** 2,
    "signs of the title, log": lambda p: log(max(1, len(p.title))),
    "words of the title": lambda p: _words(p.title),
    "colon in the title": lambda p: ":" in p.title,
    "question in the title": lambda p: "?" in p.title,
    "title opens with a name": lambda p: re.match(r"\S+:", p.title) is not None,
    "share of digits": lambda p: 100 * _share(r"\d", p.abstract),
    "size of a model": lambda p: re.search(r"\d+B\b", p.abstract) is not None,
    "percentages": lambda p: _count(r"\d%", p.abstract),
    "sentences, log": lambda p: log(_sentences(p.abstract)),
    "words a sentence": lambda p: _words(p.abstract) / _sentences(p.abstract),
    "capitals in a row": lambda p: len(re.findall(r"\b[A-Z]{2}", p.abstract)) / _words(p.abstract),
    "address": lambda p: "http" in p.abstract.lower(),
    "technical report": lambda p: _count("technical report", f"{p.title} {p.abstract}") > 0,
    "survey": lambda p: _count("survey", f"{p.title} {p.abstract}") > 0,
    "claims": lambda p: _count(_CLAIMS, p.abstract),
    "openness": lambda p: _count(r"open[- ]?sourc|releas|publicly", p.abstract),
    "share of capitals in the title": lambda p: _share("[A-Z]", p.title),
    "number in the title": lambda p: re.search(r"\d", p.title) is not None,
    "hyphens in the title": lambda p: p.title.count("-"),
    "share of different words": lambda p: len(set(p.abstract.lower().split())) / _words(p.abstract),
}
"""The marks of a paper, each a number, by what they are called."""


def marks(paper: Wording) -> npt.NDArray[np.float64]:
    """The marks, float64 (len(MARKS),)."""
    return np.array([float(mark(paper)) for mark in MARKS.values()])


def runs(paper: Wording) -> Runs:
    """A number for each run of one to three words of title and abstract, uint32; repeats stay.

    Feature hashing (Weinberger et al., ICML 2009) into 32 bits.
    """
    words = _WORD.findall(f"{paper.title}\n{paper.abstract}".lower())
    ones = np.array([zlib.crc32(word.encode()) for word in words], np.uint32)
    found, last = [ones], ones
    for _ in range(1, LONGEST_RUN):
        last = last[:-1] * _STEP + ones[len(ones) - len(last) + 1 :]
        found.append(last)
    return np.concatenate(found)
