"""What identifies a record, what it says, and which other abstracts it resembles."""

import hashlib
import json
import re
import zlib
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from broadsheet.papers import FACT_NAMES, Author, Link, Record, Signal
from broadsheet.text import plain, title_key

if TYPE_CHECKING:
    from datasketch import MinHash

SHINGLE_WORDS = 3
BANDS, ROWS = 12, 5
"""Two abstracts with Jaccard similarity s share a band with probability 1 - (1 - s^5)^12.

That is 0.99 for s = 0.8, 0.90 for 0.7, 0.62 for 0.6 and 0.11 for 0.4 (Broder 1997; Leskovec,
Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4).
"""
FEWEST_WORDS = 25
_SEED = 7
_DIGEST_BYTES = 16
_WORD = re.compile(r"\w+")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def identity(record: Record) -> str:
    """What names a record within its source: its native id, else a digest of what it is about."""
    if record.native_id:
        return record.native_id
    about = f"{title_key(record.title)}\n{title_key(record.abstract)}"
    return "=" + hashlib.blake2b(about.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def fingerprint(record: Record) -> bytes:
    """16 bytes that differ when what a record says differs; where it was read does not count."""
    said = [_plain_value(getattr(record, name)) for name in (*FACT_NAMES, "signals")]
    if record.references:
        # Left out where there are none, so that what was filed before they were kept stays known.
        said.append(_plain_value(record.references))
    text = _encode(said).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()


def with_moments(record: Record, moment: datetime) -> Record:
    """The record with a moment (aware UTC) on each signal that came without one."""
    dated = (s if s.at else replace(s, at=moment) for s in record.signals)
    return replace(record, signals=tuple(dated))


def shingles(abstract: str) -> frozenset[bytes]:
    """Each run of three words of a cleaned abstract, UTF-8; empty if it is too short to compare."""
    found = _WORD.findall(plain(abstract).lower())
    if len(found) < FEWEST_WORDS:
        return frozenset()
    # Encoded at once: run by run it takes as long as all the rest.
    words = " ".join(found).encode("utf-8", "surrogatepass").split(b" ")
    runs = zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)
    return frozenset(map(b" ".join, runs))


def bands(shingled: Collection[bytes]) -> list[int]:
    """The bands an abstract falls into, as signed 64-bit numbers; none for no shingles."""
    if not shingled:
        return []
    sketch = _empty_sketch().copy()
    sketch.update_batch(shingled)
    values = np.asarray(sketch.hashvalues, np.uint64).reshape(BANDS, ROWS)
    return [_band(number, row.tobytes()) for number, row in enumerate(values)]


def resemblance(left: frozenset[bytes], right: frozenset[bytes]) -> float:
    """Jaccard similarity, 0 to 1; 0 if either is empty."""
    if not left or not right:
        return 0.0
    return len(left & right) / len(left | right)


@cache
def _empty_sketch() -> "MinHash":
    """What every sketch begins as a copy of: drawing permutations takes longer than using them."""
    # Imported here because it brings half a second of SciPy, which only imports need.
    from datasketch import MinHash

    # CRC-32 is enough: the sketch scrambles what it gets before it permutes it.
    return MinHash(num_perm=BANDS * ROWS, seed=_SEED, hashfunc=zlib.crc32)


def _band(number: int, values: bytes) -> int:
    digest = hashlib.blake2b(values, digest_size=8, salt=number.to_bytes(8, "little")).digest()
    return int.from_bytes(digest, "little", signed=True)


def _plain_value(value: object) -> object:
    """A fact as JSON can hold it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, tuple):
        return [_plain_value(one) for one in value]
    if isinstance(value, Author | Link | Signal):
        return [_plain_value(getattr(value, name)) for name in value.__dataclass_fields__]
    return str(value)
