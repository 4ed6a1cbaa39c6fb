"""Coming in: by a link, by a password, by a proxy's word; each time with a new secret."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broadsheet.accounts import letters, names, passwords
from broadsheet.catalogue import Catalogue, Desk
from broadsheet.errors import ConflictError, ForbiddenError, SignInError
from broadsheet.people import Identity, Pass, Purpose, Reader, Role, Session
from broadsheet.signing import digest, new_secret

SESSION_LASTS = timedelta(days=30)
PROXY = "proxy"
"""The issuer of those whom a trusted proxy names."""
_MOST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request brings along: the secret of its cookie, its browser, its address.

    `reader_key` is that of whoever is signed in already.
    """

    secret: str
    agent: str
    address: str
    now: datetime
    reader_key: int | None = None


def begin_session(desk: Desk, reader: Reader, visit: Visit) -> str:
    """Begin a session under a new secret, which is returned; the one there was has ended."""
    if visit.secret:
        desk.sessions.end(digest(visit.secret))
    secret = new_secret()
    session = Session(
        reader.key,
        began=visit.now,
        proved=visit.now,
        ends=visit.now + SESSION_LASTS,
        agent=visit.agent[:_MOST_AGENT],
    )
    desk.sessions.begin(digest(secret), session)
    return secret


def found_pass(desk: Desk, secret: str, now: datetime) -> Pass:
    """The pass of a link, untouched; ForbiddenError if it does not work any more."""
    found = desk.passes.get(digest(secret), now)
    if found is None or found.purpose is Purpose.NOTHING:
        raise ForbiddenError(
            "This link does not work any more: it was used, or it is too old.",
            hint="Ask for a new one on the page /sign-in.",
        )
    return found


def follow(desk: Desk, secret: str, name: str, visit: Visit) -> tuple[Reader, str]:
    """Use a link up: sign in, join under a name, or move to an address; the new session's secret.

    Raises ForbiddenError if the link does not work any more or not for whoever asks, ConflictError
    if the name or address is somebody's.
    """
    found = found_pass(desk, secret, visit.now)
    if found.purpose is Purpose.ADDRESS:
        if found.reader_key != visit.reader_key:
            # Whoever got this letter by a slip of the pen must not come in by it.
            raise ForbiddenError(
                "This link works only where its account is signed in.",
                hint="Sign in there with the address of before, then follow it again.",
            )
        reader = _move(desk, found, visit.now)
    elif found.reader_key is not None:
        reader = _confirmed(desk, found, visit.now)
    else:
        reader = join(desk, name, found.email, found.role, visit.now)
    desk.passes.use(digest(secret), visit.now)
    return reader, begin_session(desk, reader, visit)


def join(
    desk: Desk, name: str, email: str, role: Role, now: datetime, full_name: str = ""
) -> Reader:
    """A new reader, whose address was shown to be theirs if there is one."""
    if email and desk.readers.at(email):
        raise ConflictError("This address has an account already.", hint="Sign in with it.")
    new = Reader(
        key=0,
        name=names.untaken_name(desk, name),
        full_name=names.checked_text(full_name, "full name", names.MOST_FULL_NAME),
        role=role,
        joined=now,
        email=email or None,
        confirmed=now if email else None,
    )
    desk.changes.stir()
    return desk.readers.add(new)


def sign_in_by_password(
    catalogue: Catalogue, called: str, password: str, visit: Visit
) -> tuple[Reader, str]:
    """Whose name or address and password these are, and the secret of their new session.

    Raises SignInError if they do not belong together, TooOftenError after too many wrong ones.
    """
    with catalogue.writing() as desk:
        passwords.count_try(desk, called, visit.address, visit.now)
        reader = desk.readers.at(called) if "@" in called else desk.readers.named(called)
        kept = desk.readers.password_of(reader.key) if reader else None
    # Not in a transaction: this takes long on purpose, and others want to write.
    if not (passwords.is_right(kept, password) and reader and kept):
        raise passwords.refused()
    anew = passwords.hashed(password) if passwords.is_outdated(kept) else None
    with catalogue.writing() as desk:
        if desk.readers.password_of(reader.key) != kept:
            # Changed meanwhile: what was right is not any more.
            raise passwords.refused()
        passwords.uncount_try(desk, called, visit.address, visit.now)
        if anew:
            desk.readers.set_password(reader.key, anew)
        return reader, begin_session(desk, reader, visit)


def set_password(desk: Desk, reader: Reader, password: str, now: datetime) -> None:
    """Keep a new password, or none if it is empty, and tell the reader.

    Links that were sent before do not work any more: somebody else may have asked for them.
    """
    if password:
        hashed = passwords.hashed(passwords.checked_password(password, reader))
        desk.readers.set_password(reader.key, hashed)
    else:
        desk.readers.set_password(reader.key, None)
    desk.passes.void_of(reader.key, now)
    letters.tell(desk, reader, "Your password was changed.", now)


def enter_by_proxy(desk: Desk, called: str, now: datetime) -> Reader:
    """The reader whom a proxy names, with a new account at the first time."""
    reader = named_by_proxy(desk, called)
    if reader is None:
        reader = join(desk, names.free_name(desk, called), "", Role.READER, now)
        desk.identities.link(Identity(PROXY, called.lower(), reader.key, now))
    return reader


def named_by_proxy(desk: Desk, called: str) -> Reader | None:
    """The reader whom a proxy names, if they were here before."""
    key = desk.identities.reader_of(PROXY, called.lower())
    return None if key is None else desk.readers.get(key)


def _confirmed(desk: Desk, found: Pass, now: datetime) -> Reader:
    """The reader of a pass, whose address is shown to be theirs if the letter went there."""
    reader = desk.readers.get(found.reader_key or 0)
    if reader is None:
        raise SignInError("There is no such account any more.")
    if reader.email == found.email and reader.email and reader.confirmed is None:
        reader = replace(reader, confirmed=now)
        desk.readers.replace(reader)
    return reader


def _move(desk: Desk, found: Pass, now: datetime) -> Reader:
    """Give a reader the address of a pass; links that went to the old one end."""
    if desk.readers.at(found.email):
        raise ConflictError("This address has an account already.")
    reader = _confirmed(desk, found, found.made)
    letters.tell(desk, reader, "Your account has moved to another address.", found.made)
    moved = replace(reader, email=found.email, confirmed=found.made)
    desk.readers.replace(moved)
    desk.passes.void_of(moved.key, now)
    return moved
