"""A home has one server: who comes second is told of the first, whatever port it asks for."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from broadsheet.errors import BusyError
from broadsheet.faces.cli.holding import only_server
from tests.library.commands import broadsheet
from tests.library.site import fill, free_port, served

HOLD = """
import sys, time
from pathlib import Path
from broadsheet.faces.cli.holding import only_server
with only_server(Path(sys.argv[1]), "http://127.0.0.1:1"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_server_says_who_serves_the_home(tmp_path: Path) -> None:
    fill(tmp_path)
    with served(tmp_path) as live:
        for verb in ("serve", "up"):
            refused = broadsheet(tmp_path, verb, "--port", str(free_port()), code=4).stderr
            assert f"{tmp_path} is served already, by process " in " ".join(refused.split())
            assert f"at {live}." in refused
            assert "Stop that server first." in refused
            assert "Traceback" not in refused
            assert "Your front page" not in refused
        # Other commands write beside it, and the first goes on.
        broadsheet(tmp_path, "scheduler", "run-now", "backup", code=0)
        assert httpx.get(f"{live}/readyz").status_code == 200


def test_one_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        told = f"process {holder.pid} of {socket.gethostname()} at http://127.0.0.1:1."
        with pytest.raises(BusyError) as refused, only_server(tmp_path, "http://127.0.0.1:2"):
            pass
        assert refused.value.message == f"{tmp_path} is served already, by {told}"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with only_server(tmp_path, "http://127.0.0.1:2"):
        told = (tmp_path / "locks" / "serving.lock").read_text("utf-8")
        assert told == f"process {os.getpid()} of {socket.gethostname()} at http://127.0.0.1:2"


def test_two_homes_have_two_servers_and_one_may_come_after_another(tmp_path: Path) -> None:
    with only_server(tmp_path / "a", "http://127.0.0.1:1"):
        with only_server(tmp_path / "b", "http://127.0.0.1:2"):
            pass
        with only_server(tmp_path / "b", "http://127.0.0.1:2"):
            pass


def test_a_home_that_cannot_be_written_to_is_served_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "locks").write_text("no folder")
    with only_server(tmp_path, "http://127.0.0.1:1"):
        pass
    assert "Another server" in capsys.readouterr().err
