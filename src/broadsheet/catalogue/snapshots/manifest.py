"""What a snapshot says of itself: whose it is, how its rows are written, and the sum of each."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from broadsheet import __version__
from broadsheet.catalogue.snapshots.parcels import Parcel, Summed
from broadsheet.catalogue.stores import check_revision
from broadsheet.errors import CatalogueError, NewerCatalogueError

NAME: Final = "manifest.json"
FORMAT: Final = 1
"""The number of the way in which snapshots are laid out."""
_KIND: Final = "broadsheet-snapshot"
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A table as it lies in a snapshot: its columns with the kind of each, and its sum."""

    table: str
    columns: Mapping[str, str]
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of a snapshot: the `ending` of its members says how their rows are written.

    `revision` is that of the schema, `lineage` names the line of history it was taken from, and
    `program` is the version that wrote it.
    """

    ending: str
    revision: str
    lineage: str
    written_at: str
    members: tuple[Member, ...]
    program: str = __version__

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(member.rows for member in self.members)

    def name_of(self, member: Member) -> str:
        """The name of a member within its parcel."""
        return f"{member.table}.{self.ending}"


def write_manifest(parcel: Parcel, manifest: Manifest) -> None:
    """Write the manifest, with a sum of its own."""
    body = {"kind": _KIND, "format": FORMAT, **asdict(manifest)}
    text = json.dumps(body | {"sha256": _sum_of(body)}, indent=1)
    with parcel.put(NAME) as member:
        Summed(member).write(text.encode())


def read_manifest(parcel: Parcel, source: Path) -> Manifest:
    """The manifest of a snapshot.

    Raises CatalogueError if there is none or it is damaged, NewerCatalogueError for what a newer
    program wrote.
    """
    try:
        with parcel.get(NAME) as member:
            body = json.loads(member.read(_LARGEST))
        is_ours = isinstance(body, dict) and body["kind"] == _KIND
    except KeyError as error:
        raise _no_snapshot(source) from error
    except (ValueError, RecursionError) as error:
        raise damaged(source, "its manifest cannot be read") from error
    if not is_ours:
        raise _no_snapshot(source)
    if isinstance(body.get("format"), int) and body["format"] > FORMAT:
        raise NewerCatalogueError(
            f"The snapshot {source} was written by a newer Broadsheet "
            f"({body.get('program')}, format {body['format']}); this one knows {FORMAT}.",
            hint="Install a newer Broadsheet.",
        )
    said = body.pop("sha256", None)
    if said != _sum_of(body):
        raise damaged(source, "its manifest was changed")
    manifest = _read(body, source)
    check_revision(manifest.revision, f"snapshot {source}")
    return manifest


def now_written(now: datetime) -> str:
    """A moment as a manifest has it."""
    return now.isoformat(timespec="seconds")


def damaged(source: Path, what: str) -> CatalogueError:
    """The error for a snapshot that is not what was written."""
    return CatalogueError(
        f"The snapshot {source} is damaged: {what}. Nothing was imported.",
        hint="Copy it again, or export it again.",
    )


def _read(body: Mapping[str, Any], source: Path) -> Manifest:
    """The manifest in a body whose sum is right."""
    try:
        members = tuple(Member(**member) for member in body["members"])
        known = {name: body[name] for name in Manifest.__dataclass_fields__ if name != "members"}
        return Manifest(**known, members=members)
    except (KeyError, TypeError) as error:
        raise damaged(source, "its manifest lacks a part") from error


def _no_snapshot(source: Path) -> CatalogueError:
    return CatalogueError(
        f"{source} is not a snapshot: it has no {NAME} of ours.",
        hint="Name what `broadsheet snapshot export` wrote.",
    )


def _sum_of(body: Mapping[str, Any]) -> str:
    """The sum of a manifest, however it is laid out."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
