"""Real papers in several sources, found again; `duplicates/` says which are one paper."""

import json
import lzma
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadsheet.catalogue import Catalogue
from broadsheet.ingest import Reading, import_files

FACTS = Path(__file__).parent / "duplicates"
SOURCES = ("hf_daily", "arxiv_daily", "mlanthology")
NOW = datetime(2026, 5, 4, tzinfo=UTC)
SIDES = ("left", "right")
PRECISION = 0.995
RECALL = 0.97
RECALL_OF_HARD = 0.6
"""Of the pairs, each counted once, that no id and no title gives away."""
EASY = {"one arXiv id", "same title, authors, text", "same title, authors", "same title"}


def labels() -> list[dict[str, Any]]:
    """The labelled pairs, without those that a reader could not decide."""
    lines = (FACTS / "pairs.jsonl").read_text("utf-8").splitlines()
    return [label for line in lines if (label := json.loads(line))["same"] is not None]


def named_in(label: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for side in SIDES:
        source, _, name = label[side].partition(":")
        yield source, name


def picked(data: Path, folder: Path) -> list[Path]:
    """A file for each source with nothing but the records that the labels name."""
    wanted = defaultdict(set)
    for label in labels():
        for source, name in named_in(label):
            wanted[source].add(name)
    files = []
    for source in SOURCES:
        with lzma.open(data / "corpora" / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
            kept = [line for line in lines if line.split('"', 4)[3] in wanted[source]]
        assert len(kept) == len(wanted[source])
        files.append(folder / f"{source}.jsonl")
        files[-1].write_text("".join(kept), "utf-8")
    return files


def test_the_labels_are_facts_on_known_strata() -> None:
    sizes = json.loads((FACTS / "strata.json").read_text("utf-8"))
    pairs = [tuple(named_in(label)) for label in labels()]
    assert len(pairs) == len(set(pairs)) >= 300
    assert all(left[0] != right[0] for left, right in pairs)
    drawn = Counter(label["stratum"] for label in labels())
    assert drawn.keys() == sizes.keys()
    assert all(drawn[name] <= size for name, size in sizes.items())


@pytest.mark.shared_data
def test_one_paper_in_several_sources_is_found(
    shared: Path, tmp_path: Path, sqlite_catalogue: Catalogue
) -> None:
    files = picked(shared, tmp_path)
    import_files(sqlite_catalogue, files, Reading(), now=NOW, progress=lambda _: None)
    with sqlite_catalogue.reading() as desk:
        known = desk.records.known(name for label in labels() for name in named_in(label))
    sizes = json.loads((FACTS / "strata.json").read_text("utf-8"))
    read = Counter(label["stratum"] for label in labels())
    total: Counter[str] = Counter()
    hard: Counter[bool] = Counter()
    for label in labels():
        one, other = (known[name].paper_key for name in named_in(label))
        weight = sizes[label["stratum"]] / read[label["stratum"]]
        kinds = {"joined": one == other, "same": label["same"]}
        kinds["right"] = all(kinds.values())
        total.update({kind: weight for kind, holds in kinds.items() if holds})
        if label["same"] and label["stratum"] not in EASY:
            hard[one == other] += 1
    assert total["right"] / total["joined"] >= PRECISION
    assert total["right"] / total["same"] >= RECALL
    assert hard[True] / hard.total() >= RECALL_OF_HARD
