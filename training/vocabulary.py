"""The packaged tokenizer: the teacher's word pieces without the entries no text can reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

UNKNOWN = "[UNK]"
LONGEST_WORD = 100


def reachable(piece: str) -> bool:
    """Whether text can produce the piece: not a special token, not a placeholder."""
    return not (piece.startswith("[") and piece.endswith("]") and len(piece) > 2)


def build(teacher: Tokenizer) -> tuple[Tokenizer, npt.NDArray[np.int64]]:
    """The new tokenizer and, for each of its ids, the teacher's id of the same piece.

    Id 0 is the unknown piece; the others keep the teacher's order.
    """
    theirs = teacher.get_vocab(with_added_tokens=True)
    pieces = [UNKNOWN, *(p for p in sorted(theirs, key=theirs.__getitem__) if reachable(p))]
    model = WordPiece(
        {piece: number for number, piece in enumerate(pieces)},
        unk_token=UNKNOWN,
        max_input_chars_per_word=LONGEST_WORD,
    )
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer, np.array([theirs[piece] for piece in pieces], dtype=np.int64)


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """Write `tokenizer.json` without line breaks, which halves it."""
    text = tokenizer.to_str(pretty=False)
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
