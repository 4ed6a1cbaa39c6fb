"""The shelf of letters: what is to be sent to whom, who is at it, and what became of it."""

import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from broadsheet.catalogue.encoding import to_micros
from broadsheet.catalogue.keys import KeyShelf
from broadsheet.catalogue.letters import (
    Fate,
    Letter,
    Posted,
    columns_of,
    named,
    posted_of,
)
from broadsheet.catalogue.schema import META, OUTBOX
from broadsheet.catalogue.statements import among, insert_all, next_numbers, upsert
from broadsheet.text import storable

LOOK_BACK = timedelta(days=2)
"""A letter that nobody sent for so long after it was due is not sent any more."""
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)
MOST_TRIES = 16
"""Tries until a letter is given up: with waits that double up to the longest, 4 days and more."""
_LONGEST_LEASE = timedelta(hours=1)
_LINEAGE = "outbox_lineage"
_ID_DIGITS = 40
_OVERDUE = f"Nobody sent it within {LOOK_BACK.days} days after it was due."
_EXPIRED = "It was no longer of use before it could be sent."
_RESTORED = "The catalogue was restored from a copy: it may have been sent since that was made."
_CUT_OFF = "Whoever sent it ended, or heard no answer, after it was handed over."


SETTLED = (Fate.ACCEPTED, Fate.REJECTED, Fate.DROPPED)
_WAITING = (Fate.QUEUED, Fate.DEFERRED)
_OPEN = (*_WAITING, Fate.LEASED, Fate.HANDED)


@dataclass(frozen=True, slots=True)
class OutboxShelf:
    """The letters; each is leased by one holder, handed over once at a time, and then settled.

    `now` is the caller's clock; a `holder` is a name that was never used before.
    """

    connection: Connection

    def add(self, letter: Letter, now: datetime) -> bool:
        """Ask for a letter; False if it was asked for before."""
        return self.add_all([letter], now) == [True]

    def add_all(self, letters: Sequence[Letter], now: datetime) -> list[bool]:
        """Ask for letters, whether each is new; those that were asked for before stay as they are.

        Of two about the same subject to the same recipient the first one counts.
        """
        self._mind_restores(now)
        key = self._signing_key()
        rows = {self._message_id(key, *named(letter)): letter for letter in reversed(letters)}
        there = self.known(rows)
        new = [(name, letter) for name, letter in reversed(rows.items()) if name not in there]
        if new:
            first = next_numbers(self.connection, "letter", len(new))
            filled = [
                columns_of(first + place, name, letter, now)
                for place, (name, letter) in enumerate(new)
            ]
            insert_all(self.connection, OUTBOX, filled)
        added = {id(letter) for _, letter in new}
        return [id(letter) in added for letter in letters]

    def is_due(self, now: datetime) -> bool:
        """Whether there is anything to do now: a letter to send, or one to be put right."""
        come = (OUTBOX.c.due <= to_micros(now)) | _is_over(now)
        found = select(OUTBOX.c.key).where((_in(_WAITING) & come) | _lost(now)).limit(1)
        return self.connection.execute(found).first() is not None

    def lease(self, holder: str, now: datetime, until: datetime, limit: int) -> list[Posted]:
        """Take at most `limit` letters that are due, for this holder alone, until a moment."""
        self._mind_restores(now)
        chosen = (
            select(OUTBOX.c.key).where(_due(now)).order_by(OUTBOX.c.due, OUTBOX.c.key).limit(limit)
        )
        taken = (
            update(OUTBOX)
            .where(OUTBOX.c.key.in_(chosen), _in(_WAITING))
            .values(state=str(Fate.LEASED), holder=holder, leased_until=to_micros(until))
            .returning(*OUTBOX.columns)
        )
        return sorted(map(posted_of, self.connection.execute(taken)), key=_order)

    def let_go(self, holder: str) -> int:
        """Put back what a holder has leased and not handed over; how many."""
        return self._change(
            (OUTBOX.c.holder == holder) & _in((Fate.LEASED,)), state=Fate.QUEUED, holder=""
        )

    def hand_over(self, key: int, holder: str, now: datetime, until: datetime) -> bool:
        """Note that a letter is handed to the transport now: to be committed before it is.

        False if it is this holder's no more, or no longer wanted; it must then not be sent. Without
        an answer by `until` it becomes uncertain.
        """
        mine = (OUTBOX.c.key == key) & (OUTBOX.c.holder == holder) & _in((Fate.LEASED,))
        fresh = (OUTBOX.c.leased_until > to_micros(now)) & ~_is_over(now)
        return bool(
            self._change(
                mine & fresh,
                state=Fate.HANDED,
                handed=to_micros(now),
                leased_until=to_micros(until),
                tries=OUTBOX.c.tries + 1,
            )
        )

    def settle(self, key: int, holder: str, now: datetime, state: Fate, detail: str) -> bool:
        """Note how it went: accepted, rejected, deferred or uncertain; False if it is not known.

        A deferred letter waits twice as long as the last time; it is rejected after MOST_TRIES, or
        if it would be of no use any more by then.
        What a holder learns late of a letter that became uncertain still counts. One that cannot
        be written is rejected without being handed over.
        """
        unsent = (Fate.LEASED,) if state is Fate.REJECTED else ()
        mine = (OUTBOX.c.key == key) & (OUTBOX.c.holder == holder)
        mine &= _in((Fate.HANDED, Fate.UNCERTAIN, *unsent))
        if state is Fate.DEFERRED:
            question = select(OUTBOX.c.tries, OUTBOX.c.expires).where(mine)
            row = self.connection.execute(question).one_or_none()
            if row is None:
                return False
            due = to_micros(now + wait_after(row.tries))
            if row.tries < MOST_TRIES and (row.expires is None or due < row.expires):
                return bool(
                    self._change(mine, state=state, due=due, holder="", detail=storable(detail))
                )
            times = "1 try" if row.tries == 1 else f"{row.tries} tries"
            state, detail = Fate.REJECTED, f"Given up after {times}: {detail}"
        if state is Fate.UNCERTAIN:
            return bool(self._change(mine, state=state, detail=storable(detail)))
        return bool(self._end(mine, now, state, detail))

    def sweep(self, now: datetime) -> int:
        """Put right what was cut off, and drop what is no longer of use; how many letters.

        A lease that ended before the letter was handed over is as if it had not been; after that
        the letter is uncertain.
        """
        lost = _lost(now)
        back = self._change(_in((Fate.LEASED,)) & lost, state=Fate.QUEUED, holder="")
        unsure = self._change(_in((Fate.HANDED,)) & lost, state=Fate.UNCERTAIN, detail=_CUT_OFF)
        # Only a clock that was wrong can have set these.
        far = _in((Fate.DEFERRED,)) & (OUTBOX.c.due > to_micros(now + 2 * LONGEST_WAIT))
        back += self._change(far, due=to_micros(now))
        waiting = _in(_WAITING)
        over = self._end(waiting & _is_over(now), now, Fate.DROPPED, _EXPIRED)
        late = waiting & (OUTBOX.c.due <= to_micros(now - LOOK_BACK))
        over += self._end(late, now, Fate.DROPPED, _OVERDUE)
        self._change(_in((Fate.UNCERTAIN,)) & _is_over(now), values="")
        return back + unsure + over

    def decide(self, key: int, now: datetime, *, again: bool) -> bool:
        """Send an uncertain letter again, or drop it; False if it is not uncertain.

        One that is over, or whose values are gone, can only be dropped.
        """
        mine = (OUTBOX.c.key == key) & _in((Fate.UNCERTAIN,))
        if not again:
            return bool(self._end(mine, now, Fate.DROPPED, "Dropped by the operator."))
        whole = (OUTBOX.c["values"] != "") & ~_is_over(now)
        return bool(
            self._change(
                mine & whole,
                state=Fate.QUEUED,
                due=to_micros(now),
                holder="",
                detail="Sent again by the operator.",
            )
        )

    def withdraw(
        self, kind: str, recipient: str, now: datetime, why: str, *, about: str = ""
    ) -> int:
        """Drop the letters of a kind to a recipient that are not handed over yet; how many.

        Only those whose subjects begin with `about`.
        """
        unsent = _in((*_WAITING, Fate.LEASED))
        theirs = (OUTBOX.c.kind == kind) & (OUTBOX.c.recipient == recipient)
        theirs &= OUTBOX.c.subject.startswith(about, autoescape=True)
        return self._end(unsent & theirs, now, Fate.DROPPED, why)

    def known(self, message_ids: Collection[str]) -> set[str]:
        """Those of some left parts of Message-IDs that letters have."""
        found = select(OUTBOX.c.message_id)
        return {row[0] for row in among(self.connection, found, OUTBOX.c.message_id, message_ids)}

    def get(self, key: int) -> Posted | None:
        """The letter with a key."""
        row = self.connection.execute(select(OUTBOX).where(OUTBOX.c.key == key)).one_or_none()
        return None if row is None else posted_of(row)

    def with_id(self, message_id: str) -> Posted | None:
        """The letter whose Message-ID has this left part."""
        found = select(OUTBOX).where(OUTBOX.c.message_id == message_id)
        row = self.connection.execute(found).one_or_none()
        return None if row is None else posted_of(row)

    def listed(self, state: Fate | None, limit: int, before: int | None = None) -> list[Posted]:
        """At most `limit` letters, of a state if one is given, with lower keys, the last first."""
        question = select(OUTBOX).order_by(OUTBOX.c.key.desc()).limit(limit)
        if state is not None:
            question = question.where(_in((state,)))
        if before is not None:
            question = question.where(OUTBOX.c.key < before)
        return [posted_of(row) for row in self.connection.execute(question)]

    def counts(self, kind: str | None = None) -> dict[Fate, int]:
        """How many letters, of a kind if one is given, are in each state; every state is there."""
        question = select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)
        if kind is not None:
            question = question.where(OUTBOX.c.kind == kind)
        found = {row[0]: row[1] for row in self.connection.execute(question)}
        return {state: found.get(str(state), 0) for state in Fate}

    def overdue(self, now: datetime, by: timedelta) -> int:
        """How many letters have waited for their turn for longer than `by`."""
        late = _in((Fate.QUEUED,)) & (OUTBOX.c.due <= to_micros(now - by))
        return self.connection.execute(
            select(func.count()).select_from(OUTBOX).where(late)
        ).scalar_one()

    def accepted_since(self, moment: datetime, *, but: str) -> bool:
        """Whether a letter to another address than `but` was accepted since a moment.

        Of those that became due in the day before it, or later.
        """
        others = _in((Fate.ACCEPTED,)) & (OUTBOX.c.recipient != but)
        others &= OUTBOX.c.due >= to_micros(moment - timedelta(days=1))
        others &= OUTBOX.c.settled >= to_micros(moment)
        return self.connection.execute(select(OUTBOX.c.key).where(others)).first() is not None

    def prune(self, before: datetime) -> int:
        """Forget the letters that were settled before a moment; how many."""
        old = delete(OUTBOX).where(OUTBOX.c.settled < to_micros(before))
        return self.connection.execute(old).rowcount

    def _mind_restores(self, now: datetime) -> None:
        """After a restore, let nothing go out by itself that was there in the copy."""
        names = ("lineage", _LINEAGE)
        question = select(META.c.name, META.c.value).where(META.c.name.in_(names))
        found = {row.name: row.value for row in self.connection.execute(question)}
        lineage = found["lineage"]
        if found.get(_LINEAGE) == lineage:
            return
        if _LINEAGE in found:
            opened = _in(_OPEN)
            late = opened & (OUTBOX.c.due <= to_micros(now - LOOK_BACK))
            self._end(late, now, Fate.DROPPED, _RESTORED)
            self._change(opened, state=Fate.UNCERTAIN, holder="", detail=_RESTORED)
        upsert(self.connection, META, [{"name": _LINEAGE, "value": lineage}])

    def _signing_key(self) -> bytes:
        """What Message-IDs are made with."""
        keys = KeyShelf(self.connection)
        key = keys.signing()
        if key is None:
            keys.make()
            key = keys.signing() or b""
        return key

    def _message_id(self, key: bytes, kind: str, subject: str, recipient: str) -> str:
        """The left part of a Message-ID, which tells nobody of whom or what it is."""
        told = json.dumps(["letter", kind, subject, recipient]).encode()
        return hmac.new(key, told, hashlib.sha256).hexdigest()[:_ID_DIGITS]

    def _end(self, which: ColumnElement[bool], now: datetime, state: Fate, detail: str) -> int:
        """Settle letters, and forget their values: links in them let people in."""
        return self._change(
            which, state=state, settled=to_micros(now), detail=storable(detail), values=""
        )

    def _change(self, which: ColumnElement[bool], **values: Any) -> int:
        """Change the letters that are meant; how many."""
        if isinstance(values.get("state"), Fate):
            values["state"] = str(values["state"])
        return self.connection.execute(update(OUTBOX).where(which).values(values)).rowcount


def wait_after(tries: int) -> timedelta:
    """How long a letter waits after it was deferred for the `tries`th time (from 1)."""
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(tries, MOST_TRIES) - 1))


def _in(states: tuple[Fate, ...]) -> ColumnElement[bool]:
    return OUTBOX.c.state.in_([str(state) for state in states])


def _due(now: datetime) -> ColumnElement[bool]:
    """What may be sent now."""
    recent = OUTBOX.c.due > to_micros(now - LOOK_BACK)
    return _in(_WAITING) & (OUTBOX.c.due <= to_micros(now)) & recent & ~_is_over(now)


def _is_over(now: datetime) -> ColumnElement[bool]:
    """What is no longer of use."""
    return func.coalesce(OUTBOX.c.expires <= to_micros(now), False)


def _lost(now: datetime) -> ColumnElement[bool]:
    """What somebody had and has no more; a lease that ends too late was given by a wrong clock."""
    ended = OUTBOX.c.leased_until <= to_micros(now)
    return _in((Fate.LEASED, Fate.HANDED)) & (
        ended | (OUTBOX.c.leased_until > to_micros(now + _LONGEST_LEASE))
    )


def _order(posted: Posted) -> tuple[datetime, int]:
    return posted.letter.due, posted.key
