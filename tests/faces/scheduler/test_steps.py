"""The steps of the round over a real home: sources, backups, clean-up, checks."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Catalogue, StepOutcome, StepRun
from broadsheet.faces.scheduler import STEPS, Errand, Scheduler, StoppedError
from broadsheet.settings import Settings, read_settings
from tests.library.servers.linking import Linking, linking, toy_pages
from tests.library.site import open_new

NOW = datetime(2026, 3, 29, 8, tzinfo=UTC)


class Home:
    """A home whose settings and clock a test chooses."""

    def __init__(self, folder: Path) -> None:
        self.settings = read_settings(folder / "home").model_copy(
            update={"fetch_allow": ("127.0.0.1",), "contextual": False}
        )
        self.now = NOW
        self.service = open_new(self.settings)

    def set(self, **values: object) -> Settings:
        self.settings = self.settings.model_copy(update=values)
        self.service = replace(self.service, settings=self.settings)
        return self.settings

    def run(self, step: str) -> StepRun:
        return Scheduler(self.service, STEPS, lambda: self.now).run_now(step, lambda: False)

    def work(self, step: str, stop: bool = False) -> str:
        (one,) = [one for one in STEPS if one.name == step]
        return one.work(Errand(self.service, self.now.date(), lambda: self.now, lambda: stop))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A new home."""
    made = Home(tmp_path)
    yield made
    made.service.index.close()
    made.service.catalogue.close()


def test_every_source_is_harvested_and_the_index_takes_it_in(home: Home) -> None:
    assert home.run("harvest").detail == "No source is set."
    refusing = Linking(toy_pages(1), before=lambda _: 403)
    with linking(Linking(toy_pages(2))) as good, linking(refusing) as bad:
        home.set(sources=(f"jsonl:{bad}", f"jsonl:{good}", "pigeon:coop"))
        run = home.run("harvest")
        assert run.outcome is StepOutcome.DONE
        failed, done, refused = run.detail.split("; ")
        assert "failed: " in failed
        assert "HTTP 403" in failed
        assert done.endswith(": 8 new")
        assert "no source of the kind 'pigeon'" in refused
        assert home.run("index").detail == "8 changes taken in."
        assert home.run("index").detail == "It was level."
        assert home.run("harvest").detail.split("; ")[1].endswith(": nothing new")
        home.set(sources=(f"jsonl:{bad}", "pigeon:coop"))
        run = home.run("harvest")
        assert run.outcome is StepOutcome.FAILED
        assert "HTTP 403" in run.detail


def test_a_harvest_that_is_to_stop_is_not_done(home: Home) -> None:
    with linking(Linking(toy_pages(3))) as url:
        home.set(sources=(f"jsonl:{url}",))
        with pytest.raises(StoppedError):
            home.work("harvest", stop=True)
        assert home.run("harvest").detail.endswith(": 12 new")
    with pytest.raises(StoppedError):
        home.work("index", stop=True)


def test_a_backup_a_day_and_the_newest_are_kept(home: Home, tmp_path: Path) -> None:
    assert home.run("backup").detail == "No folder is set."
    folder = tmp_path / "kept" / "backups"
    home.set(backup_folder=folder, keep_backups=2)
    assert home.run("backup").detail == "broadsheet-2026-03-29.db made."
    assert home.run("backup").detail == "broadsheet-2026-03-29.db was there."
    (folder / "broadsheet-mine.db").touch()
    for days in (1, 2):
        home.now = NOW + timedelta(days=days)
        detail = home.run("backup").detail
    assert detail == "broadsheet-2026-03-31.db made, 1 older removed."
    assert sorted(file.name for file in folder.iterdir()) == [
        "broadsheet-2026-03-30.db",
        "broadsheet-2026-03-31.db",
        "broadsheet-mine.db",
    ]
    copy = Catalogue.open(f"sqlite:///{folder / 'broadsheet-2026-03-31.db'}", locks=tmp_path)
    assert copy.check() == []
    copy.close()
    home.set(backup_folder=folder / "broadsheet-mine.db" / "under")
    assert home.run("backup").outcome is StepOutcome.FAILED


def test_what_is_old_is_forgotten(home: Home) -> None:
    home.set(keep_days=10)
    assert home.run("check").outcome is StepOutcome.DONE
    home.now = NOW + timedelta(days=9)
    assert home.run("clean").detail == "0 harvests, 0 letters and 0 notes of rounds forgotten."
    home.now = NOW + timedelta(days=11)
    # The check and the free space that it noted.
    assert home.run("clean").detail == "0 harvests, 0 letters and 2 notes of rounds forgotten."


def test_checks_note_the_free_space_and_fail_on_a_problem(home: Home) -> None:
    run = home.run("check")
    assert run.outcome is StepOutcome.DONE
    with home.service.catalogue.reading() as desk:
        (sample,) = desk.alerts.space(NOW - timedelta(days=1))
    assert sample.at == NOW
    assert f"{sample.free >> 20:,} MiB free" in run.detail
    with home.service.catalogue.writing() as desk:
        desk.papers.connection.exec_driver_sql("DELETE FROM counters WHERE name = 'paper'")
    run = home.run("check")
    assert run.outcome is StepOutcome.FAILED
    assert run.detail.startswith("integrity: The counter paper is at None")


def test_the_round_is_whole(home: Home) -> None:
    home.now = NOW
    scheduler = Scheduler(home.service, STEPS, lambda: home.now)
    scheduler.do_due(threading.Event())
    with home.service.catalogue.reading() as desk:
        runs = desk.rounds.of_day(date(2026, 3, 29))
    assert list(runs) == [step.name for step in STEPS]
    assert {run.outcome for run in runs.values()} == {StepOutcome.DONE}
