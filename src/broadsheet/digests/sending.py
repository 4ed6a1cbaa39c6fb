"""Sending: the letters that are due are composed, once each, and put into the outbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadsheet.catalogue import (
    DIGEST,
    Catalogue,
    Desk,
    Letter,
    Sent,
    Subscription,
    SubscriptionState,
)
from broadsheet.digests.composing import Digest, compose
from broadsheet.digests.due import due_day
from broadsheet.digests.sections import SECTIONS, Shared
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

    def and_more(self, other: "Made") -> "Made":
        """Both together."""
        return Made(self.letters + other.letters, self.empty + other.empty)

    def __str__(self) -> str:
        """In a few words."""
        letters = "letter" if self.letters == 1 else "letters"
        return f"{self.letters:,} {letters} composed, {self.empty:,} had nothing to say."


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
            _prepare(catalogue, now, shared)
            with catalogue.writing() as desk:
                made = made.and_more(_make(desk, due, signing_key, now, shared))
    return made


def previews(catalogue: Catalogue, now: datetime) -> list[Digest]:
    """The letters that would be put into the outbox now; nothing is written."""
    found, shared, after = [], Shared(), 0
    _prepare(catalogue, now, shared)
    with catalogue.reading() as desk:
        while page := desk.subscriptions.page(after, _AT_A_TIME, SubscriptionState.ACTIVE):
            after = page[-1].key
            found += [_preview(desk, one, now, shared) for one in page if _is_due(one, now)]
    return found


def preview(catalogue: Catalogue, one: Subscription, now: datetime) -> Digest:
    """The letter that a subscriber would get now, whether it is due or not."""
    shared = Shared()
    _prepare(catalogue, now, shared)
    with catalogue.reading() as desk:
        return _preview(desk, one, now, shared)


def _preview(desk: Desk, one: Subscription, now: datetime, shared: Shared) -> Digest:
    wishes = replace(one.wishes, paused_until=None)
    day = due_day(now, wishes) or now.astimezone(ZoneInfo(wishes.zone)).date()
    sent = desk.subscriptions.were_sent([one.key])[one.key]
    return compose(desk, one, day, now, shared, sent)


def _prepare(catalogue: Catalogue, now: datetime, shared: Shared) -> None:
    """Let sections read what holds for a run; once, however often this is called."""
    for section in SECTIONS:
        if section.prepare is not None:
            section.prepare(catalogue, now, shared)


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


def _make(
    desk: Desk, due: Sequence[Subscription], signing_key: bytes, now: datetime, shared: Shared
) -> Made:
    """Compose letters, but for those that somebody has composed meanwhile."""
    # Some may have been stopped or changed since the page was read.
    fresh = desk.subscriptions.by_keys(one.key for one in due)
    claimed = []
    for one in fresh.values():
        day = due_day(now, one.wishes)
        if day is not None and desk.subscriptions.claim(one.key, day):
            claimed.append((one, day))
    refused = desk.bounces.suppressed(one.email for one, _ in claimed)
    sent = desk.subscriptions.were_sent([one.key for one, _ in claimed])
    found = []
    for one, day in claimed:
        if one.email in refused:
            continue
        digest = compose(desk, one, day, now, shared, sent[one.key])
        found.append(digest)
        for other, _ in claimed:
            if other.email == one.email:
                sent[other.key] |= digest.fingerprints().items()
    wanted = [one for one in found if one.is_wanted]
    added = desk.outbox.add_all([letter_of(one, signing_key, now) for one in wanted], now)
    new = [one for one, is_new in zip(wanted, added, strict=True) if is_new]
    desk.subscriptions.put_in(
        [Sent(one.subscription.key, one.subject, one.fingerprints()) for one in new], now
    )
    return Made(len(new), len(claimed) - len(wanted))
