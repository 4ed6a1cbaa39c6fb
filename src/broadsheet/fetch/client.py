"""The client: turns, tries, hops and caps, around one request after the other."""

import itertools
import json
import random
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

import httpcore
import httpx

from broadsheet import __version__
from broadsheet.errors import FetchError
from broadsheet.fetch.addresses import Resolver, is_public, resolved
from broadsheet.fetch.answers import Answer
from broadsheet.fetch.cache import Cache, CachedAnswer
from broadsheet.fetch.connecting import (
    Connector,
    OutOfTimeError,
    PrivateAddressError,
    Wire,
    until,
)
from broadsheet.fetch.paces import PACES, Pace
from broadsheet.fetch.questions import Question, host_and_port, question, unsendable
from broadsheet.fetch.reading import UnusableError, content_of, headers_of
from broadsheet.fetch.turns import NotNowError, Turns
from broadsheet.fetch.waiting import doubled, is_busy, pause_said, wait_said

_MOST_HOPS = 5
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}")
_NOT_IN_COMMENTS = re.compile(r"[^\x20-\x7e]|[()\\]")
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_AGAIN = "Try again later, or check the address and key."


@dataclass(frozen=True, slots=True)
class _Limits:
    """What one answer may take: seconds of silence, seconds in all, tries, bytes."""

    timeout: float
    total: float
    tries: int
    most_bytes: int


class Client:
    """Asks politely, and only what is public; may be shared by threads.

    Each service is asked at its pace (`PACES`), together with all clients of the same folder, and
    left alone for a while when it fails again and again. No proxy and no certificate that the
    environment names is used, no cookie is kept.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        folder: Path | None = None,
        allowed_hosts: Collection[str] = (),
        paces: Iterable[Pace] = PACES,
        timeout: float = 30.0,
        total: float = 300.0,
        tries: int = 4,
        patience: float = 600.0,
        most_bytes: int = 64 << 20,
        most_kept: int = 256 << 20,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        resolve: Resolver = resolved,
    ) -> None:
        """`contact` says who to write to; paces and kept answers are noted in `folder`, if given.

        `allowed_hosts` (`host` or `host:port`) are named by the operator: they may be private, and
        where they are, or where JSON is posted to them, they have no pace but a named one. All
        times are in seconds: `timeout` of silence, `total` for one answer, `patience` for one wait.
        `most_bytes` of an answer are read, `most_kept` of all are kept on disk; `jitter` gives 0
        to 1.
        """
        self._agent = _agent(contact)
        self._allowed = frozenset(host.lower().rstrip(".") for host in allowed_hosts)
        self._limits = _Limits(timeout, total, tries, most_bytes)
        self._patience, self._clock, self._jitter = patience, clock, jitter
        self._resolve, self._near = resolve, dict[str, bool]()
        pacing = None if folder is None else folder / "pace"
        self._turns = Turns(pacing, paces, clock, sleep, patience)
        self._cache = None if folder is None else Cache(folder / "kept", most_kept)
        # What is allowed has connections of its own, which nothing else can come to use.
        self._guarded = Wire(Connector(resolve, clock, guarded=True))
        self._open = Wire(Connector(resolve, clock, guarded=False))

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._guarded.close()
        self._open.close()

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

        `query` is added to the address. With `conditional`, what was kept of the last answer is
        asked for by its ETag and date; StoreError if the folder cannot be written. Redirects are
        followed, five at most.
        """
        asked = question("GET", url, query=query, headers=headers)
        most = self._limits.most_bytes if most_bytes is None else most_bytes
        cache = self._cache if conditional else None
        if cache is None:
            last, answer = self._followed(asked, most, None)
            return _usable(last, answer)
        key = "\n".join((str(asked.url), *sorted(map(repr, asked.headers.items()))))
        kept = cache.find(key)
        if kept is not None and len(kept.content) > most:
            kept = None
        last, answer = self._followed(asked, most, kept)
        if kept is not None and answer.status == 304:
            headers_now = {**kept.headers, **answer.headers}
            return Answer(last.public_url, 200, headers_now, kept.content, unchanged=True)
        answer = _usable(last, answer)
        cache.keep(key, str(last.url), answer.headers, answer.content)
        return answer

    def post_json(self, url: str, body: object, headers: Mapping[str, str]) -> object:
        """Send JSON and read JSON; FetchError if there is no usable answer after all tries.

        Answers 429, 502, 503 and 504 and broken connections are tried again. Redirects are not
        followed.
        """
        return _read_json(*self._posted(url, _JSON, _as_json(body), headers))

    def post_form(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> object:
        """Send a form and read JSON, as `post_json` does."""
        return _read_json(*self._posted(url, _FORM, urlencode(fields).encode(), headers))

    def tell_json(self, url: str, body: object) -> None:
        """Send JSON, as to a webhook, and do not look at what is answered.

        FetchError unless it is a 2xx after all tries, which are those of `post_json`.
        """
        asked, answer = self._posted(url, _JSON, _as_json(body), {})
        if not 200 <= answer.status < 300:
            raise _failed(asked, f"HTTP {answer.status}", answer.status)

    def _posted(
        self, url: str, kind: str, content: bytes, headers: Mapping[str, str]
    ) -> tuple[Question, Answer]:
        """What was asked, and the final answer to it."""
        kinds = {"Accept": _JSON, "Content-Type": kind}
        asked = question("POST", url, headers={**kinds, **headers}, body=content)
        allowed = self._is_allowed(asked)
        return asked, self._tried(asked, allowed, self._limits.most_bytes, {})

    def _followed(
        self, asked: Question, most_bytes: int, kept: CachedAnswer | None
    ) -> tuple[Question, Answer]:
        """The last hop and its answer."""
        allowed = True
        for _ in range(_MOST_HOPS + 1):
            # A host that is not the operator's own must not lead to one that is.
            allowed = allowed and self._is_allowed(asked)
            conditions = kept.conditions(str(asked.url)) if kept else {}
            answer = self._tried(asked, allowed, most_bytes, conditions)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None:
                return asked, answer
            asked = asked.sent_on(location)
        raise _failed(asked, f"more than {_MOST_HOPS} redirects", answer.status)

    def _tried(
        self, asked: Question, allowed: bool, most_bytes: int, conditions: Mapping[str, str]
    ) -> Answer:
        """The first answer that is final, each try in its turn."""
        host = asked.url.raw_host.decode("ascii")
        own = allowed and (asked.method == "POST" or self._is_near(asked))
        service = self._turns.at(host, asked.url.port, own=own)
        request = self._request(asked, conditions, once=service.pace.alone)
        try:
            for tried in itertools.count(1):
                with service.turn():
                    outcome = self._outcome(asked, request, allowed, most_bytes, service.pace.busy)
                    if isinstance(outcome, Answer):
                        service.succeeded(pause_said(outcome.headers))
                        return outcome
                    wait = outcome.retry_after or doubled(tried, self._jitter())
                    outcome.retry_after, resting = service.failed(wait)
                last = resting or tried >= self._limits.tries
                if last or outcome.retry_after > self._patience:
                    raise outcome
        except NotNowError as error:
            raise _not_now(asked, error) from None
        raise AssertionError("at least one try is made")

    def _outcome(
        self,
        asked: Question,
        request: httpx.Request,
        allowed: bool,
        most_bytes: int,
        busy: Collection[int],
    ) -> Answer | FetchError:
        """A final answer, or the failure after which another try may help."""
        try:
            answer = self._sent(asked, request, allowed, most_bytes)
        except httpcore.LocalProtocolError:
            raise unsendable() from None
        except _BROKEN as error:
            failure = _failed(asked, f"no answer ({type(error).__name__})")
            failure.__cause__ = error
            return failure
        if is_busy(asked.method, answer.status, answer.headers) or answer.status in busy:
            said = wait_said(answer.headers, self._clock())
            return _failed(asked, f"HTTP {answer.status}", answer.status, said)
        return answer

    def _request(
        self, asked: Question, conditions: Mapping[str, str], *, once: bool
    ) -> httpx.Request:
        """The request as it goes out; its connection is closed after `once`."""
        headers = httpx.Headers({"User-Agent": self._agent, "Accept": "*/*"})
        headers.update(asked.headers)
        headers.update(conditions)
        headers["Accept-Encoding"] = "gzip"
        if once:
            headers["Connection"] = "close"
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._limits.timeout)
        return httpx.Request(
            asked.method,
            asked.url,
            headers=headers,
            content=asked.body,
            extensions={"timeout": timeouts},
        )

    def _sent(
        self, asked: Question, request: httpx.Request, allowed: bool, most_bytes: int
    ) -> Answer:
        """One answer; the content only of what is of use."""
        wire = self._open if allowed else self._guarded
        try:
            with (
                until(self._clock() + self._limits.total),
                wire.sent(request) as answer,
            ):
                headers = headers_of(answer)
                good = answer.status == 200
                content = content_of(answer, headers, most_bytes) if good else b""
        except UnusableError as error:
            raise _failed(asked, str(error), answer.status) from error
        except OutOfTimeError:
            raise _failed(asked, f"no whole answer in {self._limits.total:g} seconds") from None
        except PrivateAddressError:
            raise FetchError(
                f"{asked.where} leads into a private network, and was not asked.",
                hint="If that is meant, allow the host in the settings.",
            ) from None
        return Answer(asked.public_url, answer.status, headers, content)

    def _is_near(self, asked: Question) -> bool:
        """Whether a host lies in the operator's own network, as far as can be told."""
        address = host_and_port(asked.url)
        if address not in self._near:
            host, _, port = address.rpartition(":")
            try:
                found = self._resolve(host, int(port))
            except (OSError, UnicodeError):
                return False
            self._near[address] = not any(map(is_public, found))
        return self._near[address]

    def _is_allowed(self, asked: Question) -> bool:
        address = host_and_port(asked.url)
        return not self._allowed.isdisjoint((address, address.rpartition(":")[0]))


_BROKEN = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.RemoteProtocolError,
)


def _as_json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()


def _read_json(asked: Question, answer: Answer) -> object:
    """The JSON value of an answer; FetchError if there is none."""
    answer = _usable(asked, answer)
    try:
        parsed: object = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise _failed(asked, "an answer that is not JSON", answer.status) from error
    return parsed


def _usable(asked: Question, answer: Answer) -> Answer:
    if answer.status != 200:
        raise _failed(asked, f"HTTP {answer.status}", answer.status)
    return answer


def _agent(contact: str) -> str:
    """Who asks, as it may stand in a header; services look for `mailto:`."""
    mail = _MAIL.search(contact)
    who = f"mailto:{mail[0]}" if mail else _NOT_IN_COMMENTS.sub("", contact).strip()
    return f"broadsheet/{__version__}" + (f" ({who})" if who else "")


def _not_now(asked: Question, error: NotNowError) -> FetchError:
    reason = f" since {error.failures} requests in a row failed" if error.failures else ""
    return FetchError(
        f"{asked.where} is not asked for another {error.seconds:.0f} seconds{reason}.",
        hint=_AGAIN,
        retry_after=error.seconds,
    )


def _failed(
    asked: Question, what: str, status: int | None = None, wait: float | None = None
) -> FetchError:
    """The error; the address without what may be secret in it."""
    return FetchError(f"{asked.where} gave {what}.", hint=_AGAIN, status=status, retry_after=wait)
