"""A file opened as lines of text: unpacked, strictly decoded, bounded, and able to say where."""

import codecs
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Final

from broadsheet.errors import SettingError, SourceError
from broadsheet.papers import Place
from broadsheet.sources.compression import Unpacked

LINE_LIMIT: Final = 16 << 20
"""The longest line, and the longest record of several lines, that is held: 16 Mi characters."""

_BLOCK = 1 << 18
_HEAD = 1 << 16
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"%PDF", "a PDF", "export the list of papers as BibTeX, RIS or CSV"),
    (b"PK\x03\x04", "a ZIP archive or an office document", "unpack it, or export it as CSV"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"\x1f\x9d", "a .Z archive", "unpack it first"),
    (b"\x04\x22\x4d\x18", "an lz4 archive", "unpack it first, or pack it with xz or zstd"),
    (b"SQLite format 3", "an SQLite database", "`broadsheet restore` reads a backup"),
    (b"PAR1", "a Parquet file", "export it as JSON Lines"),
    (b"{\\rtf", "a Rich Text document", "save it as plain text"),
)
_TAR_AT = 257


class OpenFile:
    """The text of one file, read once from its start to its end in bounded memory."""

    def __init__(
        self,
        path: Path,
        unpacked: Unpacked,
        encoding: str,
        limit: int,
        moved: Callable[[], None],
        *,
        is_held: bool = False,
    ) -> None:
        """Read the head and judge it; SourceError if it is empty, no text or not in `encoding`."""
        self.path = path
        self.limit = limit
        self._unpacked = unpacked
        self._encoding = encoding
        self._moved = moved
        self._is_held = is_held
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._bytes_read = 0
        self._newlines = 0
        self._judge = self._judge_first_block
        self._texts = self._decoded()
        head: list[str] = []
        while sum(map(len, head)) < _HEAD and (text := next(self._texts, "")):
            head.append(text)
        self._head = "".join(head).removeprefix("\ufeff")
        if not self._head.strip():
            what = "holds no text" if self._head or unpacked.packing else "is empty"
            raise self.fault(f"the file {what}", hint="was it saved or downloaded in full?")

    @property
    def head(self) -> str:
        """The first 64 Ki characters or so, for telling what the file is."""
        return self._head[:_HEAD]

    def lines(self) -> Iterator[tuple[int, str]]:
        r"""Each line with its number from 1, without its `\n` or `\r\n`; to be called once.

        Raises SourceError for a line over the limit, wrong bytes, or a truncated archive.
        """
        number = 1
        tail: list[str] = []
        held = 0
        for text in chain((self._head,), self._texts):
            pieces = text.split("\n")
            tail.append(pieces[0])
            held += len(pieces[0])
            for piece in pieces[1:]:
                self._bound(held, number)
                yield number, "".join(tail).removesuffix("\r")
                number += 1
                tail = [piece]
                held = len(piece)
            self._bound(held, number)
        if held:
            yield number, "".join(tail).removesuffix("\r")

    def place(self, line: int) -> Place:
        """Where a record that begins at `line` was read."""
        return Place(self.path.name, line)

    def fault(self, message: str, line: int = 0, *, hint: str = "", raw: str = "") -> SourceError:
        """The error that says `message` of this file, or of its `line` if that is not 0."""
        place = f"{self.path}:{line}" if line else str(self.path)
        return SourceError(message, place=place, hint=hint, raw=raw)

    def _bound(self, held: int, line: int) -> None:
        if held > self.limit:
            raise self.fault(
                f"the line is longer than {_amount(self.limit)}",
                line,
                hint="give each record a line of its own, for example with `jq -c '.[]'`",
            )

    def _decoded(self) -> Iterator[str]:
        while block := self._unpacked.read(_BLOCK, self._newlines + 1):
            self._judge(block)
            text = self._decode(block)
            self._moved()
            self._newlines += text.count("\n")
            if text:
                yield text
        if rest := self._decode(b"", final=True):
            yield rest

    def _decode(self, block: bytes, *, final: bool = False) -> str:
        pending = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(self._encoding, "replace")
            at = self._bytes_read - pending + error.start
            raise self.fault(
                f"byte {at} (0x{error.object[error.start]:02x}) is not {self._encoding}",
                self._newlines + good.count("\n") + 1,
                hint=self._advice(
                    "say which encoding the file has, for example `--encoding latin-1`"
                ),
            ) from error
        self._bytes_read += len(block)
        return text

    def _judge_first_block(self, block: bytes) -> None:
        """Raise SourceError where the first bytes are known to be no text in this encoding."""
        self._judge = _content
        if self._encoding in ("utf-16", "utf-32") or self._encoding[:7] in ("utf-16-", "utf-32-"):
            return
        for mark, encoding in _BYTE_ORDER_MARKS:
            if block.startswith(mark):
                raise self._misread(encoding)
        for start, what, hint in _NOT_TEXT:
            if block.startswith(start):
                raise self.fault(f"the file is {what}", hint=hint)
        if block[_TAR_AT : _TAR_AT + 5] == b"ustar":
            raise self.fault("the file is a tar archive", hint="unpack it first")
        if b"\0" in block:
            if block[1:200:2].count(0) > 80 or block[:200:2].count(0) > 80:
                little = block[1:200:2].count(0) > 80
                raise self._misread("utf-16-le" if little else "utf-16-be")
            raise self.fault(
                f"the file is binary, not text: byte {block.index(0)} is zero",
                hint="give JSON Lines, BibTeX, RIS, CSV, ACL Anthology XML or a saved page",
            )

    def _misread(self, encoding: str) -> SourceError:
        return self.fault(
            f"the file is in {encoding.upper()}, not {self._encoding}",
            hint=self._advice(f"say `--encoding {encoding}`"),
        )

    def _advice(self, said: str) -> str:
        """What is `said` of the encoding, which nobody is asked for where the bytes are held."""
        return "give it in UTF-8" if self._is_held else said


@contextmanager
def open_file(
    path: Path,
    *,
    encoding: str = "utf-8",
    limit: int = LINE_LIMIT,
    progress: Callable[[int], None] | None = None,
) -> Iterator[OpenFile]:
    """Open `path` as text, unpacking .gz, .xz, .zst and .bz2 by content, whatever its name.

    `progress` is given the number of bytes of the file on disk that have been read so far.
    Raises SourceError for what is no readable text file, SettingError for an unknown encoding.
    """
    _check_encoding(encoding)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _not_a_file(path)
        raw = path.open("rb")
    except OSError as error:
        raise _unopenable(path, error) from error
    with raw:
        unpacked = Unpacked(raw, str(path))
        moved = (lambda: progress(raw.tell())) if progress else _nothing
        yield OpenFile(path, unpacked, codecs.lookup(encoding).name, limit, moved)


def open_held(data: bytes, name: str, *, limit: int = LINE_LIMIT) -> OpenFile:
    """Open the bytes of a file that is held already, as text; it must not be packed.

    UTF-8, UTF-16 with its mark, or else Latin-1, which old bibliographies are in and which holds
    any bytes: what is no text shows itself by its first ones. Raises SourceError for that.
    """
    unpacked = Unpacked(BytesIO(data), name)
    if unpacked.packing:
        # A few bytes may unpack to more than anybody can wait for.
        what = f"the file is packed ({unpacked.packing})"
        raise SourceError(what, place=name, hint="unpack it first")
    return OpenFile(Path(name), unpacked, _encoding_of(data), limit, _nothing, is_held=True)


def compressed_size(path: Path) -> int:
    """How many bytes the file takes on disk: what `progress` runs up to; 0 if it has none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _encoding_of(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _content(block: bytes) -> None:
    """Any further block will do."""


def _nothing() -> None:
    """Nobody is told."""


def _amount(characters: int) -> str:
    mebi = characters >> 20
    return f"{mebi} Mi characters" if mebi else f"{characters} characters"


def _check_encoding(encoding: str) -> None:
    try:
        "-".encode(encoding)
    except (LookupError, ValueError) as error:
        raise SettingError(
            f"there is no text encoding named {encoding!r}",
            hint="usual ones are utf-8, utf-16, latin-1 and cp1252",
        ) from error


def _not_a_file(path: Path) -> SourceError:
    if path.is_dir():
        message, hint = "it is a directory, not a file", f"name the files in it: {path}/*"
    else:
        message, hint = "it is not a regular file", "save what it gives to a file first"
    return SourceError(message, place=str(path), hint=hint)


def _unopenable(path: Path, error: OSError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        message, hint = "there is no such file", "check the path"
    elif isinstance(error, PermissionError):
        message, hint = "permission to read it is denied", "make it readable for this user"
    else:
        message, hint = f"it cannot be opened ({error.strerror})", "check the path"
    return SourceError(message, place=str(path), hint=hint)
