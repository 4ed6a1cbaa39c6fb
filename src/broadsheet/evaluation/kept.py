"""The latest measurement of each set in a home, as the page /bench shows them."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from broadsheet import __version__

FOLDER = "measured"
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def keep(home: Path, shaped: Mapping[str, Any]) -> None:
    """Keep a report in a home, in place of the last of the same set; nothing without a home."""
    if not home.is_dir():
        return
    folder = home / FOLDER
    folder.mkdir(exist_ok=True)
    file = folder / f"{_NAME.sub('-', str(shaped['set'])).strip('.') or 'set'}.json"
    told = {**shaped, "at": datetime.now(UTC).isoformat(timespec="seconds"), "by": __version__}
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(told), "utf-8")
    aside.replace(file)


def measured(home: Path) -> list[dict[str, Any]]:
    """The reports kept in a home, by the names of their sets; unreadable ones are left out."""
    found = []
    for file in sorted((home / FOLDER).glob("*.json")):
        try:
            found.append(dict(json.loads(file.read_text("utf-8"))))
        except (OSError, ValueError, TypeError):
            structlog.get_logger().warning("measured", unreadable=file.name)
    return found
