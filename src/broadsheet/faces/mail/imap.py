"""A mailbox on an IMAP server (RFC 3501): mails are marked, and never moved or removed."""

import base64
import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from broadsheet.errors import OutsideError, SettingError
from broadsheet.faces.mail.mailboxes import LARGEST, MOST
from broadsheet.faces.mail.server_urls import ServerUrl, read_server_url
from broadsheet.faces.mail.timeouts import Patience, cut_off_after, said

_PORTS = {"imap": 143, "imap+starttls": 143, "imaps": 993}
_HINT = (
    "Write `mail_bounces_imap` like imaps://user:password@host/INBOX or imap+starttls://…; what is "
    "special in a password as %XX."
)
_MARK = "BroadsheetRead"
"""A keyword of ours: that somebody has opened a mail says nothing about what we did."""
_INBOX = "INBOX"
_LONGEST_REPLY = 300
_PAUSE_SECONDS = 300.0
"""After so long no further mail is asked for; the rest comes next time."""
_NOT_ASCII = re.compile(r"[^\x20-\x7e]+|&")


def read_box(url: str) -> ServerUrl:
    """The mailbox that a URL names; SettingError, which never shows it, if it names none."""
    place = read_server_url("mail_bounces_imap", url, _PORTS, clear="imap", hint=_HINT)
    if not place.user:
        raise SettingError("`mail_bounces_imap` names nobody.", hint=_HINT)
    return place


class Imap:
    """One mailbox, connected to when it is read; who we are is never said without TLS.

    What was read gets the keyword BroadsheetRead, and is seen, or flagged if somebody should look
    at it. Where the server keeps no keywords, what is seen or flagged already is not read.
    """

    def __init__(
        self,
        place: ServerUrl,
        *,
        patience: Patience | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Certificates are verified as `context` says, by default as the system does."""
        self._place, self._patience, self._trust = place, patience or Patience(), context
        self._imap: imaplib.IMAP4 | None = None
        self._has_keywords = False

    def new(self) -> Iterator[tuple[str, bytes]]:
        """The mails that are not marked, by UID; OutsideError says what the server does not do."""
        imap = self._opened()
        unread = ("UNKEYWORD", _MARK) if self._has_keywords else ("UNSEEN", "UNFLAGGED")
        found = self._asked("look for mails", imap, lambda: imap.uid("SEARCH", *unread))
        names = b" ".join(one for one in found if isinstance(one, bytes)).decode("ascii").split()
        until = time.monotonic() + _PAUSE_SECONDS
        for name in sorted(names, key=int)[:MOST]:
            if time.monotonic() > until:
                return
            raw = self._content(imap, name)
            if raw is not None:
                yield name, raw

    def put_away(self, name: str, *, is_known: bool) -> None:
        """Mark a mail; OutsideError if the server does not."""
        imap = self._opened()
        flags = [_MARK] if self._has_keywords else []
        flags.append("\\Seen" if is_known else "\\Flagged")
        told = f"({' '.join(flags)})"
        self._asked("mark a mail", imap, lambda: imap.uid("STORE", name, "+FLAGS.SILENT", told))

    def close(self) -> None:
        """Say good-bye; what is marked as deleted there stays, since the mailbox is not closed."""
        imap, self._imap = self._imap, None
        if imap is None:
            return
        with suppress(OSError, imaplib.IMAP4.error), cut_off_after(imap, self._patience.answer):
            imap.logout()
        with suppress(OSError):
            imap.shutdown()

    def _content(self, imap: imaplib.IMAP4, name: str) -> bytes | None:
        """A mail, which stays unseen; None if it is not there any more."""
        what = f"(BODY.PEEK[]<0.{LARGEST}>)"
        found = self._asked("give a mail", imap, lambda: imap.uid("FETCH", name, what))
        held = (part[1] for part in found if isinstance(part, tuple) and b"BODY[" in part[0])
        return next(held, None)

    def _opened(self) -> imaplib.IMAP4:
        """The connection, with the mailbox selected."""
        if self._imap is None:
            imap = self._connected()
            try:
                self._enter(imap)
                self._select(imap)
            except OutsideError:
                with suppress(OSError):
                    imap.shutdown()
                raise
            self._imap = imap
        return self._imap

    def _connected(self) -> imaplib.IMAP4:
        """A connection over which a password may be said."""
        place, wait = self._place, self._patience.answer
        try:
            if place.scheme == "imaps":
                return imaplib.IMAP4_SSL(
                    place.host, place.port, ssl_context=self._tls(), timeout=wait
                )
            imap = imaplib.IMAP4(place.host, place.port, timeout=wait)
        except ssl.SSLError as error:
            raise self._failed(f"TLS failed: {error.reason or error}") from None
        except (OSError, imaplib.IMAP4.error) as error:
            raise self._failed(f"it cannot be reached: {_told(error)}") from None
        if place.scheme == "imap+starttls":
            try:
                with cut_off_after(imap, self._patience.letter):
                    imap.starttls(self._tls())
            except (OSError, imaplib.IMAP4.error) as error:
                with suppress(OSError):
                    imap.shutdown()
                raise self._failed(f"TLS failed: {_told(error)}") from None
        return imap

    def _enter(self, imap: imaplib.IMAP4) -> None:
        """Say who we are, by PLAIN where the server knows it, which takes any password."""
        place = self._place
        secret = f"\0{place.user}\0{place.password}".encode()

        def enter() -> tuple[str, Any]:
            if "AUTH=PLAIN" in imap.capabilities:
                return imap.authenticate("PLAIN", lambda _: secret)
            return imap.login(_quoted(place.user), place.password)

        self._asked("take our name and password", imap, enter)

    def _select(self, imap: imaplib.IMAP4) -> None:
        """Select the mailbox, and see what marks it keeps."""
        folder = self._place.path or _INBOX
        self._asked(f"open the mailbox {folder!r}", imap, lambda: imap.select(_encoded(folder)))
        flags = b" ".join(one for one in imap.response("PERMANENTFLAGS")[1] if one)
        self._has_keywords = b"\\*" in flags or _MARK.encode() in flags
        # A server that says nothing of flags keeps them all (RFC 3501, 7.1).
        if flags and not self._has_keywords and b"\\seen" not in flags.lower():
            raise self._failed(f"it keeps no marks of mails in {folder!r}")

    def _asked(
        self, what: str, imap: imaplib.IMAP4, ask: Callable[[], tuple[str, Any]]
    ) -> list[Any]:
        """What a server answers; OutsideError if it does not do `what`."""
        try:
            with cut_off_after(imap, self._patience.letter):
                kind, answer = ask()
        # What a server may say that imaplib cannot read ends in errors of many kinds.
        except Exception as error:
            raise self._failed(f"it did not {what}: {_told(error)}") from None
        if kind != "OK":
            told = b" ".join(one for one in answer if isinstance(one, bytes))
            raise self._failed(f"it did not {what}: {told.decode('utf-8', 'replace')}")
        return list(answer)

    def _tls(self) -> ssl.SSLContext:
        """What certificates are verified with."""
        self._trust = self._trust or ssl.create_default_context()
        return self._trust

    def _failed(self, why: str) -> OutsideError:
        return OutsideError(
            f"{self._place} cannot be read: {why.rstrip('.')[:_LONGEST_REPLY]}.",
            hint="Check the setting `mail_bounces_imap`.",
        )


def _told(error: Exception) -> str:
    """What an error says; imaplib puts what a server said into it as bytes."""
    first = error.args[0] if error.args else ""
    if isinstance(first, bytes):
        return " ".join(first.decode("utf-8", "replace").split())
    return said(error, _LONGEST_REPLY)


def _encoded(folder: str) -> str:
    """The name of a mailbox as it is sent: in modified UTF-7 (RFC 3501, 5.1.3), quoted."""

    def shifted(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        wide = base64.b64encode(found[0].encode("utf-16-be")).decode()
        return f"&{wide.rstrip('=').replace('/', ',')}-"

    return _quoted(_NOT_ASCII.sub(shifted, folder))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
