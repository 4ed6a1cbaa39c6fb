"""One home of a growing size, asked: time, processor, memory, recall, updates, beside peers."""

import json
import multiprocessing
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, get_args

import numpy as np
from corpus import queries
from peers import BUILT_UP_TO, PEERS
from speed import ours
from timing import percentiles, timed

from broadsheet.catalogue import FiledPaper
from broadsheet.index import WordQuery
from broadsheet.papers import Paper, PaperId
from broadsheet.ranking import Mode
from broadsheet.service import Service
from broadsheet.settings import read_settings
from broadsheet.text import plain, title_key

HITS = 10
CLIENTS = (1, 2, 8)
WORKERS = 2
FIRST = 20_000
"""Queries are drawn from so many of the first papers, real ones that every size holds."""
UPDATED = 1_000
_BLOCK = 65_536
Queries = dict[str, list[str]]
Figures = dict[str, object]


def measured(service: Service, home: Path, size: int) -> Figures:
    """Every figure of one size."""
    asked = _queries(service)
    found: Figures = {"size": size, "disk": _disk(home, size), "cold_open": _cold(home, asked)}
    for mode in get_args(Mode):
        find = partial(ours, service, mode)
        found[mode] = {kind: timed(find, some) for kind, some in asked.items()}
    found["memory"] = _memory()
    found["clients"] = {str(clients): _side_by_side(home, asked, clients) for clients in CLIENTS}
    found["vectors"] = _vectors(service, asked)
    found["update"] = _update(service, home, asked)
    found["peers"] = {
        name: _peer(name, service, home, asked) for name in PEERS if size <= BUILT_UP_TO[name]
    }
    return found


def _queries(service: Service) -> Queries:
    with service.catalogue.reading() as desk:
        page = [paper for _, paper in desk.papers.page(0, FIRST)]
    titles = [plain(paper.title) for paper in page]
    return queries(titles, [plain(paper.abstract) for paper in page])


def _disk(home: Path, size: int) -> dict[str, float]:
    """Bytes a paper of the word index, the vectors and the catalogue."""

    def held(*parts: str) -> float:
        files = [file for part in parts for file in home.glob(part) if file.is_file()]
        return sum(file.stat().st_size for file in files) / size

    return {
        "words": held("index/*/words/*"),
        "vectors": held("index/*/vectors/**/*"),
        "catalogue": held("catalogue.db*"),
    }


def _cold(home: Path, asked: Queries) -> dict[str, float]:
    """Seconds until a process of its own has opened the index, and until its first answer."""
    code = (
        "import json, sys, time\n"
        "from pathlib import Path\n"
        "from broadsheet.ranking import search\n"
        "from broadsheet.service import Service\n"
        "from broadsheet.settings import read_settings\n"
        "began = time.monotonic()\n"
        "service = Service.open(read_settings(Path(sys.argv[1])))\n"
        "service.index.reader()\n"
        "opened = time.monotonic() - began\n"
        "search(service.catalogue, service.index, sys.argv[2], weights=service.weights)\n"
        "print(json.dumps({'open': opened, 'answer': time.monotonic() - began}))\n"
    )
    query = asked["whole title"][0]
    runs = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", code, str(home), query], stdout=subprocess.PIPE, check=True
        )
        runs.append(json.loads(done.stdout))
    return {name: statistics.median(run[name] for run in runs) for name in ("open", "answer")}


def _memory() -> dict[str, float]:
    """MiB resident of this process: its own, and of files that the system may take back."""
    status = Path("/proc/self/status").read_text("ascii")
    lines = dict(line.split(":", 1) for line in status.splitlines())
    kept = {"own": "RssAnon", "files": "RssFile"}
    return {name: int(lines[line].split()[0]) / 1024 for name, line in kept.items()}


def _side_by_side(home: Path, asked: Queries, clients: int) -> dict[str, float]:
    """All queries, asked by so many clients at once of two processes, as `serve` has workers."""
    every = [query for some in asked.values() for query in some]
    workers = min(WORKERS, clients)
    spawn = multiprocessing.get_context("spawn")
    ready, told = spawn.Barrier(workers), spawn.Queue()
    processes = [
        spawn.Process(
            target=_worker, args=(home, every[at::workers], clients // workers, ready, told)
        )
        for at in range(workers)
    ]
    for process in processes:
        process.start()
    parts = [told.get() for _ in processes]
    for process in processes:
        process.join()
    walls = [wall for part in parts for wall in part[0]]
    cpu = 1000 * sum(part[1] for part in parts) / len(every)
    return {**percentiles(walls), "cpu": cpu, "a_second": len(every) / max(p[2] for p in parts)}


def _worker(home: Path, asked: list[str], clients: int, ready: Barrier, told: Any) -> None:
    """One process and its clients: wall milliseconds, CPU seconds, seconds in all."""
    service = Service.open(read_settings(home))
    walls: list[float] = []

    def one(query: str) -> None:
        began = time.perf_counter()
        ours(service, "hybrid", query)
        walls.append(1000 * (time.perf_counter() - began))

    for query in asked[:5]:
        one(query)
    walls.clear()
    ready.wait()
    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, asked))
    told.put((walls, time.process_time() - cpu, time.perf_counter() - began))


def _vectors(service: Service, asked: Queries) -> dict[str, dict[str, float]]:
    """recall@10 against exact search over the same rows, and CPU milliseconds, by kind."""
    engine, encoder = service.index.reader(), service.index.encoders[0]
    shelf = engine._shelves[encoder.identity]  # type: ignore[attr-defined]
    kinds = {**asked, "sentence": _sentences(service)}
    found = {}
    for kind, some in kinds.items():
        vectors = np.stack([encoder.encode_query(query) for query in some])
        exact = _exact(shelf._vectors, shelf._keys, vectors)
        cpu, same = time.process_time(), 0
        for vector, best in zip(vectors, exact, strict=True):
            hits = engine.nearest(encoder.identity, vector, HITS, WordQuery())
            same += len(best & {hit.key for hit in hits})
        cpu = 1000 * (time.process_time() - cpu) / len(some)
        found[kind] = {"recall": same / (HITS * len(some)), "cpu": cpu}
    found["memory"] = {"bytes_a_paper": shelf.footprint.bytes_a_paper}
    return found


def _sentences(service: Service) -> list[str]:
    with service.catalogue.reading() as desk:
        page = [paper for _, paper in desk.papers.page(FIRST, 100)]
    return [plain(paper.abstract).split(". ")[0] for paper in page]


def _exact(rows: np.ndarray, keys: np.ndarray, vectors: np.ndarray) -> list[set[int]]:
    """The keys of the ten rows nearest to each vector."""
    best = np.full((len(vectors), HITS), -2.0, np.float32)
    at = np.zeros((len(vectors), HITS), np.int64)
    for start in range(0, len(rows), _BLOCK):
        block = np.asarray(rows[start : start + _BLOCK], np.float32)
        scores = np.concatenate([best, vectors @ block.T], axis=1)
        places = np.concatenate(
            [at, np.broadcast_to(np.arange(start, start + len(block)), (len(vectors), len(block)))],
            axis=1,
        )
        top = np.argpartition(-scores, HITS - 1, axis=1)[:, :HITS]
        best = np.take_along_axis(scores, top, axis=1)
        at = np.take_along_axis(places, top, axis=1)
    return [set(keys[row].tolist()) for row in at]


def _update(service: Service, home: Path, asked: Queries) -> dict[str, float]:
    """A thousand new papers by another process, while this one answers.

    CPU seconds of that process, seconds from its commit until a paper is found here, and p50 and
    p95 of the queries meanwhile.
    """
    with service.catalogue.writing() as desk:
        like = [paper for _, paper in desk.papers.page(0, UPDATED)]
        first = desk.papers.allocate(UPDATED)
        desk.papers.add([_renamed(first + at, paper) for at, paper in enumerate(like)])
    every = [query for some in asked.values() for query in some]
    done = threading.Event()
    took: dict[str, float] = {}

    def write() -> None:
        before = _children()
        words = ["--home", str(home), "index", "catch-up"]
        subprocess.run([sys.executable, "-m", "broadsheet", *words], check=True)
        took["cpu"] = _children() - before
        took["at"] = time.monotonic()
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    walls: list[float] = []
    while not done.is_set():
        for query in every[::7]:
            began = time.perf_counter()
            ours(service, "hybrid", query)
            walls.append(1000 * (time.perf_counter() - began))
    thread.join()
    while not service.index.reader().holding(service.index.encoders[0].identity, [first]):
        time.sleep(0.01)
    seen = time.monotonic() - took["at"]
    return {"cpu": took["cpu"], "seen": seen, "slowest": max(walls), **percentiles(walls)}


def _renamed(key: int, paper: Paper) -> FiledPaper:
    title = f"{paper.title} (updated {key})"
    again = replace(paper, id=PaperId(f"grown:{key}"), aliases=(), title=title)
    return FiledPaper(key, again, title_key(title))


def _children() -> float:
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _peer(name: str, service: Service, home: Path, asked: Queries) -> Figures:
    """What a peer takes to be built, and its queries."""
    cpu = time.process_time()
    find = PEERS[name](home, partial(_texts, service))
    built = time.process_time() - cpu
    slow = 10 if name in ("SQLite FTS5", "LanceDB") else 100
    return {"built_cpu": built} | {kind: timed(find, some[:slow]) for kind, some in asked.items()}


def _texts(service: Service) -> Iterator[tuple[str, str]]:
    """Title and abstract of every paper."""
    after = 0
    while True:
        with service.catalogue.reading() as desk:
            page = desk.papers.page(after, 5000)
        if not page:
            return
        yield from ((plain(paper.title), plain(paper.abstract)) for _, paper in page)
        after = page[-1][0]
