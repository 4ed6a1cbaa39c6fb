"""Whom Locust plays: readers of the front page and its editions, and people who vote."""

import itertools
import json
import os
import random

from locust import HttpUser, between, constant_throughput, task

GIVEN = json.loads(os.environ["BROADSHEET_BENCH_FRONT"])
"""What `front.py` hands over: `days`, `papers` and `tokens`."""
_TURNS = itertools.count()


class Reader(HttpUser):
    """Reads the front page, editions, papers and searches, some seconds each."""

    weight = 50
    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Ask as browsers do."""
        self.client.headers["Accept"] = "text/html"

    @task(4)
    def front(self) -> None:
        """The front page."""
        self.client.get("/", name="/")

    @task(2)
    def day(self) -> None:
        """The edition of some day."""
        self.client.get(f"/papers/date/{random.choice(GIVEN['days'])}", name="/papers/date/…")

    @task(3)
    def paper(self) -> None:
        """Some paper."""
        self.client.get(f"/papers/{random.choice(GIVEN['papers'])}", name="/papers/{id}")

    @task(1)
    def search(self) -> None:
        """A search of two words."""
        words = random.choice(GIVEN["queries"])
        self.client.get("/papers", params={"q": words}, name="/papers?q=")


class Voter(HttpUser):
    """Votes once a second, and takes some votes back; two of them make two writes a second."""

    fixed_count = 2
    wait_time = constant_throughput(1)

    @task
    def vote(self) -> None:
        """One vote for one paper, by the next reader in turn."""
        turn = next(_TURNS)
        token = GIVEN["tokens"][turn % len(GIVEN["tokens"])]
        paper = random.choice(GIVEN["papers"])
        self.client.post(
            f"/api/papers/{paper}/upvote",
            headers={"Authorization": f"Bearer {token}"},
            name="POST /api/papers/{id}/upvote",
        )
