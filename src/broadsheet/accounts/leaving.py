"""Taking one's own along, and leaving: all that is kept of a reader, handed over or forgotten."""

import io
import json
import zipfile
from typing import Any

from broadsheet.accounts.roles import check_admins
from broadsheet.catalogue import Desk
from broadsheet.people import Reader

_WHAT = (
    "All that is kept of you here, by table. Moments are microseconds since 1970, UTC. Left out "
    "are digests of secrets, keys of devices, and letters that hold links."
)
# The oldest date that a ZIP file can hold: the same data give the same file.
_DATED = (1980, 1, 1, 0, 0, 0)


def export(desk: Desk, reader: Reader) -> dict[str, Any]:
    """All that is a reader's, as one JSON object."""
    return {"about": _WHAT, "name": reader.name, "tables": desk.personal.of(reader)}


def as_json(exported: dict[str, Any]) -> bytes:
    """An export as a JSON file."""
    return json.dumps(exported, ensure_ascii=False, indent=1, default=bytes.hex).encode()


def as_zip(exported: dict[str, Any]) -> bytes:
    """An export as a ZIP file with one JSON file for each table."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr(zipfile.ZipInfo("about.txt", _DATED), exported["about"] + "\n")
        for name, rows in exported["tables"].items():
            parcel.writestr(zipfile.ZipInfo(f"{name}.json", _DATED), as_json(rows))
    return packed.getvalue()


def leave(desk: Desk, reader: Reader) -> None:
    """Delete an account and every trace of it; ConflictError for the only admin."""
    check_admins(desk, reader)
    desk.personal.forget(reader)
    desk.changes.stir()
