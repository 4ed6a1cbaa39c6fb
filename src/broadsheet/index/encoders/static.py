"""The packaged encoder: a text's vector is the sum of its word pieces' trained vectors.

The table was distilled from all-MiniLM-L6-v2 and trained further by `training/`; a piece's weight
is the length of its row. After model2vec's idea that most of a sentence encoder's use for search
survives in its input layer.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load
from tokenizers import Tokenizer

from broadsheet.errors import EncoderError
from broadsheet.index.engine import Vector, Vectors

_CHUNK = 128
_IDENTITY_DIGITS = 12


class StaticEncoder:
    """A table of eight-bit rows, one scale a row; safe to use from many threads."""

    def __init__(
        self, tokenizer: Tokenizer, rows: npt.NDArray[np.int8], scales: Vector, identity: str
    ) -> None:
        """`rows` (pieces, dimensions), `scales` (pieces,); row 0 is the unknown piece, all zero."""
        self._tokenizer, self._rows, self._scales = tokenizer, rows, scales
        self.identity, self.dimensions = identity, rows.shape[1]

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32 (texts, dimensions); a zero row for a text with no known word."""
        chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
        encoded = [self._encoded(chunk) for chunk in chunks]
        return np.concatenate(encoded) if encoded else np.empty((0, self.dimensions), np.float32)

    def encode_query(self, text: str) -> Vector:
        """A unit vector, float32 (dimensions,), or zeros."""
        vector: Vector = self._encoded([text])[0]
        return vector

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for place, encoding in enumerate(self._tokenizer.encode_batch_fast(list(texts))):
            pieces, counts = np.unique(encoding.ids, return_counts=True)
            if len(pieces):
                # As a product, the sum never spreads the rows out as floats.
                weights = counts.astype(np.float32) * self._scales[pieces]
                vectors[place] = weights @ self._rows[pieces].astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit


@cache
def packaged_tokenizer() -> Tokenizer:
    """The word pieces that come with the package, read once."""
    folder = files("broadsheet.index.encoders") / "model"
    return Tokenizer.from_str((folder / "tokenizer.json").read_text("utf-8"))


def open_packaged() -> StaticEncoder:
    """The encoder that comes with the package; EncoderError if its files are damaged."""
    folder = files("broadsheet.index.encoders") / "model"
    try:
        weights = (folder / "static.safetensors").read_bytes()
        table = load(weights)
        named = json.loads((folder / "model.json").read_text("utf-8"))
        tokenizer = packaged_tokenizer()
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        raise EncoderError(
            f"The packaged encoder cannot be read: {error}.", hint="Install Broadsheet again."
        ) from error
    digest = hashlib.sha256(weights).hexdigest()
    if digest != named["sha256"]:
        raise EncoderError("The packaged encoder is damaged.", hint="Install Broadsheet again.")
    identity = f"static-{table['rows'].shape[1]}-{digest[:_IDENTITY_DIGITS]}"
    return StaticEncoder(tokenizer, table["rows"], table["scales"].astype(np.float32), identity)
