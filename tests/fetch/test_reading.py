"""Caps hold while an answer is read: bytes, unpacked bytes, headers, time."""

import gzip
import resource
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable

import httpcore
import pytest

from broadsheet.errors import FetchError
from broadsheet.fetch import Client
from broadsheet.fetch.reading import UnusableError, content_of
from tests.library.clocks import Clock
from tests.library.servers.raw import listening
from tests.library.serving import Answer, serving

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


def client(clock: Clock | None = None, tries: int = 1, most_bytes: int = 64 << 20) -> Client:
    clock = clock or Clock()
    return Client(
        allowed_hosts=("127.0.0.1",),
        clock=clock,
        sleep=clock.sleep,
        tries=tries,
        most_bytes=most_bytes,
    )


def bomb() -> bytes:
    """10 MB that unpack to 10 GB: a gzip of very many equal members."""
    member = gzip.compress(bytes(10 << 20), 9, mtime=0)
    return member * (10_000_000 // len(member))


def test_a_bomb_is_not_unpacked() -> None:
    content = bomb()
    assert len(content) > 9_900_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    packed = Answer(200, content, {"Content-Encoding": "gzip"})
    with serving(packed) as server, pytest.raises(FetchError, match="more than 67108864 bytes"):
        client().get(server.url)
    # In KiB: what may be read, twice, since a buffer that grows is copied.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 << 10


def test_one_member_that_is_a_bomb() -> None:
    content = gzip.compress(bytes(1 << 20), 9)
    with serving(*[Answer(200, content, {"Content-Encoding": "gzip"})] * 2) as server:
        with pytest.raises(FetchError, match="more than 1048575 bytes"):
            client(most_bytes=(1 << 20) - 1).get(server.url)
        assert len(client(most_bytes=1 << 20).get(server.url).content) == 1 << 20


def test_no_piece_is_unpacked_beyond_the_cap() -> None:
    """One piece may hold a thousand times what it seems to."""
    packed = gzip.compress(bytes(100 << 20), 9)
    answer = httpcore.Response(200, content=iter([packed]))
    tracemalloc.start()
    try:
        with pytest.raises(UnusableError, match="more than 200000 bytes"):
            content_of(answer, {"content-encoding": "gzip"}, 200_000)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_what_comes_with_an_error_is_not_read() -> None:
    def write(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")
        while True:
            connection.sendall(bytes(1 << 16))

    with listening(write) as server, pytest.raises(FetchError, match="HTTP 404"):
        client(most_bytes=1000).get(server.url)


def test_the_cap_can_be_set_for_one_answer() -> None:
    with serving(*[Answer(200, b"12345")] * 2) as server:
        assert client(most_bytes=1).get(server.url, most_bytes=5).content == b"12345"
        with pytest.raises(FetchError, match="more than 4 bytes"):
            client().get(server.url, most_bytes=4)


@pytest.mark.parametrize(
    ("packing", "packed"),
    [
        ("gzip", gzip.compress(b"news " * 1000, mtime=0)),
        ("GZIP", gzip.compress(b"news " * 500, mtime=0) + gzip.compress(b"news " * 500, mtime=0)),
        ("x-gzip", gzip.compress(b"news " * 1000, mtime=0)),
        ("deflate", zlib.compress(b"news " * 1000)),
        ("identity", b"news " * 1000),
    ],
)
def test_unpacked(packing: str, packed: bytes) -> None:
    with serving(Answer(200, packed, {"Content-Encoding": packing})) as server:
        assert client().get(server.url).content == b"news " * 1000


@pytest.mark.parametrize(
    ("packing", "content", "message"),
    [
        ("gzip", b"no gzip", "an answer that cannot be unpacked"),
        ("gzip", gzip.compress(b"news " * 1000, mtime=0)[:-9], "an answer that cannot be unpacked"),
        ("gzip", gzip.compress(b"news", mtime=0) + b"junk", "an answer that cannot be unpacked"),
        ("br", b"", "packed in a way that was not asked for"),
        (
            "gzip, gzip",
            gzip.compress(gzip.compress(b"", mtime=0), mtime=0),
            "packed in a way that was not asked for",
        ),
    ],
)
def test_not_unpacked(packing: str, content: bytes, message: str) -> None:
    packed = Answer(200, content, {"Content-Encoding": packing})
    with serving(packed) as server, pytest.raises(FetchError, match=message):
        client().get(server.url)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    sent = []

    def write(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"\r\n")
        while True:
            connection.sendall(bytes(1 << 16))
            sent.append(1 << 16)

    with listening(write) as server, pytest.raises(FetchError, match="more than 1000000 bytes"):
        client(most_bytes=1_000_000).get(server.url)
    # What the system's buffers hold of a connection may have been sent beyond.
    assert sum(sent) < 50_000_000


def test_an_answer_that_says_it_is_too_long_is_not_read() -> None:
    def write(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 999999999999\r\n\r\n")
        assert connection.recv(1) == b""

    with listening(write) as server, pytest.raises(FetchError, match="more than 67108864 bytes"):
        client().get(server.url)


def dripping(clock: Clock, first: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    """One drop after the other, each 29 seconds after the one before."""

    def write(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            clock.now += 29
            connection.sendall(drop)

    return write


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (HEAD + b"\r\n", b"a"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_slow_drip_has_an_end(first: bytes, drop: bytes) -> None:
    clock = Clock()
    with (
        listening(dripping(clock, first, drop)) as server,
        pytest.raises(FetchError, match="no whole answer in 300 seconds"),
    ):
        client(clock, tries=4).get(server.url)
    assert len(server.heard) == 1


def test_silence_has_an_end() -> None:
    done = threading.Event()

    def write(_: socket.socket) -> None:
        done.wait(10)

    with listening(write) as server:
        with pytest.raises(FetchError, match=r"no answer \(ReadTimeout\)"):
            Client(allowed_hosts=("127.0.0.1",), timeout=0.05, tries=1).get(server.url)
        done.set()


def test_too_many_headers() -> None:
    def write(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(300)) + b"\r\n")

    with listening(write) as server, pytest.raises(FetchError, match="more than 200 headers"):
        client().get(server.url)


@pytest.mark.parametrize(
    "spoken",
    [
        b"",
        b"\x00\xff" * 100,
        b"HTTP/1.1 abc\r\n\r\n",
        HEAD + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n",
        HEAD + b"Content-Length: 10\r\n\r\nshort",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nshor",
        HEAD + b"A header without a colon\r\n\r\n",
    ],
)
def test_a_broken_answer_is_asked_for_again(spoken: bytes) -> None:
    def write(connection: socket.socket) -> None:
        whole = HEAD + b"Content-Length: 5\r\n\r\nwhole"
        connection.sendall(spoken if len(server.heard) == 1 else whole)

    with listening(write) as server:
        assert client(tries=2).get(server.url).content == b"whole"
    assert len(server.heard) == 2
