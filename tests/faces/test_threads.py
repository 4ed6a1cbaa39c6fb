"""Work beside a server: it is done by a thread, and has ended when the server has."""

import threading

from broadsheet.faces.threads import done_beside


def test_work_goes_on_until_the_end_and_is_waited_for() -> None:
    begun = threading.Event()
    said = []

    def work(stop: threading.Event) -> None:
        said.append(threading.current_thread().name)
        begun.set()
        stop.wait()
        said.append("ended")

    with done_beside(work, "post"):
        assert begun.wait(60)
        assert said == ["post"]
    assert said == ["post", "ended"]


def test_what_does_not_end_is_not_waited_for_longer_than_was_said() -> None:
    let_go, ended = threading.Event(), threading.Event()

    def work(_stop: threading.Event) -> None:
        let_go.wait()
        ended.set()

    with done_beside(work, "round", seconds=0.01):
        pass
    assert not ended.is_set()
    let_go.set()
    assert ended.wait(60)
