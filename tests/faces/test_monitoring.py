"""The figures of mail, as a monitor reads them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from broadsheet.catalogue import Bounce, BounceKind, Wishes
from broadsheet.faces.app import create
from tests.library.letters import ask_for, leave_uncertain
from tests.library.people import catalogue_of
from tests.library.site import fill_empty


def test_letters_subscriptions_and_what_came_back_are_counted(tmp_path: Path) -> None:
    settings = fill_empty(tmp_path).model_copy(update={"post": False, "scheduler": False})
    now = datetime.now(UTC)
    catalogue = catalogue_of(tmp_path)
    key = leave_uncertain(catalogue, now, "eve@example.org")
    ask_for(catalogue, 2, now - timedelta(hours=1))
    with catalogue.writing() as desk:
        desk.subscriptions.add("ada@example.org", "", Wishes(), now)
        desk.bounces.add(Bounce("eve@example.org", BounceKind.COMPLAINT, "1", "", now, key))
        desk.bounces.suppress("eve@example.org", "spam", now)
    catalogue.close()
    with TestClient(create(settings)) as site:
        text = site.get("/metrics").text
    found = {
        (one.name.removeprefix("broadsheet_"), *sorted(one.labels.values())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }
    assert found["letters", "notice", "queued"] == 2
    assert found["letters", "notice", "uncertain"] == 1
    assert found["letters", "digest", "queued"] == 0
    assert found["oldest_queued_letter_seconds",] >= 3600
    assert (found["subscriptions", "pending"], found["subscriptions", "active"]) == (1, 0)
    assert (found["bounces", "complaint"], found["bounces", "hard"]) == (1, 0)
    assert (found["suppressed_addresses",], found["unknown_mails",]) == (1, 0)
