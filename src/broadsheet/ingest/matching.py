"""Whether two papers are one: decided from their facts alone, with the reason."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from broadsheet.ingest.fingerprints import resemblance, shingles
from broadsheet.papers import Facts
from broadsheet.text import title_key

SAME_ABSTRACT = 0.8
"""Abstracts that share this much of their three-word runs are the same text, edited."""
LIKE_ABSTRACT = 0.6
SIMILAR_TITLE = 85.0
"""RapidFuzz' token-sort ratio, 0 to 100."""
_GENERIC_TITLE = 12
"""Titles of fewer letters ("Introduction") name no paper by themselves."""
_OTHER_ABSTRACT = 0.1
"""Abstracts that share less say nothing of being one text."""
_HALF = 0.5
"""A recurring title ("Overview of the Shared Task on …") keeps at most half of its authors."""
_SAME_TEXT = 0.95
_SAME_AUTHORS = 2 / 3
"""A paper that gets another title between preprint and proceedings keeps most of its authors."""
_NUMBERS = re.compile(
    r"\d+|\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|[ivx]+)\b"
)
_COUNTED = re.compile(rf"\+|{_NUMBERS.pattern}")
_NAME_WORD = re.compile(r"[^\W\d_]+")


class Verdict(StrEnum):
    """What two sets of facts are to each other."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, why, and how alike the abstracts are (0 to 1)."""

    verdict: Verdict
    reason: str
    similarity: float


def compare(left: Facts, right: Facts) -> Judgement:
    """Whether two papers that share a title or resemble each other in the abstract are one."""
    alike = resemblance(shingles(left.abstract), shingles(right.abstract))
    titled = _is_same_title(left.title, right.title)
    near = titled or fuzz.token_sort_ratio(left.title, right.title) >= SIMILAR_TITLE
    authored = compatible_authors(left, right)
    agree = (titled and (authored or alike >= LIKE_ABSTRACT)) or (near and alike >= SAME_ABSTRACT)
    if contradict(left, right):
        if agree and alike >= LIKE_ABSTRACT:
            return Judgement(Verdict.DOUBTFUL, "same text under two ids", alike)
        return Judgement(Verdict.DIFFERENT, "two ids", alike)
    if titled:
        return _same_title(left, right, authored, alike)
    if alike >= LIKE_ABSTRACT and _is_retitled(left, right):
        return Judgement(Verdict.SAME, "same authors and abstract under another title", alike)
    if alike >= SAME_ABSTRACT:
        if near and _is_another_number(left.title, right.title) and alike < _SAME_TEXT:
            return Judgement(Verdict.DOUBTFUL, "similar abstract, another number", alike)
        if near and authored:
            return Judgement(Verdict.SAME, "similar title and the same abstract", alike)
        return Judgement(Verdict.DOUBTFUL, "the same abstract under another title", alike)
    if alike >= LIKE_ABSTRACT and near:
        return Judgement(Verdict.DOUBTFUL, "similar title and abstract", alike)
    return Judgement(Verdict.DIFFERENT, "another text", alike)


def contradict(left: Facts, right: Facts) -> bool:
    """Whether both have an arXiv id, or both only a DOI, and not the same one.

    One paper may have several DOIs once an arXiv id says that it is one (preprint, proceedings).
    """
    if left.arxiv_id and right.arxiv_id:
        return left.arxiv_id != right.arxiv_id
    return bool(left.doi and right.doi and left.doi != right.doi)


def compatible_authors(left: Facts, right: Facts) -> bool:
    """Whether a family name is shared, or one side names nobody."""
    if not left.authors or not right.authors:
        return True
    return bool(_family_names(left) & _family_names(right))


def _same_title(left: Facts, right: Facts, authored: bool, alike: float) -> Judgement:
    """The judgement on two papers of the same title without contradicting ids."""
    both_known = bool(shingles(left.abstract)) and bool(shingles(right.abstract))
    named = bool(left.authors and right.authors)
    if alike >= LIKE_ABSTRACT:
        return Judgement(Verdict.SAME, "same title and abstract", alike)
    unlike = both_known and alike < _OTHER_ABSTRACT
    if unlike and named and _shared_authors(left, right) <= _HALF:
        verdict = Verdict.DOUBTFUL if authored else Verdict.DIFFERENT
        return Judgement(verdict, "same title, other authors and abstract", alike)
    if named and authored and (not both_known or _is_telling(left)):
        return Judgement(Verdict.SAME, "same title and author", alike)
    if authored and _is_telling(left) and not both_known:
        return Judgement(Verdict.SAME, "same title, nothing against it", alike)
    if authored and _is_telling(left):
        return Judgement(Verdict.DOUBTFUL, "same title, another abstract", alike)
    return Judgement(Verdict.DIFFERENT, "same title by others", alike)


def _is_same_title(left: str, right: str) -> bool:
    """Whether two titles have the same letters and digits; "X++" is not the paper "X"."""
    return left.count("+") == right.count("+") and title_key(left) == title_key(right)


def _is_another_number(left: str, right: str) -> bool:
    """Whether each of two titles counts what the other does not: "… 2024" and "… 2025"."""
    ours, theirs = (set(_NUMBERS.findall(title.lower())) for title in (left, right))
    return bool(ours - theirs and theirs - ours)


def _is_retitled(left: Facts, right: Facts) -> bool:
    """Whether these may be a preprint and what it was published as under another title.

    Not where a title counts what the other does not: "X++" and "X 2" are sequels that begin with
    the words of "X". Two publications by the same authors may be a paper and its extension.
    """
    if bool(left.arxiv_id) == bool(right.arxiv_id) or not (left.authors and right.authors):
        return False
    ours, theirs = (Counter(_COUNTED.findall(facts.title.lower())) for facts in (left, right))
    return ours == theirs and _shared_authors(left, right) >= _SAME_AUTHORS


def _shared_authors(left: Facts, right: Facts) -> float:
    """How many of all the authors of both are in both lists, 0 to 1."""
    fewer, more = sorted((left, right), key=lambda facts: len(facts.authors))
    names = _family_names(more)
    shared = sum(not names.isdisjoint(names_of(one.name)) for one in fewer.authors)
    return shared / (len(left.authors) + len(right.authors) - shared)


def _is_telling(facts: Facts) -> bool:
    return len(title_key(facts.title)) >= _GENERIC_TITLE


def _family_names(facts: Facts) -> set[str]:
    """What may be the family names of the authors."""
    return {name for author in facts.authors for name in names_of(author.name)}


def names_of(name: str) -> set[str]:
    """The keys of what may be the family name in a person's name, by which people are compared.

    The last word; of two, the first too: the order is not told ("Wang Wei").
    """
    words = _NAME_WORD.findall(name)
    candidates = words if len(words) == 2 else words[-1:]
    return {title_key(word) for word in candidates} - {""}
