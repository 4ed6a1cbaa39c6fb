"""arXiv, asked through all its doors, by the log of a server and a clock that nobody waits for."""

from itertools import pairwise
from pathlib import Path

import pytest

from broadsheet.errors import FetchError
from broadsheet.fetch import Client
from tests.library.clocks import Clock
from tests.library.serving import Answer, Asked, serving

DOORS = ("export.arxiv.org", "oaipmh.arxiv.org", "rss.arxiv.org")


def client(folder: Path, clock: Clock) -> Client:
    """A client for whom arXiv lies on this machine."""
    return Client(
        folder=folder,
        allowed_hosts=DOORS,
        clock=clock,
        sleep=clock.sleep,
        jitter=lambda: 1.0,
        resolve=lambda host, port: ("127.0.0.1",),
    )


@pytest.mark.parametrize("status", [406, 429, 503])
def test_one_request_in_three_seconds_whatever_it_answers(status: int, tmp_path: Path) -> None:
    clock, log = Clock(), list[float]()
    begun = clock.now

    def answer(asked: Asked) -> Answer:
        log.append(clock.now - begun)
        clock.now += 0.25
        busy = len(log) in (3, 4)
        return (
            Answer(status, b"", {"Retry-After": "20"} if len(log) == 3 else {})
            if busy
            else Answer(200, b"1")
        )

    with serving(by=answer) as server:
        port = server.url.rpartition(":")[2]
        for turn in range(6):
            with client(tmp_path, clock) as asking:
                asking.get(f"http://{DOORS[turn % 3]}:{port}/")
    gaps = [after - before for before, after in pairwise(log)]
    assert gaps == pytest.approx([3.25, 3.25, 20.25, 3.25, 3.25, 3.25, 3.25])
    assert {asked.headers["Connection"] for asked in server.asked} == {"close"}


def test_406_is_final_elsewhere(tmp_path: Path) -> None:
    clock = Clock()
    asking = Client(folder=tmp_path, allowed_hosts=("127.0.0.1",), clock=clock, sleep=clock.sleep)
    with serving(Answer(406, b"")) as server, pytest.raises(FetchError, match="HTTP 406"):
        asking.get(server.url)


def test_a_good_answer_may_ask_for_a_pause(tmp_path: Path) -> None:
    clock = Clock()
    asking = Client(folder=tmp_path, allowed_hosts=("127.0.0.1",), clock=clock, sleep=clock.sleep)
    with serving(Answer(200, b"", {"Backoff": "30"}), Answer(200, b"")) as server:
        asking.get(server.url)
        asking.get(server.url)
    assert clock.waits == [30.0]


@pytest.mark.parametrize("address", ["93.184.215.14", "127.0.0.1"])
def test_a_public_host_has_a_pace_even_if_it_is_named(address: str, tmp_path: Path) -> None:
    """It is asked where it is on this machine in the end, but a look says where it should be."""
    clock, looks = Clock(), [address]
    asking = Client(
        allowed_hosts=("feed.example",),
        folder=tmp_path,
        clock=clock,
        sleep=clock.sleep,
        resolve=lambda host, port: (looks.pop(),) if looks else ("127.0.0.1",),
    )
    with serving(*[Answer(200, b"1")] * 3) as server:
        url = f"http://feed.example:{server.url.rpartition(':')[2]}/"
        asking.get(url)
        asking.get(url)
        assert clock.waits == ([] if address == "127.0.0.1" else [1.0])
        asking.post_json(url, {}, {})
    assert len(clock.waits) == (0 if address == "127.0.0.1" else 1)
