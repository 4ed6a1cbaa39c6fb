"""The trained table as files: eight-bit rows with their scales, the tokenizer and a description."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import Tokenizer

import vocabulary

LEVELS = 127
VERSION = "1"
TEACHER = "sentence-transformers/all-MiniLM-L6-v2"

Table = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int8]


def by_row(table: Table) -> tuple[Rows, npt.NDArray[np.float32]]:
    """Eight-bit rows and one scale a row, rounded to what a float16 holds."""
    scale = np.abs(table).max(axis=1) / LEVELS
    scale = np.maximum(scale, np.finfo(np.float16).tiny).astype(np.float16).astype(np.float32)
    rows = np.clip(np.rint(table / scale[:, None]), -LEVELS, LEVELS)
    return rows.astype(np.int8), scale


def by_table(table: Table, clip: float) -> tuple[Rows, float]:
    """Eight-bit rows and one scale for all; `clip` is the largest number kept apart."""
    scale = clip / LEVELS
    return np.clip(np.rint(table / scale), -LEVELS, LEVELS).astype(np.int8), scale


def best_clip(table: Table) -> float:
    """The clip with the smallest squared error over the table, from ten candidates."""
    largest = float(np.abs(table).max())
    candidates = [largest * share for share in np.linspace(0.1, 1.0, 10)]

    def error(clip: float) -> float:
        rows, scale = by_table(table, clip)
        return float(np.square(rows * np.float32(scale) - table).sum())

    return min(candidates, key=error)
