"""Who people are: readers and their roles, how they come in, what they vote and say."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?")
"""How a reader's name is spelt, which addresses hold: 1 to 39 of a-z, 0-9 and inner hyphens."""


class Role(StrEnum):
    """What somebody may do; each may do all that those before it may."""

    READER = "reader"
    AUTHOR = "author"
    CURATOR = "curator"
    MODERATOR = "moderator"
    ADMIN = "admin"

    def may(self, least: "Role") -> bool:
        """Whether this role is at least another."""
        order = list(Role)
        return order.index(self) >= order.index(least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody with an account; `confirmed` is when the address was shown to be theirs.

    Moments are aware UTC. `suspended` readers may read and nothing else. `letters` says whether
    notices come to them by mail too.
    """

    key: int
    name: str
    full_name: str
    role: Role
    joined: datetime
    email: str | None = None
    confirmed: datetime | None = None
    orcid: str | None = None
    about: str = ""
    suspended: datetime | None = None
    letters: bool = False

    @property
    def shown_name(self) -> str:
        """The name that others see."""
        return self.full_name or self.name


@dataclass(frozen=True, slots=True)
class Vote:
    """One reader's vote for one paper; `held` says why it does not count yet."""

    paper_key: int
    reader_key: int
    at: datetime
    held: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """That somebody is signed in: `proved` is when they last gave a secret, aware UTC."""

    reader_key: int
    began: datetime
    proved: datetime
    ends: datetime
    agent: str = ""


class Purpose(StrEnum):
    """What a pass lets its holder do, once."""

    SIGN_IN = "sign-in"
    INVITATION = "invitation"
    ADDRESS = "address"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A secret that works once, until `ends`: whose it is, or which address may join with it.

    `email` is empty for an invitation that anybody may take who has it; `role` is what a new
    account gets.
    """

    purpose: Purpose
    email: str
    made: datetime
    ends: datetime
    reader_key: int | None = None
    role: Role = Role.READER


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key that a device of a reader holds (WebAuthn); `credential` is base64url."""

    credential: str
    reader_key: int
    public_key: bytes
    sign_count: int
    name: str
    added: datetime
    used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a reader is elsewhere: a subject that an issuer names."""

    issuer: str
    subject: str
    reader_key: int
    linked: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program uses to act for a reader; without `writes` it may only read."""

    key: int
    reader_key: int
    name: str
    writes: bool
    made: datetime
    used: datetime | None = None
