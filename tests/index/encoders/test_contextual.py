"""The packaged transformer: what it knows, and that it is opened late and whole or not at all."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from broadsheet.errors import EncoderError
from broadsheet.index.encoders import EncoderChoice, contextual, open_contextual
from broadsheet.index.encoders.contextual import ContextualEncoder


@pytest.fixture(scope="module")
def encoder() -> ContextualEncoder:
    """The one that comes with the package."""
    return ContextualEncoder()


def test_it_knows_what_is_near_and_in_which_order(encoder: ContextualEncoder) -> None:
    assert encoder.identity.startswith("onnx-384-")
    texts = ["neural machine translation of text", "translating sentences", "black hole entropy"]
    vectors = encoder.encode_papers(texts)
    assert vectors.shape == (3, encoder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    first, second = encoder.encode_papers(["dogs chase cats", "cats chase dogs"])
    assert first @ second < 0.999


def test_a_vector_does_not_depend_on_its_neighbours(encoder: ContextualEncoder) -> None:
    alone = encoder.encode_query("black hole entropy")
    among = encoder.encode_papers(["a very long text " * 40, "black hole entropy"])[1]
    assert (alone == among).all()
    side_by_side = ContextualEncoder(threads=2).encode_papers(["a kettle", "black hole entropy"])
    assert (side_by_side[1] == alone).all()
    assert encoder.encode_papers([]).shape == (0, encoder.dimensions)
    assert np.isfinite(encoder.encode_query("")).all()
    assert np.isfinite(encoder.encode_query("word " * 5000)).all()


def test_it_is_opened_by_choice() -> None:
    opened = open_contextual(EncoderChoice())
    assert opened is not None
    assert opened.dimensions == 384
    assert open_contextual(EncoderChoice(contextual=False)) is None
    assert open_contextual(EncoderChoice("endpoint", url="http://x", model="y")) is None


def test_a_damaged_model_is_refused_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: ContextualEncoder
) -> None:
    model = tmp_path / "model"
    shutil.copytree(Path(str(encoder._folder)), model / "contextual")
    monkeypatch.setattr(contextual, "files", lambda _: tmp_path)
    described = model / "contextual" / "model.json"
    named = json.loads(described.read_text("utf-8"))
    described.write_text(json.dumps({**named, "identity": "onnx-384-another"}), "utf-8")
    with pytest.raises(EncoderError, match="contextual encoder is damaged"):
        ContextualEncoder().encode_query("a")
    (model / "contextual" / "model.onnx").write_bytes(b"rubbish")
    with pytest.raises(EncoderError, match="cannot be opened"):
        ContextualEncoder().encode_query("a")
    described.write_text("{", "utf-8")
    with pytest.raises(EncoderError, match="contextual encoder is damaged"):
        ContextualEncoder()
