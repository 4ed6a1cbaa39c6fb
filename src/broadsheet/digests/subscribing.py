"""How somebody comes to get letters, and leaves: asked for, confirmed, chosen, stopped."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from broadsheet.catalogue import (
    DIGEST,
    Bounce,
    BounceKind,
    Cadence,
    Desk,
    Letter,
    Subscription,
    SubscriptionState,
    Wishes,
)
from broadsheet.digests.due import last_hour
from broadsheet.errors import InputError, NotFoundError
from broadsheet.signing import signed, unsigned

CONFIRMATION = "confirm-subscription"
"""The kind of the letter that asks whether an address wants letters."""
ASK_WINDOW = timedelta(days=1)
"""A mailbox is asked to confirm at most once in so long, whoever asks for it and however often."""
CONFIRM_PATH = "/subscribe/confirm"
PREFERENCES_PATH = "/subscription"
UNSUBSCRIBE_PATH = "/unsubscribe"
CONFIRM_WITHIN = timedelta(days=7)
MOST_PAPERS = 12
"""With three choices and a title each, and what is around them, a letter has 60 links at most."""
MOST_SECTIONS = 5
MOST_WORDS = 20
"""Topics, and categories, of a subscription."""
LONGEST_WORD = 200
SOFT_LIMIT = 5
"""An address from which so many letters came back for now, within the window, gets no more."""
SOFT_WINDOW = timedelta(days=14)
_SELDOM = {
    Cadence.WEEKLY: (SOFT_LIMIT, timedelta(days=42)),
    Cadence.MONTHLY: (3, timedelta(days=70)),
}
"""Where letters come more seldom: of two weeks' monthly ones not more than one can come back."""
_READER = "subscription"
ZONES = tuple(sorted(available_timezones() - {"localtime"}))
"""Every time zone that letters can be sent by."""


def address_in(text: str) -> str:
    """An address as it is kept, in lower case; InputError says what is wrong with it."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InputError(f"That is no address: {error}") from error
    return found.normalized.lower()


def chosen(desk: Desk, wishes: Wishes) -> Wishes:
    """The wishes, if there are the sections that they name; NotFoundError for one that is not."""
    for name in wishes.sections:
        if desk.sections.named(name) is None:
            raise NotFoundError(f"There is no section {name[:80]!r}.")
    return wishes


def checked(wishes: Wishes) -> Wishes:
    """The wishes, if they can be fulfilled; InputError says which cannot."""
    if not 0 <= wishes.hour <= 23:
        raise InputError("The hour must be from 0 to 23.")
    if wishes.zone not in ZONES:
        raise InputError(
            f"There is no time zone {wishes.zone!r}.", hint="Write one as Europe/Berlin."
        )
    if not 1 <= wishes.size <= MOST_PAPERS:
        raise InputError(f"A letter has 1 to {MOST_PAPERS} papers.")
    if len(wishes.sections) > MOST_SECTIONS:
        raise InputError(f"A letter has the editions of {MOST_SECTIONS} sections at most.")
    for what, words in (("topics", wishes.topics), ("categories", wishes.categories)):
        if len(words) > MOST_WORDS:
            raise InputError(f"There may be {MOST_WORDS} {what}.")
        if any(len(word) > LONGEST_WORD for word in words):
            raise InputError(f"One of the {what} has more than {LONGEST_WORD} characters.")
    return wishes


def ask(
    desk: Desk, email: str, section: str, wishes: Wishes, now: datetime, signing_key: bytes
) -> bool:
    """Ask an address whether it wants letters; False if nothing is sent.

    Nothing is sent to one that gets them, that no letter goes to, or whose mailbox was asked within
    the window; whoever asks is to be told the same in each case.
    """
    if desk.bounces.suppressed([email]):
        return False
    asked = desk.subscriptions.last_asked(email)
    if asked is not None and now - asked < ASK_WINDOW:
        return False
    found = desk.subscriptions.at(email, section)
    if found is not None and found.state is SubscriptionState.ACTIVE:
        return False
    if found is None:
        found = desk.subscriptions.add(email, section, wishes, now)
    else:
        desk.subscriptions.choose(found.key, wishes)
    if not desk.subscriptions.ask(found.key, now, now - ASK_WINDOW):
        return False
    letter = Letter(
        kind=CONFIRMATION,
        subject=f"{found.key}:{now:%Y-%m-%dT%H}",
        recipient=email,
        values={"link": f"{CONFIRM_PATH}/{confirm_token(signing_key, found.key)}"},
        due=now,
        expires=now + CONFIRM_WITHIN,
    )
    return desk.outbox.add(letter, now)


def confirm_token(signing_key: bytes, key: int) -> str:
    """What a confirmation's link carries, for one subscription."""
    return signed(signing_key, CONFIRMATION, [str(key)])


def confirmed_by(signing_key: bytes, token: str) -> int | None:
    """The key of the subscription whose confirmation a token is, None if it is none or too old."""
    return _key_in(unsigned(signing_key, CONFIRMATION, token, CONFIRM_WITHIN))


def reader_token(signing_key: bytes, key: int) -> str:
    """What the links of a subscription's letters carry; it lasts as long as the letters do."""
    return signed(signing_key, _READER, [str(key)])


def read_by(signing_key: bytes, token: str) -> int | None:
    """The key of the subscription whose letters carry a token, None if it is none of ours."""
    return _key_in(unsigned(signing_key, _READER, token))


def confirm(desk: Desk, key: int, now: datetime) -> Subscription:
    """Let the letters of a subscription begin, also where the address got none any more.

    Twice is as good as once. NotFoundError if there is none.
    """
    found = existing(desk, key)
    if found.state is SubscriptionState.ACTIVE:
        return found
    desk.bounces.allow(found.email)
    desk.subscriptions.activate(key, now, last_hour(now, found.wishes))
    return existing(desk, key)


def add(
    desk: Desk,
    email: str,
    section: str,
    wishes: Wishes,
    now: datetime,
    reader_key: int | None = None,
) -> Subscription:
    """Subscribe an address that is known to want it: a reader's own, or by the operator's word."""
    found = desk.subscriptions.at(email, section)
    if found is None:
        found = desk.subscriptions.add(email, section, wishes, now, reader_key)
    elif found.state is not SubscriptionState.ACTIVE:
        desk.subscriptions.choose(found.key, wishes)
    if reader_key is not None:
        desk.subscriptions.link(email, reader_key)
    desk.bounces.allow(email)
    return confirm(desk, found.key, now)


def stop(desk: Desk, key: int, why: str, now: datetime) -> None:
    """End a subscription at once: what is not handed over yet is not sent any more."""
    found = desk.subscriptions.get(key)
    if found is None:
        return
    desk.subscriptions.stop(key, why, now)
    desk.outbox.withdraw(DIGEST, found.email, now, why, about=f"{key}:")


def stop_address(desk: Desk, email: str, why: str, now: datetime) -> None:
    """Let no letter go to an address any more, and end all its subscriptions."""
    desk.bounces.suppress(email, why, now)
    for one in desk.subscriptions.of_address(email):
        stop(desk, one.key, why, now)


def take_back(desk: Desk, bounce: Bounce) -> bool:
    """Act on what came back, once: whether it was new.

    A hard bounce and a complaint end the address's letters at once, soft ones when there are
    SOFT_LIMIT within SOFT_WINDOW, or within longer where letters come seldom.
    """
    if not desk.bounces.add(bounce):
        return False
    match bounce.kind:
        case BounceKind.HARD:
            stop_address(desk, bounce.email, f"Letters came back: {bounce.detail}", bounce.at)
        case BounceKind.COMPLAINT:
            stop_address(desk, bounce.email, "A letter was called spam.", bounce.at)
        case BounceKind.SOFT:
            limit, window = _patience(desk, bounce.email)
            if desk.bounces.count(bounce.email, BounceKind.SOFT, bounce.at - window) >= limit:
                why = f"{limit} letters came back: {bounce.detail}"
                stop_address(desk, bounce.email, why, bounce.at)
    return True


def _patience(desk: Desk, email: str) -> tuple[int, timedelta]:
    """How many failures for now are too many, and within what time, for an address."""
    cadences = {one.wishes.cadence for one in desk.subscriptions.of_address(email) if one.is_active}
    often = SOFT_LIMIT, SOFT_WINDOW
    return min((_SELDOM.get(one, often) for one in cadences), key=lambda one: one[1], default=often)


def existing(desk: Desk, key: int) -> Subscription:
    """The subscription with a key; NotFoundError if there is none."""
    found = desk.subscriptions.get(key)
    if found is None:
        raise NotFoundError("That subscription is not there any more.")
    return found


def _key_in(values: list[str] | None) -> int | None:
    return int(values[0]) if values else None
