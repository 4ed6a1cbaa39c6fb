"""From which address is asked, how often it may, and what an error becomes over HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import HTTPConnection

from broadsheet.errors import (
    BroadsheetError,
    BusyError,
    ConflictError,
    InputError,
    NotFoundError,
    OutsideError,
    RefusedError,
    SignInError,
    StoreError,
    TooOftenError,
)

WINDOW_SECONDS = 300
COOKIE = "broadsheet-session"
SECURE_COOKIE = f"__Host-{COOKIE}"
"""The same over HTTPS, where browsers hold it to this host (RFC 6265bis)."""
NAMED = "broadsheet.named"
"""In a request's scope: the name that a trusted proxy gave, if it gave one."""
RETRY_SECONDS = 5
"""When to ask again for what is busy or being made."""
_STATUSES: tuple[tuple[type[BroadsheetError], int], ...] = (
    (InputError, 400),
    (NotFoundError, 404),
    (SignInError, 401),
    (ConflictError, 409),
    (TooOftenError, 429),
    (RefusedError, 403),
    (BusyError, 503),
    (StoreError, 503),
    (OutsideError, 502),
)


def present() -> datetime:
    """This moment, aware UTC: the clock of all faces."""
    return datetime.now(UTC)


def status_of(error: BroadsheetError) -> int:
    """The HTTP status that says what kind of error it is."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def asker(connection: HTTPConnection) -> str:
    """The address that asks, as the server in front of us gives it."""
    return connection.client.host if connection.client else "unknown"


def counted_as(address: str) -> str:
    """What an address is counted as: of IPv6 the network of 64 bits, which is one customer's.

    Whoever has such a network would otherwise never ask twice from the same address.
    """
    try:
        asking = ip_address(address)
    except ValueError:
        return address
    if not isinstance(asking, IPv6Address):
        return address
    if asking.ipv4_mapped:
        return str(asking.ipv4_mapped)
    return str(IPv6Network((asking.packed[:8] + bytes(8), 64)))


def is_among(address: str, networks: Iterable[str]) -> bool:
    """Whether an address is in one of some networks."""
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    # What listens on IPv6 sees those that come over IPv4 as ::ffff:a.b.c.d.
    asking = getattr(asking, "ipv4_mapped", None) or asking
    return any(asking in ip_network(one) for one in networks)


def is_personal(connection: HTTPConnection) -> bool:
    """Whether whoever asks shows who they are: the answer is then theirs alone.

    Told without the catalogue, so that it holds for a session that has ended too.
    """
    return (
        COOKIE in connection.cookies
        or SECURE_COOKIE in connection.cookies
        or "authorization" in connection.headers
        or bool(connection.scope.get(NAMED))
    )


def is_same_site(connection: HTTPConnection) -> bool:
    """Whether a browser says that a page of ours asks, or says nothing of it (Fetch Metadata).

    Browsers that know Fetch Metadata cannot be made to leave it out; others send `Origin` with
    what changes something. A form's token is asked for in any case.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    return origin.partition("://")[2] == connection.headers.get("host")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to an address: `reset` is in seconds from now."""

    allowed: bool
    quota: int
    left: int
    reset: int

    def headers(self) -> dict[str, str]:
        """As the IETF draft on RateLimit headers (draft 9) and older clients want it."""
        shown = {
            "RateLimit": f'"api";r={self.left};t={self.reset}',
            "RateLimit-Policy": f'"fixed window";"api";q={self.quota};w={WINDOW_SECONDS}',
        }
        return shown if self.allowed else {**shown, "Retry-After": str(max(1, self.reset))}


class Limiter:
    """A fixed window of requests for each address, counted in this process."""

    def __init__(self, quota: int) -> None:
        """`quota` requests in five minutes; 0 is no limit."""
        self._quota = quota
        self._item = RateLimitItemPerSecond(max(1, quota), WINDOW_SECONDS)
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    def take(self, address: str, now: float) -> Allowance | None:
        """Count one request at `now` (seconds since 1970); None if there is no limit."""
        if not self._quota:
            return None
        allowed = self._windows.hit(self._item, address)
        stats = self._windows.get_window_stats(self._item, address)
        reset = max(0, round(stats.reset_time - now))
        return Allowance(allowed, self._quota, stats.remaining, reset)
