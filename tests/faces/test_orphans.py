"""A worker whose overseer is killed ends by itself; nothing else does."""

import signal
import subprocess
import sys

SCRIPT = """
import multiprocessing, time
from broadsheet.faces.orphans import end_with_parent

def work():
    end_with_parent()
    print("working", flush=True)
    time.sleep(600)

end_with_parent()
multiprocessing.get_context("fork").Process(target=work).start()
time.sleep(600)
"""


def test_a_worker_ends_with_what_oversees_it() -> None:
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"working\n"
        assert parent.poll() is None
        parent.send_signal(signal.SIGKILL)
        # Their common output ends with the last of the two.
        assert parent.communicate(timeout=60)[0] == b""
