"""Words with more than one slip, matched by the letters they share with English ones.

After Zhang et al., "byteSteady: Fast Classification Using Byte-Level n-Gram Embeddings" (2021):
what is left of a misspelt word are its n-grams. Those of the packaged encoder's words, some 18,000,
are kept as they are; to hash them, as is done there, would save nothing at this size.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from broadsheet.index.encoders import english_words

LEAST_LETTERS = 7
"""Two slips lead from a shorter word to too many others."""
MOST_SLIPS = 2
LEAST_SHARED = 0.3
"""Dice's coefficient of the two sets of n-grams, from 0 to 1."""
FREQUENCY_WEIGHT = 0.02
"""What the logarithm of the papers that hold a word adds to its coefficient."""
_SIZES = (2, 3)


def likeliest(word: str, frequency: Callable[[str], int]) -> str | None:
    """The known English word that a lower-case word was most likely meant for; None without one.

    It has at most two slips, the same first letter, and is held by papers. A word that holds
    another has a prefix or an ending, and no slip ("abnormally").
    """
    if len(word) < LEAST_LETTERS:
        return None
    words, postings, sizes = _table()
    grams = _grams(word)
    found = [postings[gram] for gram in grams if gram in postings]
    if not found:
        return None
    shared = 2 * np.bincount(np.concatenate(found), minlength=len(words)) / (sizes + len(grams))
    weighed = []
    for at in np.flatnonzero(shared >= LEAST_SHARED):
        other = words[at]
        if other[0] == word[0] and other not in word and (slips := _slips(word, other)) is not None:
            held = frequency(other)
            if held:
                weight = float(shared[at]) + FREQUENCY_WEIGHT * math.log(held)
                weighed.append((-slips, weight, other))
    return max(weighed)[-1] if weighed else None


@cache
def _table() -> tuple[list[str], dict[str, npt.NDArray[np.int32]], npt.NDArray[np.int32]]:
    """The words, which of them hold each n-gram, and how many n-grams each has."""
    words = [word for word in english_words() if len(word) >= LEAST_LETTERS - MOST_SLIPS]
    held: dict[str, list[int]] = {}
    sizes = np.zeros(len(words), np.int32)
    for at, word in enumerate(words):
        grams = _grams(word)
        sizes[at] = len(grams)
        for gram in grams:
            held.setdefault(gram, []).append(at)
    return words, {gram: np.array(places, np.int32) for gram, places in held.items()}, sizes


def _grams(word: str) -> set[str]:
    marked = f"^{word}$"
    return {marked[at : at + size] for size in _SIZES for at in range(len(marked) - size + 1)}


def _slips(word: str, other: str) -> int | None:
    """How many letters are wrong, left out, put in or swapped with the next; None if too many.

    Damerau's distance without a second change of the same letters.
    """
    if abs(len(word) - len(other)) > MOST_SLIPS:
        return None
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, 1):
        current = [row]
        for column, its in enumerate(other, 1):
            least = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != its))
            is_swap = min(row, column) > 1 and word[row - 2] == its and letter == other[column - 2]
            current.append(min(least, before[column - 2] + 1) if is_swap else least)
        before, last = last, current
    return last[-1] if last[-1] <= MOST_SLIPS else None
