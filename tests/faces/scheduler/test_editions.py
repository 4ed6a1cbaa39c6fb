"""Editions at their cut-off: made and published once, and told of when they are late."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import EditionKind, Pick
from broadsheet.editions import read_label, window
from broadsheet.faces.scheduler import STEPS, WATCHES, Scheduler
from broadsheet.faces.scheduler.editions import due, keep, overdue
from broadsheet.service import Service
from broadsheet.settings import Settings
from tests.library.dailies import file_papers, toy_dailies
from tests.library.site import fill

DAY = date(2026, 3, 2)
CUTOFF = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""07:00 in Berlin."""
MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose days close at seven in Berlin, with six papers of one day."""
    return fill(tmp_path, toy_dailies(DAY)).model_copy(update={"time_zone": "Europe/Berlin"})


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    """It, opened."""
    opened = Service.open(settings)
    yield opened
    opened.index.close()
    opened.catalogue.close()


def never() -> bool:
    """Go on."""
    return False


def labels(service: Service, kind: EditionKind = EditionKind.DAY, section: str = "") -> list[str]:
    """The labels of what is published."""
    with service.catalogue.reading() as desk:
        return [one.label for one in desk.editions.published(section, kind, limit=99)]


def test_a_day_makes_itself_at_its_cut_off_and_once(service: Service) -> None:
    assert keep(service, CUTOFF - MINUTE, never) == []
    assert keep(service, CUTOFF, never) == ["edition 2026-03-02 made itself"]
    assert due(service, CUTOFF + MINUTE) == ""
    assert keep(service, CUTOFF + MINUTE, never) == []
    assert labels(service) == ["2026-03-02"]


def test_a_week_and_a_month_follow_when_they_end(service: Service) -> None:
    keep(service, CUTOFF, never)
    sunday = CUTOFF + timedelta(days=6)
    assert keep(service, sunday - MINUTE, never) == []
    assert keep(service, sunday, never) == ["edition 2026-W10 made itself"]
    # By then the clocks have changed.
    april = datetime(2026, 3, 31, 5, tzinfo=UTC)
    assert keep(service, april - MINUTE, never) == []
    assert keep(service, april, never) == ["edition 2026-03 made itself"]
    assert labels(service, EditionKind.MONTH) == ["2026-03"]


def test_sections_have_cut_offs_of_their_own(service: Service) -> None:
    with service.catalogue.writing() as desk:
        desk.sections.add(
            "tea",
            title="Tea",
            query="kettles",
            cutoff="05:00",
            zone="UTC",
            size=5,
            made=CUTOFF,
        )
    assert keep(service, CUTOFF - timedelta(hours=1), never) == [
        "edition 2026-03-02 of tea made itself"
    ]
    assert labels(service) == []
    assert labels(service, section="tea") == ["2026-03-02"]


def test_what_is_scheduled_comes_out_and_a_draft_waits(service: Service) -> None:
    span = read_label(EditionKind.DAY, str(DAY))
    with service.catalogue.writing() as desk:
        edition = desk.editions.begin(
            "",
            EditionKind.DAY,
            str(DAY),
            window(span, time.fromisoformat(service.settings.edition_at), UTC),
        )
        key = min(desk.candidates.announced(str(DAY), str(DAY)))
        desk.editions.put(edition.key, [Pick(paper_key=key, place=1, picked_by="ada")])
    assert keep(service, CUTOFF, never) == []
    with service.catalogue.writing() as desk:
        desk.editions.schedule(edition.key, CUTOFF + MINUTE)
    assert keep(service, CUTOFF, never) == []
    assert keep(service, CUTOFF + MINUTE, never) == ["edition 2026-03-02 came out"]


def test_somebody_is_told_an_hour_after_the_cut_off(service: Service) -> None:
    hour = timedelta(hours=1)
    assert overdue(service, CUTOFF + hour - MINUTE) == {}
    assert overdue(service, CUTOFF + hour) == {
        "no edition 2026-03-02": "The edition 2026-03-02 was to be out at 07:00 (Europe/Berlin) "
        "and is not."
    }
    # Nothing came in for the next day, and nobody needs to know.
    assert overdue(service, CUTOFF + 26 * hour) == {}
    keep(service, CUTOFF + hour, never)
    assert overdue(service, CUTOFF + hour) == {}


def test_the_alert_is_raised_without_a_round_and_clears(service: Service) -> None:
    with service.catalogue.writing() as desk:
        edition = desk.editions.begin("", EditionKind.DAY, str(DAY), (CUTOFF, CUTOFF))
        key = min(desk.candidates.announced(str(DAY), str(DAY)))
        desk.editions.put(edition.key, [Pick(paper_key=key, place=1)])
    now = CUTOFF + timedelta(hours=2)
    scheduler = Scheduler(service, STEPS, lambda: now, watches=WATCHES)
    scheduler.do_watches(threading.Event())
    with service.catalogue.reading() as desk:
        assert [one.condition for one in desk.alerts.open()] == ["no edition 2026-03-02"]
    with service.catalogue.writing() as desk:
        desk.editions.schedule(edition.key, now)
    scheduler.do_watches(threading.Event())
    assert labels(service) == ["2026-03-02"]
    run = Scheduler(service, STEPS, lambda: now).run_now("alert", never)
    assert run.detail == "Nothing to tell."


def test_what_is_due_is_tried_once_until_something_changes(service: Service) -> None:
    tomorrow = CUTOFF + timedelta(days=1)
    before = due(service, tomorrow)
    assert "2026-03-03" in before
    assert due(service, tomorrow + MINUTE) == before
    scheduler = Scheduler(service, STEPS, lambda: tomorrow, watches=WATCHES)
    scheduler.do_watches(threading.Event())
    assert labels(service) == []
    with service.catalogue.writing() as desk:
        file_papers(desk, toy_dailies(DAY + timedelta(days=1), 2))
    assert due(service, tomorrow) != before
    scheduler.do_watches(threading.Event())
    assert labels(service) == ["2026-03-03"]


def test_two_schedulers_make_one(settings: Settings, service: Service) -> None:
    other = Service.open(settings)
    schedulers = [
        Scheduler(one, STEPS, lambda: CUTOFF, watches=WATCHES) for one in (service, other)
    ]
    threads = [
        threading.Thread(target=one.do_watches, args=(threading.Event(),)) for one in schedulers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.index.close()
    other.catalogue.close()
    assert labels(service) == ["2026-03-02"]
    assert labels(service, EditionKind.WEEK) == []
