"""What comes back is acted on: mail in a folder, and what a provider tells."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broadsheet.catalogue import Bounce, Desk
from broadsheet.digests import take_back
from broadsheet.errors import StoreError
from broadsheet.faces.mail.bounces import Returned, read_returned
from broadsheet.faces.mail.letterhead import letterhead_of
from broadsheet.service import Service

_LARGEST = 2 << 20
"""Bytes of a mail that are read: a report is at its beginning."""
_MOST = 5_000
"""Mails that are read at once; the others come next time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many mails were read, and how many of them were bounces, ignored, or not understood."""

    bounces: int = 0
    ignored: int = 0
    unknown: int = 0

    def __str__(self) -> str:
        """In a few words."""
        return (
            f"{self.bounces:,} bounces, {self.ignored:,} mails ignored, "
            f"{self.unknown:,} not understood."
        )


def take_returned(service: Service, now: datetime) -> Taken:
    """Read the new mails of the maildir that is set, and act on each once.

    What was read is moved from its `new` to its `cur`, as mail programs do. StoreError if the
    folder cannot be read.
    """
    folder = service.settings.mail_bounces
    if folder is None:
        return Taken()
    head = letterhead_of(service.settings, service.signing_key)
    counts = Counter[str]()
    for file, raw in _new(folder):
        returned = read_returned(raw, head)
        with service.catalogue.writing() as desk:
            counts[act_on(desk, raw, returned, now)] += 1
        _put_away(folder, file)
    return Taken(counts["bounce"], counts["ignored"], counts["unknown"])


def act_on(desk: Desk, raw: bytes, returned: Returned, now: datetime) -> str:
    """Act on what a mail says: `bounce`, `ignored` or `unknown`; the last is kept whole."""
    if returned.ignored:
        return "ignored"
    posted = None
    if returned.letter_key is not None:
        posted = desk.outbox.get(returned.letter_key)
    if posted is None and returned.message_id is not None:
        posted = desk.outbox.with_id(returned.message_id)
    if returned.kind is None or posted is None:
        why = returned.unknown or "It reports of a letter that is not there any more."
        desk.bounces.keep_unknown(raw, why, now)
        return "unknown"
    # Whom the letter went to is known here; a report could name anybody.
    origin = "mail " + hashlib.sha256(raw).hexdigest()
    bounce = Bounce(
        posted.letter.recipient, returned.kind, origin, returned.detail, now, posted.key
    )
    take_back(desk, bounce)
    return "bounce"


def _new(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The mails that nobody read yet, the oldest name first."""
    try:
        files = sorted(file for file in (folder / "new").iterdir() if file.is_file())
    except OSError as error:
        raise StoreError(
            f"No maildir can be read at {folder}: {error.strerror}.",
            hint="Check the setting `mail_bounces`.",
        ) from error
    for file in files[:_MOST]:
        try:
            with file.open("rb") as opened:
                raw = opened.read(_LARGEST)
        except OSError:
            # Another process took it meanwhile.
            continue
        yield file, raw


def _put_away(folder: Path, file: Path) -> None:
    """Mark a mail as read, by its place and name (`S`)."""
    try:
        (folder / "cur").mkdir(exist_ok=True)
        file.rename(folder / "cur" / f"{file.name}:2,S")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreError(
            f"A mail in {folder} cannot be moved to `cur`: {error.strerror}."
        ) from error
