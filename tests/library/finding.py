"""Toy papers in real catalogues with real indexes, for tests of what finds them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from broadsheet.catalogue import Catalogue, FiledPaper
from broadsheet.index import Index
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Vector, Vectors
from broadsheet.papers import Paper
from tests.library.shelving import toy_key

TOPICS = ("sea", "bird", "kettle", "song", "map", "frost", "moon", "clock")


class TopicEncoder:
    """A small encoder of its own kind: how often each of eight topics is named."""

    def __init__(self, identity: str = "topics-8") -> None:
        self.identity, self.dimensions = identity, len(TOPICS)

    def encode_papers(self, texts: Sequence[str]) -> Vectors:
        """Unit rows."""
        rows = [[text.casefold().count(topic) for topic in TOPICS] for text in texts]
        counts = np.array(rows, np.float32).reshape(-1, len(TOPICS))
        lengths = np.linalg.norm(counts, axis=1, keepdims=True)
        unit: Vectors = (counts / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit

    def encode_query(self, text: str) -> Vector:
        """A unit vector."""
        vector: Vector = self.encode_papers([text])[0]
        return vector


def file_papers(catalogue: Catalogue, papers: Sequence[Paper]) -> list[int]:
    """Put new papers into a catalogue; their keys."""
    with catalogue.writing() as desk:
        first = desk.papers.allocate(len(papers))
        keys = list(range(first, first + len(papers)))
        filed = zip(keys, papers, strict=True)
        desk.papers.add([FiledPaper(key, paper, toy_key(paper.title)) for key, paper in filed])
    return keys


def open_index(
    catalogue: Catalogue, home: Path, *identities: str, contextual: Encoder | None = None
) -> Index:
    """The index in `home`, with a topic encoder for each identity."""
    encoders = [TopicEncoder(identity) for identity in identities or ("topics-8",)]
    return Index(
        home / "index",
        catalogue,
        encoders,
        locks=home / "locks",
        memory_mb=16,
        contextual=contextual,
    )


def level(index: Index) -> int:
    """Catch up, without telling anybody how far it is."""
    return index.catch_up(lambda _: None)
