"""Growth: what a hundred thousand to three million papers cost to index, to keep and to search.

`fill` makes a home of each size, `measure` asks them, `show` writes table and plots into the
documentation. Each can be stopped and goes on where it was.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import grown
from asking import measured
from showing import show

from broadsheet.catalogue import Catalogue
from broadsheet.service import Service
from broadsheet.settings import read_settings

HERE = Path(__file__).resolve().parents[1]
SIZES = (100_000, 300_000, 1_000_000, 3_000_000)


def fill(work: Path, data: Path, sizes: list[int]) -> None:
    """A home of each size, each begun from the one before, and what its index took to make."""
    real = grown.real_papers(data)
    papers = grown.growing(real)
    before, held = None, 0
    for size in sizes:
        home, done = work / str(size), work / f"{size}.filled.json"
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)
            if before:
                shutil.copytree(before, home)
            home.mkdir(parents=True, exist_ok=True)
            figures = _filled(home, islice(papers, size - held), size - held)
            done.write_text(json.dumps(figures), "utf-8")
        else:
            # The same papers come next as if they had been filed now.
            next(islice(papers, size - held - 1, size - held), None)
        before, held = home, size
        print(size, done.read_text("utf-8"), flush=True)


def _filled(home: Path, papers: "islice[grown.Real]", count: int) -> dict[str, float]:
    """File papers and index them: CPU seconds and wall seconds of the index, peak memory (MiB)."""
    settings = read_settings(home)
    catalogue = Catalogue.open(settings.catalogue_url, locks=home / "locks", create=True)
    grown.file(catalogue, papers, count)
    catalogue.close()
    words = ["--home", str(home), "index", "catch-up"]
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", "broadsheet", *words])
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"the index of {home} could not be made")
    return {
        "papers": count,
        "seconds": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss >> 10,
    }


def measure(work: Path, sizes: list[int]) -> None:
    """Ask each home, in a process of its own."""
    for size in sizes:
        done = work / f"{size}.measured.json"
        if not done.exists():
            command = [sys.executable, __file__, "ask", "--work", str(work), "--sizes", str(size)]
            subprocess.run(command, check=True)
        print(size, done.read_text("utf-8"), flush=True)


def ask(work: Path, size: int) -> None:
    """Ask one home and keep the figures."""
    service = Service.open(read_settings(work / str(size)))
    figures = measured(service, work / str(size), size)
    (work / f"{size}.measured.json").write_text(json.dumps(figures), "utf-8")


def main() -> None:
    """Do one step, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("fill", "measure", "ask", "show", "all"))
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--work", type=Path, required=True, help="a folder with room for 20 GiB")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.step in ("fill", "all"):
        fill(given.work, given.data, given.sizes)
    if given.step in ("measure", "all"):
        measure(given.work, given.sizes)
    if given.step == "ask":
        ask(given.work, given.sizes[0])
    if given.step in ("show", "all"):
        show(given.work, given.sizes)


if __name__ == "__main__":
    main()
