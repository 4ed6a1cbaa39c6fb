"""What identifies a record, what it says, and which other abstracts it resembles."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import numpy as np

from broadsheet.papers import FACT_NAMES, Record
from broadsheet.text import plain, title_key

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


def identity(record: Record) -> str:
    """What names a record within its source: its native id, else a digest of what it is about."""
    if record.native_id:
        return record.native_id
    about = f"{title_key(record.title)}\n{title_key(record.abstract)}"
    return "=" + hashlib.blake2b(about.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def fingerprint(record: Record) -> bytes:
    """16 bytes that differ when what a record says differs; where it was read does not count."""
    said = {name: _plain_value(getattr(record, name)) for name in FACT_NAMES}
    said["signals"] = [_plain_value(signal) for signal in record.signals]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_DIGEST_BYTES).digest()


def with_moments(record: Record, moment: datetime) -> Record:
    """The record with a moment (aware UTC) on each signal that came without one."""
    dated = (s if s.at else replace(s, at=moment) for s in record.signals)
    return replace(record, signals=tuple(dated))


def shingles(abstract: str) -> frozenset[str]:
    """Each run of three words of a cleaned abstract; empty if it is too short to compare."""
    words = _WORD.findall(plain(abstract).lower())
    if len(words) < FEWEST_WORDS:
        return frozenset()
    runs = zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)
    return frozenset(" ".join(run) for run in runs)


def bands(shingled: Iterable[str]) -> list[int]:
    """The bands an abstract falls into, as signed 64-bit numbers; none for no shingles."""
    # Imported here because it brings half a second of SciPy, which only imports need.
    from datasketch import MinHash

    encoded = [shingle.encode() for shingle in shingled]
    if not encoded:
        return []
    sketch = MinHash(num_perm=BANDS * ROWS, seed=_SEED, hashfunc=_hashed)
    sketch.update_batch(encoded)
    values = np.asarray(sketch.hashvalues, np.uint64).reshape(BANDS, ROWS)
    return [_band(number, row.tobytes()) for number, row in enumerate(values)]


def resemblance(left: frozenset[str], right: frozenset[str]) -> float:
    """Jaccard similarity, 0 to 1; 0 if either is empty."""
    if not left or not right:
        return 0.0
    return len(left & right) / len(left | right)


def _hashed(shingle: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(shingle, digest_size=4).digest(), "little")


def _band(number: int, values: bytes) -> int:
    digest = hashlib.blake2b(values, digest_size=8, salt=number.to_bytes(8, "little")).digest()
    return int.from_bytes(digest, "little", signed=True)


def _plain_value(value: object) -> object:
    """A fact as JSON can hold it."""
    if isinstance(value, tuple):
        return [_plain_value(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return [_plain_value(getattr(value, name)) for name in value.__dataclass_fields__]
    return value if isinstance(value, bool | int | str | None) else str(value)
