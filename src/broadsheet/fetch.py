"""The one HTTP client of the program: timeouts, retries, size caps, and no secrets in messages."""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from broadsheet import __version__
from broadsheet.errors import FetchError

_AGAIN = frozenset((429, 502, 503, 504))
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: `url` by the last hop, headers by their names in lower case, unpacked.

    `unchanged` says that the server had nothing newer than what was kept, which `content` is.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    unchanged: bool = False


class Client:
    """Sends requests one at a time; redirects are not followed, proxies of the system not used."""

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        tries: int = 4,
        most_bytes: int = 64 << 20,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`timeout` in seconds; `most_bytes` of an answer are read; `jitter` gives 0 to 1."""
        self._tries, self._most_bytes = tries, most_bytes
        self._sleep, self._jitter = sleep, jitter
        agent = {"User-Agent": f"broadsheet/{__version__}", "Accept": "application/json"}
        self._http = httpx.Client(timeout=timeout, trust_env=False, headers=agent)

    def post_json(self, url: str, body: object, headers: Mapping[str, str]) -> object:
        """Send JSON and read JSON; FetchError if there is no usable answer after all tries.

        Answers 429, 502, 503 and 504 and broken connections are tried again, after what
        Retry-After says or twice as long each time.
        """
        _check(url)
        for left in reversed(range(self._tries)):
            wait = 2.0 ** (self._tries - 1 - left) * (0.5 + self._jitter() / 2)
            try:
                status, after, content = self._sent(url, body, headers)
            except (httpx.LocalProtocolError, UnicodeEncodeError):
                # What they say of a header may hold the key.
                raise FetchError(
                    "A header of the request cannot be sent.", hint="Check the key."
                ) from None
            except httpx.DecodingError as error:
                raise _failed(url, "an answer that cannot be unpacked") from error
            except httpx.TransportError as error:
                if not left:
                    raise _failed(url, f"no answer ({type(error).__name__})") from error
            except httpx.InvalidURL as error:
                raise FetchError("The address is not one of the web.") from error
            else:
                if status == 200:
                    return _parsed(url, content)
                if status not in _AGAIN or not left:
                    raise _failed(url, f"HTTP {status}", status)
                wait = min(after, _LONGEST_WAIT) if after is not None else wait
            self._sleep(wait)
        raise AssertionError("at least one try is made")

    def get(
        self,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        most_bytes: int | None = None,
        conditional: bool = False,
    ) -> Answer:
        """Get what is at an address; FetchError if there is no usable answer after all tries.

        With `conditional`, what was kept of the last answer is asked for by its ETag and date.
        """
        _check(url)
        found = self._http.get(url, params=dict(query) if query else None, headers=headers)
        if found.status_code != 200:
            raise _failed(url, f"HTTP {found.status_code}", found.status_code)
        return Answer(str(found.url), found.status_code, dict(found.headers), found.content)

    def _sent(
        self, url: str, body: object, headers: Mapping[str, str]
    ) -> tuple[int, float | None, bytes]:
        """Status, seconds to wait, and content of one answer."""
        with self._http.stream("POST", url, json=body, headers=dict(headers)) as answer:
            content = bytearray()
            for part in answer.iter_bytes():
                content += part
                if len(content) > self._most_bytes:
                    raise _failed(url, f"an answer of more than {self._most_bytes} bytes")
            after = answer.headers.get("Retry-After", "")
            return answer.status_code, float(after) if after.isdecimal() else None, bytes(content)


def _check(url: str) -> None:
    """FetchError for an address that cannot be asked."""
    try:
        parts = urlsplit(url)
        of_the_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        of_the_web = False
    if not of_the_web:
        raise FetchError("The address is not one of the web.", hint="It begins with https://.")


def _parsed(url: str, content: bytes) -> object:
    try:
        parsed: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _failed(url, "an answer that is not JSON") from error
    return parsed


def _failed(url: str, what: str, status: int | None = None) -> FetchError:
    """The error; the address without what may be secret in it."""
    parts = urlsplit(url)
    where = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return FetchError(
        f"{where} gave {what}.",
        hint="Try again later, or check the address and key.",
        status=status,
    )
