"""Write docs/settings.md and docs/cli.md from the program, or check that they are fresh."""

import sys
from pathlib import Path

import click
import typer

from broadsheet.faces.cli import app
from broadsheet.settings import FILE_NAME, PREFIX, Settings, defaults

DOCS = Path(__file__).resolve().parents[1] / "docs"


def settings_page() -> str:
    """The reference of all settings."""
    lines = [
        "# Settings",
        "",
        f"Each setting is `{PREFIX}` and its name in capitals in the environment, or its name in",
        f"`{FILE_NAME}` in the home. Secrets may also come from a file: `{PREFIX}…_FILE` names it.",
        "This page is written by `make docs`.",
        "",
        "| setting | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name, default in defaults().items():
        meaning = Settings.model_fields[name].description
        lines.append(f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |")
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    """The reference of all commands, as `--help` shows them."""
    root = typer.main.get_command(app)
    context = click.Context(root, info_name="broadsheet", terminal_width=96, max_content_width=96)
    parts = ["# Command line", "", "This page is written by `make docs`.", ""]
    for title, text in _helps(root, context):
        parts += [f"## `{title}`", "", "```text", text.rstrip(), "```", ""]
    return "\n".join(parts).rstrip() + "\n"


def _helps(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    """Title and help of a command and all below it."""
    helps = [(context.command_path, command.get_help(context))]
    for name, below in sorted(getattr(command, "commands", {}).items()):
        inner = click.Context(
            below, parent=context, info_name=name, terminal_width=96, max_content_width=96
        )
        helps += _helps(below, inner)
    return helps


def main() -> None:
    """Write the pages; with `--check`, fail if one is stale."""
    pages = {"settings.md": settings_page(), "cli.md": cli_page()}
    for name, text in pages.items():
        file = DOCS / name
        if "--check" not in sys.argv:
            file.write_text(text, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            sys.exit(f"docs/{name} is stale: run `make docs`")


if __name__ == "__main__":
    main()
