"""Workers end with the process that started them, also when that one is killed."""

import multiprocessing
import os
import signal
import threading


def end_with_parent() -> None:
    """Have this process asked to end (SIGTERM) as soon as the one that started it is gone.

    Workers that nobody oversees would go on answering, and nobody would know that they hold a home.
    Does nothing in a process that no other one of Python's `multiprocessing` started.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
