"""What an index folder says of itself: which generation counts, what made it, how far it is.

    index/CURRENT             the name of the generation that counts
    index/<generation>/state  its stamp, its watermark and how much of each file counts

Both files are replaced whole (written aside, synced, renamed), so a kill leaves old or new.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from broadsheet.errors import FullError, SearchIndexError

FORMAT = 2
"""Goes up when an index written by older code can no longer be read."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index was made from; one that differs is made anew.

    `lineage` names the catalogue's line of history, `encoders` the encoders' identities.
    """

    lineage: str
    encoders: tuple[str, ...]
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class State:
    """A generation's stamp, the last change in it, and for each encoder its vectors' state."""

    stamp: Stamp
    watermark: int = 0
    vectors: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_current(folder: Path) -> str | None:
    """The name of the generation that counts; None if there is none."""
    try:
        return (folder / "CURRENT").read_text("ascii").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(folder / "CURRENT", error) from error


def write_current(folder: Path, generation: str) -> None:
    """Make a generation the one that counts."""
    _replace(folder / "CURRENT", generation + "\n")


def read_state(generation: Path) -> State | None:
    """The state of a generation; None if it has none yet or another program's."""
    try:
        saved = json.loads((generation / "state").read_text("utf-8"))
        stamp = saved["stamp"]
        return State(
            Stamp(stamp["lineage"], tuple(stamp["encoders"]), stamp["format"]),
            saved["watermark"],
            saved["vectors"],
        )
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, json.JSONDecodeError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(generation / "state", error) from error


def chosen_codes(generation: Path) -> dict[str, str]:
    """In which way vectors are written down, for the encoders for which one was chosen."""
    state = read_state(generation)
    saved = state.vectors if state else {}
    return {name: one["codes"] for name, one in saved.items() if one.get("codes")}


def write_state(generation: Path, state: State) -> None:
    """Replace the state of a generation."""
    _replace(generation / "state", json.dumps(asdict(state), indent=1) + "\n")


def _replace(file: Path, text: str) -> None:
    aside = file.with_name(file.name + ".new")
    try:
        with aside.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(file)
        handle = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise FullError(
            f"The index in {file.parent} cannot be written: {error.strerror}.",
            hint="Make room there or choose another home; nothing of the catalogue is lost.",
        ) from error


def _unreadable(file: Path, error: Exception) -> SearchIndexError:
    return SearchIndexError(f"{file} cannot be read: {error}.", hint="Delete the index folder.")
