"""What identifies a record, what it says, and which other abstracts it resembles."""

import hashlib
import json
import re
import struct
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from broadsheet.papers import FACT_NAMES, Author, Link, Record, Signal
from broadsheet.text import plain, title_key

SHINGLE_WORDS = 3
BANDS, ROWS = 12, 5
"""Two abstracts with Jaccard similarity s share a band with probability 1 - (1 - s^5)^12.

That is 0.99 for s = 0.8, 0.90 for 0.7, 0.62 for 0.6 and 0.11 for 0.4 (Broder 1997; Leskovec,
Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4).
"""
FEWEST_WORDS = 25
_SEED = 7
_MURMUR3: Final = (
    (np.uint32(16), np.uint32(0x85EBCA6B)),
    (np.uint32(13), np.uint32(0xC2B2AE35)),
)
_LAST_SHIFT: Final = np.uint32(16)
_BAND_BYTES: Final = ROWS * 8
_SALTED: Final = tuple(
    hashlib.blake2b(digest_size=8, salt=number.to_bytes(8, "little")) for number in range(BANDS)
)
_unpacked: Callable[[bytes], tuple[int, ...]] = struct.Struct(f"<{BANDS}q").unpack
_DIGEST_BYTES = 16
_WORD = re.compile(r"\w+")
_ASCII_WORDS = bytes(code if chr(code).isalnum() or code == ord("_") else 32 for code in range(256))
"""What `_WORD` finds in ASCII, as a table: all other bytes are blanks."""
_said: Callable[[Record], tuple[object, ...]] = attrgetter(*FACT_NAMES, "signals")
_PARTS: Final[Mapping[type, Callable[[Any], tuple[object, ...]]]] = {
    kind: attrgetter(*kind.__dataclass_fields__) for kind in (Author, Link, Signal)
}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def identity(record: Record) -> str:
    """What names a record within its source: its native id, else a digest of what it is about."""
    if record.native_id:
        return record.native_id
    about = f"{title_key(record.title)}\n{title_key(record.abstract)}"
    return "=" + hashlib.blake2b(about.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def fingerprint(record: Record) -> bytes:
    """16 bytes that differ when what a record says differs; where it was read does not count."""
    said = _plain_values(_said(record))
    if record.references:
        # Left out where there are none, so that what was filed before they were kept stays known.
        said.append(_plain_value(record.references))
    text = _encode(said).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()


def with_moments(record: Record, moment: datetime) -> Record:
    """The record with a moment (aware UTC) on each signal that came without one."""
    if all(signal.at for signal in record.signals):
        return record
    dated = (s if s.at else replace(s, at=moment) for s in record.signals)
    return replace(record, signals=tuple(dated))


def shingles(abstract: str) -> frozenset[bytes]:
    """Each run of three words of a cleaned abstract, UTF-8; empty if it is too short to compare."""
    return frozenset(runs(abstract))


def runs(abstract: str) -> Sequence[bytes]:
    """As `shingles`, in their order, some perhaps more than once."""
    words = _words(plain(abstract).lower())
    if len(words) < FEWEST_WORDS:
        return ()
    following = zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)
    return list(map(b" ".join, following))


def _words(text: str) -> list[bytes]:
    """The words of a text, UTF-8."""
    if text.isascii():
        return text.encode("ascii").translate(_ASCII_WORDS).split()
    # Encoded at once: word by word it takes as long as all the rest.
    return " ".join(_WORD.findall(text)).encode("utf-8", "surrogatepass").split()


def bands(shingled: Collection[bytes]) -> tuple[int, ...]:
    """The bands an abstract falls into, as signed 64-bit numbers; none for no shingles.

    A MinHash of 60 values (Broder 1997), band by band; repeats do not count. The values are those
    of `MinHash(60, seed=7, hashfunc=zlib.crc32)` of datasketch 2, by which catalogues were filed.
    """
    if not shingled:
        return ()
    digests = _scrambled(np.fromiter(map(zlib.crc32, shingled), np.uint32, len(shingled)))
    least = (_FACTORS * digests + _SUMMANDS).min(axis=1)
    return _banded(least.astype("<u8").tobytes())


def resemblance(left: frozenset[bytes], right: frozenset[bytes]) -> float:
    """Jaccard similarity, 0 to 1; 0 if either is empty."""
    if not left or not right:
        return 0.0
    return len(left & right) / len(left | right)


def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Odd factors and summands, each a column: `factor * x + summand` permutes 32-bit numbers."""
    # NumPy promises that RandomState draws the same for ever.
    draw = np.random.RandomState(_SEED)
    count = (BANDS * ROWS, 1)
    factors = draw.randint(0, 1 << 31, count, np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, draw.randint(0, 1 << 32, count, np.uint32)


_FACTORS, _SUMMANDS = _permutations()


def _scrambled(digests: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The finaliser of MurmurHash3, by which CRC-32 is good enough a digest of a shingle."""
    for shift, factor in _MURMUR3:
        digests = (digests ^ (digests >> shift)) * factor
    return digests ^ (digests >> _LAST_SHIFT)


def _banded(values: bytes) -> tuple[int, ...]:
    """A digest of each band's values, salted with its number."""
    digests = [salted.copy() for salted in _SALTED]
    for digest, at in zip(digests, range(0, len(values), _BAND_BYTES), strict=True):
        digest.update(values[at : at + _BAND_BYTES])
    return _unpacked(b"".join([digest.digest() for digest in digests]))


def _plain_value(value: object) -> object:
    """A fact as JSON can hold it."""
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, tuple):
        return _plain_values(value)
    if parts := _PARTS.get(type(value)):
        return _plain_values(parts(value))
    return str(value)


def _plain_values(values: Iterable[object]) -> list[object]:
    """Facts as JSON can hold them; most are texts, which are so already."""
    return [one if type(one) is str else _plain_value(one) for one in values]
