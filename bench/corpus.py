"""What is measured: a home filled from real papers, and queries drawn from them."""

import json
import random
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from broadsheet.index import IndexProgress
from broadsheet.index.embedded.stopwords import STOPWORDS
from broadsheet.service import Service
from broadsheet.text import plain

QUERIES = 100
SEED = 20261121
_WORD = re.compile(r"[a-z]{3,}")
_FREQUENT = 30


@dataclass(frozen=True)
class Filled:
    """How a home was filled: records, seconds and peak memory (MiB) of import and of indexing."""

    records: int
    import_seconds: float
    import_peak: int
    index_seconds: float
    index_peak: int


def fill(home: Path, files: list[Path]) -> Filled:
    """Import files and index them, each in a process of its own, measured from outside."""
    words = ["import", *map(str, files), "--no-index", "--format", "json"]
    import_seconds, import_peak, out = _measured(home, words)
    index_seconds, index_peak, _ = _measured(home, ["index", "catch-up"])
    records = json.loads(out)["read"]
    return Filled(records, import_seconds, import_peak, index_seconds, index_peak)


def deepen(service: Service, papers: int) -> float:
    """Let the contextual encoder read about so many papers, the newest: how many a CPU second.

    With some papers read and some not, a search asks both encoders, which is what it costs most.
    """
    read = 0

    def tell(at: IndexProgress) -> None:
        nonlocal read
        read = at.done

    cpu = time.process_time()
    service.index.deepen(tell, lambda: read >= papers)
    return read / (time.process_time() - cpu)


def texts(service: Service) -> tuple[list[str], list[str]]:
    """Titles and abstracts of all papers, in plain text."""
    titles: list[str] = []
    abstracts: list[str] = []
    after = 0
    while True:
        with service.catalogue.reading() as desk:
            page = desk.papers.page(after, 5000)
        if not page:
            return titles, abstracts
        titles += [plain(paper.title) for _, paper in page]
        abstracts += [plain(paper.abstract) for _, paper in page]
        after = page[-1][0]


def queries(titles: list[str], abstracts: list[str]) -> dict[str, list[str]]:
    """A hundred queries of each kind, the same at every run over the same papers."""
    draw = random.Random(SEED)
    telling = [_telling(title) for title in draw.sample(titles, 20 * QUERIES)]
    counts = Counter(word for text in draw.sample(abstracts, 5000) for word in set(_telling(text)))
    frequent = [word for word, _ in counts.most_common(_FREQUENT)]
    return {
        "two words": [" ".join(draw.sample(t, 2)) for t in telling if len(t) >= 2][:QUERIES],
        "whole title": draw.sample([t for t in titles if len(t.split()) >= 6], QUERIES),
        "very frequent words": [" ".join(draw.sample(frequent, 2)) for _ in range(QUERIES)],
    }


def _telling(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in STOPWORDS]


def _measured(home: Path, words: list[str]) -> tuple[float, int, str]:
    """Seconds, peak MiB and output of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    began = time.monotonic()
    command = [sys.executable, "-m", "broadsheet", "--home", str(home), *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # The system keeps the greatest of all children: a smaller later one cannot be told from it.
    return seconds, max(peak, before) >> 10, done.stdout
