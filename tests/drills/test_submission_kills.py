"""kill -9 while papers are submitted: each is there with all that belongs to it, or not at all."""

import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from broadsheet.catalogue import Catalogue
from tests.library import LIBRARY
from tests.library.people import catalogue_of, enrol, token_of
from tests.library.site import begin_to_serve, fill, wait_until_ready

CYCLES = [pytest.param(seed, marks=[] if seed < 2 else [pytest.mark.nightly]) for seed in range(40)]
_WITHIN_SECONDS = 1.5


def entry(number: int) -> str:
    """One of many papers."""
    return (
        f"@misc{{x, title = {{Kettle Number {number} and the Song of Steam {number}}}, "
        f"author = {{Holm{number}, Ana}}}}"
    )


def submit(address: str, headers: dict[str, str], acknowledged: list[str]) -> None:
    """Submit one paper after the other until nobody answers."""
    for number in range(10_000):
        body = {
            "paper_id": entry(number),
            "comment": "It sings.",
            "githubRepo": f"https://github.com/kettles/{number}",
        }
        try:
            answer = httpx.post(f"{address}/api/papers/submit", json=body, headers=headers)
        except httpx.TransportError:
            return
        if answer.status_code == 201:
            acknowledged.append(answer.json()["id"])


def whole(catalogue: Catalogue) -> set[str]:
    """The ids of the papers that were submitted, each with its record, links, vote and comment."""
    with catalogue.reading() as desk:
        submissions = desk.submissions.latest(10_000)
        keys = [one.paper_key for one in submissions]
        papers, votes = desk.papers.by_keys(keys), desk.votes.count(keys)
        comments, records = desk.comments.count(keys), desk.records.of(keys)
        assert desk.records.count() == len(LIBRARY) + 2 * len(keys)
    for key in keys:
        assert (votes[key], comments[key], len(records[key])) == (1, 1, 2)
        assert [link.kind for link in papers[key].links] == ["code"]
    return {paper.id for paper in papers.values()}


@pytest.mark.parametrize("seed", CYCLES)
def test_a_submission_is_whole_or_not_there(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("CONTEXTUAL", "false"), ("SCHEDULER", "false"), ("SUBMISSION_CAP", "999")):
        monkeypatch.setenv(f"BROADSHEET_{name}", value)
    fill(tmp_path, ())
    catalogue = catalogue_of(tmp_path)
    headers = token_of(catalogue, enrol(catalogue, "ada"))
    server, address = begin_to_serve(tmp_path)
    acknowledged: list[str] = []
    try:
        wait_until_ready(address, server)
        sending = threading.Thread(target=submit, args=(address, headers, acknowledged))
        sending.start()
        time.sleep(random.Random(seed).uniform(0.3, _WITHIN_SECONDS))
    finally:
        server.kill()
        server.wait()
    sending.join()
    there = whole(catalogue)
    assert set(acknowledged) <= there
    assert len(there) <= len(acknowledged) + 1
    assert catalogue.check() == []
    catalogue.close()
