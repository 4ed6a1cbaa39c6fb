"""The training papers: read, cleaned of repeats and turned into one flat array of token ids."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

NAMES = ("acl", "arxiv_daily", "hf_daily", "mlanthology")
SHORTEST_ABSTRACT = 200
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
CHUNK = 4096

Ids = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """Papers as token ids: `ids` flat; segment s is ids[segments[s]:segments[s + 1]].

    Paper p owns the segments papers[p] .. papers[p + 1]: first its title, then its sentences.
    """

    ids: Ids
    segments: Offsets
    papers: Offsets

    @property
    def count(self) -> int:
        return len(self.papers) - 1

    def titles(self) -> Offsets:
        """The segment number of each paper's title."""
        return self.papers[:-1]


@dataclass(frozen=True)
class Corpus:
    """One corpus file as the manifest names it: its checksum, its records and those kept."""

    file: str
    sha256: str
    records: int
    kept: int


def title_key(title: str) -> str:
    """Letters and digits of a title, lower-case: equal for the same paper in two corpora."""
    return "".join(sign for sign in title.lower() if sign.isalnum())


def papers(path: Path) -> Iterator[tuple[str, str]]:
    """(title, abstract) of every record of one `.jsonl.xz` file, with spaces joined."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            title = " ".join((record.get("title") or "").split())
            yield title, " ".join((record.get("abstract") or "").split())


def read(data: Path, limit: int | None) -> tuple[list[list[str]], list[Corpus]]:
    """Every paper once, as [title, sentence, sentence, ...], and what each corpus gave.

    A paper without a title, with an abstract under 200 signs, or with a title seen before is left
    out. `limit` caps the papers of each corpus, for a quick trial run.
    """
    seen: set[str] = set()
    texts: list[list[str]] = []
    corpora: list[Corpus] = []
    for name in NAMES:
        path = data / "corpora" / f"{name}.jsonl.xz"
        records = kept = 0
        for title, abstract in papers(path):
            records += 1
            key = title_key(title)
            if not key or len(abstract) < SHORTEST_ABSTRACT or key in seen:
                continue
            seen.add(key)
            texts.append([title, *SENTENCE_END.split(abstract)])
            kept += 1
            if limit is not None and kept >= limit:
                break
        checksum = hashlib.sha256(path.read_bytes()).hexdigest()
        corpora.append(Corpus(f"corpora/{path.name}", checksum, records, kept))
    return texts, corpora


def tokenise(texts: list[list[str]], tokenizer: Tokenizer, unknown: int) -> Tokens:
    """Token ids of every segment; ids equal to `unknown` are dropped."""
    flat = [segment for paper in texts for segment in paper]
    pieces: list[Ids] = []
    lengths: list[int] = []
    for start in range(0, len(flat), CHUNK):
        for encoding in tokenizer.encode_batch_fast(flat[start : start + CHUNK]):
            ids = np.asarray(encoding.ids, dtype=np.int32)
            ids = ids[ids != unknown]
            pieces.append(ids)
            lengths.append(len(ids))
    return Tokens(
        ids=np.concatenate(pieces),
        segments=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        papers=np.concatenate([[0], np.cumsum([len(paper) for paper in texts])]).astype(np.int64),
    )


def load(data: Path, tokenizer: Tokenizer, limit: int | None) -> tuple[Tokens, list[Corpus]]:
    """The corpora under `data`, tokenised."""
    texts, corpora = read(data, limit)
    return tokenise(texts, tokenizer, tokenizer.token_to_id("[UNK]")), corpora
