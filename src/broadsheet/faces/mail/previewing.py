"""A regular letter as it would be written now, without one being sent."""

from datetime import datetime

from broadsheet.catalogue import Fate, Posted, Subscription
from broadsheet.digests import Digest, letter_of, preview
from broadsheet.errors import NotFoundError
from broadsheet.faces.mail.letterhead import letterhead_of
from broadsheet.faces.mail.letters import written
from broadsheet.service import Service

_NO_ID = "0" * 40


def subscription_of(service: Service, email: str, section: str = "") -> Subscription:
    """The subscription of an address, whatever its state; NotFoundError if there is none."""
    with service.catalogue.reading() as desk:
        found = desk.subscriptions.at(email, section)
    if found is None:
        of = f" to the section {section}" if section else ""
        raise NotFoundError(
            f"{email} is not subscribed{of}.", hint="See `broadsheet subscriber list`."
        )
    return found


def previewed(
    service: Service, one: Subscription, now: datetime
) -> tuple[Digest, tuple[str, str, str]]:
    """What a subscriber would get at a moment: the digest, and its subject, text and HTML."""
    digest = preview(service.catalogue, one, now)
    letter = letter_of(digest, service.signing_key, now)
    posted = Posted(key=0, letter=letter, message_id=_NO_ID, state=Fate.QUEUED, tries=0, made=now)
    return digest, written(posted, letterhead_of(service.settings, service.signing_key))
