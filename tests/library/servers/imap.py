"""A small IMAP server: one mailbox, and the few commands that reading it needs (RFC 3501)."""

import base64
import re
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

USER, PASSWORD = "ada", 'pass "wörd" \\'


@dataclass
class Box:
    """A mailbox, how the server of it is, and what it was asked."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    folder: str = "INBOX"
    permanent: str = r"\Answered \Flagged \Deleted \Seen \Draft \*"
    """The flags that are kept; with `\\*` there may be further ones."""
    is_writable: bool = True
    ways: str = "AUTH=PLAIN"
    cuts_at: str = ""
    """The command at which the connection breaks, before anything is done."""
    drips: bool = False
    """Whether an answer to SEARCH never ends."""
    tls: ssl.SSLContext | None = None
    is_whole: bool = False
    """Whether TLS is spoken from the beginning."""
    asked: list[str] = field(default_factory=list)

    def put(self, *mails: bytes) -> None:
        """Let mails come in."""
        for mail in mails:
            uid = len(self.mails) + 1
            self.mails[uid], self.flags[uid] = mail, set()

    def found(self, words: list[str]) -> list[int]:
        """The mails of which all the words of a search are true."""
        wanted = " ".join(words)
        lacking = set(re.findall(r"UNKEYWORD (\S+)", wanted))
        lacking |= {f"\\{name.title()}" for name in re.findall(r"UN(SEEN|FLAGGED)", wanted)}
        return [uid for uid, flags in self.flags.items() if not flags & lacking]


class _Handler(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        box: Box = self.server.box  # type: ignore[attr-defined]
        self.box = box
        try:
            if box.tls and box.is_whole:
                self._secure()
            self._say("* OK ready")
            while line := self.rfile.readline():
                tag, name, *words = line.decode("utf-8").split()
                box.asked.append(line.decode("utf-8").strip().partition(" ")[2])
                name = words.pop(0) if name == "UID" else name
                if name == box.cuts_at:
                    return
                self._say(f"{tag} {self._done(name, words, line)}")
                if name == "STARTTLS":
                    self._secure()
        except OSError:
            # The other end is gone.
            return

    def finish(self) -> None:
        """Close what TLS was put around too."""
        with suppress(OSError):
            super().finish()
        self.connection.close()

    def _done(self, name: str, words: list[str], line: bytes) -> str:
        """Do a command; how it ended."""
        match name:
            case "CAPABILITY":
                starttls = " STARTTLS" if self.box.tls and not self.box.is_whole else ""
                self._say(f"* CAPABILITY IMAP4rev1 {self.box.ways}{starttls}")
            case "AUTHENTICATE":
                self._say("+ ")
                given = base64.b64decode(self.rfile.readline()).decode("utf-8").split("\0")
                if given != ["", USER, PASSWORD]:
                    return "NO [AUTHENTICATIONFAILED] Wrong password"
            case "LOGIN":
                if words != [f'"{USER}"', '"plain"']:
                    return "NO [AUTHENTICATIONFAILED] Wrong password"
            case "SELECT":
                return self._select(line.decode("utf-8").split(" ", 2)[2].strip())
            case "SEARCH":
                return self._search(words)
            case "FETCH":
                self._fetch(int(words[0]))
            case "STORE":
                uid, how, *flags = words
                assert how == "+FLAGS.SILENT"
                self.box.flags[int(uid)] |= set(" ".join(flags).strip("()").split())
            case "LOGOUT":
                self._say("* BYE")
            case "STARTTLS":
                pass
            case _:
                return "BAD What?"
        return "OK done"

    def _select(self, folder: str) -> str:
        if folder != f'"{self.box.folder}"':
            return "NO [NONEXISTENT] Mailbox doesn't exist"
        self._say(f"* {len(self.box.mails)} EXISTS")
        self._say(f"* OK [PERMANENTFLAGS ({self.box.permanent})] kept")
        return f"OK [READ-{'WRITE' if self.box.is_writable else 'ONLY'}] done"

    def _search(self, words: list[str]) -> str:
        while self.box.drips:
            self.wfile.write(b"* ")
            time.sleep(0.05)
        self._say(" ".join(["* SEARCH", *map(str, self.box.found(words))]))
        return "OK done"

    def _fetch(self, uid: int) -> None:
        mail = self.box.mails.get(uid)
        if mail is not None:
            self._say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(mail)}}}")
            self.wfile.write(mail)
            self._say(")")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _secure(self) -> None:
        assert self.box.tls
        self.connection = self.box.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)


@contextmanager
def imap_server(box: Box) -> Iterator[int]:
    """The port of a server of a mailbox."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def __init__(self) -> None:
            super().__init__(("127.0.0.1", 0), _Handler)
            self.box = box

    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join(10)
