"""Harvest: generated papers from an OAI-PMH server on this machine, in a process of its own, into a
catalogue, through the adapter and the filing that a real harvest takes.

Records a second, processor time and the memory held at ten points go into docs/benchmarks.md.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import page

from broadsheet.catalogue import Catalogue
from broadsheet.fetch import Answer, Client
from broadsheet.ingest import HarvestProgress, NamedSource, Order, harvest
from broadsheet.settings import read_settings
from broadsheet.sources.remote import Options, arxiv

PART = """Written by `python bench/harvest.py`: {count:,} papers from an OAI-PMH server in a process
of its own, through adapter, curation, matching and filing, by two processes.

| | |
| --- | --- |
| records a second, without waiting for the server ({waited:.1f} s) | {rate:,.0f} |
| processes that wanted one of {processors} processors, ours among them | {load:.1f} |
| processor-seconds for 1,000 records, first process + second | {own:.2f} + {other:.2f} |
| resident memory of the first at each tenth, MiB | {held} |
| resident memory of the second at each tenth, MiB | {beside} |
"""
HERE = Path(__file__).resolve().parents[1]
POINTS = 10


class Timed(Client):
    """The client, and the seconds for which it was waited for."""

    waited = 0.0

    def get(self, url: str, **options: object) -> Answer:  # type: ignore[override]
        """Get, and count the time."""
        began = time.perf_counter()
        try:
            return super().get(url, **options)  # type: ignore[arg-type]
        finally:
            self.waited += time.perf_counter() - began


def main() -> None:
    """Harvest and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--page", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(given.count, given.page) as served:
        settings = read_settings(Path(folder))
        catalogue = Catalogue.open(
            settings.catalogue_url, locks=Path(folder) / "locks", create=True
        )
        client, points = Timed(allowed_hosts=("127.0.0.1",)), Points(given.count, served)
        remote = arxiv.open_source("", Options(base=served.url))
        began, own, other = time.perf_counter(), time.process_time(), of_children()
        done = harvest(
            catalogue,
            client,
            NamedSource("arxiv", remote),
            Order(),
            clock=lambda: datetime.now(UTC),
            progress=points.tell,
        )
        wall = time.perf_counter() - began
        own, other = time.process_time() - own, of_children() - other
        catalogue.close()
    if done.error or done.counts["new"] != given.count:
        raise SystemExit(f"{done.outcome}: {done.error} {dict(done.counts)}")
    text = PART.format(
        count=given.count,
        rate=given.count / (wall - client.waited),
        own=1000 * own / given.count,
        other=1000 * other / given.count,
        waited=client.waited,
        processors=os.cpu_count(),
        load=os.getloadavg()[0],
        held=", ".join(f"{held:.0f}" for held in points.held),
        beside=", ".join(f"{held:.0f}" for held in points.beside),
    )
    print(text)
    page.put("harvest", text)


@dataclass(frozen=True)
class Served:
    """Where the server is, and the number of its process."""

    url: str
    process: int


class Points:
    """Memory held, in MiB, each time another tenth of the records is filed."""

    def __init__(self, count: int, served: Served) -> None:
        self._step, self._server = count / POINTS, served.process
        self.held, self.beside = list[float](), list[float]()

    def tell(self, at: HarvestProgress) -> None:
        """Look whether a tenth is full."""
        if at.done >= self._step * (len(self.held) + 1):
            self.held.append(resident(os.getpid()))
            others = (resident(one) for one in children() if one != self._server)
            self.beside.append(sum(others))


def resident(process: int) -> float:
    """Memory of a process in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def children() -> list[int]:
    """The processes that this one has begun."""
    own = os.getpid()
    lists = Path(f"/proc/{own}/task").glob("*/children")
    return [int(number) for one in lists for number in one.read_text("ascii").split()]


def of_children() -> float:
    """Processor seconds of the processes that were begun and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def server(count: int, page: int) -> Iterator[Served]:
    """An OAI-PMH server with so many papers, while it runs."""
    words = ["-m", "tests.library.servers.oai", "--count", str(count), "--page", str(page)]
    with subprocess.Popen(
        [sys.executable, *words], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        yield Served(child.stdout.readline().strip(), child.pid)
        child.stdin.close()


if __name__ == "__main__":
    main()
