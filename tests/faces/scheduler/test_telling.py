"""Alerts and pings as real servers get them: once for each condition, and never a secret path."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from broadsheet.catalogue import Fate, Space, StepOutcome, StepRun
from broadsheet.faces.mail import open_post
from broadsheet.faces.scheduler import STEPS, Scheduler, round_status, status_json
from broadsheet.faces.scheduler.telling import conditions
from broadsheet.service import Service
from broadsheet.settings import read_settings
from tests.library.letters import ask_for
from tests.library.serving import Answer, Asked, Served, serving

NOW = datetime(2026, 3, 29, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Site:
    """A site, and the server that it tells things to."""

    def __init__(self, folder: Path, server: Served) -> None:
        settings = read_settings(folder / "home").model_copy(
            update={
                "site_name": "Toy News",
                "sources": ("pigeon:coop",),
                "alert_webhook": SecretStr(f"{server.url}/hook/secret"),
                "ping_url": SecretStr(f"{server.url}/ping/secret"),
                "contextual": False,
            }
        )
        self.now, self.server = NOW, server
        self.service = Service.open(settings, create=True)

    def set(self, **values: object) -> None:
        settings = self.service.settings.model_copy(update=values)
        self.service = replace(self.service, settings=settings)

    def run(self, step: str) -> StepRun:
        return Scheduler(self.service, STEPS, lambda: self.now).run_now(step, lambda: False)

    def round(self) -> dict[str, StepRun]:
        """A day later, the round of that day."""
        self.now += DAY
        Scheduler(self.service, STEPS, lambda: self.now).do_due(threading.Event())
        with self.service.catalogue.reading() as desk:
            return desk.rounds.of_day(self.now.date())

    def told(self) -> list[tuple[str, str]]:
        """What the webhook was told since this was last asked: id and condition."""
        bodies = [json.loads(asked.body) for asked in self.server.asked if asked.body]
        self.server.asked.clear()
        return [(body["id"], body["condition"]) for body in bodies]


class Answers:
    """What the server says from now on."""

    status = 204

    def __call__(self, _asked: Asked) -> Answer:
        return Answer(self.status, b"")


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def site(tmp_path: Path, answers: Answers) -> Iterator[Site]:
    """A site with a source that cannot be."""
    with serving(by=answers) as server:
        made = Site(tmp_path, server)
        yield made
        made.service.index.close()
        made.service.catalogue.close()


def test_an_alert_says_what_where_and_since_when(site: Site) -> None:
    run = site.run("alert")
    assert run.outcome is StepOutcome.DONE
    assert run.detail == "1 to look at: source pigeon:coop is wrong; 1 sent."
    (asked,) = site.server.asked
    assert asked.path == "/hook/secret"
    body = json.loads(asked.body)
    assert body["message"].startswith("pigeon:coop: Wrong: There is no source of the kind")
    assert body["text"] == f"Toy News: {body['message']}"
    assert (body["site"], body["since"]) == ("Toy News", NOW.isoformat())
    (alert,) = status_json(round_status(site.service, STEPS, NOW))["alerts"]
    assert alert["sent"] == NOW.isoformat()
    assert alert["message"] == body["message"]


def test_a_condition_is_told_once_until_it_clears(site: Site) -> None:
    site.run("alert")
    ((first, _),) = site.told()
    site.now += DAY
    assert site.run("alert").detail == "1 to look at: source pigeon:coop is wrong; 0 sent."
    assert site.told() == []
    site.set(sources=())
    assert site.run("alert").detail == "Nothing to tell."
    site.set(sources=("pigeon:coop",))
    site.run("alert")
    ((second, _),) = site.told()
    assert second != first


@pytest.mark.parametrize("status", [500, 404])
def test_what_could_not_be_sent_is_sent_with_the_next_round(
    site: Site, answers: Answers, status: int
) -> None:
    answers.status = status
    run = site.run("alert")
    assert run.outcome is StepOutcome.FAILED
    assert run.detail.startswith(f"The address in `alert_webhook` gave HTTP {status}.")
    assert "secret" not in run.detail
    site.told()
    answers.status = 200
    assert site.run("alert").detail.endswith("1 sent.")
    assert [condition for _, condition in site.told()] == ["source pigeon:coop is wrong"]


def test_a_step_that_fails_is_told_and_cleared_when_it_goes_well(site: Site) -> None:
    runs = site.round()
    assert runs["harvest"].outcome is StepOutcome.FAILED
    assert [condition for _, condition in site.told()] == [
        "source pigeon:coop is wrong",
        "step harvest fails",
    ]
    site.set(sources=())
    assert site.round()["alert"].detail == "Nothing to tell."


def test_nothing_is_sent_where_no_webhook_is_set(site: Site) -> None:
    site.set(alert_webhook=None)
    assert site.run("alert").detail.endswith("neither a webhook nor an address is set.")
    assert site.server.asked == []
    with site.service.catalogue.reading() as desk:
        assert [one.sent for one in desk.alerts.open()] == [None]


def test_a_good_round_is_pinged_and_no_other(site: Site, answers: Answers) -> None:
    answers.status = 200
    assert site.run("ping").detail == "Not pinged: there was no round."
    assert site.round()["ping"].detail == "Not pinged: harvest did not go well."
    assert [asked.path for asked in site.server.asked] == ["/hook/secret"] * 2
    site.server.asked.clear()
    site.set(sources=())
    assert site.round()["ping"].detail == "Pinged."
    ((path, method),) = [(asked.path, asked.method) for asked in site.server.asked]
    assert (path, method) == ("/ping/secret", "GET")
    answers.status = 404
    run = site.round()["ping"]
    assert run.outcome is StepOutcome.FAILED
    assert run.detail.startswith("The address in `ping_url` gave HTTP 404.")
    assert "secret" not in run.detail
    # That telling failed is no condition of its own: the monitor says so.
    assert conditions(site.service, site.now) == {}
    site.set(ping_url=None)
    assert site.round()["ping"].detail == "No address is set."


def test_a_filling_disk_is_told_two_weeks_ahead(site: Site) -> None:
    site.set(sources=())
    for days, free in enumerate((40 << 30, 38 << 30, 36 << 30)):
        with site.service.catalogue.writing() as desk:
            desk.alerts.add_space(Space(NOW + days * DAY, free))
    assert conditions(site.service, NOW + 2 * DAY) == {}
    with site.service.catalogue.writing() as desk:
        desk.alerts.add_space(Space(NOW + 3 * DAY, 20 << 30))
    # The slope is 6.2 GiB a day.
    assert conditions(site.service, NOW + 3 * DAY) == {
        "disk is filling": "20,480 MiB are free; at the pace of the last days the disk is full in "
        "3 days."
    }
    assert conditions(site.service, NOW + 40 * DAY) == {}


def test_an_alert_is_a_letter_once_where_an_address_is_set(site: Site) -> None:
    site.set(alert_webhook=None, alert_mail="keeper@example.org")
    site.run("alert")
    site.run("alert")
    with site.service.catalogue.reading() as desk:
        letters = desk.outbox.listed(None, 9)
        assert all(one.sent is not None for one in desk.alerts.open())
    ((kind, recipient, condition),) = [
        (one.letter.kind, one.letter.recipient, one.letter.values["condition"]) for one in letters
    ]
    assert (kind, recipient) == ("alert", "keeper@example.org")
    assert "pigeon:coop" in condition
    post = open_post(site.service)
    sent = replace(post, clock=lambda: site.now)
    assert sent.do_due(threading.Event()) == 1
    with site.service.catalogue.reading() as desk:
        assert desk.outbox.counts()[Fate.ACCEPTED] == 1


def test_letters_that_wait_or_are_uncertain_are_to_be_looked_at(site: Site) -> None:
    site.set(sources=())
    ask_for(site.service.catalogue, 2, site.now)
    assert conditions(site.service, site.now) == {}
    later = site.now + timedelta(hours=2)
    with site.service.catalogue.writing() as desk:
        (first,) = desk.outbox.lease("one", site.now, later, 1)
        assert desk.outbox.hand_over(first.key, "one", site.now, later)
        desk.outbox.settle(first.key, "one", site.now, Fate.UNCERTAIN, "No answer.")
    found = conditions(site.service, later)
    assert found["letters are late"] == "1 letters have waited for more than an hour."
    assert found["letters are uncertain"].startswith("Of 1 letter nobody knows whether it")
