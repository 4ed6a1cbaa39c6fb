"""Kinds of queries, so that a good mean does not hide a kind that fares badly."""

import re
from collections import Counter
from collections.abc import Mapping

from broadsheet.evaluation.sets import JudgedSet

SHORT_WORDS = 3
"""A query of so many words or fewer is short."""
LONG_WORDS = 12
"""A query of so many words or more is long."""
RARE_DOCUMENTS = 3
"""A word in so many documents or fewer is rare."""
NEW_SHARE = 0.1
_WORD = re.compile(r"\w+")
_ACRONYM = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Za-z0-9]{2,8}\b")


def slices(judged: JudgedSet) -> Mapping[str, frozenset[str]]:
    """The names of the queries of each kind; a kind that has none is left out.

    Short and long, with an acronym, with a word that hardly any document has, and those whose
    relevant documents are all of the newest tenth (where documents have dates).
    """
    words = {name: _WORD.findall(text.casefold()) for name, text in judged.queries.items()}
    rare = _rare(judged, {word for each in words.values() for word in each})
    newest = _newest(judged)
    found = {
        "short": {name for name, each in words.items() if len(each) <= SHORT_WORDS},
        "long": {name for name, each in words.items() if len(each) >= LONG_WORDS},
        "acronyms": {name for name, text in judged.queries.items() if _has_acronym(text)},
        "rare words": {name for name, each in words.items() if rare.intersection(each)},
        "new papers": {
            name
            for name, graded in judged.grades.items()
            if newest and {one for one, grade in graded.items() if grade > 0} <= newest
        },
    }
    return {kind: frozenset(names) for kind, names in found.items() if names}


def _has_acronym(text: str) -> bool:
    """Whether a word is written like one; a text all in capitals has none."""
    return not text.isupper() and _ACRONYM.search(text) is not None


def _rare(judged: JudgedSet, asked: set[str]) -> set[str]:
    """Those of the asked words that few documents have, but some."""
    held: Counter[str] = Counter()
    for document in judged.documents:
        held.update(
            asked.intersection(_WORD.findall(f"{document.title} {document.text}".casefold()))
        )
    return {word for word, count in held.items() if count <= RARE_DOCUMENTS}


def _newest(judged: JudgedSet) -> set[str]:
    """The newest tenth of the documents; empty if they have no dates."""
    dated = sorted((one.date, one.id) for one in judged.documents if one.date)
    if len(dated) < len(judged.documents):
        return set()
    return {name for _, name in dated[-max(1, round(len(dated) * NEW_SHARE)) :]}
