"""Local ONNX models: tiny real graphs, run for real."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from broadsheet.errors import EncoderError, SettingError
from broadsheet.index.encoders import EncoderChoice, open_encoder
from broadsheet.index.encoders.onnx import OnnxEncoder

TABLE = np.array([[0, 0, 0], [2, 0, 0], [0, 4, 0], [9, 9, 9]], np.float32)


def model(folder: Path, output: str = "last_hidden_state", given: str = "input_ids") -> Path:
    """A model that looks each piece up in TABLE: a (1, 0, 0) direction, b (0, 1, 0)."""
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", given], [output])],
        "toy",
        [helper.make_tensor_value_info(given, TensorProto.INT64, ["texts", "pieces"])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["texts", "pieces", 3])],
        [numpy_helper.from_array(TABLE, "table")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir(exist_ok=True)
    onnx.save(made, str(folder / "model.onnx"))
    tokenizer = Tokenizer(WordLevel({"[PAD]": 0, "a": 1, "b": 2, "?": 3}, unk_token="?"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_the_mean_of_the_pieces_without_padding(tmp_path: Path) -> None:
    encoder = OnnxEncoder(model(tmp_path))
    vectors = encoder.encode_papers(["a", "a b", "b b b"])
    root = np.sqrt(5)
    np.testing.assert_allclose(vectors, [[1, 0, 0], [1 / root, 2 / root, 0], [0, 1, 0]], rtol=1e-6)
    assert vectors.dtype == np.float32
    assert encoder.encode_query("b").tolist() == [0, 1, 0]
    assert encoder.dimensions == 3
    assert encoder.identity.startswith("onnx-3-")


def test_batches_and_no_texts(tmp_path: Path) -> None:
    encoder = OnnxEncoder(model(tmp_path))
    many = encoder.encode_papers(["a", "b b"] * 10)
    assert many.tolist() == [[1, 0, 0], [0, 1, 0]] * 10
    assert encoder.encode_papers([]).shape == (0, 3)
    assert encoder.encode_papers([""]).tolist() == [[0, 0, 0]]


def test_opened_by_choice(tmp_path: Path) -> None:
    opened = open_encoder(EncoderChoice("onnx", path=model(tmp_path)))
    assert opened.identity == OnnxEncoder(tmp_path).identity
    with pytest.raises(SettingError, match="needs a folder"):
        open_encoder(EncoderChoice("onnx"))


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be opened"):
        OnnxEncoder(tmp_path)


def test_a_model_that_is_no_sentence_encoder(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="has the outputs logits"):
        OnnxEncoder(model(tmp_path / "one", output="logits"))
    with pytest.raises(EncoderError, match="wants the inputs pixel_values"):
        OnnxEncoder(model(tmp_path / "two", given="pixel_values"))
