"""Search speed beside SQLite FTS5 and bm25s: the same papers, queries and run."""

from functools import partial
from pathlib import Path
from typing import get_args

import peers
from timing import Search, timed

from broadsheet.ranking import Mode, search
from broadsheet.service import Service

HITS = 10


def searches(
    service: Service, titles: list[str], abstracts: list[str], folder: Path
) -> dict[str, Search]:
    """What is compared, by name; each takes a query and finds ten papers."""
    mine: dict[str, Search] = {
        f"broadsheet, {mode}": partial(ours, service, mode) for mode in get_args(Mode)
    }

    def texts() -> peers.Pairs:
        return zip(titles, abstracts, strict=True)

    return mine | {
        "SQLite FTS5": peers.fts5(folder, texts),
        "bm25s": peers.bm25s_lucene(folder, texts),
    }


def table(all_searches: dict[str, Search], kinds: dict[str, list[str]]) -> str:
    """The table of all searches and kinds of queries."""
    lines = [
        f"| engine | {' | '.join(kinds)} |",
        f"| --- |{' --- |' * len(kinds)}",
    ]
    for name, find in all_searches.items():
        cells = []
        for queries in kinds.values():
            took = timed(find, queries)
            cells.append(f"{took['p50']:.1f} / {took['p95']:.1f} / {took['cpu']:.1f}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def ours(service: Service, mode: Mode, query: str) -> object:
    """Ten hits of our own search."""
    return search(
        service.catalogue, service.index, query, mode=mode, limit=HITS, weights=service.weights
    )
