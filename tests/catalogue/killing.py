"""How tests end a process of their own in the middle of its work."""

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event


def begin(work: Callable[[], object]) -> int:
    """Do some work in a process of its own; its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def run_and_kill(work: Callable[[], object]) -> bool:
    """Run `work` in a process of its own; whether it was killed before it came to an end.

    Raises AssertionError if the work failed otherwise.
    """
    _, status = os.waitpid(begin(work), 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def die() -> None:
    """End this process as a power cut would: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_statements(count: int) -> None:
    """End this process once so many statements were run from now on."""
    left = count

    def run(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            die()

    event.listen(Engine, "after_cursor_execute", run)


def die_after_steps(count: int) -> Callable[[float], None]:
    """A progress callback that ends this process when it is called for that time."""
    left = count

    def progress(share: float) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            die()

    return progress
