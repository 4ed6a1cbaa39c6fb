"""Questions: what is asked, what of it is secret, and where a redirect leads."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx

from broadsheet.errors import FetchError

_SCHEMES = ("http", "https")
_HARMLESS = frozenset(("accept", "accept-language", "content-type"))
"""Headers that may follow to another host; any other may be a key."""
_HOST = re.compile(rb"[0-9a-z._-]+|[0-9a-f:.]+")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TEXT = re.compile(r"([\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?)?")
_SECRET_NAMES = frozenset(
    ("access_token", "api-key", "api_key", "apikey", "auth", "email", "key", "mailto", "password")
) | frozenset(("secret", "sig", "signature", "token"))
"""Parameters of an address that are not for others to see."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request: `url` is without user and password, which are among the headers."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    body: bytes | None = None

    @property
    def where(self) -> str:
        """The address without what may be secret: the query, and the path of what is sent to."""
        path = self.url.path if self.method == "GET" else ""
        return f"{_origin(self.url)}{path}"

    @property
    def public_url(self) -> str:
        """The address without parameters that are named like keys."""
        names = [name for name in self.url.params if name.lower() in _SECRET_NAMES]
        url = self.url
        for name in names:
            url = url.copy_remove_param(name)
        return str(url)

    @property
    def has_credentials(self) -> bool:
        """Whether a header may be a key."""
        return any(name.lower() not in _HARMLESS for name in self.headers)

    def sent_on(self, location: str) -> "Question":
        """The question that a redirect leads to; FetchError if it must not be asked.

        Headers that may be keys stay behind when the host changes, and are not sent in the clear.
        """
        try:
            url = self.url.join(location).copy_with(userinfo=b"", fragment=None)
        except (httpx.InvalidURL, ValueError):
            raise self._misled("an address that is none") from None
        if not _is_of_the_web(url):
            raise self._misled("an address that is not one of the web")
        if self.url.scheme == "https" and url.scheme == "http" and self.has_credentials:
            raise self._misled("an address without encryption, and there is a key")
        if _same(self.url, url):
            return replace(self, url=url)
        kept = {name: text for name, text in self.headers.items() if name.lower() in _HARMLESS}
        return replace(self, url=url, headers=httpx.Headers(kept))

    def _misled(self, what: str) -> FetchError:
        return FetchError(f"{self.where} sends on to {what}.", hint="Check the address.")


def question(
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Question:
    """A question as it was given; FetchError if it cannot be asked."""
    parsed = _read(url)
    if query:
        parsed = parsed.copy_merge_params(dict(query))
    given = {}
    if parsed.userinfo:
        pair = f"{parsed.username}:{parsed.password}".encode()
        given["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    given.update(headers or {})
    for name, text in given.items():
        # The library would refuse it too, but write it to its log.
        if not (_NAME.fullmatch(name) and _TEXT.fullmatch(text)):
            raise unsendable()
    bare = parsed.copy_with(userinfo=b"", fragment=None)
    return Question(method, bare, httpx.Headers(given), body)


def host_of(url: str) -> str:
    """The `host:port` of an address, as a client's `allowed_hosts` take it; FetchError if none."""
    return host_and_port(_read(url))


def host_and_port(url: httpx.URL) -> str:
    """Host and port, as they are connected to."""
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    return f"{url.raw_host.decode('ascii').rstrip('.')}:{port}"


def unsendable() -> FetchError:
    """A header that cannot be sent; what the library says of it may hold the key."""
    return FetchError("A header of the request cannot be sent.", hint="Check the key.")


def _read(url: str) -> httpx.URL:
    try:
        # The library takes what cannot be read for a name.
        urlsplit(url)
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        parsed = httpx.URL()
    if not _is_of_the_web(parsed):
        raise FetchError("The address is not one of the web.", hint="It begins with https://.")
    return parsed


def _is_of_the_web(url: httpx.URL) -> bool:
    return url.scheme in _SCHEMES and bool(_HOST.fullmatch(url.raw_host)) and url.port != 0


def _origin(url: httpx.URL) -> str:
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}{f':{url.port}' if url.port else ''}"


def _same(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether two addresses are of one server, or the second of the same, encrypted."""
    if one.raw_host != other.raw_host:
        return False
    encrypted = (one.scheme, other.scheme) == ("http", "https")
    if encrypted:
        return one.port is None and other.port is None
    return one.scheme == other.scheme and one.port == other.port
