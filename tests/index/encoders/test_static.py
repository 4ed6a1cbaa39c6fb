"""The packaged encoder: its arithmetic with a toy table, and the model that is shipped."""

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from broadsheet.index.encoders import EncoderChoice, open_encoder
from broadsheet.index.encoders.static import StaticEncoder, open_packaged


def toy() -> StaticEncoder:
    """Three pieces of two dimensions: sea (3, 4), land (0, 5) and peak (-2, 0), as scaled."""
    vocabulary = {"?": 0, "sea": 1, "land": 2, "peak": 3}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="?"))
    tokenizer.pre_tokenizer = Whitespace()
    rows = np.array([[0, 0], [3, 4], [0, 10], [-1, 0]], np.int8)
    scales = np.array([0, 1, 0.5, 2], np.float32)
    return StaticEncoder(tokenizer, rows, scales, "toy")


def test_a_text_is_the_sum_of_its_pieces() -> None:
    encoder = toy()
    vectors = encoder.encode_papers(["sea", "sea land", "sea sea peak", "sea nowhere"])
    assert vectors.dtype == np.float32
    ninety = np.sqrt(90)
    root = np.sqrt(80)
    expected = [[0.6, 0.8], [3 / ninety, 9 / ninety], [4 / root, 8 / root], [0.6, 0.8]]
    np.testing.assert_allclose(vectors, expected, rtol=1e-6)
    assert encoder.encode_query("peak").tolist() == [-1, 0]
    assert encoder.dimensions == 2


@pytest.mark.parametrize("text", ["", "nowhere at all"])
def test_a_text_without_a_known_word_is_zero(text: str) -> None:
    assert toy().encode_query(text).tolist() == [0, 0]


def test_any_number_of_texts() -> None:
    encoder = toy()
    assert encoder.encode_papers([]).shape == (0, 2)
    many = encoder.encode_papers(["sea", "peak"] * 150)
    assert many.shape == (300, 2)
    assert many[298:].tolist() == encoder.encode_papers(["sea", "peak"]).tolist()


def test_the_packaged_model_knows_what_is_near() -> None:
    encoder = open_packaged()
    assert encoder.dimensions == 256
    assert encoder.identity.startswith("static-256-")
    texts = ["neural machine translation of text", "translating sentences", "black hole entropy"]
    vectors = encoder.encode_papers(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert open_encoder(EncoderChoice()).identity == encoder.identity
