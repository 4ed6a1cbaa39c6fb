"""Lists and answers as a table, JSON, ids or tab-separated values."""

import json
import sys
from collections.abc import Sequence
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Format(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    IDS = "ids"


Cell = str | Text


def rows(format: Format | None, columns: Sequence[str], cells: Sequence[Sequence[Cell]]) -> None:
    """Write a list whose first column holds ids: a table, or tab-separated values when piped."""
    if format is Format.IDS:
        for row in cells:
            print(row[0])
    elif is_table(format):
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in cells:
            table.add_row(*row)
        Console(highlight=False, markup=False).print(table)
    else:
        for row in cells:
            print("\t".join(" ".join(str(cell).split()) for cell in row))


def is_table(format: Format | None) -> bool:
    """Whether people read it: then several tables may follow each other."""
    return format is Format.TABLE or (format is None and sys.stdout.isatty())


def as_json(value: object) -> None:
    """Write one JSON value."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def flat(value: object) -> str:
    """A value of a JSON object as text: lists one item a line, objects as `key value` pairs."""
    if isinstance(value, list):
        return "\n".join(flat(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {flat(item)}" for key, item in value.items())
    return str(value)


def say(text: str) -> None:
    """Write a line for people, on standard error, so that output stays fit for programs."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(text)
