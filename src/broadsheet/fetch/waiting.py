"""How long to wait before asking again, by what a server says or by doubling."""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 7 * 86400.0
"""Seconds; what a server says beyond is not believed."""
_LONGEST_DOUBLING = 60.0
_BUSY = frozenset((429, 502, 503, 504))
_BUSY_TO_GET = _BUSY | {408, 500}
"""A GET may be asked twice without harm, a POST may have been done."""
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_SINCE_1970 = 1e9


def is_busy(method: str, status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer asks to come again later; GitHub says so with 403."""
    spent = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    return status in (_BUSY_TO_GET if method == "GET" else _BUSY) or (status == 403 and spent)


def doubled(tried: int, jitter: float) -> float:
    """Seconds before the next try after `tried` (from 1) in vain; `jitter` is from 0 to 1."""
    return min(2.0 ** min(tried - 1, 16), _LONGEST_DOUBLING) * (0.5 + jitter / 2)


def wait_said(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait, above 0, as the answer says it; None if it does not.

    Read are Retry-After (RFC 9110, a number or a date), RateLimit (IETF draft, `r=0;t=seconds`)
    and X-RateLimit-Reset; a date is held against the server's own.
    """
    said = _retry_after(headers, now)
    if said is None and headers.get("x-ratelimit-remaining") == "0":
        said = _seconds(headers.get("x-ratelimit-reset", ""))
        if said is not None and said > _SINCE_1970:
            said -= now
    if said is None:
        spent = re.search(r"\br=0\s*;\s*t=([0-9]{1,9})", headers.get("ratelimit", ""))
        said = float(spent[1]) if spent else None
    return min(said, LONGEST_WAIT) if said is not None and said > 0 else None


def pause_said(headers: Mapping[str, str]) -> float:
    """Seconds without requests that a good answer asks for, as Zotero's do with Backoff."""
    return min(_seconds(headers.get("backoff", "")) or 0.0, LONGEST_WAIT)


def _retry_after(headers: Mapping[str, str], now: float) -> float | None:
    text = headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is not None:
        return seconds
    moment = _moment(text)
    if moment is None:
        return None
    theirs = _moment(headers.get("date", ""))
    return moment - (now if theirs is None else theirs)


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) else None


def _moment(text: str) -> float | None:
    """Seconds since 1970 of a date as HTTP writes it."""
    try:
        moment = parsedate_to_datetime(text)
        # Two of HTTP's three forms of a date name no zone: it is always GMT.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None
