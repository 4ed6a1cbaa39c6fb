"""Pages turned one after the other: none twice, and a cursor that a source has forgotten."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from broadsheet.errors import FetchError, SourceError
from broadsheet.sources.remote import Cursor

T = TypeVar("T")

_FORGOTTEN = frozenset((400, 404, 410))


class Turned:
    """The pages of one harvest, so that a source that repeats itself does not go on for ever."""

    def __init__(self, where: str) -> None:
        """`where` is the place that the error names."""
        self._where = where
        self._seen: set[bytes] = set()

    def note(self, page: object) -> None:
        """Take note of a page, as parsed JSON; SourceError if it came before and is not empty."""
        if not page:
            return
        said = json.dumps(page, sort_keys=True, default=str).encode("utf-8", "replace")
        digest = hashlib.blake2b(said, digest_size=16).digest()
        if digest in self._seen:
            raise SourceError(
                "the source gives the same page again and again",
                place=self._where,
                hint="try again later; what was filed stays",
            )
        self._seen.add(digest)


def resumed(ask: Callable[[Cursor], T], place: Cursor, anew: Cursor | None) -> T:
    """What is had at `place`; at `anew`, if given, where a source has forgotten that place."""
    try:
        return ask(place)
    except FetchError as error:
        if anew is None or error.status not in _FORGOTTEN:
            raise
    return ask(anew)


def through(now: datetime, until: date | None) -> datetime:
    """Up to when all is known once all days until `until` are read, but not beyond `now`."""
    if until is None:
        return now
    return min(now, datetime.combine(until + timedelta(days=1), time(), UTC))
