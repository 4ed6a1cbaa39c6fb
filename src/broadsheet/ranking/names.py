"""Names in a query: the venues and authors that a catalogue has, and how venues are called."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from broadsheet.catalogue import Catalogue
from broadsheet.index import Phrase, WordQuery
from broadsheet.index.encoders import is_english
from broadsheet.index.engine import Engine
from broadsheet.text import plain

ASKED = 50
"""Papers whose venue holds a name that are asked what it is: the briefest venues and the newest."""
LONGEST_NAME = 6
"""Words of a venue's name that are looked up."""
_LEAST_LETTERS = 3
"""Of a name that nothing else tells to be one: "MT" is a venue, and a topic."""
_LEADS = (r"(?:the\s+)?", r"(?:the\s+)?(?:journal|conference|proceedings\s+of(?:\s+the)?)\s+")
_WORD = r"(?>[^\W_](?:[\w&'\u2019.+-]*\w)?)"
_YEAR = re.compile(r"\s+((?:19|20)\d\d)$")
_NAME_WORD = re.compile(r"[^\W_]+")
_NO_NAME = re.compile(r"\d+(?:st|nd|rd|th)?|proceedings|proc|annual|the|of")
_PARTS = re.compile(r"[():,;/]|\s[-\u2013\u2014]\s")


class Names(Protocol):
    """What a catalogue knows by name."""

    def venues(self, name: str) -> Collection[str]:
        """Venues, as papers write them, that hold the words of a name side by side."""
        ...

    def has_author(self, name: str) -> bool:
        """Whether a paper has an author of this name."""
        ...


@dataclass(frozen=True, slots=True)
class CatalogueNames:
    """The names in a catalogue, looked up through its index."""

    catalogue: Catalogue
    engine: Engine

    def venues(self, name: str) -> Collection[str]:
        """Venues, as papers write them, that hold the words of a name side by side."""
        held = (Phrase(name, "venue"),)
        # BM25 puts the venue that is nothing but the name before its workshops and findings.
        briefest = self.engine.words(WordQuery(wanted=held), "all", ASKED)
        newest = self.engine.words(WordQuery(required=held), "all", ASKED)
        keys = {hit.key for hit in (*briefest, *newest)}
        with self.catalogue.reading() as desk:
            papers = desk.papers.by_keys(keys)
        return {plain(paper.venue) for paper in papers.values()}

    def has_author(self, name: str) -> bool:
        """Whether a paper has an author of this name."""
        return self.engine.count_words(WordQuery(required=(Phrase(name, "author"),))) > 0


def names_of(venue: str) -> set[str]:
    """The names that a venue goes by, in lower case: "Findings of X: EMNLP 2020" is `emnlp` too.

    Its years, ordinals and "proceedings of the" are no part of a name; a part of it is one only
    where that is a single word with several capitals.
    """
    told = {_bare(venue)}
    for part in _PARTS.split(venue):
        bare = _bare(part)
        if any(word.casefold() == bare for word in _NAME_WORD.findall(part) if _is_acronym(word)):
            told.add(bare)
    return told - {""}


def venue_at(
    text: str, at: int, following: str, is_told: bool, names: Names
) -> tuple[int, str] | None:
    """Where the venue named at a place of a text ends, and the query language for it; None if none.

    `following` is the pattern of what may come after it. Unless `is_told`, a name of English words
    alone ("Machine Learning", "Nature") counts only with a year behind it: it may be the topic.
    """
    for lead in _LEADS:
        begun = re.compile(lead, re.IGNORECASE).match(text, at)
        if begun is None:
            continue
        is_sure = is_told or lead == _LEADS[-1]
        for further in range(LONGEST_NAME - 1, -1, -1):
            pattern = rf"{_WORD}(?:\s+{_WORD}){{{further}}}{following}"
            found = re.compile(pattern, re.IGNORECASE).match(text, begun.end())
            if found and (read_as := _venue(found[0], is_sure, text.isupper(), names)):
                return found.end(), read_as
    return None


def _venue(typed: str, is_told: bool, is_shouted: bool, names: Names) -> str | None:
    """A venue's name and perhaps a year in the query language, if a paper has such a venue."""
    dated = _YEAR.search(typed)
    name = re.sub(r"\s+(?:conference|workshop|journal)$", "", _YEAR.sub("", typed), flags=re.I)
    words = _NAME_WORD.findall(name)
    is_special = any(
        (_is_acronym(word) and not is_shouted) or not is_english(word) for word in words
    )
    if not (is_told or dated or (is_special and len(name) >= _LEAST_LETTERS)):
        return None
    bare = _bare(name)
    if not bare or not any(bare in names_of(venue) for venue in names.venues(name)):
        return None
    if dated and names.venues(f"{name} {dated[1]}"):
        return f'venue:"{name} {dated[1]}"'
    quoted = f'venue:"{name}"' if len(words) > 1 else f"venue:{name}"
    return f"{quoted} year:{dated[1]}" if dated else quoted


def _bare(name: str) -> str:
    words = _NAME_WORD.findall(name.casefold())
    return " ".join(word for word in words if not _NO_NAME.fullmatch(word))


def _is_acronym(word: str) -> bool:
    return sum(letter.isupper() for letter in word) > 1
