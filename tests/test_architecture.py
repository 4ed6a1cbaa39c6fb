"""The rules of the house hold, and each of them fails on a planted fault."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "src" / "broadsheet"
MODULE_LINES = 400
FUNCTION_LINES = 60
SHORT_LINES = 30
SHORT_SHARE = 0.9
VAGUE = {"utils", "helpers", "common", "manager", "base"}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}

# The rooms that a contract on a door leaves free to go through it.
DOORS = {
    "sources": {"sources", "ingest"},
    "database": {"catalogue"},
    "engines": {"index.embedded"},
    "http": {"fetch"},
    "formats": {"sources"},
    "terminal": {"faces"},
    "web": {"faces"},
    "formulas": {"cards"},
}

Rule = Callable[[Path], list[str]]


def modules(package: Path) -> Iterator[tuple[str, ast.Module, str]]:
    """Path inside the package, syntax and text of each module."""
    for file in sorted(package.rglob("*.py")):
        text = file.read_text("utf-8")
        yield file.relative_to(package).as_posix(), parsed(text), text


# A copy with a fault in it is but for that what was read before.
parsed = cache(ast.parse)


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Name and number of lines of each function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def long_modules(package: Path) -> list[str]:
    """Modules of more than 400 lines; a migration may be as long as it must."""
    return [
        name
        for name, _, text in modules(package)
        if len(text.splitlines()) > MODULE_LINES and "migrations/" not in name
    ]


def long_functions(package: Path) -> list[str]:
    """Functions of more than 60 lines."""
    return [
        f"{name}: {function}"
        for name, tree, _ in modules(package)
        for function, lines in functions(tree)
        if lines > FUNCTION_LINES
    ]


def too_few_short_functions(package: Path) -> list[str]:
    """Those of more than 30 lines, if they are more than one in ten."""
    sizes = [
        (f"{name}: {function}", lines)
        for name, tree, _ in modules(package)
        for function, lines in functions(tree)
    ]
    longer = [name for name, lines in sizes if lines > SHORT_LINES]
    return longer if len(sizes) - len(longer) < SHORT_SHARE * len(sizes) else []


def unsaid_modules(package: Path) -> list[str]:
    """Modules that do not open with a sentence that says what they are."""
    return [
        name
        for name, tree, _ in modules(package)
        if not (ast.get_docstring(tree) or "").partition("\n\n")[0].endswith(".")
    ]


def vague_names(package: Path) -> list[str]:
    """Modules and packages whose name says nothing."""
    return [
        name for name, _, _ in modules(package) if VAGUE & set(Path(name).with_suffix("").parts)
    ]


def readers_of_the_environment(package: Path) -> list[str]:
    """Modules other than the settings that reach for the environment."""
    return [
        name
        for name, tree, _ in modules(package)
        if not name.startswith("settings/")
        and any(_reaches_environment(node) for node in ast.walk(tree))
    ]


def _reaches_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in ENVIRONMENT and isinstance(node.value, ast.Name)
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and bool(ENVIRONMENT & {alias.name for alias in node.names})
    return False


def printers(package: Path) -> list[str]:
    """Modules below the faces that print."""
    return [
        name
        for name, tree, _ in modules(package)
        if not name.startswith("faces/")
        and any(isinstance(node, ast.Name) and node.id == "print" for node in ast.walk(tree))
    ]


RULES: list[Rule] = [
    long_modules,
    long_functions,
    too_few_short_functions,
    unsaid_modules,
    vague_names,
    readers_of_the_environment,
    printers,
]

_SAID = '"""A fault."""\n'
_LONG = "def long() -> None:\n" + "    pass\n"

RULE_FAULTS: list[tuple[Rule, str, str, list[str]]] = [
    (long_modules, "fault.py", _SAID + "\n" * 400, ["fault.py"]),
    (long_functions, "fault.py", _SAID + _LONG + "    pass\n" * 59, ["fault.py: long"]),
    (unsaid_modules, "fault.py", "FAULT = 1\n", ["fault.py"]),
    (unsaid_modules, "fault.py", '"""A fault"""\n', ["fault.py"]),
    (vague_names, "sources/helpers.py", _SAID, ["sources/helpers.py"]),
    (vague_names, "common/fault.py", _SAID, ["common/fault.py"]),
    (
        readers_of_the_environment,
        "fault.py",
        _SAID + "import os\nHOME = os.environ['HOME']\n",
        ["fault.py"],
    ),
    (
        readers_of_the_environment,
        "fault.py",
        _SAID + "from os import getenv as g\n",
        ["fault.py"],
    ),
    (printers, "ranking/fault.py", _SAID + "print(1)\n", ["ranking/fault.py"]),
]

CONTRACT_FAULTS = [
    ("layers", "errors.py", "import broadsheet.papers"),
    ("layers", "text/keys.py", "import broadsheet.settings"),
    ("layers", "catalogue/papers.py", "import broadsheet.curation"),
    ("layers", "catalogue/papers.py", "import broadsheet.sources"),
    ("layers", "sources/jsonl.py", "import broadsheet.catalogue"),
    ("layers", "ingest/report.py", "import broadsheet.index"),
    ("layers", "index/stamp.py", "import broadsheet.ingest"),
    ("layers", "ranking/search.py", "import broadsheet.service"),
    ("layers", "accounts/names.py", "import broadsheet.service"),
    ("layers", "service.py", "import broadsheet.faces"),
    ("layers", "unlisted.py", "UNLISTED = True"),
    ("sources", "faces/cli/papers.py", "import broadsheet.sources"),
    ("database", "ranking/search.py", "import sqlalchemy"),
    ("database", "ingest/filing.py", "from alembic import command"),
    ("engines", "ranking/search.py", "import tantivy"),
    ("engines", "index/build.py", "import faiss"),
    ("http", "sources/opening.py", "import httpx"),
    ("http", "index/build.py", "import httpcore"),
    ("formats", "ingest/filing.py", "import bibtexparser"),
    ("formats", "curation.py", "import rispy"),
    ("terminal", "service.py", "import rich"),
    ("terminal", "logs.py", "from typer import echo"),
    ("web", "service.py", "import starlette"),
    ("web", "cards/links.py", "from jinja2 import Template"),
    ("formulas", "text/formulas.py", "import latex2mathml"),
    ("faces", "faces/web/views.py", "import broadsheet.faces.api"),
    ("faces", "faces/guard.py", "import broadsheet.faces.app"),
    ("faces", "faces/unlisted.py", "UNLISTED = True"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, without the model, in a folder of its own."""
    leave_out = shutil.ignore_patterns("__pycache__", "model")
    return shutil.copytree(PACKAGE, tmp_path / "src" / "broadsheet", ignore=leave_out)


def lint_imports(package: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter, with the contracts of this repository, on a package."""
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--config", REPOSITORY / "pyproject.toml", "--no-cache", *chosen],
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def contracts() -> dict[str, dict[str, Any]]:
    """The contracts of import-linter, by id."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_holds(rule: Rule) -> None:
    assert rule(PACKAGE) == []


@pytest.mark.parametrize(("rule", "name", "text", "found"), RULE_FAULTS)
def test_the_rule_fails_on_a_planted_fault(
    rule: Rule, name: str, text: str, found: list[str], copy: Path
) -> None:
    file = copy / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    assert rule(copy) == found


def test_too_many_longer_functions_are_found(tmp_path: Path) -> None:
    short = "def short() -> None:\n    pass\n"
    longer = "def longer() -> None:\n" + "    pass\n" * 30
    (tmp_path / "fault.py").write_text(_SAID + short * 9 + longer, "utf-8")
    assert too_few_short_functions(tmp_path) == []
    (tmp_path / "fault.py").write_text(_SAID + short * 8 + longer, "utf-8")
    assert too_few_short_functions(tmp_path) == ["fault.py: longer"]


def test_every_rule_and_contract_has_a_planted_fault() -> None:
    planted = {rule for rule, *_ in RULE_FAULTS} | {too_few_short_functions}
    assert planted == set(RULES)
    assert {contract for contract, *_ in CONTRACT_FAULTS} == contracts().keys()


def test_imports_point_up(copy: Path) -> None:
    linted = lint_imports(copy)
    assert linted.returncode == 0, linted.stdout
    assert "10 kept, 0 broken" in linted.stdout


@pytest.mark.parametrize(("contract", "name", "line"), CONTRACT_FAULTS)
def test_the_contract_fails_on_a_planted_fault(
    contract: str, name: str, line: str, copy: Path
) -> None:
    file = copy / name
    text = file.read_text("utf-8") if file.exists() else _SAID
    file.write_text(f"{text}\n{line}\n", "utf-8")
    linted = lint_imports(copy, contract)
    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert "0 kept, 1 broken" in linted.stdout


@pytest.mark.parametrize("contract", DOORS)
def test_the_contract_names_every_room_but_the_door(contract: str) -> None:
    rooms = _rooms(PACKAGE)
    named = {name.removeprefix("broadsheet.") for name in contracts()[contract]["source_modules"]}
    free = DOORS[contract]
    if contract == "engines":
        rooms = rooms - {"index"} | {f"index.{room}" for room in _rooms(PACKAGE / "index")}
    assert named == rooms - free


def _rooms(package: Path) -> set[str]:
    """The names of the modules and packages right inside a package."""
    files = {file.stem for file in package.glob("*.py") if not file.stem.startswith("__")}
    return files | {file.parent.name for file in package.glob("*/__init__.py")}
