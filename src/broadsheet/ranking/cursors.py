"""Cursors: where a reader is in a list of hits, as the hits already shown.

The next page is the best of what has not been shown, whatever was added to the index meanwhile:
so no hit comes twice, and none is lost.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence

from broadsheet.catalogue import Spot
from broadsheet.errors import QueryError
from broadsheet.papers import Paper

DEEPEST = 2000
"""Hits after which there is no next page."""
_LARGEST = 64_000
_DIGEST_BYTES = 6


def write_cursor(asked: str, shown: Sequence[int]) -> str:
    """A cursor (URL-safe text) for the search `asked` describes, after the keys shown so far."""
    packed = zlib.compress(json.dumps([_digest(asked), list(shown)]).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(cursor: str, asked: str) -> list[int]:
    """The keys shown before a cursor; QueryError if it is damaged or of another search."""
    try:
        packed = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        unpacker = zlib.decompressobj()
        digest, shown = json.loads(unpacker.decompress(packed, _LARGEST))
        keys = [int(key) for key in shown]
        if not unpacker.eof:
            raise ValueError("cut off")
    except (zlib.error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise QueryError(
            "The cursor is damaged.", hint="Begin again at the first page, without a cursor."
        ) from error
    if digest != _digest(asked):
        raise QueryError(
            "The cursor belongs to another search.",
            hint="Give it together with the query, mode and filters it came with.",
        )
    return keys


def write_spot(key: int, paper: Paper) -> str:
    """A cursor for the list of all papers, after this one."""
    day = str(paper.announced) if paper.announced else None
    return base64.urlsafe_b64encode(json.dumps([day, key]).encode()).decode().rstrip("=")


def read_spot(cursor: str) -> Spot:
    """The place that a cursor of the list of all papers names; QueryError if it is damaged."""
    try:
        packed = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        day, key = json.loads(packed)
        if not (day is None or isinstance(day, str)) or type(key) is not int or abs(key) >= 2**63:
            raise ValueError("of another kind")
    except (ValueError, TypeError, RecursionError) as error:
        raise QueryError(
            "The cursor is damaged.", hint="Begin again at the first page, without a cursor."
        ) from error
    return Spot(day, key)


def _digest(asked: str) -> str:
    return hashlib.blake2b(asked.encode(), digest_size=_DIGEST_BYTES).hexdigest()
