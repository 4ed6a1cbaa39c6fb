"""Turns: one pace for all who ask a service, by a clock that passes only when somebody waits."""

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import StoreError
from broadsheet.fetch.paces import PACES, Pace, pace_for
from broadsheet.fetch.turns import FAILURES, NotNowError, Turns
from tests.library.clocks import Clock

SLOW = Pace("slow", ("slow.example",), 3.0)
ALONE = Pace("alone", ("alone.example",), 3.0, alone=True)


def turns(folder: Path | None, clock: Clock, patience: float = 600.0) -> Turns:
    return Turns(folder, (SLOW, ALONE), clock, clock.sleep, patience)


@pytest.mark.parametrize(
    ("host", "name", "interval"),
    [
        ("export.arxiv.org", "arxiv", 3.0),
        ("oaipmh.arxiv.org", "arxiv", 3.0),
        ("rss.arxiv.org", "arxiv", 3.0),
        ("ARXIV.org.", "arxiv", 3.0),
        ("notarxiv.org", "notarxiv.org", 1.0),
        ("arxiv.org.evil.example", "arxiv.org.evil.example", 1.0),
        ("eutils.ncbi.nlm.nih.gov", "ncbi", 0.34),
        ("api.semanticscholar.org", "semanticscholar", 1.0),
        ("api.openalex.org", "openalex", 0.1),
        ("feed.example", "feed.example", 1.0),
    ],
)
def test_the_services_and_their_paces(host: str, name: str, interval: float) -> None:
    pace = pace_for(host, PACES, 1.0)
    assert (pace.name, pace.interval) == (name, interval)
    assert pace.alone == (name == "arxiv")


Step = tuple[int, str, float, float, bool]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(("slow.example", "a.alone.example", "b.alone.example")),
            st.floats(0, 10),
            st.floats(0, 5),
            st.booleans(),
        ),
        max_size=25,
    )
)
def test_requests_are_never_closer_than_the_pace(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    """Three processes ask in any order, wait in between, and get answers that take their time."""
    folder, clock = tmp_path_factory.mktemp("home"), Clock()
    processes = [turns(folder, clock) for _ in range(3)]
    log: dict[str, list[tuple[float, float]]] = {}
    for process, host, idle, taking, good in steps:
        clock.now += idle
        service = processes[process].at(host, None, own=False)
        try:
            with service.turn():
                begun = clock.now
                clock.now += taking
        except NotNowError:
            continue
        log.setdefault(service.pace.name, []).append((begun, clock.now))
        if good:
            service.succeeded(0.0)
        else:
            service.failed(0.0)
    for name, asked in log.items():
        for (begun, ended), (next_begun, _) in pairwise(asked):
            earliest = (ended if name == "alone" else begun) + 3.0
            # Moments near 1e9 are exact to a ten millionth of a second.
            assert next_begun >= earliest - 1e-6


def test_who_never_came_back_counts_as_late(tmp_path: Path) -> None:
    """A killed process may have asked a while after its turn began."""
    clock = Clock()
    killed = turns(tmp_path, clock).at("alone.example", None, own=False).turn()
    killed.__enter__()
    (lock,) = tmp_path.glob("*.alone")
    lock.unlink()
    with turns(tmp_path, clock).at("alone.example", None, own=False).turn():
        assert clock.waits == [6.0]


def test_two_hosts_do_not_wait_for_each_other(tmp_path: Path) -> None:
    clock = Clock()
    both = turns(tmp_path, clock)
    for host in ("slow.example", "alone.example", "third.example"):
        with both.at(host, None, own=False).turn():
            assert clock.waits == []


def test_hosts_of_ones_own_have_no_pace_but_a_named_one(tmp_path: Path) -> None:
    clock = Clock()
    mine = turns(tmp_path, clock)
    for _ in range(3):
        with mine.at("mirror.example", 8000, own=True).turn():
            assert clock.waits == []
    assert list(tmp_path.iterdir()) == []
    for _ in range(2):
        with mine.at("slow.example", None, own=True).turn():
            pass
    assert clock.waits == [3.0]


def test_what_a_server_asks_for_holds_for_all(tmp_path: Path) -> None:
    clock = Clock()
    one, other = turns(tmp_path, clock), turns(tmp_path, clock)
    assert one.at("slow.example", None, own=False).failed(40.0) == (40.0, False)
    with other.at("slow.example", None, own=False).turn():
        assert clock.waits == [40.0]
    other.at("slow.example", None, own=False).succeeded(25.0)
    with one.at("slow.example", None, own=False).turn():
        assert clock.waits == [40.0, 25.0]


def test_nobody_waits_beyond_the_patience(tmp_path: Path) -> None:
    service = turns(tmp_path, Clock(), patience=30.0).at("slow.example", None, own=False)
    service.failed(31.0)
    with pytest.raises(NotNowError) as caught, service.turn():
        raise AssertionError("nobody has a turn")
    assert (caught.value.seconds, caught.value.failures) == (31.0, 0)


@pytest.mark.parametrize("shared", [True, False])
def test_after_failures_in_a_row_only_single_tries_are_made(shared: bool, tmp_path: Path) -> None:
    clock = Clock()
    service = turns(tmp_path if shared else None, clock).at("slow.example", None, own=False)
    results = [service.failed(0.0) for _ in range(FAILURES)]
    assert results == [(3.0, False)] * (FAILURES - 1) + [(60.0, True)]
    rests = [results[-1][0]]
    for _ in range(8):
        with pytest.raises(NotNowError), service.turn():
            raise AssertionError("nobody has a turn")
        clock.now += rests[-1]
        with service.turn():
            pass
        rests.append(service.failed(0.0)[0])
    assert rests == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    clock.now += rests[-1]
    with service.turn():
        pass
    # While that one try is under way, nobody else makes another.
    with pytest.raises(NotNowError), service.turn():
        raise AssertionError("nobody has a turn")
    service.succeeded(0.0)
    clock.waits.clear()
    with service.turn():
        assert clock.waits == [3.0]


def test_a_clock_that_was_set_back_makes_nobody_wait_for_it(tmp_path: Path) -> None:
    clock = Clock()
    service = turns(tmp_path, clock).at("slow.example", None, own=False)
    service.failed(10.0)
    clock.now -= 86400
    with service.turn():
        assert clock.waits == [10.0]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"free": "x"}', '{"free": NaN, "failures": 1, "noted": 0}']
)
def test_a_note_that_cannot_be_read_is_begun_anew(text: str, tmp_path: Path) -> None:
    clock = Clock()
    service = turns(tmp_path, clock).at("slow.example", None, own=False)
    with service.turn():
        pass
    (note,) = tmp_path.glob("*.json")
    note.write_text(text, "utf-8")
    with service.turn():
        assert clock.waits == []
    with service.turn():
        assert clock.waits == [3.0]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    service = turns(tmp_path / "file" / "pace", Clock()).at("slow.example", None, own=False)
    with pytest.raises(StoreError, match="cannot be written"), service.turn():
        raise AssertionError("nobody has a turn")


@pytest.mark.parametrize("shared", [True, False])
def test_threads_are_alone_with_a_service_too(shared: bool, tmp_path: Path) -> None:
    clock = Clock()
    both = turns(tmp_path if shared else None, clock)
    inside, most = [0], [0]

    def ask() -> None:
        for _ in range(5):
            with both.at("alone.example", None, own=False).turn():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                threading.Event().wait(0.001)
                inside[0] -= 1

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert sum(clock.waits) == pytest.approx(19 * 3.0)
