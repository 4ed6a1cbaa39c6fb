"""Regular letters: how fast personal ones are composed and written, and handed to a mail server."""

import argparse
import random
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import page
from corpus import SEED, fill, queries, texts
from pydantic import SecretStr

from broadsheet.catalogue import Cadence, Wishes
from broadsheet.digests import add, send_due
from broadsheet.editions import last_day
from broadsheet.faces.mail import Pace, Post, compose, letterhead_of, transport_of
from broadsheet.service import Service
from broadsheet.settings import Settings, read_settings

HERE = Path(__file__).resolve().parents[1]
_CATEGORIES = ("cs.CL", "cs.CV", "cs.LG", "cs.AI", "cs.RO", "eess.AS")
_DOMAINS = 200
_MIB = 1024


def subscribe(service: Service, count: int, day: date) -> None:
    """Readers who each want something else: some categories, some words, some searches."""
    drawn = random.Random(SEED)
    asked = [query for many in queries(*texts(service)).values() for query in many]
    now = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for first in range(0, count, 500):
        with service.catalogue.writing() as desk:
            for number in range(first, min(first + 500, count)):
                wishes = Wishes(
                    cadence=Cadence.DAILY,
                    hour=7,
                    size=drawn.choice((5, 8, 12)),
                    categories=tuple(drawn.sample(_CATEGORIES, drawn.choice((0, 2, 4)))),
                )
                email = f"reader{number}@host{number % _DOMAINS}.example"
                one = add(desk, email, "", wishes, now)
                if number % 3 == 0:
                    query = drawn.choice(asked)
                    key = desk.watches.keep(query, now, subscription_key=one.key)
                    found = [drawn.randrange(1, 6_000) for _ in range(3)]
                    desk.watches.match(key, desk.papers.by_keys(found), 6_481, now)


def composed(service: Service, now: datetime) -> tuple[int, float]:
    """Letters put into the outbox, and the CPU seconds of that."""
    begun = time.process_time()
    made = send_due(service.catalogue, service.signing_key, now)
    return made.letters, time.process_time() - begun


def written(service: Service, now: datetime) -> tuple[int, int, float]:
    """Letters written as messages, their mean size in bytes, and the CPU seconds of that."""
    head = letterhead_of(service.settings, service.signing_key)
    count = size = before = 0
    seconds = 0.0
    while True:
        with service.catalogue.reading() as desk:
            letters = desk.outbox.listed(None, 200, before or None)
        if not letters:
            return count, size // max(count, 1), seconds
        begun = time.process_time()
        size += sum(len(compose(one, head, now).content) for one in letters)
        seconds += time.process_time() - begun
        count, before = count + len(letters), letters[-1].key


@contextmanager
def peer() -> Iterator[int]:
    """The port of a mail server in a process of its own, which takes everything."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    server = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *words])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def sent(service: Service, settings: Settings, now: datetime, connections: int) -> float:
    """Hand everything over; the seconds it takes."""
    head = letterhead_of(settings, service.signing_key)
    transport = transport_of(settings, head.sender.domain)
    pace = Pace(connections=connections)
    post = Post(service.catalogue, head, transport, clock=lambda: now, pace=pace)
    begun = time.perf_counter()
    post.do_due(threading.Event())
    return time.perf_counter() - begun


def peak() -> int:
    """The most memory this process had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MIB


def main() -> None:
    """Fill a home, subscribe, compose, write and send; write the table into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, peer() as port:
        home = Path(folder) / "home"
        fill(home, [given.data / "corpora" / "hf_daily.jsonl.xz"])
        base = {"base_url": "https://papers.example.org", "contextual": False}
        settings = read_settings(home).model_copy(update=base)
        service = Service.open(settings)
        with service.catalogue.reading() as desk:
            day = date.fromisoformat(last_day(desk, "") or "")
        subscribe(service, given.letters, day)
        now = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        warm = peak()
        made, composing = composed(service, now)
        count, size, writing = written(service, now)
        memory = peak()
        relayed = settings.model_copy(update={"mail_url": SecretStr(f"smtp://127.0.0.1:{port}")})
        sending = sent(service, relayed, now, given.connections)
        service.index.close()
        service.catalogue.close()
    _write(made, count, size, composing, writing, sending, given.connections, warm, memory)


def _write(
    made: int,
    count: int,
    size: int,
    composing: float,
    writing: float,
    sending: float,
    connections: int,
    warm: int,
    memory: int,
) -> None:
    """Put the table into its part of the page."""
    both = composing / made + writing / count
    lines = [
        f"{made:,} personal letters of an edition of 6,481 papers' catalogue (hf_daily), {size:,} "
        "bytes each as sent: categories, sizes and saved searches differ. Composing reads what is "
        "due, what each was sent before and what fits, and puts the letter into the outbox; "
        "writing makes text, HTML and headers of it. CPU time of one process. Sending is by "
        f"{connections} connections to a mail server on the same two cores that takes everything, "
        "writing included. Written by `python bench/letters.py`.",
        "",
        "| | letters a second |",
        "| --- | --- |",
        f"| composing, one core | {made / composing:,.0f} |",
        f"| writing, one core | {count / writing:,.0f} |",
        f"| both, one core | {1 / both:,.0f} |",
        f"| sending, by the clock | {count / sending:,.0f} |",
        "",
        f"The process had {warm:,} MiB at most before the first letter and {memory:,} MiB after "
        "the last was written.",
    ]
    page.put("letters", "\n".join(lines))


if __name__ == "__main__":
    main()
