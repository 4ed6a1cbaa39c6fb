"""The trained table as files: eight-bit rows with their scales, the tokenizer and a description."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import vocabulary
from safetensors.numpy import save_file
from tokenizers import Tokenizer

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


def write(table: Table, tokenizer: Tokenizer, folder: Path) -> str:
    """Write the model's three files; the digest (SHA-256) of its weights.

    One scale a row measures the same as one for all and keeps rare pieces exact.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows, scales = by_row(table)
    weights = folder / "static.safetensors"
    save_file({"rows": rows, "scales": scales.astype(np.float16)}, str(weights))
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    vocabulary.save(tokenizer, folder)
    described = {
        "name": "broadsheet-static",
        "version": VERSION,
        "dimensions": table.shape[1],
        "sha256": digest,
        "derived_from": TEACHER,
        "licence": "Apache-2.0",
    }
    (folder / "model.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return digest
