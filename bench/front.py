"""The front page under load: fifty readers and two votes a second for ten minutes, by Locust."""

import argparse
import csv
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx
import page
from corpus import fill, queries, texts
from load import wait_until_ready

from broadsheet.people import Reader, Role
from broadsheet.service import Service
from broadsheet.settings import read_settings
from broadsheet.signing import digest, new_secret

HERE = Path(__file__).resolve().parents[1]
VOTERS = 400
_SHOWN = ("/", "/papers/date/…", "/papers/{id}", "/papers?q=", "POST /api/papers/{id}/upvote")


def prepare(home: Path) -> dict[str, list[str]]:
    """People with tokens, and what is to be asked for."""
    service = Service.open(read_settings(home))
    titles, abstracts = texts(service)
    now, tokens = datetime.now(UTC), []
    with service.catalogue.writing() as desk:
        for number in range(VOTERS):
            reader = Reader(
                key=0, name=f"voter-{number}", full_name="", role=Role.READER, joined=now
            )
            secret = new_secret()
            key = desk.readers.add(reader).key
            desk.sessions.add_token(digest(secret), key, "bench", True, now)
            tokens.append(secret)
        papers = [paper for _, paper in desk.papers.page(0, 2_000)]
        signals = desk.signals.of_papers(key for key, _ in desk.papers.page(0, 2_000))
    days = {one.signal.text for many in signals.values() for one in many if one.signal.text}
    service.index.close()
    service.catalogue.close()
    return {
        "days": sorted(day for day in days if day[:2] == "20"),
        "papers": [paper.id for paper in papers],
        "queries": [query for many in queries(titles, abstracts).values() for query in many],
        "tokens": tokens,
    }


def main() -> None:
    """Serve, play, and write the table into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home, [given.data / "corpora" / "hf_daily.jsonl.xz"])
        deepen = [sys.executable, "-m", "broadsheet", "--home", str(home), "index", "deepen"]
        subprocess.run(deepen, check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        asked = prepare(home)
        environment = os.environ | {"BROADSHEET_BENCH_FRONT": json.dumps(asked)}
        command = [sys.executable, "-m", "broadsheet", "--home", str(home), "serve"]
        words = ["--port", str(port), "--workers", str(given.workers)]
        quiet = {"BROADSHEET_RATE_LIMIT": "0", "BROADSHEET_VOTE_LIMIT": "100000"}
        with Path(os.devnull).open("w") as log:
            server = subprocess.Popen([*command, *words], stderr=log, env=os.environ | quiet)
        try:
            wait_until_ready(port)
            _warm(port, asked)
            table = played(Path(folder), port, given.readers, given.minutes, environment)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    _write(given.readers, given.minutes, given.workers, table)


def _warm(port: int, asked: dict[str, list[str]]) -> None:
    """Let each worker answer some of each, as one that was not begun just now has."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Accept": "text/html"}) as site:
        for paper, query in zip(asked["papers"][:20], asked["queries"], strict=False):
            # A connection of its own: the next worker may take it.
            site.headers["Connection"] = "close"
            for path in ("/", f"/papers/{paper}", "/papers/trending"):
                site.get(path).raise_for_status()
            site.get("/papers", params={"q": query}).raise_for_status()


def played(
    folder: Path, port: int, readers: int, minutes: float, environment: dict[str, str]
) -> list[dict[str, str]]:
    """Let Locust play; the rows of its statistics."""
    locust = [sys.executable, "-m", "locust", "-f", str(HERE / "bench" / "front_readers.py")]
    order = ["--headless", "-u", str(readers + 2), "-r", "10", "-t", f"{round(minutes * 60)}s"]
    out = ["--csv", str(folder / "told"), "--host", f"http://127.0.0.1:{port}", "--only-summary"]
    subprocess.run([*locust, *order, *out], env=environment, check=False)
    with (folder / "told_stats.csv").open() as file:
        return list(csv.DictReader(file))


def _write(readers: int, minutes: float, workers: int, table: list[dict[str, str]]) -> None:
    """Put the table into its part of the page."""
    lines = [
        f"{readers} readers who stay one to three seconds on a page and two votes a second for "
        f"{minutes:g} minutes over 6,481 papers with their 531 editions, {workers} workers; Locust "
        "plays them on the same two cores. The contextual encoder has read all papers before. Each "
        "vote makes every kept page stale. Written by `python bench/front.py`.",
        "",
        "| asked | requests | failures | p50 ms | p95 ms | p99 ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    by_name = {row["Name"]: row for row in table}
    for name in _SHOWN:
        row = by_name[name]
        figures = [row["Request Count"], row["Failure Count"], row["50%"], row["95%"], row["99%"]]
        lines.append(f"| `{name}` | {' | '.join(figures)} |")
    page.put("front", "\n".join(lines))


if __name__ == "__main__":
    main()
