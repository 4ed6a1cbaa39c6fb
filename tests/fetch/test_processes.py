"""Several processes share one pace, also when some of them are killed."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from tests.library.serving import Answer, Asked, serving

INTERVAL = 0.05
PROGRAM = Path(__file__).with_name("asking.py")


class Log:
    """When each request came and its answer began to be given, and how many there were at once."""

    def __init__(self, taking: float = 0.0) -> None:
        self.times: list[tuple[float, float]] = []
        self.most = 0
        self.first, self.taking = threading.Event(), taking
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self, _: Asked) -> Answer:
        came = time.time()
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self.first.set()
        time.sleep(self.taking)
        with self._lock:
            self._now -= 1
            self.times.append((came, time.time()))
        return Answer(200, b"1")


@contextmanager
def asking(folder: Path, url: str, count: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program, and end it in any case."""
    words = [sys.executable, str(PROGRAM), str(folder), url, str(count), str(INTERVAL)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


def test_two_processes_ask_as_one(tmp_path: Path) -> None:
    log = Log()
    with (
        serving(by=log) as server,
        asking(tmp_path, server.url, 12) as one,
        asking(tmp_path, server.url, 12) as other,
    ):
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert len(log.times) == 24
    assert log.most == 1
    gaps = [after[0] - before[0] for before, after in pairwise(sorted(log.times))]
    assert min(gaps) >= INTERVAL
    assert {asked.headers["Connection"] for asked in server.asked} == {"close"}


def test_a_killed_process_holds_nobody_up_and_is_not_forgotten(tmp_path: Path) -> None:
    log = Log(taking=INTERVAL * 3)
    with serving(by=log) as server, asking(tmp_path, server.url, 100) as one:
        assert log.first.wait(60)
        with asking(tmp_path, server.url, 3) as other:
            one.kill()
            assert other.wait(60) == 0
    assert len(log.times) >= 4
    came = sorted(moment for moment, _ in log.times)
    assert min(after - before for before, after in pairwise(came)) >= INTERVAL
