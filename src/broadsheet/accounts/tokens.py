"""API tokens: what programs carry to act for a reader."""

from datetime import datetime

from broadsheet.accounts.names import checked_text
from broadsheet.catalogue import Desk
from broadsheet.errors import ConflictError, InputError
from broadsheet.people import Reader
from broadsheet.signing import digest, new_secret

MOST_TOKENS = 20
MOST_NAME = 80
_MARK = "bs_"
"""What a token begins with, so that one that leaked is known for what it is."""


def make_token(desk: Desk, reader: Reader, name: str, writes: bool, now: datetime) -> str:
    """A new token, of which only the digest is kept.

    Raises InputError without a name, ConflictError if the reader has as many as one may have.
    """
    name = checked_text(name, "token's name", MOST_NAME)
    if not name:
        raise InputError("A token needs a name.", hint="Say which program it is for.")
    if len(desk.sessions.tokens_of(reader.key)) >= MOST_TOKENS:
        raise ConflictError(f"An account has {MOST_TOKENS} tokens at most.", hint="Revoke one.")
    secret = _MARK + new_secret()
    desk.sessions.add_token(digest(secret), reader.key, name, writes, now)
    return secret
