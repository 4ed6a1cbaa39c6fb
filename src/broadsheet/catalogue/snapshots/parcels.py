"""What a snapshot's members are packed into: a folder, or one ZIP file without compression."""

import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from broadsheet.catalogue.atomic import begin, settle
from broadsheet.errors import CatalogueError

ONE_FILE = ".zip"
"""The ending of a snapshot that is one file; any other name is that of a folder."""


class Parcel(Protocol):
    """Members by name, written one after another or read in any order."""

    def put(self, name: str) -> IO[bytes]:
        """A new member to write to; it is whole once it is closed."""
        ...

    def get(self, name: str) -> IO[bytes]:
        """A member to read, in which one may seek; KeyError if there is none."""
        ...


class _Folder:
    """Each member is a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str) -> IO[bytes]:
        return _Settled((self._folder / name).open("xb", buffering=0))

    def get(self, name: str) -> IO[bytes]:
        try:
            return (self._folder / name).open("rb")
        except (FileNotFoundError, IsADirectoryError) as error:
            raise KeyError(name) from error


class _Archive:
    """Each member lies in a ZIP file as it is: what is packed already grows by packing."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def put(self, name: str) -> IO[bytes]:
        return self._archive.open(zipfile.ZipInfo(name), "w", force_zip64=True)

    def get(self, name: str) -> IO[bytes]:
        return self._archive.open(name)


class _Settled(io.BufferedWriter):
    """A file that is on the disk once it is closed."""

    def close(self) -> None:
        if not self.closed:
            self.flush()
            os.fsync(self.fileno())
        super().close()


class Summed(io.RawIOBase):
    """What is written goes on to a member, and is counted and summed on its way."""

    def __init__(self, member: IO[bytes]) -> None:
        """Stand in front of a member, which stays open."""
        self._member = member
        self._sum = hashlib.sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        """The sum of what was written so far, 64 hexadecimal digits."""
        return self._sum.hexdigest()

    def writable(self) -> bool:
        """It is there to be written to."""
        return True

    def tell(self) -> int:
        """How much was written."""
        return self.bytes

    def write(self, data: Any, /) -> int:
        """Write all of it."""
        view = memoryview(data).cast("B")
        self._member.write(view)
        self._sum.update(view)
        self.bytes += len(view)
        return len(view)


@contextmanager
def packing(partial: Path, target: Path) -> Iterator[Parcel]:
    """A new parcel in `partial`, of the kind that the name of `target` asks for."""
    if target.suffix.lower() == ONE_FILE:
        begin(partial)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            yield _Archive(archive)
        return
    partial.mkdir(mode=0o700)
    yield _Folder(partial)
    settle(partial)


@contextmanager
def unpacking(source: Path) -> Iterator[Parcel]:
    """The parcel that is there; CatalogueError if there is none."""
    if source.is_dir():
        yield _Folder(source)
        return
    if not source.exists():
        raise CatalogueError(
            f"There is no snapshot {source}.", hint="Name the file or folder that was exported."
        )
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile as error:
        raise CatalogueError(
            f"{source} is not a snapshot, or is cut off: {error}.",
            hint="Name what `broadsheet snapshot export` wrote, or copy it again.",
        ) from error
    with archive:
        yield _Archive(archive)


def discard(partial: Path) -> None:
    """Remove an unfinished parcel of ours."""
    if partial.is_dir() and not partial.is_symlink():
        shutil.rmtree(partial)
    else:
        partial.unlink(missing_ok=True)
