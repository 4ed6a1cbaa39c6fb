"""Secrets that are handed out, digests of them that are kept, and signed, dated tokens."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

_BYTES = 32


def new_secret() -> str:
    """A secret of 256 random bits, fit for a cookie or an address."""
    return secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> bytes:
    """What is kept of a secret that is random itself: SHA-256, 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()


def form_token(key: bytes, session: str) -> str:
    """What a form carries to show that it is from a page of this session (HMAC-SHA256, hex)."""
    return hmac.new(key, b"form\0" + session.encode(), hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell."""
    return hmac.compare_digest(one.encode(), other.encode())


def signed(key: bytes, purpose: str, values: list[str]) -> str:
    """Values in a token for one purpose, fit for an address, which nobody else can make."""
    return str(URLSafeTimedSerializer(key, salt=purpose).dumps(values))


def unsigned(
    key: bytes, purpose: str, token: str, lifetime: timedelta | None = None
) -> list[str] | None:
    """The values of a token; None if it is not ours, not for that purpose, or too old."""
    seconds = None if lifetime is None else int(lifetime.total_seconds())
    try:
        values = URLSafeTimedSerializer(key, salt=purpose).loads(token, max_age=seconds)
    except BadData:
        return None
    return values if isinstance(values, list) else None
