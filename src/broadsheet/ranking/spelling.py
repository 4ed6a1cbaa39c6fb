"""Words that no paper holds, read as the known word that was probably meant.

The catalogue's own words are the dictionary: candidates are one slip of the keyboard away, after
Norvig, "How to Write a Spelling Corrector" (2007), and the most frequent likely one is taken; where
none is known, an English word two slips away. A word that the packaged encoder has as one piece is
English, if not of this catalogue, and stays.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from string import ascii_lowercase
from typing import TypeGuard

from broadsheet.index import Clause, Words
from broadsheet.index.encoders import is_english
from broadsheet.index.engine import Engine
from broadsheet.ranking.misshapen import likeliest
from broadsheet.ranking.query import Query

LEAST_LETTERS = 5
MOST_WORDS = 3
"""Words that are corrected in one query; the encoders read the others as they are."""
DOUBTFUL_PAPERS = 2
"""A word in so few papers may be a slip of theirs: another is offered, not taken."""
OFTENER = 50
_LEAST_PAPERS = 2
"""Papers that hold a candidate which is no English word: in one alone it may be a slip too."""
_LEAST_PART = 4
_SWAPPED, _LEFT_OUT, _PUT_IN, _MISTAKEN = 1.0, 0.7, 0.7, 0.5
_FIRST_LETTER = 0.1
"""How likely each slip is beside the others; people seldom miss the first letter."""
_ENGLISH = 100
"""How much likelier a candidate is that is an English word, and not one by its stem alone."""
_WORD = re.compile(r"[A-Za-z]+")


def mended(engine: Engine, query: Query) -> Query:
    """The query with the words that no paper holds corrected, and a note that says so.

    Words in quotation marks, in capitals, with digits or of fewer than five letters stay.
    """
    meant: dict[str, str] = {}
    for word in _doubted(query):
        if (
            len(meant) < MOST_WORDS
            and not engine.frequency(word)
            and (found := _meant(engine, word) or likeliest(word.lower(), engine.frequency))
        ):
            meant[word] = found
    if not meant:
        return query
    wanted = tuple(
        replace(clause, text=_with(meant, clause.text)) if _is_plain(clause) else clause
        for clause in query.words.wanted
    )
    notes = [
        f"no paper holds “{word}”: “{other}” was looked for (quotation marks keep a word as it is)"
        for word, other in meant.items()
    ]
    return replace(
        query,
        words=replace(query.words, wanted=wanted),
        meaning=_with(meant, query.meaning),
        notes=(*query.notes, *notes),
    )


def suggestion(engine: Engine, query: Query) -> str | None:
    """The query with hardly known words as far more frequent ones; None if there are none."""
    meant: dict[str, str] = {}
    for word in _doubted(query):
        held = engine.frequency(word)
        is_doubtful = 0 < held <= DOUBTFUL_PAPERS and not _otherwise(engine, word)
        if len(meant) < MOST_WORDS and is_doubtful:
            other = _meant(engine, word)
            if other and engine.frequency(other) >= OFTENER * held:
                meant[word] = other
    return _with(meant, query.text) if meant else None


def _doubted(query: Query) -> Iterator[str]:
    """The words of a query that may be misspelt, each once; a name within it is none."""
    text = " ".join(clause.text for clause in query.words.wanted if _is_plain(clause))
    for found in re.finditer(r"\w+", text):
        word = found[0]
        is_name = word.isupper() or (word[0].isupper() and found.start() > 0)
        is_long_word = _WORD.fullmatch(word) and len(word) >= LEAST_LETTERS
        if is_long_word and not is_name and not is_english(word):
            yield word


def _is_plain(clause: Clause) -> TypeGuard[Words]:
    return isinstance(clause, Words) and clause.field == "text"


def _with(meant: Mapping[str, str], text: str) -> str:
    return re.sub(r"\w+", lambda found: meant.get(found[0], found[0]), text)


def _meant(engine: Engine, word: str) -> str | None:
    """The likeliest known word, or two known words that were run together."""
    lower = word.lower()
    if known := _otherwise(engine, lower):
        return known[0]
    slips = {
        other: weight * held * (_ENGLISH if is_english(other) else 1)
        for other, weight in _slips(lower).items()
        if (held := engine.frequency(other)) >= _LEAST_PAPERS or (held and is_english(other))
    }
    partings = {
        f"{first} {second}": min(engine.frequency(first), engine.frequency(second))
        for first, second in _partings(lower)
        if is_english(first) and is_english(second)
    }
    for weighed in (slips, partings):
        if weighed:
            return max(weighed, key=lambda other: (weighed[other], other))
    return None


def _otherwise(engine: Engine, word: str) -> list[str]:
    """The same word in another spelling, or in two: no slip, and looked for with it anyway."""
    return engine.respelt(word) or engine.parted(word)


def _slips(word: str) -> dict[str, float]:
    """Every word from which one slip leads to this one, with the slip's weight."""
    found: dict[str, float] = {}
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        weight = 1.0 if at else _FIRST_LETTER
        slips = [(before + letter + after, _LEFT_OUT) for letter in ascii_lowercase]
        if after:
            slips.append((before + after[1:], _PUT_IN))
            slips += [(before + letter + after[1:], _MISTAKEN) for letter in ascii_lowercase]
        if len(after) > 1:
            slips.append((before + after[1] + after[0] + after[2:], _SWAPPED))
        for other, likely in slips:
            if other != word:
                found[other] = max(found.get(other, 0.0), weight * likely)
    return found


def _partings(word: str) -> list[tuple[str, str]]:
    """The ways to cut a word in two."""
    return [(word[:at], word[at:]) for at in range(_LEAST_PART, len(word) - _LEAST_PART + 1)]
