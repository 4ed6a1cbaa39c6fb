"""Who is asking, how often they may, and what an error becomes over HTTP."""

from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import HTTPConnection

from broadsheet.errors import (
    BroadsheetError,
    BusyError,
    InputError,
    NotFoundError,
    OutsideError,
    StoreError,
)

WINDOW_SECONDS = 300
RETRY_SECONDS = 5
"""When to ask again for what is busy or being made."""
_STATUSES: tuple[tuple[type[BroadsheetError], int], ...] = (
    (InputError, 400),
    (NotFoundError, 404),
    (BusyError, 503),
    (StoreError, 503),
    (OutsideError, 502),
)


def status_of(error: BroadsheetError) -> int:
    """The HTTP status that says what kind of error it is."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def asker(connection: HTTPConnection) -> str:
    """The address that asks, as the server in front of us gives it."""
    return connection.client.host if connection.client else "unknown"


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
