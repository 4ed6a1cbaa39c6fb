"""The operator's page: for the operator's addresses only, and what it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from broadsheet.faces.app import create
from broadsheet.faces.web.operator import may_see
from broadsheet.settings import Settings, read_settings
from tests.library.commands import broadsheet
from tests.library.site import fill_empty

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home in which two steps were done by hand, one of them badly."""
    home = tmp_path_factory.mktemp("home")
    settings = fill_empty(home)
    wrong: dict[str, Any] = {"BROADSHEET_SOURCES": "pigeon:<coop>"}
    broadsheet(home, "scheduler", "run-now", "harvest", code=1, **wrong)
    broadsheet(home, "scheduler", "run-now", "check")
    broadsheet(home, "scheduler", "run-now", "alert", **wrong)
    return settings


@pytest.fixture
def site(settings: Settings) -> Iterator[TestClient]:
    """The site as the operator's own machine asks for it."""
    with TestClient(create(settings), headers=BROWSER, client=("127.0.0.1", 50000)) as client:
        yield client


def test_the_page_shows_each_step_with_what_came_of_it(site: TestClient) -> None:
    answer = site.get("/operator")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    text = answer.text
    assert text.count("<h1") == 1
    for step in ("harvest", "index", "backup", "clean", "check", "alert", "ping"):
        assert f'<th scope="row">{step}</th><td>now</td>' in text
    assert text.count(", by hand") == 3
    assert "<strong>failed</strong>" in text
    assert "6 checks passed" in text
    assert "pigeon:&lt;coop&gt;" in text
    assert "<coop>" not in text
    assert "not told to anybody" in text
    assert " style=" not in text
    assert "needs <code>broadsheet scheduler run</code>" in text


@pytest.mark.parametrize("client", [("192.0.2.7", 50000), ("testclient", 50000)])
def test_nobody_else_sees_it(settings: Settings, client: tuple[str, int]) -> None:
    with TestClient(create(settings), headers=BROWSER, client=client) as outside:
        answer = outside.get("/operator")
        assert answer.status_code == 403
        assert "operator_addresses" in answer.text
        assert "harvest" not in answer.text
        assert outside.get("/").status_code == 200


def test_a_setting_opens_it(settings: Settings) -> None:
    opened = settings.model_copy(update={"operator_addresses": ("192.0.2.0/24",)})
    with TestClient(create(opened), headers=BROWSER, client=("192.0.2.7", 50000)) as client:
        assert client.get("/operator").status_code == 200


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("128.0.0.1", False),
        ("::2", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_by_default_this_machine_alone_sees_it(tmp_path: Path, address: str, seen: bool) -> None:
    assert may_see(address, read_settings(tmp_path)) is seen
