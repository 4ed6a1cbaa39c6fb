"""Text to vector: the packaged model, a local ONNX model, or an embeddings endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from broadsheet.errors import SettingError
from broadsheet.index.engine import Vector, Vectors

__all__ = [
    "Encoder",
    "EncoderChoice",
    "english_words",
    "is_english",
    "open_contextual",
    "open_encoder",
]


class Encoder(Protocol):
    """A model that gives texts near in meaning vectors with a great cosine.

    `identity` changes whenever the vectors would; it never holds a secret.
    """

    identity: str
    dimensions: int

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32 (texts, dimensions); a zero row for a text with no known word."""
        ...

    def encode_query(self, text: str) -> Vector:
        """A unit vector, float32 (dimensions,), or zeros."""
        ...


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """Which encoder to use; `path` for `onnx`; `url`, `model` and `key` for `endpoint`.

    `contextual` lets the packaged transformer read papers again, beside `packaged`.
    """

    kind: Literal["packaged", "onnx", "endpoint"] = "packaged"
    path: Path | None = None
    url: str | None = None
    model: str | None = None
    key: str | None = field(default=None, repr=False)
    dimensions: int | None = None
    contextual: bool = True


def open_encoder(choice: EncoderChoice) -> Encoder:
    """Open an encoder; SettingError if the choice is incomplete, EncoderError if it fails."""
    # Only the chosen one is imported: the others need libraries that may not be there.
    if choice.kind == "packaged":
        from broadsheet.index.encoders.static import open_packaged

        return open_packaged()
    if choice.kind == "onnx":
        from broadsheet.index.encoders.onnx import OnnxEncoder

        if choice.path is None:
            raise SettingError(
                "The encoder `onnx` needs a folder with model.onnx and tokenizer.json.",
                hint="Set BROADSHEET_ENCODER_PATH.",
            )
        return OnnxEncoder(choice.path)
    from broadsheet.index.encoders.endpoint import EndpointEncoder

    if not choice.url or not choice.model:
        raise SettingError(
            "The encoder `endpoint` needs an address and a model.",
            hint="Set BROADSHEET_ENCODER_URL and BROADSHEET_ENCODER_MODEL.",
        )
    return EndpointEncoder(choice.url, choice.model, choice.key, choice.dimensions)


def open_contextual(choice: EncoderChoice, threads: int = 1) -> Encoder | None:
    """The encoder that reads papers again when there is time; None beside one of the operator's.

    It reads `threads` papers side by side.
    """
    if choice.kind != "packaged" or not choice.contextual:
        return None
    from broadsheet.index.encoders.contextual import ContextualEncoder

    return ContextualEncoder(threads)


def is_english(word: str) -> bool:
    """Whether a word is one of the packaged encoder's pieces by itself; names may be, slips not."""
    from broadsheet.index.encoders.static import packaged_tokenizer

    return packaged_tokenizer().token_to_id(word.lower()) is not None


def english_words() -> list[str]:
    """The packaged encoder's pieces that are words of plain letters, in alphabetical order."""
    from broadsheet.index.encoders.static import packaged_tokenizer

    pieces = packaged_tokenizer().get_vocab()
    return sorted(piece for piece in pieces if piece.isascii() and piece.isalpha())
