"""Letters against kill -9: nobody gets one twice, nobody is lost silently, and the sums add up."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue, Fate
from broadsheet.faces.mail import Pace, Post, Relay, Smtp
from tests.catalogue.killing import begin
from tests.conftest import REPOSITORY
from tests.library.letters import HEAD, ask_for, letter_to

RECIPIENTS = 2_000
KILLS = 5
CONNECTIONS = 3


@contextmanager
def mail_server(folder: Path) -> Iterator[Relay]:
    """A mail server in a process of its own."""
    command = [sys.executable, "-m", "tests.library.servers.smtp", str(folder)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Relay("smtp", "127.0.0.1", int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def taken(folder: Path) -> Counter[str]:
    """How often each recipient got a letter."""
    lines = (folder / "taken").read_text().splitlines()
    assert len({line.split()[0] for line in lines}) == len(lines)
    return Counter(line.split()[1] for line in lines)


def end(child: int) -> int:
    """Wait for a process to end; its exit code, below 0 if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def send(url: str, locks: Path, relay: Relay, later: timedelta, looks: int = 1) -> None:
    """Hand over all that is due, by a clock that is ahead, as often as is said."""
    catalogue = Catalogue.open(url, locks=locks)
    post = Post(
        catalogue,
        HEAD,
        lambda: Smtp(relay, name="papers.example.org"),
        lambda: datetime.now(UTC) + later,
        Pace(connections=CONNECTIONS, to_domain=CONNECTIONS),
    )
    for _ in range(looks):
        post.do_due(threading.Event())
        time.sleep(0.05 * (looks > 1))
    catalogue.close()


def sums(url: str, locks: Path) -> tuple[dict[Fate, int], dict[str, Fate]]:
    """How many letters have which fate, and the fate of each recipient's."""
    catalogue = Catalogue.open(url, locks=locks)
    with catalogue.reading() as desk:
        letters = desk.outbox.listed(None, 10 * RECIPIENTS)
        counts = desk.outbox.counts()
    catalogue.close()
    return counts, {posted.letter.recipient: posted.state for posted in letters}


def drill(seed: int, url: str, locks: Path, folder: Path) -> None:
    """Begin to send, again and again, and be killed each time; then send the rest."""
    catalogue = Catalogue.open(url, locks=locks)
    ask_for(catalogue, RECIPIENTS, datetime.now(UTC))
    catalogue.close()
    chance = random.Random(seed)
    with mail_server(folder) as relay:
        for kill in range(KILLS):
            # An hour passes each time, so that leases have ended.
            later = timedelta(hours=kill)
            child = begin(lambda later=later: send(url, locks, relay, later))  # type: ignore[misc]
            time.sleep(chance.uniform(0.2, 1.5))
            os.kill(child, signal.SIGKILL)
            assert end(child) in (-signal.SIGKILL, 0)
        assert end(begin(lambda: send(url, locks, relay, timedelta(hours=KILLS)))) == 0
    counts, fates = sums(url, locks)
    got = taken(folder)
    assert set(got.values()) == {1}
    assert counts[Fate.ACCEPTED] + counts[Fate.UNCERTAIN] == RECIPIENTS
    assert counts[Fate.UNCERTAIN] <= KILLS * CONNECTIONS
    for recipient, fate in fates.items():
        assert fate is Fate.UNCERTAIN or recipient in got
    assert set(got) <= set(fates)


@pytest.mark.parametrize("catalogue_url", ["sqlite"], indirect=True)
def test_a_sender_is_killed_again_and_again(
    catalogue_url: str, locks: Path, tmp_path: Path
) -> None:
    drill(0, catalogue_url, locks, tmp_path)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 11))
def test_a_sender_is_killed_a_hundred_times(
    seed: int, catalogue_url: str, locks: Path, tmp_path: Path
) -> None:
    drill(seed, catalogue_url, locks, tmp_path)


def test_many_workers_and_two_who_ask_send_each_letter_once(
    catalogue_url: str, locks: Path, tmp_path: Path
) -> None:
    count, now = 120, datetime.now(UTC)

    def ask() -> None:
        """Ask for all letters, some in each transaction, as schedulers that began at once would."""
        catalogue = Catalogue.open(catalogue_url, locks=locks)
        for some in range(0, count, 5):
            with catalogue.writing() as desk:
                for at in range(some, some + 5):
                    desk.outbox.add(letter_to(at, now), now)
        catalogue.close()

    with mail_server(tmp_path) as relay:
        asking = [begin(ask) for _ in range(2)]
        working = [
            begin(lambda: send(catalogue_url, locks, relay, timedelta(), 15)) for _ in range(4)
        ]
        assert [end(child) for child in asking + working] == [0] * 6
        assert end(begin(lambda: send(catalogue_url, locks, relay, timedelta()))) == 0
    counts, fates = sums(catalogue_url, locks)
    assert counts[Fate.ACCEPTED] == len(fates) == count
    assert taken(tmp_path) == Counter(dict.fromkeys(fates, 1))
