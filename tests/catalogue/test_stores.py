"""Threads that write have their turns in the order in which they came."""

import threading

import pytest

from broadsheet.catalogue.stores import Line, check_revision
from broadsheet.errors import BusyError, NewerCatalogueError


def test_turns_come_in_order() -> None:
    line = Line()
    done: list[int] = []
    began = [threading.Event() for _ in range(5)]

    def wait_for_a_turn(number: int) -> None:
        with line.turn(30):
            done.append(number)

    with line.turn(1):
        threads = []
        for number, event in enumerate(began):
            thread = threading.Thread(target=wait_for_a_turn, args=(number,))
            thread.start()
            threads.append(thread)
            while len(line._waiting) < number + 2:
                event.wait(0.001)
    for thread in threads:
        thread.join(30)
    assert done == [0, 1, 2, 3, 4]


def test_a_writer_without_a_pause_lets_others_in() -> None:
    line = Line()
    stop = threading.Event()

    def hog() -> None:
        while not stop.is_set():
            with line.turn(30):
                pass

    thread = threading.Thread(target=hog)
    thread.start()
    for _ in range(200):
        with line.turn(30):
            pass
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def test_who_waits_too_long_gives_up_and_is_out_of_the_line() -> None:
    line = Line()
    with line.turn(1), pytest.raises(BusyError, match="Another thread"), line.turn(0.01):
        pass
    with line.turn(1):
        pass


def test_only_known_revisions_pass() -> None:
    check_revision("0001", "here")
    with pytest.raises(NewerCatalogueError, match="here was written by a newer"):
        check_revision("0042", "here")
