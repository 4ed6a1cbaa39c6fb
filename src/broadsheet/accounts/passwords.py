"""Passwords: which are refused, how they are hashed, and how long wrong ones make one wait."""

import hashlib
import math
import re
import threading
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from broadsheet.catalogue import Desk
from broadsheet.errors import InputError, SignInError, TooOftenError
from broadsheet.people import Reader

SHORTEST, LONGEST = 12, 256
RULE = (
    f"A password has {SHORTEST} to {LONGEST} characters, six different ones at least, is none of "
    "the commonest with something added, and does not hold your name or address."
)
"""The rule in words, as pages say it."""

_DIFFERENT = 6
_OWN_LETTERS = 5
"""Fewer letters than this beside common words are not what makes a password one's own."""
_COMMON = frozenset(
    "abc abcd admin asdf asdfgh baseball batman broadsheet changeme computer default dragon "
    "football freedom hello iloveyou internet keyboard letmein login love master michael monkey "
    "mustang newpassword pass passphrase password princess qazwsx qwert qwerty qwertyuiop qwertz "
    "secret security shadow starwars summer sunshine superman temp test testing trustno winter "
    "welcome whatever work zxcv zxcvbnm passwort motdepasse contrasena hallo spring autumn".split()
)
_LEET = str.maketrans("01345789@$!", "oleastbgasi")
_LETTERS = re.compile(r"[a-z]+")
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")

# OWASP's parameters for Argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_A_TIME = threading.BoundedSemaphore(4)

_FREE = {"account": 20, "address": 20, "both": 5}
"""How many wrong ones in a row cost nothing: for one account, one address, or both together."""
_LONGEST_WAIT = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=24)


def checked_password(password: str, reader: Reader) -> str:
    """A password that may be a reader's; InputError says the rule."""
    folded = password.casefold()
    own = {reader.name, (reader.email or "").partition("@")[0], *reader.full_name.split()}
    is_refused = (
        not SHORTEST <= len(password) <= LONGEST
        or len(set(folded)) < _DIFFERENT
        or any(len(part) > 2 and part.casefold() in folded for part in own)
        or _is_common(folded)
    )
    if is_refused:
        raise InputError("That password is not taken.", hint=RULE)
    return password


def hashed(password: str) -> str:
    """What is kept of a password: Argon2id (RFC 9106) with its parameters and salt."""
    with _AT_A_TIME:
        return _HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password is that of a hash; without one it takes as long, and is not."""
    with _AT_A_TIME:
        try:
            return _HASHER.verify(kept or _nobodys(), password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


def count_try(desk: Desk, account: str, address: str, now: datetime) -> None:
    """Count a try before it is judged, so that many at once do not go uncounted.

    Raises TooOftenError while somebody is to wait after wrong passwords.
    """
    subjects = _subjects(account, address)
    waits = [0]
    for kind, subject in subjects.items():
        before = desk.passes.failures(subject)
        if before and now - before[1] > _FORGOTTEN_AFTER:
            desk.passes.set_failures(subject, 0, now)
        elif before:
            waits.append(_wait(*before, _FREE[kind], now))
    if (longest := max(waits)) > 0:
        raise TooOftenError(
            f"There were too many wrong passwords. Try again in {longest} seconds.",
            hint="A link by e-mail works at once.",
            retry_after=longest,
        )
    for subject in subjects.values():
        before = desk.passes.failures(subject)
        desk.passes.set_failures(subject, before[0] + 1 if before else 1, now)


def uncount_try(desk: Desk, account: str, address: str, now: datetime) -> None:
    """Take back a try that was right; wrong ones for this account from here are forgiven."""
    for kind, subject in _subjects(account, address).items():
        before = desk.passes.failures(subject)
        left = before[0] - 1 if before and kind != "both" else 0
        desk.passes.set_failures(subject, left, now)


def refused() -> SignInError:
    """The one answer to every name and password that do not belong together."""
    return SignInError(
        "That name and password do not belong together.", hint="Ask for a link by e-mail instead."
    )


def _is_common(folded: str) -> bool:
    """Whether nothing is left of it without common words, rows of keys, digits and marks."""
    if any(folded[:SHORTEST] in row or folded[:SHORTEST] in row[::-1] for row in _ROWS):
        return True
    for text in (folded, folded.translate(_LEET)):
        if sum(map(_uncommon, _LETTERS.findall(text))) < _OWN_LETTERS:
            return True
    return False


def _uncommon(word: str) -> int:
    """The fewest letters of a word that are left beside common words in it."""
    reached = [0] + [len(word) + 1] * len(word)
    for end in range(1, len(word) + 1):
        reached[end] = reached[end - 1] + 1
        for length in range(3, min(end, 12) + 1):
            if word[end - length : end] in _COMMON:
                reached[end] = min(reached[end], reached[end - length])
    return reached[-1]


def _wait(failures: int, latest: datetime, free: int, now: datetime) -> int:
    """Seconds that are left to wait: doubled with each wrong one beyond the free ones."""
    beyond = min(failures - free, 20)
    if beyond < 0:
        return 0
    wait = min(_LONGEST_WAIT, timedelta(seconds=2**beyond))
    return math.ceil((latest + wait - now).total_seconds())


def _subjects(account: str, address: str) -> dict[str, bytes]:
    """What is counted, as digests: no name and no address is kept."""
    told = {
        "account": f"account\0{account.lower()}",
        "address": f"address\0{address}",
        "both": f"both\0{account.lower()}\0{address}",
    }
    return {kind: hashlib.sha256(text.encode()).digest() for kind, text in told.items()}


@lru_cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
