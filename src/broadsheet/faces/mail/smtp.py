"""Handing letters to a mail server (RFC 5321): TLS is verified, and no wait is without end."""

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from broadsheet.catalogue import BounceKind, Fate
from broadsheet.errors import OutsideError, SettingError
from broadsheet.faces.mail.bounces import refusal_of
from broadsheet.faces.mail.server_urls import ServerUrl, read_server_url
from broadsheet.faces.mail.timeouts import Patience, cut_off_after, said
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


class Relay(ServerUrl):
    """The server that takes our letters, as a URL names it."""

    __slots__ = ()


def read_relay(url: str) -> Relay:
    """The relay that a URL names; SettingError, which never shows it, if it names none."""
    place = read_server_url("mail_url", url, _PORTS, clear="smtp", hint=_HINT)
    if place.path:
        raise SettingError("`mail_url` does not name a mail server.", hint=_HINT)
    return Relay(place.scheme, place.host, place.port, place.user, place.password)


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
            with (
                suppress(OSError, smtplib.SMTPException),
                cut_off_after(self._smtp, self._patience.letter),
            ):
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
        smtp = self._smtp
        assert smtp is not None
        self._sent, self._is_sending = self._sent + 1, True
        try:
            return self._send(smtp, message)
        finally:
            self._is_sending = False
            if self._smtp is not smtp:
                smtp.close()

    def close(self) -> None:
        """Say good-bye, unless that would get into the middle of a letter, and close."""
        smtp, self._smtp, self._sent = self._smtp, None, 0
        if smtp is None:
            return
        if self._is_sending:
            # Another thread may be: this ends what it waits for, and it closes the connection.
            sock = smtp.sock
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            return
        with (
            suppress(OSError, smtplib.SMTPException),
            cut_off_after(smtp, self._patience.letter),
        ):
            smtp.quit()
        smtp.close()

    def _send(self, smtp: smtplib.SMTP, message: Message) -> Outcome:
        if message.international and not smtp.has_extn("smtputf8"):
            return Outcome(Fate.REJECTED, f"{self._relay} takes no international addresses.")
        with cut_off_after(smtp, self._patience.letter):
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
        with cut_off_after(smtp, self._patience.letter):
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
        if code != 250:
            # It is our own address that is refused.
            return replace(self._judged(code, reply, after=False), bounce=None)
        code, reply = smtp.rcpt(message.recipient)
        if code not in (250, 251, 252):
            refused = self._judged(code, reply, after=False)
            # Here even a refusal for now is one of the address; 421 is of the server.
            is_soft = 400 <= code < 500 and code != 421
            return replace(refused, bounce=BounceKind.SOFT) if is_soft else refused
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
            return Outcome(Fate.REJECTED, told, refusal_of(told))
        if after and not 400 <= code < 600:
            return Outcome(Fate.UNCERTAIN, told)
        return Outcome(Fate.DEFERRED, told)

    def _unreachable(self, why: str) -> OutsideError:
        return OutsideError(
            f"No letter can be handed to {self._relay}: {why}.",
            hint="Check the setting `mail_url`.",
        )


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
    return said(error, _LONGEST_REPLY)


def _dotted(content: bytes) -> bytes:
    """A message as it is sent after DATA (RFC 5321, 4.5.2)."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return _LINE_START.sub(b"..", ended) + b".\r\n"
