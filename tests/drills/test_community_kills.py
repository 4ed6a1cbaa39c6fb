"""kill -9 of the site while people vote and comment: what was acknowledged is there (D1)."""

import os
import random
import threading
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from broadsheet.settings import PREFIX
from tests.library.people import catalogue_of, enrol, token_of
from tests.library.site import begin_to_serve, fill, wait_until_ready

WRITERS = 3
LONGEST_SECONDS = 60
CYCLES = [pytest.param(2), pytest.param(60, marks=pytest.mark.nightly)]


class Site:
    """A site that is killed and begun again, and the file of what it acknowledged."""

    def __init__(self, home: Path, ids: Sequence[str], tokens: list[dict[str, str]]) -> None:
        """A site over a home, which the bearers of the tokens write to."""
        self._home, self._ids, self._tokens = home, ids, tokens
        self._acked = (home / "acked").open("a+", encoding="utf-8")
        self._lock = threading.Lock()
        self._killed = threading.Event()

    def cycle(self, seconds: float, seed: int) -> None:
        """Serve, write from all sides for some seconds after the first answer, and kill."""
        server, address = begin_to_serve(self._home)
        writers: list[threading.Thread] = []
        try:
            wait_until_ready(address, server)
            self._killed.clear()
            writers = [
                threading.Thread(target=self._write, args=(address, number, seed))
                for number in range(len(self._tokens))
            ]
            for writer in writers:
                writer.start()
            self._killed.wait(seconds)
        finally:
            server.kill()
            server.wait()
            self._killed.set()
        for writer in writers:
            writer.join(LONGEST_SECONDS)

    def acked(self) -> list[list[str]]:
        """What was acknowledged: kind, writer and what it names, in the order of the answers."""
        with self._acked:
            self._acked.seek(0)
            return [line.split() for line in self._acked]

    def _write(self, address: str, number: int, seed: int) -> None:
        draw = random.Random(f"{seed} {number}")
        headers = self._tokens[number]
        base = f"{address}/api/papers"
        with httpx.Client(headers=headers, timeout=LONGEST_SECONDS) as client:
            while not self._killed.is_set():
                id = draw.choice(self._ids)
                try:
                    if draw.random() < 0.5:
                        answer = client.post(f"{base}/{id}/upvote")
                        self._note("vote", number, id, answer.status_code == 200)
                    else:
                        said = client.post(f"{base}/{id}/comment", json={"comment": "Hm."})
                        key = said.json()["id"] if said.status_code == 201 else ""
                        self._note("comment", number, key, bool(key))
                except httpx.TransportError:
                    return

    def _note(self, kind: str, number: int, what: str, is_acked: bool) -> None:
        assert is_acked
        with self._lock:
            self._acked.write(f"{kind} {number} {what}\n")
            self._acked.flush()
            os.fsync(self._acked.fileno())


@pytest.mark.parametrize("cycles", CYCLES)
def test_no_acknowledged_vote_or_comment_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cycles: int
) -> None:
    for name, value in {
        "CONTEXTUAL": "false",
        "SCHEDULER": "false",
        "RATE_LIMIT": "0",
        "VOTE_LIMIT": "100000",
        "COMMENT_LIMIT": "100000",
    }.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    fill(tmp_path)
    catalogue = catalogue_of(tmp_path)
    readers = [enrol(catalogue, f"writer{number}") for number in range(WRITERS)]
    tokens = [token_of(catalogue, reader) for reader in readers]
    with catalogue.reading() as desk:
        ids = [paper.id for _, paper in desk.papers.latest(None, 100) if "/" not in paper.id]
    catalogue.close()
    site, draw = Site(tmp_path, ids, tokens), random.Random(cycles)
    for seed in range(cycles):
        site.cycle(draw.uniform(0.3, 1.5), seed)
    acked = site.acked()
    catalogue = catalogue_of(tmp_path)
    assert catalogue.check() == []
    with catalogue.reading() as desk:
        comments = {int(key) for kind, _, key in acked if kind == "comment"}
        assert desk.comments.by_keys(comments).keys() == comments
        keys = desk.papers.resolve(ids)
        voted = {
            (reader.key, desk.votes.get(key, reader.key) is not None, id)
            for reader in readers
            for id, key in keys.items()
        }
        votes = {
            (readers[int(number)].key, True, id) for kind, number, id in acked if kind == "vote"
        }
    catalogue.close()
    assert len(acked) > cycles
    assert votes <= voted
