"""Regular letters, and what comes back of them, when their time has come."""

from collections.abc import Callable
from datetime import datetime, timedelta

from broadsheet.catalogue import SubscriptionState
from broadsheet.digests import match_searches, send_due
from broadsheet.service import Service

LETTERS = "letters"
BOUNCES = "bounces"
_SLOT = timedelta(minutes=15)
"""Every hour of every time zone begins with a quarter of an hour."""
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def due(service: Service, now: datetime) -> str:
    """The quarter of an hour, if anybody gets letters."""
    with service.catalogue.reading() as desk:
        is_read = desk.subscriptions.counts()[SubscriptionState.ACTIVE] > 0
    return _slot(now) if is_read else ""


def returns_due(service: Service, now: datetime) -> str:
    """The quarter of an hour, if there is a mailbox for what comes back."""
    settings = service.settings
    is_set = settings.mail_bounces is not None or settings.mail_bounces_imap is not None
    return _slot(now) if is_set else ""


def keep(service: Service, now: datetime, stop: Callable[[], bool]) -> str:
    """Match saved searches, and compose what is due; what was done."""
    told = []
    matches = match_searches(service.catalogue, service.index, now, stop)
    if matches:
        told.append(f"{matches:,} papers matched saved searches.")
    told.append(str(send_due(service.catalogue, service.signing_key, now, stop)))
    return " ".join(told)


def _slot(now: datetime) -> str:
    """The quarter of an hour that a moment is in."""
    return str((now - _EPOCH) // _SLOT)
