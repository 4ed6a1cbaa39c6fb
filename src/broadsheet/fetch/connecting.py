"""Connections: to the address that was checked, and with an end to all waiting."""

import math
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

from broadsheet.fetch.addresses import Resolver, is_public

_CONNECTIONS = 10
_IDLE_SECONDS = 30.0
_ENDS: ContextVar[float] = ContextVar("_ENDS", default=math.inf)


class PrivateAddressError(Exception):
    """A name leads to an address that is not of the public internet; nothing was connected."""


class OutOfTimeError(Exception):
    """The moment came up to which an answer was waited for."""


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Wait for nothing in this thread beyond a moment of the connector's clock."""
    before = _ENDS.set(moment)
    try:
        yield
    finally:
        _ENDS.reset(before)


class Connector(httpcore.NetworkBackend):
    """Looks a name up once, checks every address, and connects to one of those.

    The name stays what TLS and the Host header are about: only the socket sees the address.
    """

    def __init__(
        self,
        resolve: Resolver,
        clock: Callable[[], float],
        *,
        guarded: bool,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        """Without `guarded`, any address will do; `backend` makes the connections."""
        self._resolve, self._clock, self._guarded = resolve, clock, guarded
        self._backend = backend or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; PrivateAddressError if any is private."""
        options = list(socket_options or ())
        failure: Exception = httpcore.ConnectError("The name leads nowhere.")
        for address in self._addresses(host, port):
            try:
                stream = self._backend.connect_tcp(
                    address, port, within(timeout, self._clock), local_address, options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Ending(stream, self._clock)
        raise failure

    def _addresses(self, host: str, port: int) -> Iterable[str]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("The name leads nowhere.") from error
        if self._guarded and not all(map(is_public, found)):
            raise PrivateAddressError(host)
        return found


class Wire:
    """Connections kept open for a while, and one request at a time over each."""

    def __init__(self, connector: Connector) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=connector,
        )

    @contextmanager
    def sent(self, request: httpx.Request) -> Iterator[httpcore.Response]:
        """Send a request and give the answer once its headers are read."""
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        try:
            yield answer
        finally:
            answer.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Ending(httpcore.NetworkStream):
    """A connection on which nothing is waited for beyond the moment of `until`."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Callable[[], float]) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, within(timeout, self._clock))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, within(timeout, self._clock))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = within(timeout, self._clock)
        return _Ending(self._stream.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def within(timeout: float | None, clock: Callable[[], float]) -> float | None:
    """The seconds that may be waited: no more than are left; OutOfTimeError if none are."""
    left = _ENDS.get() - clock()
    if left <= 0:
        raise OutOfTimeError
    return left if timeout is None else min(timeout, left)


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that httpx trusts; none that the environment names."""
    return httpx.create_ssl_context(trust_env=False)
