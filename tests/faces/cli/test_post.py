"""The commands about letters, as an operator runs them."""

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue, Fate
from tests.library.commands import broadsheet, started
from tests.library.letters import ask_for, letter
from tests.library.people import catalogue_of
from tests.library.servers.smtp import mail_server
from tests.library.site import fill_empty

PASSWORD = "s3same"
PUBLIC = {"BROADSHEET_BASE_URL": "https://papers.example.org"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """The catalogue of a home with three letters that are due."""
    fill_empty(tmp_path)
    opened = catalogue_of(tmp_path)
    ask_for(opened, 3, datetime.now(UTC))
    yield opened
    opened.close()


def test_letters_are_handed_over_once_and_shown(tmp_path: Path, catalogue: Catalogue) -> None:
    assert "3 letters seen to" in broadsheet(tmp_path, "post", "run", "--once").stderr
    standing = json.loads(broadsheet(tmp_path, "post", "status", "--format", "json").stdout)
    assert (standing["letters"]["accepted"], standing["late"]) == (3, 0)
    assert standing["where"] == str(tmp_path / "letters")
    shown = broadsheet(tmp_path, "post", "show", "--state", "accepted", "--limit", "2").stdout
    assert [line.split("\t")[:4] for line in shown.splitlines()] == [
        [f"{key}", "notice", f"reader{key - 1}@example.org", "accepted"] for key in (3, 2)
    ]
    (one,) = json.loads(broadsheet(tmp_path, "post", "show", "2", "--format", "json").stdout)
    assert (one["key"], one["tries"], one["state"]) == (2, 1, "accepted")
    assert "values" not in one


def test_a_server_that_is_not_there_is_said_without_the_password(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    url = f"smtp://ada:{PASSWORD}@localhost:1"
    done = broadsheet(tmp_path, "post", "run", "--once", code=5, BROADSHEET_MAIL_URL=url, **PUBLIC)
    assert "smtp://ada@localhost:1: Connection refused" in done.stderr
    wrong = broadsheet(
        tmp_path, "serve", code=2, BROADSHEET_MAIL_URL=f"pop3://ada:{PASSWORD}@localhost", **PUBLIC
    )
    assert "mail_url" in wrong.stderr
    shown = broadsheet(tmp_path, "config", "show", BROADSHEET_MAIL_URL=url).stdout
    assert PASSWORD not in done.stderr + done.stdout + wrong.stderr + shown
    with catalogue.reading() as desk:
        assert desk.outbox.counts()[Fate.QUEUED] == 3


def test_letters_are_handed_over_until_it_is_stopped(tmp_path: Path, catalogue: Catalogue) -> None:
    with mail_server() as (port, taken):
        process = started(
            tmp_path, "post", "run", BROADSHEET_MAIL_URL=f"smtp://localhost:{port}", **PUBLIC
        )
        try:
            for _ in range(3000):
                if len(taken.letters) == 3:
                    break
                time.sleep(0.02)
        finally:
            process.send_signal(signal.SIGTERM)
            out, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert sorted(one for one, _, _ in taken.letters) == [
            f"reader{at}@example.org" for at in range(3)
        ]
        assert out == ""
    with catalogue.reading() as desk:
        assert desk.outbox.counts()[Fate.ACCEPTED] == 3


def test_what_is_uncertain_is_decided_on(tmp_path: Path, catalogue: Catalogue) -> None:
    now = datetime.now(UTC)
    with catalogue.writing() as desk:
        for posted in desk.outbox.lease("one", now, now + timedelta(minutes=5), 2):
            assert desk.outbox.hand_over(posted.key, "one", now, now + timedelta(minutes=5))
            desk.outbox.settle(posted.key, "one", now, Fate.UNCERTAIN, "No answer.")
    doctor = broadsheet(tmp_path, "doctor", code=1).stdout
    assert "letters\tPROBLEM\t1 queued, 2 uncertain" in doctor
    broadsheet(tmp_path, "post", "decide", "1", "again")
    broadsheet(tmp_path, "post", "decide", "2", "drop")
    assert (
        "cannot be decided on" in broadsheet(tmp_path, "post", "decide", "2", "drop", code=6).stderr
    )
    assert "no letter 9" in broadsheet(tmp_path, "post", "show", "9", code=1).stderr
    assert "queued\t2" in broadsheet(tmp_path, "post", "status").stdout
    with catalogue.reading() as desk:
        counts = desk.outbox.counts()
    assert (counts[Fate.QUEUED], counts[Fate.DROPPED]) == (2, 1)


def test_a_letter_that_is_over_can_only_be_dropped(tmp_path: Path, catalogue: Catalogue) -> None:
    now = datetime.now(UTC) - timedelta(hours=1)
    with catalogue.writing() as desk:
        expiring = replace(letter(), due=now, expires=now + timedelta(minutes=30))
        assert desk.outbox.add(expiring, now)
        until = now + timedelta(minutes=5)
        (posted,) = desk.outbox.lease("one", now, until, 1)
        assert desk.outbox.hand_over(posted.key, "one", now, until)
        desk.outbox.settle(posted.key, "one", now, Fate.UNCERTAIN, "No answer.")
    key = str(posted.key)
    assert "or over" in broadsheet(tmp_path, "post", "decide", key, "again", code=6).stderr
    broadsheet(tmp_path, "post", "decide", key, "drop")
