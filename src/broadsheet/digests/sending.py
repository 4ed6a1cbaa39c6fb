"""Sending: the letters that are due are composed, once each, and put into the outbox."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broadsheet.catalogue import (
    DIGEST,
    Catalogue,
    Desk,
    Letter,
    Subscription,
    SubscriptionState,
)
from broadsheet.digests.composing import Digest, compose
from broadsheet.digests.due import due_day
from broadsheet.digests.sections import Shared
from broadsheet.digests.subscribing import reader_token

EXPIRES_AFTER = timedelta(hours=20)
"""A letter of the morning that could not be sent until the next one is due is dropped."""
_AT_A_TIME = 50
"""Letters that are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run did: letters made, and subscribers for whom there was nothing to say."""

    letters: int = 0
    empty: int = 0

    def __str__(self) -> str:
        """In a few words."""
        return f"{self.letters:,} letters composed, {self.empty:,} had nothing to say."


def send_due(
    catalogue: Catalogue,
    signing_key: bytes,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
) -> Made:
    """Put every letter that is due into the outbox; several may do this at once.

    A letter is claimed and put there in one transaction, so that there is one for each
    subscription and local day whoever is cut off. Returns early if `stop` says so.
    """
    made, after, shared = Made(), 0, Shared()
    while not stop():
        with catalogue.reading() as desk:
            page = desk.subscriptions.page(after, _AT_A_TIME, SubscriptionState.ACTIVE)
        if not page:
            break
        after = page[-1].key
        due = [one for one in page if _is_due(one, now)]
        if due:
            with catalogue.writing() as desk:
                for one in due:
                    made = _made(desk, one, signing_key, now, shared, made)
    return made


def previews(catalogue: Catalogue, now: datetime, *, everybody: bool = False) -> list[Digest]:
    """The letters that would be put into the outbox now; of everybody, what they would get today.

    Nothing is written.
    """
    found, shared, after = [], Shared(), 0
    with catalogue.reading() as desk:
        while page := desk.subscriptions.page(after, _AT_A_TIME, SubscriptionState.ACTIVE):
            after = page[-1].key
            for one in page:
                if everybody or _is_due(one, now):
                    found.append(preview(desk, one, now, shared))
    return found


def preview(desk: Desk, one: Subscription, now: datetime, shared: Shared | None = None) -> Digest:
    """The letter that a subscriber would get now, whether it is due or not."""
    wishes = replace(one.wishes, paused_until=None)
    day = due_day(now, wishes) or now.date()
    return compose(desk, one, day, now, shared or Shared())


def _is_due(one: Subscription, now: datetime) -> bool:
    day = due_day(now, one.wishes)
    return day is not None and day != one.last_day


def letter_of(digest: Digest, signing_key: bytes, now: datetime) -> Letter:
    """The letter that a digest becomes."""
    one = digest.subscription
    return Letter(
        kind=DIGEST,
        subject=digest.subject,
        recipient=one.email,
        reader_key=one.reader_key,
        values={**digest.values(), "token": reader_token(signing_key, one.key)},
        due=now,
        expires=now + EXPIRES_AFTER,
    )


def _made(
    desk: Desk, one: Subscription, signing_key: bytes, now: datetime, shared: Shared, made: Made
) -> Made:
    """Compose one letter, unless somebody has meanwhile."""
    # It may have been stopped or changed since the page was read.
    fresh = desk.subscriptions.get(one.key)
    day = due_day(now, fresh.wishes) if fresh else None
    if fresh is None or day is None or not desk.subscriptions.claim(fresh.key, day):
        return made
    digest = compose(desk, fresh, day, now, shared)
    if not digest.is_wanted or desk.bounces.suppressed([fresh.email]):
        return replace(made, empty=made.empty + 1)
    if not desk.outbox.add(letter_of(digest, signing_key, now), now):
        return made
    desk.subscriptions.put_in(fresh.key, digest.subject, digest.fingerprints(), now)
    return replace(made, letters=made.letters + 1)
