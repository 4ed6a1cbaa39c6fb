"""Regular letters in the round: looked for each quarter of an hour, made once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event

import pytest
from pydantic import SecretStr

from broadsheet.catalogue import (
    DIGEST,
    Cadence,
    EditionKind,
    Fate,
    OnEmpty,
    Pick,
    StepOutcome,
    Wishes,
)
from broadsheet.digests import add
from broadsheet.editions import span_of, window
from broadsheet.faces.scheduler import STEPS, WATCHES, Scheduler
from broadsheet.service import Service
from broadsheet.settings import read_settings
from tests.library.servers.imap import Box, imap_server
from tests.library.site import fill

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
LETTERS = "letters"
BOUNCES = "bounces"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """The toy library with an edition of the day."""
    fill(tmp_path / "home")
    settings = read_settings(tmp_path / "home").model_copy(update={"contextual": False})
    opened = Service.open(settings)
    span = span_of(EditionKind.DAY, NOW.date())
    with opened.catalogue.writing() as desk:
        edition = desk.editions.begin("", span.kind, span.label, window(span, time(6), UTC))
        desk.editions.put(edition.key, [Pick(paper_key=1, place=1)])
        desk.editions.publish(edition.key, NOW)
    yield opened
    opened.index.close()
    opened.catalogue.close()


def subscribe(
    service: Service, zone: str, hour: int, confirmed: datetime = NOW - timedelta(days=2)
) -> None:
    wishes = Wishes(cadence=Cadence.DAILY, hour=hour, zone=zone, on_empty=OnEmpty.SEND)
    with service.catalogue.writing() as desk:
        add(desk, f"{zone.replace('/', '.')}@example.org".lower(), "", wishes, confirmed)


def queued(service: Service) -> list[str]:
    """Who has a letter in the outbox, the first made first."""
    with service.catalogue.reading() as desk:
        return [one.letter.recipient for one in desk.outbox.listed(Fate.QUEUED, 100)][::-1]


def test_nothing_is_looked_for_where_nobody_subscribes(service: Service) -> None:
    (watch,) = [one for one in WATCHES if one.name == LETTERS]
    assert watch.due(service, NOW) == ""
    subscribe(service, "UTC", 7)
    slots = {watch.due(service, NOW + timedelta(minutes=number)) for number in range(60)}
    assert len(slots) == 4


def test_each_gets_a_letter_at_their_own_hour(service: Service) -> None:
    for zone in ("UTC", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham"):
        subscribe(service, zone, 13, NOW)
    moment = NOW
    (watch,) = [one for one in WATCHES if one.name == LETTERS]
    scheduler = Scheduler(service, (), lambda: moment, watches=(watch,))
    came: dict[str, datetime] = {}
    for _ in range(24 * 4):
        before = set(queued(service))
        scheduler.do_watches(Event())
        for recipient in set(queued(service)) - before:
            came[recipient.partition("@")[0]] = moment
        moment += timedelta(minutes=15)
    assert {name: f"{at:%d %H:%M}" for name, at in came.items()} == {
        "utc": "21 13:00",
        "asia.kolkata": "21 07:30",
        "asia.kathmandu": "21 07:15",
        "pacific.chatham": "21 23:15",
    }
    assert len(queued(service)) == 4


def test_the_step_does_it_by_hand_too(service: Service) -> None:
    subscribe(service, "UTC", 7)
    run = Scheduler(service, STEPS, lambda: NOW).run_now(LETTERS, lambda: False)
    assert run.detail == "1 letter composed, 0 had nothing to say."
    with service.catalogue.reading() as desk:
        assert desk.outbox.counts(DIGEST)[Fate.QUEUED] == 1


def test_the_mailboxes_are_read_even_where_nobody_subscribes(
    service: Service, tmp_path: Path
) -> None:
    (watch,) = [one for one in WATCHES if one.name == BOUNCES]
    assert watch.due(service, NOW) == ""
    folder = tmp_path / "mail"
    (folder / "new").mkdir(parents=True)
    (folder / "new" / "1").write_bytes(b"Who are you?")
    settings = service.settings.model_copy(update={"mail_bounces": folder})
    reading = replace(service, settings=settings)
    assert watch.due(reading, NOW)
    run = Scheduler(reading, STEPS, lambda: NOW).run_now(BOUNCES, lambda: False)
    assert run.detail == "0 bounces, 0 mails ignored, 1 not understood."


def test_a_mailbox_that_cannot_be_read_stops_no_letter(service: Service) -> None:
    """It is told of by its step; in between it is asked once in a quarter of an hour."""
    subscribe(service, "UTC", 7)
    box = Box()
    with imap_server(box) as port:
        url = SecretStr(f"imap://ada:wrong@127.0.0.1:{port}")
        settings = service.settings.model_copy(update={"mail_bounces_imap": url})
        reading = replace(service, settings=settings)
        scheduler = Scheduler(reading, STEPS, lambda: NOW, watches=WATCHES)
        for _ in range(3):
            scheduler.do_watches(Event())
        assert len([line for line in box.asked if line.startswith("AUTHENTICATE")]) == 1
        run = scheduler.run_now(BOUNCES, lambda: False)
    assert queued(service) == ["utc@example.org"]
    assert run.outcome is StepOutcome.FAILED
    assert "Wrong password" in run.detail
