"""How rows are written down: Parquet, or JSON Lines in zstd frames."""

import base64
import binascii
import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final, TypeAlias, cast

import zstandard
from sqlalchemy import Table

from broadsheet.catalogue.snapshots.parcels import Summed
from broadsheet.catalogue.statements import chunks
from broadsheet.errors import CatalogueError

Rows: TypeAlias = list[dict[str, Any]]
Kinds: TypeAlias = Mapping[str, str]
Put: TypeAlias = Callable[[Rows], None]

AT_A_TIME: Final = 4_000
"""Rows that are held in memory at a time, and that a row group of Parquet has."""
_KINDS: Final[Mapping[type, str]] = {
    str: "text",
    int: "integer",
    bool: "flag",
    float: "number",
    bytes: "bytes",
}
_TYPES: Final = {kind: type for type, kind in _KINDS.items()}
_ZSTD_LEVEL = 6
_ZSTD_LARGEST_WINDOW = 1 << 27


@dataclass(frozen=True, slots=True)
class RowFormat:
    """One way to write rows: how to begin a member, and how to read one.

    `read` raises ValueError for what is not rows of these kinds.
    """

    ending: str
    write: Callable[[Summed, Kinds], AbstractContextManager[Put]]
    read: Callable[[IO[bytes], Kinds], Iterator[Rows]]


def kinds_of(table: Table) -> dict[str, str]:
    """The columns of a table, and what kind of value each holds."""
    return {column.name: _KINDS[column.type.python_type] for column in table.columns}


@contextmanager
def _write_lines(member: Summed, kinds: Kinds) -> Iterator[Put]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_base64).encode
    packer = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
    with packer.stream_writer(cast(IO[bytes], member), closefd=False) as lines:
        yield lambda rows: _write(lines, "".join(f"{encode(row)}\n" for row in rows))


def _write(lines: Any, text: str) -> None:
    lines.write(text.encode())


def _read_lines(member: IO[bytes], kinds: Kinds) -> Iterator[Rows]:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_LARGEST_WINDOW)
    try:
        with unpacker.stream_reader(member, read_across_frames=True, closefd=False) as lines:
            text = io.TextIOWrapper(lines, encoding="utf-8", newline="\n")
            yield from chunks((_read_row(line, kinds) for line in text), AT_A_TIME)
    except (zstandard.ZstdError, EOFError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _read_row(line: str, kinds: Kinds) -> dict[str, Any]:
    row = json.loads(line)
    if not isinstance(row, dict) or row.keys() != kinds.keys():
        raise ValueError("a line has other columns")
    for name, kind in kinds.items():
        value = row[name]
        if value is None:
            continue
        if kind == "bytes":
            row[name] = _unbase64(value)
        elif type(value) is not _TYPES[kind]:
            raise ValueError(f"{name} is no {kind}")
    return row


def _base64(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"no column holds a {type(value).__name__}")
    return base64.b64encode(value).decode()


def _unbase64(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("bytes are written as text in base64")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


JSON_LINES: Final = RowFormat("jsonl.zst", _write_lines, _read_lines)


def parquet() -> RowFormat:
    """Parquet; CatalogueError if its library is not installed."""
    try:
        # Imported where it is needed: it takes long, and only snapshots need it.
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as error:
        raise CatalogueError(
            "Parquet needs a library that is not installed.",
            hint="Install it: pip install 'broadsheet[parquet]'; or export with --jsonl.",
        ) from error
    return RowFormat("parquet", _write_parquet, _read_parquet)


def format_of(ending: str) -> RowFormat | None:
    """The format of members with this ending, None if it is unknown; errors as `parquet`."""
    if ending == JSON_LINES.ending:
        return JSON_LINES
    return parquet() if ending == "parquet" else None


def _schema(kinds: Kinds) -> Any:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "flag": pa.bool_(),
        "number": pa.float64(),
        "bytes": pa.binary(),
    }
    return pa.schema([(name, types[kind]) for name, kind in kinds.items()])


@contextmanager
def _write_parquet(member: Summed, kinds: Kinds) -> Iterator[Put]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(kinds)
    with pq.ParquetWriter(member, schema, compression="zstd") as writer:
        yield lambda rows: writer.write_table(pa.Table.from_pylist(rows, schema))


def _read_parquet(member: IO[bytes], kinds: Kinds) -> Iterator[Rows]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(member) as file:
            if not file.schema_arrow.equals(_schema(kinds)):
                raise ValueError("it has other columns")
            # A group at a time: over the groups of a whole file pyarrow keeps what it has read.
            for group in range(file.num_row_groups):
                for batch in file.read_row_group(group, use_threads=False).to_batches(AT_A_TIME):
                    yield batch.to_pylist()
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error
