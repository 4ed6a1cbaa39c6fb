"""The contextual encoder as an ONNX graph, written node by node, with eight-bit weights."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

HEADS = 12
LAYERS = 6
LONGEST = 256
EPSILON = 1e-12
OPSET = 20
IR_VERSION = 10
FAR_BELOW = -1e4

Array = npt.NDArray[np.generic]
Weights = Mapping[str, npt.NDArray[np.float32]]


class Graph:
    """Nodes and constants as they are added; every method gives the name of what it made."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []
        self.weights = weights

    def constant(self, name: str, values: Array) -> str:
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, *given: str, **attributes: object) -> str:
        out = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(given), [out], name=out, **attributes))
        return out

    def norm(self, states: str, name: str) -> str:
        weight = self.constant(f"{name}.weight", self.weights[f"{name}.weight"])
        bias = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.node("LayerNormalization", states, weight, bias, axis=-1, epsilon=EPSILON)

    def linear(self, states: str, name: str) -> str:
        weight = self.constant(f"{name}.weight", self.weights[f"{name}.weight"].T)
        bias = self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        return self.node("Add", self.node("MatMul", states, weight), bias)


def embedded(graph: Graph) -> str:
    """The first states: eight-bit rows of the word pieces, one scale a row, and their places."""
    table = graph.weights["embeddings.word_embeddings.weight"]
    scales = np.maximum(np.abs(table).max(axis=1) / 127, np.finfo(np.float16).tiny)
    scales = scales.astype(np.float16)
    rows = np.clip(np.rint(table / scales[:, None].astype(np.float32)), -127, 127)
    places = graph.weights["embeddings.position_embeddings.weight"][:LONGEST]
    places = places + graph.weights["embeddings.token_type_embeddings.weight"][0]
    graph.constant("pieces", rows.astype(np.int8))
    graph.constant("scales", scales)
    graph.constant("places", places.astype(np.float32))
    row = graph.node("Cast", graph.node("Gather", "pieces", "input_ids"), to=TensorProto.FLOAT)
    scale = graph.node("Cast", graph.node("Gather", "scales", "input_ids"), to=TensorProto.FLOAT)
    words = graph.node("Mul", row, graph.node("Unsqueeze", scale, "last"))
    length = graph.node("Gather", graph.node("Shape", "input_ids"), "second")
    states = graph.node("Add", words, graph.node("Slice", "places", "first", length, "first"))
    return graph.norm(states, "embeddings.LayerNorm")


def layer(graph: Graph, states: str, away: str, number: int) -> str:
    """One layer of attention and feed-forward; `away` is far below zero where nothing stands."""
    name = f"encoder.layer.{number}"

    def heads(part: str, order: list[int]) -> str:
        projected = graph.linear(states, f"{name}.attention.self.{part}")
        return graph.node("Transpose", graph.node("Reshape", projected, "apart"), perm=order)

    query = graph.node("Mul", heads("query", [0, 2, 1, 3]), "root")
    scores = graph.node("MatMul", query, heads("key", [0, 2, 3, 1]))
    shares = graph.node("Softmax", graph.node("Add", scores, away), axis=-1)
    mixed = graph.node("MatMul", shares, heads("value", [0, 2, 1, 3]))
    mixed = graph.node("Reshape", graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), "together")
    attended = graph.linear(mixed, f"{name}.attention.output.dense")
    states = graph.norm(graph.node("Add", states, attended), f"{name}.attention.output.LayerNorm")
    wide = graph.node("Gelu", graph.linear(states, f"{name}.intermediate.dense"))
    narrow = graph.linear(wide, f"{name}.output.dense")
    return graph.norm(graph.node("Add", states, narrow), f"{name}.output.LayerNorm")


def built(weights: Weights) -> onnx.ModelProto:
    """The whole encoder, (texts, pieces) ids and mask to `sentence_embedding` (texts, width)."""
    graph = Graph(weights)
    width = weights["embeddings.word_embeddings.weight"].shape[1]
    graph.constant("first", np.array([0], np.int64))
    graph.constant("second", np.array([1], np.int64))
    graph.constant("third", np.array([2], np.int64))
    graph.constant("last", np.array([-1], np.int64))
    graph.constant("inner", np.array([1, 2], np.int64))
    graph.constant("one", np.float32(1))
    graph.constant("far below", np.float32(FAR_BELOW))
    graph.constant("apart", np.array([0, 0, HEADS, width // HEADS], np.int64))
    graph.constant("together", np.array([0, 0, width], np.int64))
    graph.constant("root", np.float32((width // HEADS) ** -0.5))
    keep = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    nothing = graph.node("Mul", graph.node("Sub", "one", keep), "far below")
    away = graph.node("Unsqueeze", nothing, "inner")
    states = embedded(graph)
    for number in range(LAYERS):
        states = layer(graph, states, away, number)
    kept = graph.node("Mul", states, graph.node("Unsqueeze", keep, "third"))
    pooled = graph.node("ReduceSum", kept, "second", keepdims=0)
    length = graph.node("ReduceL2", pooled, "last", keepdims=1)
    graph.nodes.append(helper.make_node("Div", [pooled, length], ["sentence_embedding"]))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "broadsheet-contextual",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "length"])
                for name in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info(
                    "sentence_embedding", TensorProto.FLOAT, ["texts", width]
                )
            ],
            graph.tensors,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    return model


def write(weights: Weights, file: Path) -> None:
    """Write the encoder with eight-bit weights, one scale for each output channel."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(built(weights), str(whole))
        quantize_dynamic(
            whole,
            file,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            extra_options={"MatMulConstBOnly": True},
        )
