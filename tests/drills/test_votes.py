"""Fifty requests at once from one person, to the site as it is served: one vote (promise W6)."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from broadsheet.settings import PREFIX
from tests.library.people import catalogue_of, cookie_of, enrol, token_of
from tests.library.site import fill, served

AT_ONCE = 50
PAPER = "2502.90001"


@pytest.mark.parametrize("workers", [1, 2])
def test_one_vote_of_each_person_however_many_ask_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setenv(f"{PREFIX}CONTEXTUAL", "false")
    monkeypatch.setenv(f"{PREFIX}SCHEDULER", "false")
    monkeypatch.setenv(f"{PREFIX}WORKERS", str(workers))
    fill(tmp_path)
    catalogue = catalogue_of(tmp_path)
    token = token_of(catalogue, enrol(catalogue, "ann"))
    cookie = cookie_of(catalogue, enrol(catalogue, "ben"))
    limits = httpx.Limits(max_connections=AT_ONCE)
    with (
        served(tmp_path, anew=True) as live,
        httpx.Client(base_url=live, limits=limits, timeout=60) as client,
        ThreadPoolExecutor(AT_ONCE) as crowd,
    ):
        header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookie.items())}
        form = re.search(
            r'name="form" value="(\w+)"', client.get(f"/papers/{PAPER}", headers=header).text
        )
        assert form is not None
        fields = {"form": form[1], "vote": "cast"}

        def call(_: int) -> int:
            return client.post(f"/api/papers/{PAPER}/upvote", headers=token).status_code

        def send(_: int) -> int:
            path = f"/papers/{PAPER}/vote"
            return client.post(path, data=fields, headers=header).status_code

        asked = crowd.map(call, range(AT_ONCE))
        sent = crowd.map(send, range(AT_ONCE))
        assert set(asked) == {200}
        assert set(sent) == {303}
        shown = client.get(f"/api/v1/papers/{PAPER}").json()["votes"]
    with catalogue.reading() as desk:
        rows = desk.votes.connection.exec_driver_sql("SELECT count(*) FROM votes").scalar_one()
    catalogue.close()
    assert rows == 2
    assert shown == {"here": 2, "elsewhere": 41}
