"""Where papers come from: each format's reader, and the one door to them all."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from broadsheet.errors import SettingError, SourceError
from broadsheet.papers import Record
from broadsheet.sources import acl, bibtex, jsonl, pages, ris, tables
from broadsheet.sources.detection import detect, is_html, is_xml
from broadsheet.sources.opening import LINE_LIMIT, OpenFile, compressed_size, open_file, open_held

__all__ = ["SOURCES", "Source", "compressed_size", "detect", "read", "read_held"]

_TAKEN = "give BibTeX, RIS, CSV, JSON Lines or plain text"
_SOURCE_NAME = re.compile(r"[A-Za-z0-9_-]+")


class Source(Protocol):
    """One format's reader: records, and errors of single records as values, in the file's order.

    Raises SourceError where the file as a whole cannot be read on. Holds little of it at a time.
    """

    def __call__(self, file: OpenFile, source: str) -> Iterator[Record | SourceError]:
        """Read `file`, whose records `source` says."""
        ...


SOURCES: Final[Mapping[str, Source]] = {
    pages.FORMAT: pages.read,
    jsonl.FORMAT: jsonl.read,
    bibtex.FORMAT: bibtex.read,
    ris.FORMAT: ris.read,
    tables.FORMAT: tables.read,
    acl.FORMAT: acl.read,
}
"""The readers by the name of their format."""


def read(
    path: Path,
    *,
    source: str | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    progress: Callable[[int], None] | None = None,
    limit: int = LINE_LIMIT,
) -> Iterator[Record | SourceError]:
    """The records of a file of any known format, packed or not, read as a stream.

    A broken record comes as a SourceError value, and the reading goes on. Raises SourceError
    where the file itself cannot be read (missing, empty, unknown format, truncated archive, wrong
    encoding, a line over `limit` characters …), SettingError for a format, source name or
    encoding that cannot be. `source` is by default the file's name up to its first dot, for ACL
    Anthology XML `acl`; `progress` is given the bytes of the file on disk read so far.
    """
    if format is not None and format not in SOURCES:
        raise SettingError(f"there is no format named {format!r}", hint=f"one of {_known()}")
    if source is not None and not _SOURCE_NAME.fullmatch(source):
        raise SettingError(
            f"{source!r} cannot be the name of a source",
            hint="use letters, digits, hyphens and underscores",
        )
    with open_file(path, encoding=encoding, limit=limit, progress=progress) as file:
        found = format or detect(file.head)
        if found is None:
            raise _unknown(file)
        yield from SOURCES[found](file, source or _default_source(path, found))


def read_held(
    data: bytes, name: str, source: str, *, format: str | None = None, limit: int = LINE_LIMIT
) -> Iterator[Record | SourceError] | str:
    """The records of a file of this name that is held in memory; its text if in no known format.

    As `read`, but packed files and documents in markup are refused: their text is no list.
    """
    file = open_held(data, name, limit=limit)
    found = format or detect(file.head)
    if found is None and (is_html(file.head) or file.head.lstrip().startswith("<?xml")):
        raise file.fault("it is a document in markup, not a list of papers", hint=_TAKEN)
    if found is None:
        return "\n".join(line for _, line in file.lines())
    return SOURCES[found](file, source)


def _default_source(path: Path, format: str) -> str:
    if format == acl.FORMAT:
        return acl.SOURCE
    name = path.name.lstrip(".").split(".")[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "file"


def _unknown(file: OpenFile) -> SourceError:
    if is_html(file.head):
        what = "the file is a web page (HTML), not a list of papers"
    elif is_xml(file.head):
        what = "the file is XML, but not of the ACL Anthology"
    else:
        what = "its format is none that is known"
    return file.fault(what, hint=f"say which it is with `--as`: {_known()}")


def _known() -> str:
    return ", ".join(SOURCES)
