"""Reading papers with the contextual encoder: which are next, and what still holds afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.catalogue import Catalogue
from broadsheet.index.documents import paper_text
from broadsheet.index.encoders import Encoder
from broadsheet.index.engine import Engine, Keys, Vector
from broadsheet.index.progress import IndexProgress, Progress, Stop

TOGETHER = 16
"""Papers between two looks at the clock and at whether to stop."""

CARRIED_TOGETHER = 40_000
"""Vectors that go from one index to another at a time."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Vectors of papers as they were when the catalogue's last change was `seen`."""

    vectors: dict[int, Vector]
    seen: int


def newest_first(catalogue: Catalogue, keys: Keys) -> list[int]:
    """Some papers' keys (ascending) by falling announcement, undated ones last."""
    if not len(keys):
        return []
    with catalogue.reading() as desk:
        filed = np.array(desk.papers.newest_first(), np.int64)
    return [int(key) for key in filed[np.isin(filed, keys)]]


def read(
    catalogue: Catalogue,
    encoder: Encoder,
    keys: Sequence[int],
    begun: IndexProgress,
    progress: Progress,
    stop: Stop,
) -> Reading:
    """Encode these papers, or as many of them as there is time for until `stop`."""
    with catalogue.reading() as desk:
        seen = desk.changes.latest()
        papers = desk.papers.by_keys(keys)
    texts = [(key, paper_text(papers[key])) for key in keys if key in papers]
    vectors: dict[int, Vector] = {}
    for start in range(0, len(texts), TOGETHER):
        if stop():
            break
        some = texts[start : start + TOGETHER]
        rows = encoder.encode_papers([text for _, text in some])
        vectors.update((key, row) for (key, _), row in zip(some, rows, strict=True))
        progress(IndexProgress(begun.done + len(vectors), begun.total))
    return Reading(vectors, seen)


def carry(catalogue: Catalogue, encoder: Encoder, old: Engine, new: Engine) -> None:
    """Give a new index the vectors of an old one, but not those of papers changed since."""
    with catalogue.reading() as desk:
        changed = [one.paper_key for one in desk.changes.since(old.watermark, 1 << 40)]
    both = np.intersect1d(old.vector_keys(encoder.identity), new.keys())
    left = np.setdiff1d(both, np.array(changed, np.int64))
    for start in range(0, len(left), CARRIED_TOGETHER):
        some = left[start : start + CARRIED_TOGETHER].tolist()
        rows = old.rows(encoder.identity, some)
        new.deepen(encoder.identity, dict(zip(rows.keys, rows.vectors, strict=True)))


def unchanged(catalogue: Catalogue, reading: Reading) -> dict[int, Vector]:
    """The vectors of those papers that have not changed since they were read."""
    with catalogue.reading() as desk:
        changed = {one.paper_key for one in desk.changes.since(reading.seen, 1 << 40)}
    return {key: row for key, row in reading.vectors.items() if key not in changed}
