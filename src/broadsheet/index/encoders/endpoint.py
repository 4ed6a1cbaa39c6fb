"""Any OpenAI-compatible embeddings endpoint as encoder: `POST {url}/embeddings`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from broadsheet.errors import EncoderError
from broadsheet.fetch import Client, host_of
from broadsheet.index.engine import Vector, Vectors

_BATCH = 64
_PATIENCE_SECONDS = 60.0
"""Nobody waits longer for a search."""


class EndpointEncoder:
    """Vectors from a server; the key goes into one header and nowhere else."""

    def __init__(
        self,
        url: str,
        model: str,
        key: str | None = None,
        dimensions: int | None = None,
        *,
        client: Client | None = None,
    ) -> None:
        """Ask the server once, to learn the dimensions; EncoderError or FetchError if it fails."""
        self._url = f"{url.rstrip('/')}/embeddings"
        self._model, self._asked = model, dimensions
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = client or Client(allowed_hosts=(host_of(url),), patience=_PATIENCE_SECONDS)
        self.dimensions = dimensions or 0
        self.dimensions = self.encode_papers(["dimensions"]).shape[1]
        self.identity = f"endpoint-{self.dimensions}-{re.sub('[^A-Za-z0-9._-]', '-', model)}"

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32 (texts, dimensions)."""
        batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
        encoded = [self._asked_for(batch) for batch in batches]
        return np.concatenate(encoded) if encoded else np.empty((0, self.dimensions), np.float32)

    def encode_query(self, text: str) -> Vector:
        """A unit vector, float32 (dimensions,)."""
        vector: Vector = self._asked_for([text])[0]
        return vector

    def _asked_for(self, texts: Sequence[str]) -> Vectors:
        body: dict[str, object] = {
            "model": self._model,
            # An empty text is refused by some servers.
            "input": [text or " " for text in texts],
            "encoding_format": "float",
        }
        if self._asked:
            body["dimensions"] = self._asked
        answer = self._client.post_json(self._url, body, self._headers)
        vectors = self._read(answer, len(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit

    def _read(self, answer: object, count: int) -> Vectors:
        """The vectors in the order of the texts, checked."""
        rows: list[Mapping[str, Any]] = answer.get("data", []) if isinstance(answer, dict) else []
        try:
            ordered = sorted(rows, key=lambda row: int(row["index"]))
            with np.errstate(over="ignore"):
                vectors = np.array([row["embedding"] for row in ordered], np.float32)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise self._unusable("an answer of another shape") from error
        if len(vectors) != count:
            raise self._unusable(f"{len(vectors)} vectors for {count} texts")
        if vectors.ndim != 2 or (self.dimensions and vectors.shape[1] != self.dimensions):
            raise self._unusable(f"vectors of shape {vectors.shape[1:]}, not {self.dimensions}")
        if not np.isfinite(vectors).all():
            raise self._unusable("vectors that are not all numbers")
        return vectors

    def _unusable(self, what: str) -> EncoderError:
        return EncoderError(
            f"The embeddings endpoint gave {what} for the model {self._model}.",
            hint="It must speak OpenAI's embeddings API.",
        )
