"""Embeddings endpoints: a real server, its good answers and its bad ones."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from broadsheet.errors import EncoderError, FetchError, SettingError
from broadsheet.fetch import Client
from broadsheet.index.encoders import EncoderChoice, open_encoder
from broadsheet.index.encoders.endpoint import EndpointEncoder
from tests.library.clocks import Clock
from tests.library.serving import Answer, Asked, serving

KEY = "open-sesame"


def counted(text: str) -> list[float]:
    """A vector of two: the letters and the spaces of a text."""
    return [float(len(text) - text.count(" ")), float(text.count(" "))]


def good(asked: Asked) -> Answer:
    """An answer in reverse order, as the standard allows."""
    texts = json.loads(asked.body)["input"]
    rows = [{"index": place, "embedding": counted(text)} for place, text in enumerate(texts)]
    return Answer(200, json.dumps({"data": rows[::-1]}).encode())


def then(content: object) -> Callable[[Asked], Answer]:
    """A good answer to the first question, and then this one."""
    first = [True]

    def answer(asked: Asked) -> Answer:
        if first:
            first.clear()
            return good(asked)
        return Answer(200, json.dumps(content).encode())

    return answer


def test_unit_vectors_in_the_order_of_the_texts() -> None:
    with serving(by=good) as server:
        encoder = EndpointEncoder(f"{server.url}/v1/", "toy/model 1", KEY)
        vectors = encoder.encode_papers(["abc    d", "a"])
        assert encoder.encode_query("").tolist() == [0, 1]
        assert encoder.encode_papers([]).shape == (0, 2)
    root = 0.5**0.5
    np.testing.assert_allclose(vectors, [[root, root], [1.0, 0.0]], rtol=1e-6)
    assert vectors.dtype == np.float32
    assert (encoder.dimensions, encoder.identity) == (2, "endpoint-2-toy-model-1")
    asked = server.asked[1]
    assert asked.path == "/v1/embeddings"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert json.loads(asked.body) == {
        "model": "toy/model 1",
        "input": ["abc    d", "a"],
        "encoding_format": "float",
    }


def test_batches() -> None:
    with serving(by=good) as server:
        vectors = EndpointEncoder(server.url, "toy").encode_papers(["a", " "] * 50)
    assert vectors.tolist() == [[1, 0], [0, 1]] * 50
    assert [len(json.loads(asked.body)["input"]) for asked in server.asked] == [1, 64, 36]


def test_dimensions_that_were_asked_for() -> None:
    with serving(by=good) as server:
        EndpointEncoder(server.url, "toy", dimensions=2)
        assert json.loads(server.asked[0].body)["dimensions"] == 2
        with pytest.raises(EncoderError, match=r"vectors of shape \(2,\), not 8"):
            EndpointEncoder(server.url, "toy", dimensions=8)


def row(*vector: object, index: object = 0) -> dict[str, object]:
    """One row of an answer."""
    return {"index": index, "embedding": vector}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"data": [row(1, 2), row(1, 2, index=1)]}, "2 vectors for 1 texts"),
        ({"data": []}, "0 vectors for 1 texts"),
        ([], "0 vectors for 1 texts"),
        ({"data": [row(float("nan"), 1)]}, "vectors that are not all numbers"),
        ({"data": [row(1e39, 1)]}, "vectors that are not all numbers"),
        ({"data": [row(10**400, 1)]}, "an answer of another shape"),
        ({"data": [row("x", 1)]}, "an answer of another shape"),
        ({"data": [{"index": 0}]}, "an answer of another shape"),
        ({"data": None}, "an answer of another shape"),
        ({"data": [5]}, "an answer of another shape"),
        ({"data": [row(1, 2, 3)]}, r"vectors of shape \(3,\), not 2"),
        ({"data": [{"index": 0, "embedding": 1}]}, r"vectors of shape \(\), not 2"),
    ],
)
def test_bad_answers(content: object, message: str) -> None:
    with serving(by=then(content)) as server:
        encoder = EndpointEncoder(server.url, "toy", KEY)
        with pytest.raises(EncoderError, match=message) as caught:
            encoder.encode_query("a")
    assert KEY not in f"{caught.value}{caught.value.hint}{caught.value.__cause__}"


def test_a_server_that_is_none() -> None:
    with serving(Answer(200, b"<html>")) as server, pytest.raises(FetchError, match="not JSON"):
        EndpointEncoder(server.url, "toy")


def test_a_busy_server_is_asked_again() -> None:
    clock = Clock()
    busy = Answer(429, b"", {"Retry-After": "3"})
    ready = Answer(200, b'{"data": [{"index": 0, "embedding": [3, 4]}]}')
    with serving(busy, ready, ready) as server:
        client = Client(allowed_hosts=("127.0.0.1",), clock=clock, sleep=clock.sleep)
        encoder = EndpointEncoder(server.url, "toy", client=client)
        assert encoder.encode_query("a").tolist() == pytest.approx([0.6, 0.8])
    assert clock.waits == [3.0]


def test_the_choice() -> None:
    with pytest.raises(SettingError, match="needs an address and a model"):
        open_encoder(EncoderChoice("endpoint", url="http://127.0.0.1"))
    assert KEY not in repr(EncoderChoice("endpoint", key=KEY))
