"""The API is what its description says: schemathesis asks it what nobody would."""

import subprocess
import sys
from pathlib import Path

import httpx


def test_the_description_is_openapi_3_1(live: str) -> None:
    description = httpx.get(f"{live}/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {
        "/api/v1/search",
        "/api/v1/papers",
        "/api/v1/papers/batch",
        "/api/v1/papers/export",
        "/api/v1/papers/{id}",
        "/api/v1/papers/{id}/related",
        "/api/v1/papers/{id}/comments",
        "/api/v1/papers/{id}/votes",
        "/api/v1/papers/trending",
        "/api/v1/changes",
        "/api/v1/sources",
        "/api/v1/like",
        "/api/v1/editions",
        "/api/v1/editions/{kind}/{label}",
    }
    assert "Deprecation" in description["info"]["description"]


def test_head_over_one_connection(live: str) -> None:
    with httpx.Client(base_url=live, headers={"Accept-Encoding": "identity"}) as client:
        for path in (
            "/api/v1/changes?limit=3",
            "/feeds/latest.atom",
            "/static/broadsheet.css",
            "/metrics",
        ):
            head = client.head(path)
            assert (head.status_code, head.content) == (200, b""), path
            if "content-length" in head.headers and path != "/metrics":
                whole = client.get(path)
                assert head.headers["content-length"] == str(len(whole.content)), path


def test_schemathesis_finds_nothing(live: str, tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "schemathesis"
    done = subprocess.run(
        [
            str(program),
            f"--config-file={Path(__file__).parent / 'schemathesis.toml'}",
            "run",
            f"{live}/openapi.json",
            "--checks=all",
            "--max-examples=40",
            "--seed=1",
            "--generation-deterministic",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
