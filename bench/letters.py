"""Regular letters: how fast personal ones are composed and written, and handed to a mail server."""

import argparse
import logging
import os
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
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import page
import structlog
from corpus import SEED, fill, queries, texts
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from pydantic import SecretStr

from broadsheet.catalogue import DIGEST, Cadence, Fate, Wishes
from broadsheet.digests import add, send_due
from broadsheet.editions import last_day
from broadsheet.faces.mail import Pace, Post, compose, letterhead_of, transport_of
from broadsheet.faces.mail.dkim import LEAST_BITS, Signer
from broadsheet.ranking import trending
from broadsheet.service import Service
from broadsheet.settings import Settings, read_settings

HERE = Path(__file__).resolve().parents[1]
_TOPICS = ("language", "image", "video", "reason", "agent", "data", "train", "benchmark")
_DOMAINS = 200
_MIB = 1 << 20
_QUIET = 0.7
_SIZES = (1_000, 5_000, 10_000)
_SIGNED = 1_000


def subscribe(service: Service, count: int, day: date) -> None:
    """Readers who each want something else: some topics, some searches, few papers or many."""
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
                    topics=tuple(drawn.sample(_TOPICS, drawn.choice((0, 2, 3)))),
                )
                email = f"reader{number}@host{number % _DOMAINS}.example"
                one = add(desk, email, "", wishes, now)
                if number % 3 == 0:
                    query = drawn.choice(asked)
                    key = desk.watches.keep(query, now, subscription_key=one.key)
                    found = [drawn.randrange(1, 6_000) for _ in range(3)]
                    desk.watches.match(key, desk.papers.by_keys(found), 6_481, now)


def composed(service: Service, now: datetime) -> tuple[int, float, dict[int, int]]:
    """Letters put into the outbox, the CPU seconds of that, and the memory after so many."""
    memory = dict[int, int]()

    def look() -> bool:
        with service.catalogue.reading() as desk:
            count = desk.outbox.counts(DIGEST)[Fate.QUEUED]
        note(memory, count)
        return False

    # A warm catalogue: what is trending, and what texts let expect, was asked for before.
    trending(service.catalogue, now)
    begun = time.process_time()
    made = send_due(service.catalogue, service.signing_key, now, look)
    return made.letters, time.process_time() - begun, memory


def note(memory: dict[int, int], count: int) -> None:
    """Keep the memory of now for each size that was just reached."""
    for size in _SIZES:
        if count >= size:
            memory.setdefault(size, resident())


def written(service: Service, now: datetime) -> tuple[int, int, float, dict[int, int]]:
    """Letters written, their mean size in bytes, the CPU seconds, and the memory after so many."""
    memory = dict[int, int]()
    head = letterhead_of(service.settings, service.signing_key)
    count = size = before = 0
    seconds = 0.0
    while True:
        with service.catalogue.reading() as desk:
            letters = desk.outbox.listed(None, 200, before or None)
        if not letters:
            return count, size // max(count, 1), seconds, memory
        begun = time.process_time()
        size += sum(len(compose(one, head, now).content) for one in letters)
        seconds += time.process_time() - begun
        count, before = count + len(letters), letters[-1].key
        note(memory, count)


def signed(service: Service, now: datetime, signer: Signer) -> float:
    """The CPU seconds that a letter takes which is written and signed."""
    head = replace(letterhead_of(service.settings, service.signing_key), signer=signer)
    with service.catalogue.reading() as desk:
        letters = desk.outbox.listed(None, _SIGNED)
    begun = time.process_time()
    for one in letters:
        compose(one, head, now)
    return (time.process_time() - begun) / len(letters)


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


def resident() -> int:
    """The memory that this process has now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // _MIB


def main() -> None:
    """Fill a home, subscribe, compose, write and send; write the table into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--look", action="store_true", help="print the table, write nothing")
    given = parser.parse_args()
    load = os.getloadavg()[1]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
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
        figures = measured(service, settings, port, now, given.connections)
        service.index.close()
        service.catalogue.close()
    text = table(figures, given.connections, load)
    if given.look:
        print(text)
    else:
        page.put("letters", text)


@dataclass(frozen=True, slots=True)
class Figures:
    """Letters, their mean bytes, and the seconds and MiB of composing, writing and sending.

    `rsa` and `ed25519` are the seconds of one letter that is written and signed.
    """

    count: int
    size: int
    composing: float
    writing: float
    rsa: float
    ed25519: float
    sending: float
    warm: int
    composed: dict[int, int]
    written: dict[int, int]


def measured(
    service: Service, settings: Settings, port: int, now: datetime, connections: int
) -> Figures:
    """Compose, write and send everything once."""
    warm = resident()
    made, composing, while_composing = composed(service, now)
    count, size, writing, while_writing = written(service, now)
    if made != count:
        raise SystemExit(f"{made} letters were composed and {count} written")
    rsa, ed25519 = (
        signed(service, now, Signer("papers.example.org", "s", key))
        for key in (generate_private_key(65537, LEAST_BITS), Ed25519PrivateKey.generate())
    )
    relayed = settings.model_copy(update={"mail_url": SecretStr(f"smtp://127.0.0.1:{port}")})
    sending = sent(service, relayed, now, connections)
    return Figures(
        count,
        size,
        composing,
        writing,
        rsa,
        ed25519,
        sending,
        warm,
        while_composing,
        while_writing,
    )


def table(one: Figures, connections: int, load: float) -> str:
    """What goes onto the page; `load` is that of the machine before."""
    both = (one.composing + one.writing) / one.count
    busy = f" Other programs kept the machine busy (load {load:.1f})." if load > _QUIET else ""
    lines = [
        f"{one.count:,} personal letters of a catalogue of 6,481 papers (hf_daily), {one.size:,} "
        "bytes each as sent: topics, sizes and saved searches differ, and each has papers. "
        "Composing reads what is due, what each was sent before, what fits and what rose, and puts "
        "the letter into the outbox; writing makes text, HTML and headers of it. CPU time of one "
        f"process over a warm catalogue. Sending is by {connections} connections to a mail server "
        "on the same two cores that takes everything, writing included, signing not. Written by "
        f"`python bench/letters.py`.{busy}",
        "",
        "| | letters a second |",
        "| --- | --- |",
        f"| composing, one core | {one.count / one.composing:,.0f} |",
        f"| writing, one core | {one.count / one.writing:,.0f} |",
        f"| writing and signing by RSA of {LEAST_BITS:,} bits, one core | {1 / one.rsa:,.0f} |",
        f"| writing and signing by Ed25519, one core | {1 / one.ed25519:,.0f} |",
        f"| both, one core | {1 / both:,.0f} |",
        f"| sending, by the clock | {one.count / one.sending:,.0f} |",
        "",
        f"| resident memory, MiB ({one.warm:,} before the first letter) | after composing | "
        "after writing |",
        "| --- | --- | --- |",
        *(
            f"| {size:,} letters | {one.composed[size]:,} | {one.written[size]:,} |"
            for size in _SIZES
            if size in one.composed and size in one.written
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
