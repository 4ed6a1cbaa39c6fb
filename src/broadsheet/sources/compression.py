"""Compressed streams: told by their first bytes, unpacked in bounded steps, never trusted."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol

import zstandard

from broadsheet.errors import SourceError

_ZSTD_STEP = 1024
# One step of zstd input can unpack to at most 32 MiB, whoever packed it.

MAGIC_BYTES: Final = 6


class Stream(Protocol):
    """What unpacked bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return at least one byte, or none at the end."""
        ...


class _Zstd:
    """Zstandard frames one after another; unlike the library's reader it notices a cut one."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._pending = b""

    def read(self, size: int, /) -> bytes:
        """The next unpacked bytes, of any number; EOFError where a frame is cut short."""
        while True:
            step = self._pending or self._raw.read(_ZSTD_STEP)
            self._pending = b""
            if not step:
                if self._begun:
                    raise EOFError("the last frame is cut short")
                return b""
            self._begun = True
            unpacked = self._frame.decompress(step)
            if self._frame.eof:
                self._pending = self._frame.unused_data
                self._frame = zstandard.ZstdDecompressor().decompressobj()
                self._begun = False
            if unpacked:
                return unpacked


_PACKINGS: Final[tuple[tuple[bytes, str, Callable[[BinaryIO], Stream]], ...]] = (
    (b"\x1f\x8b", "gzip", lambda raw: gzip.GzipFile(fileobj=raw, mode="rb")),
    (b"\xfd7zXZ\x00", "xz", lzma.LZMAFile),
    (b"\x28\xb5\x2f\xfd", "zstd", _Zstd),
    (b"BZh", "bzip2", bz2.BZ2File),
)


class Unpacked:
    """The plain bytes of a file, packed or not."""

    def __init__(self, raw: BinaryIO, path: str) -> None:
        """Tell the packing of `raw`, read from its start, by its first bytes."""
        magic = raw.read(MAGIC_BYTES)
        raw.seek(0)
        self.empty = not magic
        self.packing = ""
        self._stream: Stream = raw
        self._path = path
        for start, name, unpack in _PACKINGS:
            if magic.startswith(start):
                self.packing = name
                self._stream = unpack(raw)

    def read(self, size: int, line: int) -> bytes:
        """The next bytes, about `size`; SourceError at `line` where the file or archive is bad."""
        try:
            return self._stream.read(size)
        except EOFError as error:
            raise SourceError(
                f"the {self.packing} archive is truncated: it ends before its data does",
                place=f"{self._path}:{line}",
                hint="copy or download the file again",
            ) from error
        except (OSError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as error:
            what = f"the {self.packing} archive is damaged" if self.packing else "cannot be read"
            raise SourceError(
                f"{what} ({error})",
                place=f"{self._path}:{line}",
                hint="copy or download the file again",
            ) from error
