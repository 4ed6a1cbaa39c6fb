"""The teacher: the six-layer MiniLM sentence encoder, read from its weights and run with torch.

With other weights it is the contextual encoder, while that is being trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

HEADS = 12
LAYERS = 6
EPSILON = 1e-12
BATCH_TOKENS = 8192


class Teacher:
    """all-MiniLM-L6-v2 as one function from token ids to mean-pooled vectors of 384 numbers."""

    def __init__(self, folder: Path) -> None:
        self.weights = load_file(str(folder / "model.safetensors"))
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def _norm(self, states: Tensor, name: str) -> Tensor:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return functional.layer_norm(states, weight.shape, weight, bias, EPSILON)

    def _linear(self, states: Tensor, name: str) -> Tensor:
        return functional.linear(
            states, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        )

    def _layer(self, states: Tensor, keep: Tensor, number: int) -> Tensor:
        name = f"encoder.layer.{number}"
        rows, length, width = states.shape

        def heads(part: str) -> Tensor:
            projected = self._linear(states, f"{name}.attention.self.{part}")
            return projected.view(rows, length, HEADS, width // HEADS).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(
            heads("query"), heads("key"), heads("value"), attn_mask=keep[:, None, None, :]
        )
        mixed = mixed.transpose(1, 2).reshape(rows, length, width)
        attended = self._linear(mixed, f"{name}.attention.output.dense")
        states = self._norm(states + attended, f"{name}.attention.output.LayerNorm")
        wide = functional.gelu(self._linear(states, f"{name}.intermediate.dense"))
        narrow = self._linear(wide, f"{name}.output.dense")
        return self._norm(states + narrow, f"{name}.output.LayerNorm")

    def pool(self, ids: Tensor, keep: Tensor) -> Tensor:
        """Mean of the last layer over the kept positions: (n, length) ids and mask to (n, 384)."""
        words = self.weights["embeddings.word_embeddings.weight"][ids]
        places = self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kinds = self.weights["embeddings.token_type_embeddings.weight"][0]
        states = self._norm(words + places + kinds, "embeddings.LayerNorm")
        for number in range(LAYERS):
            states = self._layer(states, keep, number)
        weight = keep.unsqueeze(-1).to(torch.float32)
        return (states.float() * weight).sum(1) / weight.sum(1)

    def encode(self, id_lists: Sequence[Sequence[int]]) -> Tensor:
        """Vectors (n, 384), float32, in the order given; lists hold their own [CLS] and [SEP]."""
        order = sorted(range(len(id_lists)), key=lambda at: len(id_lists[at]))
        out = torch.zeros(len(id_lists), 384)
        start = 0
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            while start < len(order):
                stop = start + 1
                while stop < len(order) and (
                    (stop + 1 - start) * len(id_lists[order[stop]]) <= BATCH_TOKENS
                ):
                    stop += 1
                chosen = order[start:stop]
                length = max(len(id_lists[at]) for at in chosen)
                ids = torch.zeros(len(chosen), length, dtype=torch.long)
                keep = torch.zeros(len(chosen), length, dtype=torch.bool)
                for row, at in enumerate(chosen):
                    size = len(id_lists[at])
                    ids[row, :size] = torch.tensor(id_lists[at])
                    keep[row, :size] = True
                out[chosen] = self.pool(ids, keep)
                start = stop
        return out
