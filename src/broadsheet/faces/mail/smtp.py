"""Handing letters to a mail server (RFC 5321): TLS is verified, and no wait is without end."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from broadsheet.catalogue import Fate
from broadsheet.errors import OutsideError, SettingError
from broadsheet.faces.mail.transports import Message, Outcome

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_HINT = (
    "Write `mail_url` like smtp://host:port, smtp+starttls://user:password@host or smtps://…; what "
    "is special in a password as %XX."
)
_LETTERS_A_CONNECTION = 100
"""Some servers take no more over one connection."""
_LONGEST_REPLY = 300
_LINE_START = re.compile(rb"(?m)^\.")
# These are about us and not about the letter: it can be sent once that is put right.
_OUR_FAULT = (530, 534, 535, 538)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Relay:
    """The server that takes our letters, as a URL names it."""

    scheme: Literal["smtp", "smtp+starttls", "smtps"]
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """The URL without the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{self.user}{'@' * bool(self.user)}{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for one answer, and for all that one letter takes."""

    answer: float = 60.0
    letter: float = 300.0


def read_relay(url: str) -> Relay:
    """The relay that a URL names; SettingError, which never shows it, if it names none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        raise SettingError("`mail_url` is not a URL.", hint=_HINT) from None
    scheme = parts.scheme
    if scheme not in _PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingError("`mail_url` does not name a mail server.", hint=_HINT)
    if scheme == "smtp" and user and not is_here(host):
        raise SettingError(
            "`mail_url` would send a password in the clear.",
            hint="Use smtp+starttls:// or smtps://.",
        )
    if any(not text.isprintable() for text in (host, user, password)):
        raise SettingError("`mail_url` holds control characters.", hint=_HINT)
    kind: Literal["smtp", "smtp+starttls", "smtps"] = scheme  # type: ignore[assignment]
    return Relay(kind, host, port or _PORTS[scheme], user, password)


class Smtp:
    """One connection to a relay, made when it is needed and used for many letters."""

    def __init__(
        self,
        relay: Relay,
        *,
        name: str,
        patience: Patience | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`name` is how we call ourselves; certificates are verified as `context` says."""
        self._relay, self._name = relay, name
        self._patience = patience or Patience()
        # Made when it is needed: it reads all the certificates that the system trusts.
        self._trust = context
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0
        self._is_sending = False

    def open(self) -> None:
        """Connect, unless the connection is there and answers; OutsideError if that fails."""
        if self._smtp is not None and self._sent < _LETTERS_A_CONNECTION:
            with suppress(OSError, smtplib.SMTPException), self._hurried(self._smtp):
                if self._smtp.rset()[0] == 250:
                    return
        self.close()
        try:
            self._connect()
        except ssl.SSLError as error:
            self.close()
            raise self._unreachable(f"TLS failed: {error.reason or error}") from None
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise self._unreachable(
                f"it refused our name or password ({error.smtp_code})"
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise self._unreachable(_said(error)) from None

    @property
    def extensions(self) -> Mapping[str, str]:
        """What the server offers besides, in lower case, while the connection is open."""
        return self._smtp.esmtp_features if self._smtp is not None else {}

    @property
    def certificate_ends(self) -> datetime | None:
        """Until when the server's certificate holds (aware UTC); None without TLS."""
        sock = self._smtp.sock if self._smtp is not None else None
        ends = (sock.getpeercert() or {}).get("notAfter") if isinstance(sock, ssl.SSLSocket) else ""
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None

    def send(self, message: Message) -> Outcome:
        """Hand one message over; what is not known for certain is uncertain."""
        assert self._smtp is not None
        self._sent, self._is_sending = self._sent + 1, True
        try:
            return self._send(self._smtp, message)
        finally:
            self._is_sending = False

    def close(self) -> None:
        """Say good-bye, unless that would get into the middle of a letter, and close."""
        smtp, self._smtp, self._sent = self._smtp, None, 0
        if smtp is None:
            return
        if not self._is_sending:
            with suppress(OSError, smtplib.SMTPException), self._hurried(smtp):
                smtp.quit()
        elif smtp.sock is not None:
            # Another thread may be sending: this ends it, which closing alone does not.
            with suppress(OSError):
                smtp.sock.shutdown(socket.SHUT_RDWR)
        smtp.close()

    def _send(self, smtp: smtplib.SMTP, message: Message) -> Outcome:
        if message.international and not smtp.has_extn("smtputf8"):
            return Outcome(Fate.REJECTED, f"{self._relay} takes no international addresses.")
        with self._hurried(smtp):
            try:
                refused = self._announce(smtp, message)
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                return Outcome(Fate.DEFERRED, f"The connection was lost before it: {_said(error)}")
            if refused is not None:
                return refused
            try:
                smtp.send(_dotted(message.content))
                code, reply = smtp.getreply()
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                return Outcome(Fate.UNCERTAIN, f"No answer came to it: {_said(error)}")
        return self._judged(code, reply, after=True)

    def _connect(self) -> None:
        """A connection over which letters may be sent."""
        relay = self._relay
        connection: socket.socket = socket.create_connection(
            (relay.host, relay.port), self._patience.answer
        )
        smtp = smtplib.SMTP(local_hostname=self._name, timeout=self._patience.answer)
        smtp.sock = connection
        self._smtp = smtp
        with self._hurried(smtp):
            if relay.scheme == "smtps":
                smtp.sock = self._tls().wrap_socket(connection, server_hostname=relay.host)
            _expect(smtp.getreply(), 220)
            smtp.ehlo_or_helo_if_needed()
            if relay.scheme == "smtp+starttls":
                self._secure(smtp)
            if relay.user:
                smtp.login(relay.user, relay.password)

    def _tls(self) -> ssl.SSLContext:
        """What certificates are verified with."""
        self._trust = self._trust or ssl.create_default_context()
        return self._trust

    def _secure(self, smtp: smtplib.SMTP) -> None:
        """Go on over TLS; what was said before it counts no more (RFC 3207, 4.2)."""
        _expect(smtp.docmd("STARTTLS"), 220)
        assert smtp.sock is not None
        smtp.sock = self._tls().wrap_socket(smtp.sock, server_hostname=self._relay.host)
        smtp.file = None
        smtp.ehlo_resp = smtp.helo_resp = None
        smtp.esmtp_features, smtp.does_esmtp = {}, False
        smtp.ehlo_or_helo_if_needed()

    def _announce(self, smtp: smtplib.SMTP, message: Message) -> Outcome | None:
        """Say from whom and to whom, up to the letter itself; the outcome if it is not wanted."""
        options = []
        if message.international:
            options = ["SMTPUTF8", "BODY=8BITMIME"]
            smtp.command_encoding = "utf-8"
        if smtp.has_extn("size"):
            options.append(f"SIZE={len(message.content)}")
        code, reply = smtp.mail(message.sender, options)
        if code == 250:
            code, reply = smtp.rcpt(message.recipient)
        if code in (250, 251, 252):
            code, reply = smtp.docmd("DATA")
        return None if code == 354 else self._judged(code, reply, after=False)

    def _judged(self, code: int, reply: bytes, *, after: bool) -> Outcome:
        """What an answer means, `after` the letter itself or before."""
        told = f"{code} {' '.join(reply.decode('utf-8', 'replace').split())}"[:_LONGEST_REPLY]
        if code == 421 or not 200 <= code < 600:
            self.close()
        if after and 200 <= code < 300:
            return Outcome(Fate.ACCEPTED, told)
        if 500 <= code < 600 and code not in _OUR_FAULT:
            return Outcome(Fate.REJECTED, told)
        if after and not 400 <= code < 600:
            return Outcome(Fate.UNCERTAIN, told)
        return Outcome(Fate.DEFERRED, told)

    def _unreachable(self, why: str) -> OutsideError:
        return OutsideError(
            f"No letter can be handed to {self._relay}: {why}.",
            hint="Check the setting `mail_url`.",
        )

    @contextmanager
    def _hurried(self, smtp: smtplib.SMTP) -> Iterator[None]:
        """End the connection if what is done over it takes too long, however it drips."""

        def end() -> None:
            with suppress(OSError):
                if smtp.sock is not None:
                    smtp.sock.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(self._patience.letter, end)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    return host in _LOOPBACK


def _expect(answer: tuple[int, bytes], code: int) -> None:
    """Raise SMTPResponseException unless an answer has a code."""
    if answer[0] != code:
        raise smtplib.SMTPResponseException(answer[0], answer[1])


def _said(error: Exception) -> str:
    """What an error says, on one line, without what we sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
        return " ".join(f"{error.smtp_code} {text}".split())[:_LONGEST_REPLY]
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:_LONGEST_REPLY] or type(error).__name__


def _dotted(content: bytes) -> bytes:
    """A message as it is sent after DATA (RFC 5321, 4.5.2)."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return _LINE_START.sub(b"..", ended) + b".\r\n"
