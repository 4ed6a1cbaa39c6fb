"""Where letters are handed over: what is sent, what may come of it, and a folder to put them in."""

import os
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from broadsheet.catalogue import BounceKind, Fate
from broadsheet.errors import StoreError

_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Message:
    """A letter as it goes over the wire: to one address, with CRLF line ends.

    `name` is the left part of its Message-ID, `sender` where failures are told (the return path).
    `international` says that an address needs SMTPUTF8 (RFC 6531).
    """

    name: str
    sender: str
    recipient: str
    content: bytes
    international: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: accepted, deferred, rejected or uncertain, and what was said.

    `bounce` is what a refusal says of the address, None where it says nothing of it; that of a
    deferred message counts if nothing else is ever said.
    """

    fate: Fate
    detail: str
    bounce: BounceKind | None = None


class Transport(Protocol):
    """Takes messages one after the other, in one thread."""

    def open(self) -> None:
        """Be ready to take a message; OutsideError or StoreError if it cannot be."""

    def send(self, message: Message) -> Outcome:
        """Hand a message over."""

    def close(self) -> None:
        """Let go of what is open."""


class Folder:
    """A folder that keeps each message as a file, whole or not at all."""

    def __init__(self, path: Path, keep: timedelta) -> None:
        """The folder is made when it is first needed; messages are kept for a time, then removed.

        Nobody else may look into it: the links in letters let people in.
        """
        self._path, self._keep = path, keep
        self._pruned = 0.0

    def __str__(self) -> str:
        """The folder's path."""
        return str(self._path)

    def open(self) -> None:
        """Make the folder, and remove from it what is old, once a day."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if time.time() - self._pruned > _DAY_SECONDS:
                self._pruned = time.time()
                self._prune(self._pruned - self._keep.total_seconds())
        except OSError as error:
            raise StoreError(
                f"No letter can be put into {self._path}: {error.strerror}."
            ) from error

    def send(self, message: Message) -> Outcome:
        """Write a message; one that was written before is written over."""
        file = self._file(message.name)
        unfinished = file.with_suffix(".part")
        try:
            with os.fdopen(
                os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb"
            ) as out:
                out.write(message.content)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(file)
        except OSError as error:
            return Outcome(Fate.DEFERRED, f"It could not be written: {error.strerror}.")
        return Outcome(Fate.ACCEPTED, f"Put into {self._path}.")

    def close(self) -> None:
        """Nothing is open."""

    def read(self, name: str) -> bytes | None:
        """The message with a name, None if it is not there."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None

    def names(self) -> set[str]:
        """The names of the messages that are there, whole or unfinished."""
        return {file.stem for file in self._files()}

    def remove(self, names: Collection[str]) -> None:
        """Remove messages; StoreError if one cannot be."""
        try:
            for file in self._files():
                if file.stem in names:
                    file.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"A letter in {self._path} cannot be removed: {error.strerror}."
            ) from error

    def _prune(self, before: float) -> None:
        """Remove the messages from before a moment (seconds since 1970)."""
        for file in self._files():
            # Another process may have removed or finished it meanwhile.
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < before:
                    file.unlink()

    def _files(self) -> list[Path]:
        return [file for kind in ("*.eml", "*.part") for file in self._path.glob(kind)]

    def _file(self, name: str) -> Path:
        return self._path / f"{name}.eml"
