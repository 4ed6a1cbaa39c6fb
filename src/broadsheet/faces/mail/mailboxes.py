"""Where mail that comes back is found: what a mailbox is, and a maildir."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from broadsheet.errors import StoreError

LARGEST = 2 << 20
"""Bytes of a mail that are read: a report is at its beginning."""
MOST = 5_000
"""Mails that are read at once; the others come next time."""


class Mailbox(Protocol):
    """Gives mails that were not read yet; one that is not put away comes again next time."""

    def new(self) -> Iterator[tuple[str, bytes]]:
        """The name in the mailbox and the content of each, the oldest first.

        StoreError or OutsideError if it cannot be read.
        """

    def put_away(self, name: str, *, is_known: bool) -> None:
        """Mark a mail as read, or as one that somebody should look at; nothing is removed."""

    def close(self) -> None:
        """Let go of what is open."""


class Maildir:
    """A maildir: what was read is moved from its `new` to its `cur`, as mail programs do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self) -> Iterator[tuple[str, bytes]]:
        """The mails in `new`, by name; StoreError if there is no such folder."""
        try:
            files = sorted(file for file in (self._folder / "new").iterdir() if file.is_file())
        except OSError as error:
            raise StoreError(
                f"No maildir can be read at {self._folder}: {error.strerror}.",
                hint="Check the setting `mail_bounces`.",
            ) from error
        for file in files[:MOST]:
            try:
                with file.open("rb") as opened:
                    raw = opened.read(LARGEST)
            except OSError:
                # Another process took it meanwhile.
                continue
            yield file.name, raw

    def put_away(self, name: str, *, is_known: bool) -> None:
        """Move a mail to `cur`, as seen (`S`), or flagged (`F`) for somebody to look at."""
        try:
            (self._folder / "cur").mkdir(exist_ok=True)
            flag = "S" if is_known else "F"
            (self._folder / "new" / name).rename(self._folder / "cur" / f"{name}:2,{flag}")
        except FileNotFoundError:
            pass
        except OSError as error:
            raise StoreError(
                f"A mail in {self._folder} cannot be moved to `cur`: {error.strerror}."
            ) from error

    def close(self) -> None:
        """Nothing is open."""
