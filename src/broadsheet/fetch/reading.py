"""Answers read piece by piece, so that no cap is found out too late."""

import zlib
from collections.abc import Iterable, Iterator, Mapping

import httpcore
import httpx

MOST_HEADERS = 200


class UnusableError(Exception):
    """What is wrong with an answer, in words that follow "gave"."""


def headers_of(answer: httpcore.Response) -> Mapping[str, str]:
    """Headers by their names in lower case; those of one name with commas between."""
    if len(answer.headers) > MOST_HEADERS:
        raise UnusableError(f"an answer of more than {MOST_HEADERS} headers")
    return dict(httpx.Headers(answer.headers))


def content_of(answer: httpcore.Response, headers: Mapping[str, str], most_bytes: int) -> bytes:
    """The content, unpacked; UnusableError beyond `most_bytes`, as sent or unpacked."""
    announced = headers.get("content-length", "")
    if announced.isdecimal() and float(announced) > most_bytes:
        raise _too_long(most_bytes)
    packing = headers.get("content-encoding", "identity").strip().lower()
    parts = _counted(answer.iter_stream(), most_bytes)
    if packing == "identity":
        return b"".join(parts)
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise UnusableError("an answer packed in a way that was not asked for")
    return _unpacked(parts, most_bytes, zlib.MAX_WBITS | 32)


def _counted(parts: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    count = 0
    for part in parts:
        count += len(part)
        if count > most_bytes:
            raise _too_long(most_bytes)
        yield part


def _unpacked(parts: Iterable[bytes], most_bytes: int, bits: int) -> bytes:
    """gzip (of several members) or zlib, told apart by their first bytes."""
    content = bytearray()
    unpacker = zlib.decompressobj(bits)
    begun = False
    try:
        for part in parts:
            left = part
            while left:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(bits)
                # One byte more than may be, so that the cap shows and no memory is taken.
                content += unpacker.decompress(left, most_bytes + 1 - len(content))
                if len(content) > most_bytes:
                    raise _too_long(most_bytes)
                begun = True
                left = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise UnusableError("an answer that cannot be unpacked") from error
    if begun and not unpacker.eof:
        raise UnusableError("an answer that cannot be unpacked")
    return bytes(content)


def _too_long(most_bytes: int) -> UnusableError:
    return UnusableError(f"an answer of more than {most_bytes} bytes")
