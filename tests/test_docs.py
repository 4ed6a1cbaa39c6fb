"""The documentation speaks of everything that can be set, run or asked for."""

import re
from pathlib import Path

import pytest

from broadsheet.faces.app import create
from broadsheet.settings import Settings, read_settings
from broadsheet.sources.remote import Options
from broadsheet.sources.remote.kinds import KINDS, open_remote

REPOSITORY = Path(__file__).parents[1]
API = (REPOSITORY / "docs" / "api.md").read_text("utf-8")
PAGES = "\n".join(page.read_text("utf-8") for page in (REPOSITORY / "docs").glob("*.md"))
README = (REPOSITORY / "README.md").read_text("utf-8")


def paths() -> list[str]:
    """The pattern of every path that is answered."""
    patterns: dict[object, str] = create(read_settings(Path("/nowhere"))).state.patterns
    return sorted({re.sub(r":(?:path|key)(?=\})", "", pattern) for pattern in patterns.values()})


@pytest.mark.parametrize("path", paths())
def test_every_path_is_described(path: str) -> None:
    text = API if path.startswith("/api/") else PAGES
    assert re.search(rf"[` ]{re.escape(path)}[`?]", text)


def test_no_path_is_described_that_is_not_there() -> None:
    named = set(re.findall(r"`(?:GET |POST )?(/[a-z][^`?\s]*)`", API))
    unknown = {name for name in named if not any(path.startswith(name) for path in paths())}
    assert unknown == {"/api/v2", "/openapi.json"}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    assert f"`{name}`" in (REPOSITORY / "docs" / "settings.md").read_text("utf-8")


def test_every_kind_of_source_is_described_and_opens() -> None:
    text = (REPOSITORY / "docs" / "sources.md").read_text("utf-8")
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")]
    examples = {
        kind: (re.findall(r"`([^`]+)`", example) or [""])[0]
        for kinds, example in rows
        for kind in re.findall(r"`([^`]+)`", kinds)
    }
    assert examples.keys() == KINDS.keys()
    for kind, what in examples.items():
        assert open_remote(f"{kind}:{what}", Options()).name


def test_links_between_the_documents_lead_somewhere() -> None:
    for document in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_readme_names_the_two_commands() -> None:
    assert "$ make up" in README
    assert "$ make test" in README
