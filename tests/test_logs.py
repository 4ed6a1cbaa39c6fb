"""Log lines: their form, and that no secret is in them."""

import json
from typing import Literal

import pytest
import structlog

from broadsheet.logs import MASK, masked, set_up


@pytest.mark.parametrize("style", ["json", "auto"])
def test_json_lines(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("json" if style == "json" else "auto")
    log = structlog.get_logger()
    log.info("import.done", papers=3)
    log.warning("index.behind")
    log.debug("not shown")
    output = capsys.readouterr()
    first, second = map(json.loads, output.err.splitlines())
    assert output.out == ""
    assert (first["event"], first["papers"], first["level"]) == ("import.done", 3, "info")
    assert first["timestamp"].endswith("Z")
    assert second["level"] == "warning"


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("console")
    structlog.get_logger().info("import.done", papers=3, password="hush")
    line = capsys.readouterr().err
    assert "import.done" in line
    assert "papers=3" in line
    assert "hush" not in line
    assert "\x1b" not in line


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ada:pw@host/name", f"postgresql://{MASK}@host/name"),
        ("postgresql://ada:p@w@host/name", f"postgresql://{MASK}@host/name"),
        ("see https://x.example/a@b and c@d", "see https://x.example/a@b and c@d"),
        ("https://x.example?to=c@d", "https://x.example?to=c@d"),
    ],
)
def test_credentials_in_addresses(address: str, shown: str) -> None:
    assert masked(None, "", {"event": address}) == {"event": shown}


def test_secrets_by_name() -> None:
    event = {"encoder_key": "a", "Authorization": "b", "db_password": 3, "count": 4}
    assert masked(None, "", dict(event)) == {
        "encoder_key": MASK,
        "Authorization": MASK,
        "db_password": MASK,
        "count": 4,
    }


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_trace_shows_no_local_variables_and_no_credentials(
    style: Literal["console", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(style)

    def fail() -> None:
        signing_key = "hush" * 2
        raise ValueError(f"cannot reach postgresql://ada:{len(signing_key)}pw@host/name")

    try:
        fail()
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=error)
    told = capsys.readouterr().err
    assert "in fail" in told
    assert "hushhush" not in told
    assert f"postgresql://{MASK}@host/name" in told
