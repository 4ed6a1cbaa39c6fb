"""The packaged contextual encoder: a small transformer that reads words in their order.

It was fine-tuned from all-MiniLM-L6-v2 by `training/` and has eight-bit weights. Opening it takes
a moment and its memory, so that happens with the first text.
"""

import json
import threading
from collections.abc import Sequence
from importlib.resources import as_file, files

from broadsheet.errors import EncoderError
from broadsheet.index.encoders.onnx import OnnxEncoder
from broadsheet.index.engine import Vector, Vectors


class ContextualEncoder:
    """The transformer that comes with the package, opened when it is first asked."""

    def __init__(self) -> None:
        """Read what it is; EncoderError if its description is damaged."""
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
        return self._opened().encode_papers(texts)

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
