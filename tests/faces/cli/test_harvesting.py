"""Harvesting as an operator does it: the command, real servers, and what is said afterwards."""

import json
import signal
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from broadsheet.faces.cli.progress import left_seconds
from broadsheet.settings import read_settings
from tests.library.commands import Run, Running, broadsheet, started
from tests.library.servers.linking import Linking, linking, toy_pages
from tests.library.site import free_port

ALLOWED = {"BROADSHEET_FETCH_ALLOW": "127.0.0.1"}


def local(home: Path, *words: str, code: int = 0, sources: str = "") -> Run:
    """Run the command, which may ask servers on this machine."""
    return broadsheet(
        home,
        *words,
        code=code,
        BROADSHEET_SOURCES=sources,
        BROADSHEET_FETCH_ALLOW="127.0.0.1",
    )


def as_json(done: Run) -> Any:
    return json.loads(done.stdout)


def days_ago(days: int) -> str:
    """A moment as HTTP writes it."""
    return format_datetime(datetime.now(UTC) - timedelta(days=days, hours=1), usegmt=True)


def test_what_is_harvested_is_found(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with linking(Linking(toy_pages(3))) as url:
        spec = f"jsonl:{url}"
        told = local(home, "harvest", spec, "--dry-run")
        assert "Nothing was kept." in told.stderr
        told = local(home, "harvest", spec, "--limit", "5", "--no-index")
        assert "\tstopped\t1\t5\t5\t" in told.stdout
        (done,) = as_json(local(home, "harvest", spec, "--format", "json"))
        assert (done["outcome"], done["new"], done["unchanged"]) == ("done", 12, 1)
        assert (done["error"], done["spec"], done["since"]) == ("", spec, None)
        (again,) = as_json(local(home, "harvest", spec, "--format", "json"))
        assert (again["new"], again["unchanged"]) == (0, 12)
        assert again["since"] == str(datetime.now(UTC).date() - timedelta(days=1))
    page = as_json(broadsheet(home, "search", "kettle number 11", "--format", "json"))
    assert page["hits"][0]["id"].endswith(":p2e3")


def test_a_source_that_fails_stops_no_other(tmp_path: Path) -> None:
    home = tmp_path / "home"
    refusing = Linking(toy_pages(1), before=lambda _: 403)
    with linking(Linking(toy_pages(2))) as good, linking(refusing) as bad:
        names = f"jsonl:{bad} jsonl:{good} pigeon:coop"
        told = local(home, "harvest", "--format", "json", code=5, sources=names)
    failed, done, refused = as_json(told)
    assert (failed["outcome"], done["outcome"], refused["outcome"]) == ("failed", "done", "refused")
    assert "HTTP 403" in failed["error"]
    assert done["new"] == 8
    assert "There is no source of the kind 'pigeon'" in refused["error"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["harvest"], "No source is set"),
        (["harvest", "x", "--since", "yesterday"], "--since is 'yesterday', not a day"),
        (["harvest", "x", "--since", "2026-01-02", "--until", "2026-01-01"], "There is no day"),
    ],
)
def test_what_cannot_be_harvested_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    assert said in broadsheet(tmp_path, *words, code=2).stderr


def test_a_quiet_day_a_stale_feed_and_a_dead_source_never_look_alike(tmp_path: Path) -> None:
    home = tmp_path / "home"
    quiet = Linking(toy_pages(1), changed=days_ago(0))
    stale = Linking(toy_pages(1), changed=days_ago(3))
    dead = Linking(toy_pages(1), before=lambda _: 403)
    with linking(quiet) as one, linking(stale) as two, linking(dead) as three:
        specs = [f"jsonl:{url}#daily" for url in (one, two, three)]
        home.mkdir()
        # As a list in the file, beside a host that may be asked.
        file = home / "broadsheet.toml"
        file.write_text(f'sources = {json.dumps(specs)}\nfetch_allow = ["127.0.0.1"]\n')
        broadsheet(home, "harvest", code=5)
        broadsheet(home, "harvest", code=5)
    found = as_json(broadsheet(home, "sources", "--format", "json"))
    assert [one["state"] for one in found] == ["quiet", "stale", "dead"]
    assert [one["papers"] for one in found] == [4, 4, 0]
    assert "403" in found[2]["why"]
    statements = [one["statement"] for one in found]
    assert statements[0].startswith("Quiet: harvested well on ")
    assert statements[1].startswith("Stale: harvested well on ")
    assert statements[2].startswith("Dead: the last 2 tries failed, since ")
    checks = as_json(broadsheet(home, "doctor", "--format", "json", code=1))
    doctored = [(one["ok"], one["found"]) for one in checks if one["check"].startswith("source ")]
    assert doctored == list(zip((True, False, False), statements, strict=True))
    with TestClient(create(read_settings(home)), headers={"Accept": "text/html"}) as site:
        page = site.get("/sources").text
        assert all(statement.replace("'", "&#39;") in page for statement in statements)
        listed = site.get("/api/v1/sources").json()["sources"]
        assert [one["statement"] for one in listed] == statements
        front = site.get("/").text
        assert f"{found[1]['source']} is stale, {found[2]['source']} is dead." in front
        assert f"{found[0]['source']} is" not in front


def test_a_stop_between_pages_goes_on_the_next_time(tmp_path: Path) -> None:
    home = tmp_path / "home"
    running: list[Running] = []

    def stop(number: int) -> int:
        if number == 2 and len(running) == 1:
            running[0].send_signal(signal.SIGINT)
        return 200

    with linking(Linking(toy_pages(6), before=stop)) as url:
        running.append(started(home, "harvest", f"jsonl:{url}", **ALLOWED))
        _, errors = running[0].communicate()
        assert running[0].returncode == 130, errors
        assert "run the same harvest again" in errors
        running.append(running[0])
        words = ("harvest", f"jsonl:{url}", "--format", "json")
        (done,) = as_json(local(home, *words))
    assert (done["outcome"], done["new"], done["unchanged"]) == ("done", 24, 0)


def test_a_source_that_nobody_answers_for_is_dead(tmp_path: Path) -> None:
    spec = f"jsonl:http://127.0.0.1:{free_port()}/x"
    local(tmp_path, "harvest", spec, code=5)
    told = local(tmp_path, "sources", sources=spec).stdout
    assert "\tdead\t" in told
    assert "No source is set" in broadsheet(tmp_path, "sources").stderr


def test_the_time_left_is_told_once_it_can_be() -> None:
    assert left_seconds(10.0, 100, 50) == 5
    assert left_seconds(0.0, 0, 50) is None
    assert left_seconds(10.0, 100, 0) is None
    assert left_seconds(10.0, 100, -100) is None
