"""What runs Broadsheet elsewhere: the container's recipe and the systemd unit."""

import subprocess
from configparser import ConfigParser
from pathlib import Path

from dockerfile_parse import DockerfileParser

DEPLOY = Path(__file__).parents[1] / "deploy"


def instructions() -> list[tuple[str, str]]:
    """The instructions of the container's recipe, in order."""
    parser = DockerfileParser(path=str(DEPLOY / "Dockerfile"), cache_content=True)
    return [(one["instruction"], one["value"]) for one in parser.structure]


def test_the_container_is_not_root_and_looks_after_its_health() -> None:
    told = dict(instructions())
    assert told["USER"].isdecimal()
    assert int(told["USER"]) >= 1000
    assert "/readyz" in told["HEALTHCHECK"]
    assert told["STOPSIGNAL"] == "SIGTERM"
    assert "/data" in told["VOLUME"]
    assert told["ENTRYPOINT"].endswith('/broadsheet"]')


def test_the_container_installs_what_is_locked_and_nothing_else() -> None:
    installs = [value for name, value in instructions() if name == "RUN" and "pip" in value]
    assert len(installs) == 1
    assert "--require-hashes -r locks/run.txt" in installs[0]
    assert "--no-deps" in installs[0]
    stages = [value for name, value in instructions() if name == "FROM"]
    assert all(":" in stage and not stage.endswith(":latest") for stage in stages)
    assert [name for name, _ in instructions()].count("USER") == 1


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    # The program of the unit is not installed where the tests run.
    text = (DEPLOY / "broadsheet.service").read_text("utf-8")
    unit = tmp_path / "broadsheet.service"
    unit.write_text(text.replace("/opt/broadsheet/bin/broadsheet", "/bin/true"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "broadsheet.service" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


def test_the_unit_gives_no_more_than_is_needed() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "broadsheet.service")
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
