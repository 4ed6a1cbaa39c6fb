"""Search speed beside SQLite FTS5 and bm25s: the same papers, queries and run."""

import re
import sqlite3
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_args

import bm25s
import Stemmer

from broadsheet.ranking import Mode, search
from broadsheet.service import Service

HITS = 10
Search = Callable[[str], object]
_WORD = re.compile(r"\w+")


def searches(
    service: Service, titles: list[str], abstracts: list[str], folder: Path
) -> dict[str, Search]:
    """What is compared, by name; each takes a query and finds ten papers."""
    ours: dict[str, Search] = {
        f"broadsheet, {mode}": partial(_ours, service, mode) for mode in get_args(Mode)
    }
    return ours | {
        "SQLite FTS5": partial(_fts5, _fts5_index(titles, abstracts, folder / "fts5.db")),
        "bm25s": _bm25s(titles, abstracts),
    }


def timed(find: Search, queries: list[str]) -> tuple[float, float, float]:
    """p50 and p95 of the wall time, and the mean CPU time, of a query, in milliseconds."""
    for query in queries[:5]:
        find(query)
    walls = []
    cpu = time.process_time()
    for query in queries:
        began = time.perf_counter()
        find(query)
        walls.append(1000 * (time.perf_counter() - began))
    cpu = 1000 * (time.process_time() - cpu) / len(queries)
    cuts = statistics.quantiles(walls, n=20)
    return statistics.median(walls), cuts[-1], cpu


def table(all_searches: dict[str, Search], kinds: dict[str, list[str]]) -> str:
    """The table of all searches and kinds of queries."""
    lines = [
        f"| engine | {' | '.join(kinds)} |",
        f"| --- |{' --- |' * len(kinds)}",
    ]
    for name, find in all_searches.items():
        cells = []
        for queries in kinds.values():
            p50, p95, cpu = timed(find, queries)
            cells.append(f"{p50:.1f} / {p95:.1f} / {cpu:.1f}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ours(service: Service, mode: Mode, query: str) -> object:
    return search(
        service.catalogue,
        service.index,
        query,
        mode=mode,
        limit=HITS,
        weights=service.weights,
    )


def _fts5_index(titles: list[str], abstracts: list[str], file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.execute(
        "CREATE VIRTUAL TABLE papers USING fts5(title, abstract, tokenize='porter unicode61')"
    )
    rows = zip(titles, abstracts, strict=True)
    connection.executemany("INSERT INTO papers VALUES (?, ?)", rows)
    connection.commit()
    return connection


def _fts5(connection: sqlite3.Connection, query: str) -> list[Any]:
    words = " OR ".join(f'"{word}"' for word in _WORD.findall(query))
    asked = "SELECT rowid, title FROM papers WHERE papers MATCH ? ORDER BY rank LIMIT ?"
    return connection.execute(asked, (words, HITS)).fetchall()


def _bm25s(titles: list[str], abstracts: list[str]) -> Search:
    stemmer = Stemmer.Stemmer("english")
    corpus = [f"{title} {text}" for title, text in zip(titles, abstracts, strict=True)]
    index = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    tokens = bm25s.tokenize(corpus, stopwords="en", stemmer=stemmer, show_progress=False)
    index.index(tokens, show_progress=False)

    def find(query: str) -> object:
        asked = bm25s.tokenize([query], stopwords="en", stemmer=stemmer, show_progress=False)
        return index.retrieve(asked, k=HITS, show_progress=False)

    return find
