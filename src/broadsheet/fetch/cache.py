"""Answers kept on disk with what they are asked for again by: entity tags and dates."""

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from broadsheet.errors import StoreError

_ENDING = ".kept"
_LONGEST_TAG = 1024


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer that was kept: `asked` is a digest of the address that gave it."""

    asked: str
    headers: Mapping[str, str]
    content: bytes

    def conditions(self, url: str) -> Mapping[str, str]:
        """The headers that ask for something newer, for the address that gave this answer."""
        if digest(url) != self.asked:
            return {}
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {new: self.headers[old] for old, new in names.items() if old in self.headers}


class Cache:
    """A folder of answers, each a file replaced as a whole; the least used go first.

    Files are named for a digest of what was asked, so that no address and no key lies there.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._lock = threading.Lock()

    def find(self, key: str) -> CachedAnswer | None:
        """What was kept for a question; None if nothing was or the file is damaged."""
        file = self._file(key)
        try:
            checked, _, rest = file.read_bytes().partition(b"\n")
        except OSError:
            return None
        if checked != hashlib.sha256(rest).hexdigest().encode():
            return None
        head, _, content = rest.partition(b"\n")
        said = json.loads(head)
        with suppress(OSError):
            os.utime(file)
        return CachedAnswer(said["asked"], said["headers"], content)

    def keep(self, key: str, url: str, headers: Mapping[str, str], content: bytes) -> None:
        """Keep an answer that can be asked for again by its tag or date, or forget the one before.

        StoreError if the folder cannot be written.
        """
        again = {
            name: headers[name]
            for name in ("etag", "last-modified")
            if 0 < len(headers.get(name, "")) <= _LONGEST_TAG and headers[name].isprintable()
        }
        try:
            if not again or "no-store" in headers.get("cache-control", "").lower():
                self._file(key).unlink(missing_ok=True)
                return
            head = json.dumps({"asked": digest(url), "headers": {**headers, **again}})
            with self._lock:
                self._write(self._file(key), head.encode() + b"\n" + content)
                self._make_room()
        except OSError as error:
            raise StoreError(
                f"The folder {self._folder} cannot be written: {error.strerror}.",
                hint="Choose a home that may be written to, with room left.",
            ) from error

    def _write(self, file: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        number, new = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(number, "wb") as writing:
                writing.write(hashlib.sha256(content).hexdigest().encode() + b"\n")
                writing.write(content)
            Path(new).replace(file)
        except BaseException:
            Path(new).unlink(missing_ok=True)
            raise

    def _make_room(self) -> None:
        """Remove the least used files beyond the size; another process may do so too."""
        files = []
        for file in self._folder.glob(f"*{_ENDING}"):
            with suppress(FileNotFoundError):
                stat = file.stat()
                files.append((stat.st_mtime_ns, stat.st_size, file))
        left = sum(size for _, size, _ in files)
        for _, size, file in sorted(files):
            if left <= self._most_bytes:
                return
            file.unlink(missing_ok=True)
            left -= size

    def _file(self, key: str) -> Path:
        return self._folder / f"{digest(key)}{_ENDING}"


def digest(text: str) -> str:
    """A name for a text that does not give it away."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
