"""Sentences that many abstracts share: boilerplate of a publisher, a series or a web site."""

import re
from array import array
from hashlib import blake2b
from typing import Final

import numpy as np

SHARED_BY: Final = 20
"""A sentence that so many abstracts hold is a template."""
LEAST_WORDS: Final = 5
"""Shorter sentences ("Code is available.") say too little to be told apart."""
_END = re.compile(r"(?<=[.!?])\s+|\n\n")


def sentence_digests(abstract: str) -> dict[int, str]:
    """The sentences of an abstract by a signed 64-bit digest; case and white space do not count."""
    found = {}
    for sentence in _END.split(abstract):
        words = sentence.lower().split()
        if len(words) >= LEAST_WORDS:
            digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8)
            found[int.from_bytes(digest.digest(), "little", signed=True)] = sentence
    return found


class TemplateCount:
    """Counts in how many abstracts each sentence is: eight bytes a sentence until it is asked."""

    def __init__(self) -> None:
        """Begin with no abstract."""
        self._digests = array("q")

    def add(self, abstract: str) -> None:
        """Count the sentences of an abstract, each once."""
        self._digests.extend(sentence_digests(abstract))

    def templates(self) -> dict[int, int]:
        """The digests of sentences in at least twenty abstracts, and in how many each is."""
        digests, counts = np.unique(np.frombuffer(self._digests, np.int64), return_counts=True)
        shared = counts >= SHARED_BY
        return dict(zip(digests[shared].tolist(), counts[shared].tolist(), strict=True))
