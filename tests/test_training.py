"""What the packaged weights were made from, as their manifests say it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]
MODEL = REPOSITORY / "src" / "broadsheet" / "index" / "encoders" / "model"
EXPECTED = REPOSITORY / "src" / "broadsheet" / "ranking" / "model" / "expected.safetensors"
MADE = {
    "manifest.json": MODEL / "static.safetensors",
    "contextual.json": MODEL / "contextual" / "model.onnx",
    "expected.json": EXPECTED,
}


def manifest(name: str) -> Any:
    """A manifest as it was written by the training."""
    return json.loads((REPOSITORY / "training" / name).read_text("utf-8"))


@pytest.mark.parametrize("name", MADE)
def test_nothing_that_judges_us_is_training_data(name: str) -> None:
    files = [one["file"] for one in manifest(name)["data"]]
    assert files
    assert all(file.startswith("corpora/") for file in files)
    assert not any("benchmarks" in file or "pages" in file for file in files)


@pytest.mark.parametrize("name", MADE)
def test_the_weights_are_those_of_the_manifest(name: str) -> None:
    made = manifest(name)
    assert made["model"]["sha256"] == hashlib.sha256(MADE[name].read_bytes()).hexdigest()
    assert made["recipe"]["seed"]
    assert made["figures"]


@pytest.mark.shared_data
def test_the_data_are_those_that_lie_beside_the_repository(shared: Path) -> None:
    for name in MADE:
        for one in manifest(name)["data"]:
            digest = hashlib.sha256((shared / one["file"]).read_bytes()).hexdigest()
            assert digest == one["sha256"], one["file"]


@pytest.mark.parametrize(
    ("name", "megabytes"), [("manifest.json", 10), ("contextual.json", 25), ("expected.json", 1)]
)
def test_the_weights_are_small(name: str, megabytes: int) -> None:
    assert MADE[name].stat().st_size <= megabytes * 1_000_000
