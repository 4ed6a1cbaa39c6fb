"""A local ONNX model as encoder: a folder with `model.onnx` and `tokenizer.json`."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from broadsheet.errors import EncoderError
from broadsheet.index.engine import Vector, Vectors

_LONGEST = 256
_IDENTITY_DIGITS = 12
_GIVEN = frozenset(("input_ids", "attention_mask", "token_type_ids"))


class OnnxEncoder:
    """A sentence encoder run by onnxruntime in one thread, one text at a time.

    Texts side by side would be padded to the longest, and on a processor gain nothing.
    """

    def __init__(self, folder: Path) -> None:
        """Open the model; EncoderError if a file or a fitting output is missing."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            weights = (folder / "model.onnx").read_bytes()
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(weights, options)
        except Exception as error:
            # onnxruntime and tokenizers raise exceptions without a common root.
            raise EncoderError(
                f"The ONNX model in {folder} cannot be opened: {error}.",
                hint="The folder must hold model.onnx and tokenizer.json.",
            ) from error
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        self._inputs = {given.name for given in self._session.get_inputs()}
        if unknown := self._inputs - _GIVEN:
            raise EncoderError(
                f"The ONNX model wants the inputs {', '.join(sorted(unknown))}, which no text has.",
                hint=f"It may have the inputs {', '.join(sorted(_GIVEN))}.",
            )
        self._output = self._chosen_output()
        self.dimensions = len(self._encoded("a"))
        digest = hashlib.sha256(weights).hexdigest()[:_IDENTITY_DIGITS]
        self.identity = f"onnx-{self.dimensions}-{digest}"

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32 (texts, dimensions)."""
        rows = [self.encode_query(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), np.float32)

    def encode_query(self, text: str) -> Vector:
        """A unit vector, float32 (dimensions,)."""
        return self._encoded(text)

    def _chosen_output(self) -> str:
        names = [given.name for given in self._session.get_outputs()]
        for wanted in ("sentence_embedding", "last_hidden_state"):
            if wanted in names:
                return wanted
        raise EncoderError(
            f"The ONNX model has the outputs {', '.join(names)}, and none to make vectors from.",
            hint="It must have `sentence_embedding` or `last_hidden_state`.",
        )

    def _encoded(self, text: str) -> Vector:
        encoding = self._tokenizer.encode(text)
        mask = np.array([encoding.attention_mask], np.int64)
        given = {
            "input_ids": np.array([encoding.ids], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        (found,) = self._session.run([self._output], {name: given[name] for name in self._inputs})
        vectors = np.asarray(found, np.float32)
        if vectors.ndim == 3:
            shares = mask[:, :, None] / np.maximum(mask.sum(1), 1)[:, None, None]
            vectors = (vectors * shares).sum(1, dtype=np.float32)
        length = float(np.linalg.norm(vectors[0]))
        unit: Vector = (vectors[0] / (length or 1.0)).astype(np.float32)
        return unit
