"""A letter in the outbox: what it is, what became of it, and how both are written in columns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.statements import AnyRow
from broadsheet.text import storable


class Fate(StrEnum):
    """What became of a letter so far.

    It is `handed` from the moment before the transport is called. One that is then cut off is
    `uncertain`: it may have arrived, and is sent again only if somebody says so.
    """

    QUEUED = "queued"
    LEASED = "leased"
    HANDED = "handed"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one address (`recipient`); `subject` names what it is about.

    There is one of a kind about a subject to a recipient, ever. `values` are what its text is made
    of; they are forgotten once it is settled. It is sent from `due` on, and not after `expires`
    (aware UTC).
    """

    kind: str
    subject: str
    recipient: str
    values: Mapping[str, str]
    due: datetime
    reader_key: int | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter in the outbox: what it is, and what became of it.

    `message_id` is the left part of its Message-ID, 40 hexadecimal digits, the same each time.
    `tries` counts how often it was handed over. Moments are aware UTC.
    """

    key: int
    letter: Letter
    message_id: str
    state: Fate
    tries: int
    made: datetime
    handed: datetime | None = None
    settled: datetime | None = None
    detail: str = ""


def named(letter: Letter) -> tuple[str, str, str]:
    """What tells a letter from every other."""
    return storable(letter.kind), storable(letter.subject), storable(letter.recipient)


def columns_of(key: int, message_id: str, letter: Letter, now: datetime) -> dict[str, object]:
    """The row of a new letter."""
    kind, subject, recipient = named(letter)
    return {
        "key": key,
        "kind": kind,
        "subject": subject,
        "recipient": recipient,
        "reader_key": letter.reader_key,
        "values": storable(json.dumps(dict(letter.values), ensure_ascii=False)),
        "message_id": message_id,
        "state": str(Fate.QUEUED),
        "due": to_micros(letter.due),
        "expires": None if letter.expires is None else to_micros(letter.expires),
        "tries": 0,
        "holder": "",
        "leased_until": 0,
        "handed": None,
        "made": to_micros(now),
        "settled": None,
        "detail": "",
    }


def posted_of(row: AnyRow) -> Posted:
    """The letter that a row holds."""
    values = row._mapping["values"]
    return Posted(
        key=row.key,
        letter=Letter(
            kind=row.kind,
            subject=row.subject,
            recipient=row.recipient,
            values=json.loads(values) if values else {},
            due=from_micros(row.due),
            reader_key=row.reader_key,
            expires=None if row.expires is None else from_micros(row.expires),
        ),
        message_id=row.message_id,
        state=Fate(row.state),
        tries=row.tries,
        made=from_micros(row.made),
        handed=None if row.handed is None else from_micros(row.handed),
        settled=None if row.settled is None else from_micros(row.settled),
        detail=row.detail,
    )
