"""Readers side by side: how a site over 131,000 papers answers fifty of them for five minutes."""

import argparse
import asyncio
import os
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import page
from corpus import fill, queries, texts

from broadsheet.faces.answers import path_of
from broadsheet.service import Service
from broadsheet.settings import read_settings

HERE = Path(__file__).resolve().parents[1]
CORPORA = ("acl.jsonl.xz", "arxiv_daily.jsonl.xz")
SEED = 20261121
Pages = list[tuple[str, str]]
"""What kind of page, and its path."""


@dataclass
class Seen:
    """What readers saw: seconds by kind of page, and answers that were no 200."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: int = 0


async def read(
    port: int, pages: Pages, until: float, pause: float, seen: Seen, draw: random.Random
) -> None:
    """One reader: asks for a page, waits up to twice `pause` seconds, asks for another."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < until:
        kind, path = draw.choice(pages)
        begun = time.monotonic()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n"
            "Accept-Encoding: gzip\r\n\r\n".encode()
        )
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        seen.seconds.setdefault(kind, []).append(time.monotonic() - begun)
        seen.errors += " 200 " not in head.split("\r\n")[0]
        await asyncio.sleep(draw.uniform(0, 2 * pause))
    writer.close()


def pages_of(home: Path) -> Pages:
    """Searches of every kind and pages of papers, half and half."""
    service = Service.open(read_settings(home))
    titles, abstracts = texts(service)
    asked = [query for many in queries(titles, abstracts).values() for query in many]
    with service.catalogue.reading() as desk:
        papers = [paper for _, paper in desk.papers.page(60_000, 300)]
    service.index.close()
    service.catalogue.close()
    searches = [("/papers?q=", f"/papers?{urllib.parse.urlencode({'q': q})}") for q in asked]
    return searches + [("/papers/{id}", path_of(paper.id)) for paper in papers][: len(searches)]


def measured(port: int, pages: Pages, readers: int, seconds: float, pause: float) -> Seen:
    """What `readers` saw in so many seconds."""
    seen = Seen()

    async def all_of_them() -> None:
        until = time.monotonic() + seconds
        draws = [random.Random(SEED + number) for number in range(readers)]
        await asyncio.gather(*(read(port, pages, until, pause, seen, draw) for draw in draws))

    asyncio.run(all_of_them())
    return seen


def rows(name: str, seen: Seen, seconds: float) -> list[str]:
    """The lines of the table."""
    total = sum(len(times) for times in seen.seconds.values())
    lines = []
    for kind, times in sorted(seen.seconds.items()):
        p95 = sorted(times)[int(len(times) * 0.95)] * 1000
        p50 = statistics.median(times) * 1000
        lines.append(
            f"| {name} | `{kind}` | {len(times):,} | {p50:.0f} | {p95:.0f} "
            f"| {total / seconds:.0f} | {seen.errors} |"
        )
    return lines


def main() -> None:
    """Serve, read, and write the table into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--home", type=Path, help="a home that is filled already")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "home"
        if not given.home:
            fill(home, [given.data / "corpora" / name for name in CORPORA])
        pages = pages_of(home)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "broadsheet", "--home", str(home), "serve"]
        words = ["--port", str(port), "--workers", str(given.workers)]
        with Path(os.devnull).open("w") as log:
            server = subprocess.Popen([*command, *words], stderr=log)
        try:
            wait_until_ready(port)
            lines: list[str] = []
            for name, pause in (("reading, 2 s a page", 2.0), ("without pause", 0.0)):
                seen = measured(port, pages, given.readers, given.seconds, pause)
                lines += rows(name, seen, given.seconds)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    _write(given.readers, given.seconds, given.workers, lines, peak)


def wait_until_ready(port: int) -> None:
    """Wait for a site that was just begun."""
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)


def _write(readers: int, seconds: float, workers: int, lines: list[str], peak: int) -> None:
    """Put the table into its part of the page."""
    table = [
        f"{readers} readers at a time over 131,043 papers for {seconds:.0f} seconds each way, "
        f"{workers} workers; the readers run on the same two cores. Largest process: {peak} MiB. "
        "The contextual encoder reads papers in the background meanwhile. Written by "
        "`python bench/load.py`.",
        "",
        "| readers | page | pages | p50 ms | p95 ms | all requests a second | errors |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *lines,
    ]
    page.put("readers", "\n".join(table))


if __name__ == "__main__":
    main()
