"""The untrained student: the teacher's vector of each word piece alone, shortened and weighted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from teacher import Teacher
from torch import Tensor

START, END = 101, 102
SIF_CONSTANT = 1e-3


def piece_vectors(teacher: Teacher, teacher_ids: npt.NDArray[np.int64]) -> Tensor:
    """The teacher's mean-pooled vector of `[CLS] piece [SEP]`, (pieces, 384)."""
    return teacher.encode([[START, int(number), END] for number in teacher_ids])


def principal_axes(vectors: Tensor, dimensions: int) -> tuple[Tensor, Tensor]:
    """Mean (w,) and leading axes (w, dimensions) of the vectors (n, w), by decreasing variance."""
    mean = vectors.mean(0)
    centred = (vectors - mean).double()
    _, axes = torch.linalg.eigh(centred.T @ centred)
    return mean, axes.flip(1)[:, :dimensions].float()


def sif_weights(counts: npt.NDArray[np.int64]) -> Tensor:
    """a / (a + p) for each piece's share p of all tokens, (pieces,).

    Smooth inverse frequency: Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for
    Sentence Embeddings", ICLR 2017. Pieces never seen count as seen once.
    """
    share = np.maximum(counts, 1) / counts.sum()
    return torch.from_numpy((SIF_CONSTANT / (SIF_CONSTANT + share)).astype(np.float32))


def distil(
    teacher: Teacher,
    teacher_ids: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    dimensions: int,
) -> Tensor:
    """The student's first table, (pieces, dimensions): centred, projected, weighted; row 0 zero."""
    vectors = piece_vectors(teacher, teacher_ids)
    mean, axes = principal_axes(vectors[1:], dimensions)
    table = ((vectors - mean) @ axes) * sif_weights(counts)[:, None]
    table[0] = 0.0
    return table
