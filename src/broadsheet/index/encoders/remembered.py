"""An encoder that keeps the vectors of the texts it read last."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Vector, Vectors

_MOST_TEXTS = 4096
"""With 256 dimensions and abstracts as keys about 10 MB."""


class RememberedEncoder:
    """What another encoder gives, at once for a text of before; safe to use from many threads.

    For places that ask for the same papers again and again, as the desk does at each click; not
    for whole catalogues, whose texts come once and are quicker in batches.
    """

    def __init__(self, encoder: Encoder) -> None:
        """Remember for `encoder`, whose identity and dimensions are this one's."""
        self.identity, self.dimensions = encoder.identity, encoder.dimensions
        self.encode_query = encoder.encode_query

        @lru_cache(maxsize=_MOST_TEXTS)
        def encoded(text: str) -> Vector:
            vector: Vector = encoder.encode_papers([text])[0]
            return vector

        self._encoded = encoded

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32 (texts, dimensions); a zero row for a text with no known word."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._encoded(text)
        return vectors
