"""Regular letters when their time has come, and what comes back of them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from broadsheet.catalogue import SubscriptionState
from broadsheet.digests import match_searches, send_due
from broadsheet.faces.mail import take_returned
from broadsheet.service import Service

LETTERS = "letters"
_SLOT = timedelta(minutes=15)
"""Every hour of every time zone begins with a quarter of an hour."""
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def due(service: Service, now: datetime) -> str:
    """The quarter of an hour, if anybody gets letters or mail may have come back."""
    with service.catalogue.reading() as desk:
        is_read = desk.subscriptions.counts()[SubscriptionState.ACTIVE] > 0
    if not is_read and service.settings.mail_bounces is None:
        return ""
    return str((now - _EPOCH) // _SLOT)


def keep(service: Service, now: datetime, stop: Callable[[], bool]) -> str:
    """Act on what came back, match saved searches, and compose what is due; what was done."""
    told = []
    if service.settings.mail_bounces is not None:
        told.append(str(take_returned(service, now)))
    matches = match_searches(service.catalogue, service.index, now, stop)
    if matches:
        told.append(f"{matches:,} papers matched saved searches.")
    told.append(str(send_due(service.catalogue, service.signing_key, now, stop)))
    return " ".join(told)
