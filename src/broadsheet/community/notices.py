"""Telling readers: a notice on the site and, to those who ask for it, a letter."""

from datetime import datetime, timedelta

from broadsheet.catalogue import Desk, Letter

LETTER_KIND = "notice"
_OF_USE = timedelta(days=2)
"""A letter that could not go for so long is not sent any more: the notice waits on the site."""


def tell(desk: Desk, reader_key: int, kind: str, text: str, path: str, now: datetime) -> None:
    """Tell a reader something that a path of ours leads to.

    A letter goes to a confirmed address of somebody who wants letters and is not suspended.
    """
    key = desk.notices.add(reader_key, kind, text, path, now)
    reader = desk.readers.get(reader_key)
    if reader is None or not reader.letters or reader.suspended is not None:
        return
    if reader.email and reader.confirmed is not None:
        letter = Letter(
            kind=LETTER_KIND,
            subject=f"notice:{key}",
            recipient=reader.email,
            values={"text": text, "link": path},
            due=now,
            reader_key=reader.key,
            expires=now + _OF_USE,
        )
        desk.outbox.add(letter, now)
