"""The shelf of subscriptions: who wants regular letters, how, and what they were sent."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from broadsheet.catalogue.encoding import from_micros, to_json, to_micros
from broadsheet.catalogue.mailboxes import same_mailbox
from broadsheet.catalogue.schema import (
    BOUNCES,
    INTERESTS,
    LETTER_PAPERS,
    OUTBOX,
    SEARCH_MATCHES,
    SEARCHES,
    SUBSCRIPTIONS,
    SUPPRESSED,
    UNKNOWN_MAIL,
)
from broadsheet.catalogue.statements import AnyRow, among, insert_all, next_numbers

DIGEST = "digest"
"""The kind of the regular letters in the outbox."""
_UNSENT = ("rejected", "uncertain", "dropped")
_DAYS_ASTRAY = 3


class Cadence(StrEnum):
    """How often a letter comes."""

    WEEKDAYS = "weekdays"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class SubscriptionState(StrEnum):
    """Where a subscription stands: only an active one is sent anything but its confirmation."""

    PENDING = "pending"
    ACTIVE = "active"
    STOPPED = "stopped"


class OnEmpty(StrEnum):
    """What is done when there is nothing to say: no letter, or one that says so."""

    SKIP = "skip"
    SEND = "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a subscriber chose: `hour` is 0 to 23 in `zone` (IANA), `size` the most papers.

    `sections` name those whose editions come in place of the main one.
    """

    cadence: Cadence = Cadence.WEEKDAYS
    hour: int = 7
    zone: str = "UTC"
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    size: int = 8
    on_empty: OnEmpty = OnEmpty.SKIP
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One address that wants letters of one section, `""` for the whole instance.

    Moments are aware UTC; `last_day` is the last local day for which a letter was considered,
    `asked` when the confirmation was last sent, `why` says what stopped it.
    """

    key: int
    email: str
    section: str
    state: SubscriptionState
    wishes: Wishes
    made: datetime
    reader_key: int | None = None
    why: str = ""
    last_day: date | None = None
    asked: datetime | None = None
    confirmed: datetime | None = None
    stopped: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether letters come."""
        return self.state is SubscriptionState.ACTIVE


@dataclass(frozen=True, slots=True)
class Sent:
    """What the letter about a subject holds: papers, each with the fingerprint of what it shows."""

    subscription_key: int
    subject: str
    papers: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class SubscriptionShelf:
    """The subscriptions by key and by address, which are kept in lower case."""

    connection: Connection

    def add(
        self, email: str, section: str, wishes: Wishes, now: datetime, reader_key: int | None = None
    ) -> Subscription:
        """File a new one that waits to be confirmed; CatalogueError if there is one already."""
        key = next_numbers(self.connection, "subscription", 1)
        row = {
            "key": key,
            "email": email.lower(),
            "section": section,
            "reader_key": reader_key,
            "state": str(SubscriptionState.PENDING),
            "why": "",
            **_columns(wishes),
            "last_day": None,
            "made": to_micros(now),
            "asked": None,
            "confirmed": None,
            "stopped": None,
        }
        insert_all(self.connection, SUBSCRIPTIONS, [row])
        return Subscription(
            key=key,
            email=email.lower(),
            section=section,
            reader_key=reader_key,
            state=SubscriptionState.PENDING,
            wishes=wishes,
            made=now,
        )

    def get(self, key: int) -> Subscription | None:
        """The subscription with a key."""
        return self._one(SUBSCRIPTIONS.c.key == key)

    def by_keys(self, keys: Iterable[int]) -> dict[int, Subscription]:
        """The subscriptions with these keys, of those that are there."""
        rows = among(self.connection, select(SUBSCRIPTIONS), SUBSCRIPTIONS.c.key, keys)
        return {row.key: _subscription(row) for row in rows}

    def at(self, email: str, section: str) -> Subscription | None:
        """The subscription of an address, in whatever case, to one section."""
        return self._one(
            (SUBSCRIPTIONS.c.email == email.lower()) & (SUBSCRIPTIONS.c.section == section)
        )

    def of_address(self, email: str) -> list[Subscription]:
        """All subscriptions of an address, by section."""
        question = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.email == email.lower())
        return [
            _subscription(row)
            for row in self.connection.execute(question.order_by(SUBSCRIPTIONS.c.section))
        ]

    def page(
        self, after: int, limit: int, state: SubscriptionState | None = None
    ) -> list[Subscription]:
        """At most `limit` subscriptions with keys above `after`, by key."""
        question = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.key > after)
        if state is not None:
            question = question.where(SUBSCRIPTIONS.c.state == str(state))
        rows = self.connection.execute(question.order_by(SUBSCRIPTIONS.c.key).limit(limit))
        return [_subscription(row) for row in rows]

    def counts(self) -> dict[SubscriptionState, int]:
        """How many there are in each state."""
        question = select(SUBSCRIPTIONS.c.state, func.count()).group_by(SUBSCRIPTIONS.c.state)
        found = {SubscriptionState(row[0]): row[1] for row in self.connection.execute(question)}
        return {state: found.get(state, 0) for state in SubscriptionState}

    def choose(self, key: int, wishes: Wishes) -> None:
        """Keep what a subscriber chose."""
        self._set(key, _columns(wishes))

    def last_asked(self, email: str) -> datetime | None:
        """When the mailbox of an address was last asked to confirm any subscription."""
        question = select(func.max(SUBSCRIPTIONS.c.asked)).where(
            same_mailbox(SUBSCRIPTIONS.c.email, email.lower())
        )
        micros = self.connection.execute(question).scalar_one()
        return None if micros is None else from_micros(micros)

    def ask(self, key: int, now: datetime, before: datetime) -> bool:
        """Note that the address is asked to confirm; False if it was since `before`."""
        micros = SUBSCRIPTIONS.c.asked
        asking = update(SUBSCRIPTIONS).where(
            SUBSCRIPTIONS.c.key == key, micros.is_(None) | (micros <= to_micros(before))
        )
        return self.connection.execute(asking.values(asked=to_micros(now))).rowcount == 1

    def activate(self, key: int, now: datetime, last_day: date) -> None:
        """Let letters begin, the first one after the local day `last_day`."""
        active = {
            "state": str(SubscriptionState.ACTIVE),
            "why": "",
            "confirmed": to_micros(now),
            "stopped": None,
            "last_day": last_day.isoformat(),
        }
        self._set(key, active)

    def of_reader(self, reader_key: int) -> list[Subscription]:
        """The subscriptions of a reader, as they were made."""
        question = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.reader_key == reader_key)
        rows = self.connection.execute(question.order_by(SUBSCRIPTIONS.c.key))
        return [_subscription(row) for row in rows]

    def link(self, email: str, reader_key: int) -> None:
        """Say whose the subscriptions of a confirmed address are, where nobody is known yet."""
        self.connection.execute(
            update(SUBSCRIPTIONS)
            .where(SUBSCRIPTIONS.c.email == email.lower(), SUBSCRIPTIONS.c.reader_key.is_(None))
            .values(reader_key=reader_key)
        )

    def stop(self, key: int, why: str, now: datetime) -> None:
        """Let letters end; one that has ended stays as it is."""
        ended = {
            "state": str(SubscriptionState.STOPPED),
            "why": why,
            "stopped": to_micros(now),
        }
        self.connection.execute(
            update(SUBSCRIPTIONS)
            .where(
                SUBSCRIPTIONS.c.key == key,
                SUBSCRIPTIONS.c.state != str(SubscriptionState.STOPPED),
            )
            .values(ended)
        )

    def claim(self, key: int, day: date) -> bool:
        """Take the letter of a local day: whether nobody had, nor a later one.

        A day that lies far ahead was taken by a clock that was wrong, and does not count.
        """
        text = day.isoformat()
        astray = (day + timedelta(days=_DAYS_ASTRAY)).isoformat()
        last = SUBSCRIPTIONS.c.last_day
        taken = update(SUBSCRIPTIONS).where(
            SUBSCRIPTIONS.c.key == key,
            SUBSCRIPTIONS.c.state == str(SubscriptionState.ACTIVE),
            last.is_(None) | (last < text) | (last > astray),
        )
        return self.connection.execute(taken.values(last_day=text)).rowcount == 1

    def put_in(self, letters: Sequence[Sent], now: datetime) -> None:
        """Note which papers letters hold."""
        rows = [
            {
                "subscription_key": one.subscription_key,
                "paper_key": paper_key,
                "subject": one.subject,
                "fingerprint": fingerprint,
                "at": to_micros(now),
            }
            for one in letters
            for paper_key, fingerprint in one.papers.items()
        ]
        insert_all(self.connection, LETTER_PAPERS, rows)

    def were_sent(self, keys: Sequence[int]) -> dict[int, set[tuple[int, bytes]]]:
        """What the addresses of subscriptions were sent: papers, and fingerprints of what they saw.

        By any subscription of theirs. What a letter held that did not arrive, or perhaps did not,
        counts as unsent.
        """
        mine, theirs = SUBSCRIPTIONS.alias("mine"), SUBSCRIPTIONS.alias("theirs")
        letters = (OUTBOX.c.kind == DIGEST) & (OUTBOX.c.subject == LETTER_PAPERS.c.subject)
        question = (
            select(mine.c.key, LETTER_PAPERS.c.paper_key, LETTER_PAPERS.c.fingerprint)
            .select_from(mine)
            .join(theirs, theirs.c.email == mine.c.email)
            .join(LETTER_PAPERS, LETTER_PAPERS.c.subscription_key == theirs.c.key)
            .outerjoin(OUTBOX, letters)
            .where(OUTBOX.c.state.is_(None) | OUTBOX.c.state.not_in(_UNSENT))
        )
        found: dict[int, set[tuple[int, bytes]]] = {key: set() for key in keys}
        for row in among(self.connection, question, mine.c.key, keys):
            found[row[0]].add((row[1], row[2]))
        return found

    def _one(self, where: ColumnElement[bool]) -> Subscription | None:
        row = self.connection.execute(select(SUBSCRIPTIONS).where(where)).one_or_none()
        return None if row is None else _subscription(row)

    def _set(self, key: int, values: Mapping[str, object]) -> None:
        self.connection.execute(
            update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.key == key).values(values)
        )


def forget_subscriber(connection: Connection, reader_key: int, email: str | None) -> None:
    """Remove a reader's subscriptions and saved searches with all that hangs on them."""
    theirs = (SUBSCRIPTIONS.c.reader_key == reader_key) | (SUBSCRIPTIONS.c.email == email)
    subscribed = select(SUBSCRIPTIONS.c.key).where(theirs)
    own = SEARCHES.c.subscription_key.in_(subscribed) | (SEARCHES.c.reader_key == reader_key)
    kept = select(SEARCHES.c.key).where(own)
    for table, where in (
        (SEARCH_MATCHES, SEARCH_MATCHES.c.search_key.in_(kept)),
        (SEARCHES, own),
        (LETTER_PAPERS, LETTER_PAPERS.c.subscription_key.in_(subscribed)),
        (INTERESTS, INTERESTS.c.subscription_key.in_(subscribed)),
        (SUBSCRIPTIONS, theirs),
        (BOUNCES, BOUNCES.c.email == email),
        (SUPPRESSED, SUPPRESSED.c.email == (email or "").lower()),
    ):
        connection.execute(delete(table).where(where))
    if email:
        _forget_mail(connection, email)


def _forget_mail(connection: Connection, email: str) -> None:
    """Remove the mail that nobody understood and that holds an address."""
    rows = connection.execute(select(UNKNOWN_MAIL.c.digest, UNKNOWN_MAIL.c.raw)).all()
    theirs = [row.digest for row in rows if email.lower().encode() in row.raw.lower()]
    connection.execute(delete(UNKNOWN_MAIL).where(UNKNOWN_MAIL.c.digest.in_(theirs)))


def _columns(wishes: Wishes) -> dict[str, object]:
    paused = wishes.paused_until
    return {
        "cadence": str(wishes.cadence),
        "hour": wishes.hour,
        "zone": wishes.zone,
        "topics": to_json(wishes.topics),
        "categories": to_json(wishes.categories),
        "sections": to_json(wishes.sections),
        "size": wishes.size,
        "on_empty": str(wishes.on_empty),
        "paused_until": paused.isoformat() if paused else None,
    }


def _subscription(row: AnyRow) -> Subscription:
    return Subscription(
        key=row.key,
        email=row.email,
        section=row.section,
        reader_key=row.reader_key,
        state=SubscriptionState(row.state),
        why=row.why,
        wishes=Wishes(
            cadence=Cadence(row.cadence),
            hour=row.hour,
            zone=row.zone,
            topics=_list(row.topics),
            categories=_list(row.categories),
            sections=_list(row.sections),
            size=row.size,
            on_empty=OnEmpty(row.on_empty),
            paused_until=_day(row.paused_until),
        ),
        last_day=_day(row.last_day),
        made=from_micros(row.made),
        asked=_moment(row.asked),
        confirmed=_moment(row.confirmed),
        stopped=_moment(row.stopped),
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
