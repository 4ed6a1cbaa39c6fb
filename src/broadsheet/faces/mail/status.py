"""How the post stands: how many letters have which fate, and what somebody should look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadsheet.catalogue import Fate, Posted
from broadsheet.errors import BroadsheetError
from broadsheet.faces.mail.letterhead import letterhead_of
from broadsheet.faces.mail.returning import mailboxes_of
from broadsheet.faces.mail.smtp import read_relay
from broadsheet.service import Service
from broadsheet.settings import Settings

LATE = timedelta(hours=1)
"""A letter that waits for its first try for longer than this is late."""


@dataclass(frozen=True, slots=True)
class MailStanding:
    """Where letters go, how many have which fate, and how many are late."""

    where: str
    counts: Mapping[Fate, int]
    late: int


def mail_standing(service: Service, now: datetime) -> MailStanding:
    """How the post stands at a moment; SettingError if `mail_url` cannot be."""
    with service.catalogue.reading() as desk:
        return MailStanding(
            where_of(service.settings), desk.outbox.counts(), desk.outbox.overdue(now, LATE)
        )


def where_of(settings: Settings) -> str:
    """Where letters are handed over, without a password."""
    if settings.mail_url is None:
        return str(settings.home / "letters")
    return str(read_relay(settings.mail_url.get_secret_value()))


def checks(service: Service, now: datetime) -> Iterator[tuple[str, bool, str]]:
    """What `doctor` says of mail: a name, whether all is well, and what was found."""
    try:
        head = letterhead_of(service.settings, service.signing_key)
        standing = mail_standing(service, now)
        mailboxes_of(service.settings)
    except BroadsheetError as error:
        yield "mail", False, error.message
        return
    signed = "signed" if head.signer else "not signed here"
    yield "mail", True, f"from {head.sender} to {standing.where}, {signed}"
    counts = standing.counts
    told = ", ".join(f"{count:,} {fate}" for fate, count in counts.items() if count)
    is_well = not standing.late and not counts[Fate.UNCERTAIN]
    late = f"; {standing.late:,} late" if standing.late else ""
    yield "letters", is_well, (told or "none") + late


def standing_json(standing: MailStanding) -> dict[str, Any]:
    """How the post stands, as JSON."""
    counts = {str(fate): count for fate, count in standing.counts.items()}
    return {"where": standing.where, "late": standing.late, "letters": counts}


def posted_json(posted: Posted) -> dict[str, Any]:
    """A letter's fate as JSON, without what it says."""
    letter = posted.letter
    return {
        "key": posted.key,
        "kind": letter.kind,
        "subject": letter.subject,
        "recipient": letter.recipient,
        "state": str(posted.state),
        "tries": posted.tries,
        "message_id": posted.message_id,
        "made": posted.made.isoformat(),
        "due": letter.due.isoformat(),
        "expires": letter.expires.isoformat() if letter.expires else None,
        "handed": posted.handed.isoformat() if posted.handed else None,
        "settled": posted.settled.isoformat() if posted.settled else None,
        "detail": posted.detail,
    }
