"""What comes back is acted on: mail in mailboxes, and what a provider tells."""

import hashlib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from broadsheet.catalogue import Bounce, Desk
from broadsheet.digests import take_back
from broadsheet.faces.mail.bounces import Returned, read_returned
from broadsheet.faces.mail.imap import Imap, read_box
from broadsheet.faces.mail.letterhead import letterhead_of
from broadsheet.faces.mail.mailboxes import Mailbox, Maildir
from broadsheet.service import Service
from broadsheet.settings import Settings


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
    """Read the new mails of the mailboxes that are set, and act on each once.

    One is put away after what it told is committed; if that fails it is read again, which changes
    nothing. StoreError or OutsideError if a mailbox cannot be read.
    """
    boxes = mailboxes_of(service.settings)
    if not boxes:
        return Taken()
    head = letterhead_of(service.settings, service.signing_key)
    counts = Counter[str]()
    for box in boxes:
        with closing(box):
            for name, raw in box.new():
                returned = read_returned(raw, head)
                with service.catalogue.writing() as desk:
                    what = act_on(desk, raw, returned, now)
                box.put_away(name, is_known=what != "unknown")
                counts[what] += 1
    return Taken(counts["bounce"], counts["ignored"], counts["unknown"])


def mailboxes_of(settings: Settings) -> list[Mailbox]:
    """The mailboxes that the settings name; SettingError if one cannot be."""
    boxes: list[Mailbox] = []
    if settings.mail_bounces is not None:
        boxes.append(Maildir(settings.mail_bounces))
    if settings.mail_bounces_imap is not None:
        boxes.append(Imap(read_box(settings.mail_bounces_imap.get_secret_value())))
    return boxes


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
