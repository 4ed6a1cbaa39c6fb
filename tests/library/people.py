"""Readers of the toy site, and sessions and tokens with which tests ask as them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadsheet.catalogue import Catalogue
from broadsheet.faces.guard import COOKIE
from broadsheet.people import Reader, Role, Session
from broadsheet.settings import read_settings
from broadsheet.signing import digest, new_secret

JOINED = datetime(2026, 1, 1, tzinfo=UTC)


def enrol(catalogue: Catalogue, name: str, role: Role = Role.READER) -> Reader:
    """A new reader with a confirmed address."""
    reader = Reader(
        key=0,
        name=name,
        full_name=f"{name.title()} Example",
        role=role,
        joined=JOINED,
        email=f"{name}@example.org",
        confirmed=JOINED,
    )
    with catalogue.writing() as desk:
        return desk.readers.add(reader)


def cookie_of(catalogue: Catalogue, reader: Reader) -> dict[str, str]:
    """The cookie of a new session of a reader."""
    secret, now = new_secret(), datetime.now(UTC)
    with catalogue.writing() as desk:
        session = Session(reader.key, began=now, proved=now, ends=now + timedelta(days=1))
        desk.sessions.begin(digest(secret), session)
    return {COOKIE: secret}


def token_of(catalogue: Catalogue, reader: Reader, *, writes: bool = True) -> dict[str, str]:
    """The header with a new API token of a reader."""
    secret = new_secret()
    with catalogue.writing() as desk:
        desk.sessions.add_token(digest(secret), reader.key, "test", writes, datetime.now(UTC))
    return {"Authorization": f"Bearer {secret}"}


def catalogue_of(home: Path) -> Catalogue:
    """The catalogue of a home that is served, opened beside it."""
    return Catalogue.open(read_settings(home).catalogue_url, locks=home / "locks")
