"""The wheel holds what the program needs and works where only it was installed."""

import ast
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from broadsheet import __version__

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "src" / "broadsheet"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=REPOSITORY)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel in it, and the locked libraries in reach."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    programs = folder / "bin"
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", programs / "python"]
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=folder)
    (site,) = folder.glob("lib/python*/site-packages")
    # What a `.pth` there names is not followed, so the checkout itself stays out of reach.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return programs


def run(*words: str | Path, cwd: Path) -> str:
    """The standard output of a command that must succeed."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def project() -> Mapping[str, Any]:
    """The project table."""
    table: Mapping[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    found: Mapping[str, Any] = table["project"]
    return found


def names(requirements: list[str]) -> set[str]:
    """The normalised names of what is required."""
    found = (re.match(r"[\w.-]+", requirement) for requirement in requirements)
    return {normal(match[0]) for match in found if match}


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    """What the program requires, the extras for users included."""
    extras = project()["optional-dependencies"]
    further = [name for extra in ("postgres", "parquet", "evaluate") for name in extras[extra]]
    return names(project()["dependencies"] + further)


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    tracked = {
        file.relative_to(PACKAGE.parent).as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == tracked
    assert {
        "broadsheet/py.typed",
        "broadsheet/catalogue/migrations/env.py",
        "broadsheet/catalogue/migrations/versions/0001_papers.py",
        "broadsheet/index/encoders/model/contextual/model.json",
        "broadsheet/index/encoders/model/contextual/model.onnx",
        "broadsheet/index/encoders/model/contextual/tokenizer.json",
        "broadsheet/index/encoders/model/model.json",
        "broadsheet/index/encoders/model/static.safetensors",
        "broadsheet/index/encoders/model/tokenizer.json",
    } <= packed


def test_the_wheel_is_named_and_licensed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = (name for name in archive.namelist() if name.endswith("licenses/LICENSE"))
        assert archive.read(licence) == (REPOSITORY / "LICENSE").read_bytes()
    assert wheel.name == f"broadsheet-{__version__}-py3-none-any.whl"


def test_the_installed_program_is_that_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    said = run(
        installed / "python", "-c", "import broadsheet; print(broadsheet.__file__)", cwd=tmp_path
    )
    assert Path(said.strip()).is_relative_to(installed.parent)
    assert run(installed / "broadsheet", "--version", cwd=tmp_path) == f"broadsheet {__version__}\n"


def test_the_installed_program_imports_and_finds(installed: Path, tmp_path: Path) -> None:
    def broadsheet(*words: str | Path) -> str:
        return run(installed / "broadsheet", "--home", tmp_path / "home", *words, cwd=tmp_path)

    paper = {
        "title": "Rivers of ink",
        "abstract": "How much ink the rivers of a printing town carry to the sea each spring.",
        "doi": "10.5555/rivers.1",
    }
    (tmp_path / "press.jsonl").write_text(json.dumps(paper) + "\n", "utf-8")
    broadsheet("init")
    report = json.loads(broadsheet("import", tmp_path / "press.jsonl", "--format", "json"))
    assert (report["read"], report["new"]) == (1, 1)
    for query in ("ink rivers", "--mode=semantic ink in rivers"):
        page = json.loads(broadsheet("search", *query.split(), "--format", "json"))
        assert [hit["title"] for hit in page["hits"]] == ["Rivers of ink"]


def test_every_library_that_is_imported_is_declared() -> None:
    distributions = packages_distributions()
    imported = {
        name.partition(".")[0]
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in _imports(node)
    }
    foreign = imported - sys.stdlib_module_names - {"broadsheet"}
    assert {normal(distributions[name][0]) for name in foreign} <= declared()


def _imports(node: ast.AST) -> list[str]:
    """The modules that a node imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def test_every_dependency_has_its_row_in_the_documentation() -> None:
    text = (REPOSITORY / "docs" / "dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \|", text, re.MULTILINE)
    assert sorted(set(rows) - {"package"}) == sorted(declared())


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_the_locks_pin_every_dependency_with_hashes(lock: str) -> None:
    text = (REPOSITORY / "locks" / lock).read_text("utf-8")
    pinned = re.findall(r"^([\w.-]+)==\S+.*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    starts = re.findall(r"^[^\s#].*", text, re.MULTILINE)
    assert len(pinned) == len(starts)
    required = declared() if lock == "dev.txt" else names(project()["dependencies"])
    assert required <= {normal(name) for name in pinned}
    assert "torch" not in pinned
    assert "://" not in text
