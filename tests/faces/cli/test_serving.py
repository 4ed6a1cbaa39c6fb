"""`serve` and `up` as they are run: a first home, workers, a taken port, what the log keeps."""

import json
import re
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.library.commands import broadsheet
from tests.library.site import fill, free_port, served


def test_up_makes_a_first_home_and_serves_it_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for _ in range(2):
        with served(home, verb="up", anew=True) as address:
            text = httpx.get(f"{address}/papers?q=CRISPR gene editing").text
            assert "CRISPR" in text
            assert (
                "Written by Broadsheet"
                in httpx.get(f"{address}/papers/1706.03762", follow_redirects=True).text
            )
            papers = httpx.get(f"{address}/api/v1/changes?limit=1").json()
            assert papers["changes"][0]["gone"] is False


def test_several_workers_answer_and_count_together(tmp_path: Path) -> None:
    fill(tmp_path / "home")
    with served(tmp_path / "home", "--workers", "2", anew=True) as address:
        for _ in range(30):
            assert httpx.get(f"{address}/papers/2502.90001").status_code == 200
        told = httpx.get(f"{address}/metrics").text
        counted = re.search(
            r'broadsheet_requests_total\{route="/papers/\{id:path\}",status="200"\} (\d+)', told
        )
        assert counted
        assert int(counted[1]) == 30


def test_papers_are_read_by_the_contextual_model_while_it_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_CONTEXTUAL", "true")
    home = tmp_path / "home"
    fill(home)
    before = json.loads(broadsheet(home, "index", "status", "--format", "json").stdout)
    assert before["lacking"] == before["papers"] > 0
    with served(home) as address:
        tag = httpx.get(f"{address}/papers?q=attention").headers["etag"]
        for _ in range(300):
            after = json.loads(broadsheet(home, "index", "status", "--format", "json").stdout)
            if not after["lacking"]:
                break
            time.sleep(0.2)
        assert after["lacking"] == 0
        assert sorted(after["vectors"].values()) == [after["papers"]] * 2
        answer = httpx.get(f"{address}/papers?q=attention", headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert "has read <b>100 %</b>" in httpx.get(f"{address}/formulas").text
    broadsheet(home, "index", "verify")


def test_what_another_process_imports_is_found_within_seconds(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home)
    file = tmp_path / "new.jsonl"
    file.write_text('{"id": "n1", "title": "Zeppelin Weather in Late Autumn"}\n', "utf-8")
    with served(home) as address:
        broadsheet(home, "import", str(file), "--no-index")
        for _ in range(100):
            found = httpx.get(f"{address}/api/v1/search?q=zeppelin&mode=lexical").json()["hits"]
            if found:
                break
            time.sleep(0.1)
        assert [hit["id"] for hit in found] == ["new:n1"]


def test_a_taken_port_gives_a_clear_word(tmp_path: Path) -> None:
    fill(tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for verb in ("serve", "up"):
            done = broadsheet(tmp_path / "home", verb, "--port", port, code=4)
            assert f"Port {port} on 127.0.0.1 is taken by another program." in done.stderr


def test_what_cannot_be_served_is_said_before_a_worker_starts(tmp_path: Path) -> None:
    missing = broadsheet(tmp_path / "none", "serve", "--port", str(free_port()), code=3)
    assert "There is no catalogue" in missing.stderr
    fill(tmp_path / "home")
    foreign = broadsheet(tmp_path / "home", "serve", "--host", "192.0.2.1", code=2)
    assert "Cannot listen on 192.0.2.1" in foreign.stderr


def test_the_log_keeps_paths_and_ids_but_no_queries(tmp_path: Path) -> None:
    fill(tmp_path / "home")
    with served(tmp_path / "home") as live:
        headers = {"X-Request-Id": "from-outside-1"}
        httpx.get(f"{live}/papers?q=secretplans&signature=abcdef", headers=headers)
        answer = httpx.get(f"{live}/papers", headers={"X-Request-Id": "<odd>"})
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
        told = live.told()
    assert '"id": "from-outside-1"' in told
    assert '"path": "/papers"' in told
    assert "secretplans" not in told
    assert "abcdef" not in told
