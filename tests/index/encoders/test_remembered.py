"""Vectors that are kept are those that the encoder gives, and it is asked once for each text."""

from collections.abc import Sequence

import numpy as np

from broadsheet.index.encoders import Encoder, EncoderChoice, open_encoder
from broadsheet.index.encoders.remembered import RememberedEncoder
from broadsheet.index.engine import Vectors

TEXTS = ["Attention is all you need", "Gravitational waves", "Attention is all you need", ""]


def test_it_gives_what_the_encoder_gives() -> None:
    packaged = open_encoder(EncoderChoice())
    asked: list[str] = []

    class Watched:
        identity, dimensions = packaged.identity, packaged.dimensions
        encode_query = staticmethod(packaged.encode_query)

        def encode_papers(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return packaged.encode_papers(texts)

    remembered: Encoder = RememberedEncoder(Watched())
    first, again = remembered.encode_papers(TEXTS), remembered.encode_papers(TEXTS[:2])
    np.testing.assert_allclose(first, packaged.encode_papers(TEXTS), atol=1e-6)
    np.testing.assert_array_equal(again, first[:2])
    assert asked == [TEXTS[0], TEXTS[1], ""]
    np.testing.assert_array_equal(remembered.encode_query("waves"), packaged.encode_query("waves"))
    assert remembered.identity == packaged.identity


def test_no_texts_have_no_rows() -> None:
    remembered = RememberedEncoder(open_encoder(EncoderChoice()))
    assert remembered.encode_papers([]).shape == (0, remembered.dimensions)
