"""The packaged contextual encoder: a small transformer that reads words in their order.

It was fine-tuned from all-MiniLM-L6-v2 by `training/` and has eight-bit weights. Opening it takes
a moment and its memory, so that happens with the first text.
"""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files

import numpy as np

from broadsheet.errors import EncoderError
from broadsheet.index.encoders.onnx import OnnxEncoder
from broadsheet.index.engine import Vector, Vectors


class ContextualEncoder:
    """The transformer that comes with the package, opened when it is first asked."""

    def __init__(self, threads: int = 1) -> None:
        """Read what it is; EncoderError if its description is damaged.

        `threads` texts are encoded side by side.
        """
        self._threads = threads
        self._folder = files("broadsheet.index.encoders") / "model" / "contextual"
        try:
            named = json.loads((self._folder / "model.json").read_text("utf-8"))
            self.identity: str = named["identity"]
            self.dimensions: int = named["dimensions"]
        except (OSError, ValueError, KeyError) as error:
            raise _damaged() from error
        self._encoder: OnnxEncoder | None = None
        self._opening = threading.Lock()

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32 (texts, dimensions)."""
        encoder = self._opened()
        if self._threads == 1 or len(texts) < 2:
            return encoder.encode_papers(texts)
        # onnxruntime works without the interpreter's lock.
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(encoder.encode_query, texts)))

    def encode_query(self, text: str) -> Vector:
        """A unit vector, float32 (dimensions,)."""
        return self._opened().encode_query(text)

    def _opened(self) -> OnnxEncoder:
        with self._opening:
            if self._encoder is None:
                with as_file(self._folder) as folder:
                    opened = OnnxEncoder(folder)
                if opened.identity != self.identity:
                    raise _damaged()
                self._encoder = opened
            return self._encoder


def _damaged() -> EncoderError:
    return EncoderError(
        "The packaged contextual encoder is damaged.", hint="Install Broadsheet again."
    )
