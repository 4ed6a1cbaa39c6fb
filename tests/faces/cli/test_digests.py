"""The commands about letters and subscribers."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.catalogue import Fate
from tests.library.commands import broadsheet
from tests.library.people import catalogue_of
from tests.library.publishing import publish
from tests.library.site import fill

ADA = "ada@example.org"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The toy library with an edition of today and a subscriber since yesterday."""
    folder, now = tmp_path / "home", datetime.now(UTC)
    fill(folder)
    words = (ADA, "--cadence", "daily", "--hour", str(now.hour))
    broadsheet(folder, "subscriber", "add", *words)
    catalogue = catalogue_of(folder)
    publish(catalogue, now.date(), [1], now)
    with catalogue.writing() as desk:
        (one,) = desk.subscriptions.of_address(ADA)
        desk.subscriptions.activate(one.key, now, now.date() - timedelta(days=1))
    catalogue.close()
    return folder


def fates(home: Path) -> list[Fate]:
    catalogue = catalogue_of(home)
    with catalogue.reading() as desk:
        found = [one.state for one in desk.outbox.listed(None, 10)]
    catalogue.close()
    return found


def test_letters_are_looked_at_and_then_sent_once(home: Path) -> None:
    text = broadsheet(home, "digest", "preview", "--for", ADA).stdout
    assert text.startswith("Subject: Tidal Attention")
    assert "/unsubscribe/" in text
    assert "<h3" in broadsheet(home, "digest", "preview", "--for", ADA, "--html").stdout
    dry = broadsheet(home, "digest", "send", "--dry-run").stdout
    assert f"{ADA}\t\t{datetime.now(UTC).date()}\t1" in dry
    assert fates(home) == []
    assert "1 letter composed" in broadsheet(home, "digest", "send").stderr
    assert "0 letters composed" in broadsheet(home, "digest", "send").stderr
    assert "No letter is due" in broadsheet(home, "digest", "send", "--dry-run").stderr
    assert fates(home) == [Fate.QUEUED]
    counts = json.loads(broadsheet(home, "digest", "status", "--format", "json").stdout)
    assert (counts["active subscriptions"], counts["queued letters"]) == (1, 1)


def test_a_subscriber_is_listed_and_removed(home: Path) -> None:
    assert ADA in broadsheet(home, "subscriber", "list").stdout
    again = broadsheet(home, "subscriber", "add", ADA, "--hour", "9").stderr
    assert "was subscribed already, and keeps what it chose: daily " in again
    broadsheet(home, "digest", "send")
    broadsheet(home, "subscriber", "remove", ADA)
    assert fates(home) == [Fate.DROPPED]
    listed = broadsheet(home, "subscriber", "list", "--state", "stopped").stdout
    assert "Removed by the operator." in listed
    active = broadsheet(home, "subscriber", "list", "--state", "active", "--format", "json")
    assert json.loads(active.stdout) == []
    assert "0 bounces" in broadsheet(home, "digest", "bounces").stderr


def test_what_cannot_be_is_said_in_a_sentence(home: Path) -> None:
    unknown = broadsheet(home, "digest", "preview", "--for", "bob@example.org", code=1)
    assert "bob@example.org is not subscribed." in unknown.stderr
    assert "no address" in broadsheet(home, "subscriber", "add", "nobody", code=2).stderr
    zone = broadsheet(home, "subscriber", "add", ADA, "--zone", "Mars", code=2)
    assert "no time zone" in zone.stderr
    section = broadsheet(home, "subscriber", "add", ADA, "--section", "none", code=1)
    assert "no section" in section.stderr
