"""The shelf of sessions and API tokens: what lets somebody in, kept as digests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from broadsheet.catalogue.encoding import from_micros, to_micros
from broadsheet.catalogue.schema import API_TOKENS, SESSIONS
from broadsheet.catalogue.statements import AnyRow, insert_all, next_numbers
from broadsheet.people import ApiToken, Session


@dataclass(frozen=True, slots=True)
class SessionShelf:
    """Who is signed in, and the tokens that programs use; `now` is the caller's clock."""

    connection: Connection

    def begin(self, digest: bytes, session: Session) -> None:
        """Keep a new session under the digest of its secret."""
        row = {
            "digest": digest,
            "reader_key": session.reader_key,
            "began": to_micros(session.began),
            "proved": to_micros(session.proved),
            "ends": to_micros(session.ends),
            "agent": session.agent,
        }
        insert_all(self.connection, SESSIONS, [row])

    def get(self, digest: bytes, now: datetime) -> Session | None:
        """The session with a secret of this digest, None if there is none or it has ended."""
        question = select(SESSIONS).where(
            SESSIONS.c.digest == digest, SESSIONS.c.ends > to_micros(now)
        )
        row = self.connection.execute(question).one_or_none()
        return None if row is None else _session(row)

    def end(self, digest: bytes) -> None:
        """End one session."""
        self.connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == digest))

    def end_all(self, reader_key: int, but: bytes = b"") -> int:
        """End all sessions of a reader, but one; how many."""
        mine = (SESSIONS.c.reader_key == reader_key) & (SESSIONS.c.digest != but)
        return self.connection.execute(delete(SESSIONS).where(mine)).rowcount

    def end_one(self, digest: bytes, reader_key: int) -> bool:
        """End one session of a reader; whether there was one."""
        mine = (SESSIONS.c.reader_key == reader_key) & (SESSIONS.c.digest == digest)
        return bool(self.connection.execute(delete(SESSIONS).where(mine)).rowcount)

    def of(self, reader_key: int, now: datetime) -> list[tuple[bytes, Session]]:
        """The sessions of a reader that have not ended, the newest first, with their digests."""
        question = select(SESSIONS).where(
            SESSIONS.c.reader_key == reader_key, SESSIONS.c.ends > to_micros(now)
        )
        rows = self.connection.execute(question.order_by(SESSIONS.c.began.desc()))
        return [(row.digest, _session(row)) for row in rows]

    def prune(self, now: datetime) -> int:
        """Forget the sessions that have ended; how many."""
        return self.connection.execute(
            delete(SESSIONS).where(SESSIONS.c.ends <= to_micros(now))
        ).rowcount

    def add_token(
        self, digest: bytes, reader_key: int, name: str, writes: bool, now: datetime
    ) -> int:
        """Keep an API token under its digest; its key."""
        key = next_numbers(self.connection, "token", 1)
        row = {
            "key": key,
            "reader_key": reader_key,
            "digest": digest,
            "name": name,
            "writes": writes,
            "made": to_micros(now),
            "used": None,
            "ends": None,
        }
        insert_all(self.connection, API_TOKENS, [row])
        return key

    def token(self, digest: bytes, now: datetime) -> ApiToken | None:
        """The API token of this digest, None if there is none or it has ended."""
        row = self.connection.execute(
            select(API_TOKENS).where(API_TOKENS.c.digest == digest)
        ).one_or_none()
        if row is None or (row.ends is not None and row.ends <= to_micros(now)):
            return None
        return _token(row)

    def tokens_of(self, reader_key: int) -> list[ApiToken]:
        """The API tokens of a reader, the oldest first."""
        question = select(API_TOKENS).where(API_TOKENS.c.reader_key == reader_key)
        rows = self.connection.execute(question.order_by(API_TOKENS.c.key))
        return [_token(row) for row in rows]

    def drop_token(self, key: int, reader_key: int) -> bool:
        """Forget one of a reader's API tokens; whether there was one."""
        mine = (API_TOKENS.c.key == key) & (API_TOKENS.c.reader_key == reader_key)
        return bool(self.connection.execute(delete(API_TOKENS).where(mine)).rowcount)


def _session(row: AnyRow) -> Session:
    return Session(
        reader_key=row.reader_key,
        began=from_micros(row.began),
        proved=from_micros(row.proved),
        ends=from_micros(row.ends),
        agent=row.agent,
    )


def _token(row: AnyRow) -> ApiToken:
    return ApiToken(
        key=row.key,
        reader_key=row.reader_key,
        name=row.name,
        writes=row.writes,
        made=from_micros(row.made),
        used=None if row.used is None else from_micros(row.used),
    )
