"""A mail server: it takes letters, or misbehaves as their recipients say.

    python -m tests.library.servers.smtp FOLDER

The process prints its port, and adds to `taken` in the folder a line with the Message-ID and the
recipient of each letter, before it answers 250.
"""

import asyncio
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

REPLIES = {
    "later": "451 4.3.0 Try again later",
    "closing": "421 4.3.2 Going down",
    "full": "552 5.2.2 Over quota",
    "unsound": "299",
}
"""What is answered at DATA to a letter to the mailbox of that name."""
REFUSALS = {
    "nobody": "550 5.1.1 No such mailbox",
    "grey": "450 4.2.0 Greylisted",
    "gone": "421 4.3.2 Going down",
}
"""What is answered at RCPT."""


@dataclass
class Taken:
    """What happened so far: letters by recipient, connections, and how many at once."""

    letters: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Recipient, return path and content of each letter that was taken."""
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    seconds: float = 0.0
    """How long each letter takes."""
    open: int = 0
    most_open: int = 0
    """How many connections are served at once, any number if 0; others are sent away with 421."""

    def to(self, recipient: str) -> int:
        """How many letters somebody got."""
        return sum(one == recipient for one, _, _ in self.letters)


class Handler:
    """Takes what it is given, except where the mailbox has one of the names above."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mailbox = address.partition("@")[0]
        if mailbox == "cut":
            _cut(server)
        if mailbox in REFUSALS:
            return REFUSALS[mailbox]
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        (recipient,) = envelope.rcpt_tos
        mailbox = recipient.partition("@")[0]
        if mailbox in REPLIES:
            return REPLIES[mailbox]
        if mailbox == "before":
            _cut(server)
            return "250 Never heard"
        taken = self.taken
        taken.at_once += 1
        taken.most_at_once = max(taken.most_at_once, taken.at_once)
        await asyncio.sleep(taken.seconds)
        taken.at_once -= 1
        content = envelope.content
        assert isinstance(content, bytes)
        taken.letters.append((recipient, envelope.mail_from or "", content))
        if mailbox == "taken":
            _cut(server)
        if mailbox == "slow":
            while not _wire(server).is_closing():
                _wire(server).write(b"250-Wait\r\n")
                await asyncio.sleep(0.1)
        if mailbox == "after":
            asyncio.get_running_loop().call_later(0.05, _wire(server).close)
        return "250 2.0.0 Taken"


def _wire(server: SMTP) -> asyncio.Transport:
    """The connection that a server talks over."""
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport


def _cut(server: SMTP) -> None:
    """Be gone, without a word."""
    _wire(server).abort()


@contextmanager
def mail_server(
    tls: Any = None, *, whole: bool = False, password: str = ""
) -> Iterator[tuple[int, Taken]]:
    """The port of a mail server, and what it takes.

    With a context `tls` it offers STARTTLS, or speaks TLS from the beginning if `whole`; with a
    `password` it takes letters only from `ada` with that.
    """
    taken = Taken()

    def is_known(server: SMTP, session: Session, envelope: Envelope, way: str, data: Any) -> Any:
        good = isinstance(data, LoginPassword) and data.password == password.encode()
        return AuthResult(success=good and data.login == b"ada", handled=False)

    def begin() -> SMTP:
        taken.connections += 1
        with warnings.catch_warnings():
            # It warns of passwords in the clear, which stay on this machine.
            warnings.simplefilter("ignore")
            return Modest(
                Handler(taken),
                hostname="mail.example.org",
                tls_context=None if whole else tls,
                auth_required=bool(password),
                auth_require_tls=False,
                authenticator=is_known if password else None,
            )

    with _listening(begin, tls if whole else None) as port:
        yield port, taken


@contextmanager
def _listening(begin: Callable[[], SMTP], tls: Any = None) -> Iterator[int]:
    """The port at which a server listens, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncio.Server:
        return await loop.create_server(begin, "127.0.0.1", 0, ssl=tls)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:

        async def end() -> None:
            server.close()
            rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


class Modest(SMTP):
    """Serves so many connections at once as its handler says."""

    async def _handle_client(self) -> None:
        taken = self.event_handler.taken
        taken.open += 1
        try:
            if 0 < taken.most_open < taken.open:
                await self.push("421 4.7.0 Too many connections from you")
                _wire(self).close()
            else:
                await super()._handle_client()
        finally:
            taken.open -= 1


class Noting(Handler):
    """Writes down what it takes, before it says so."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Taken())
        self._log = (folder / "taken").open("a")

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        name = message_from_bytes(content, policy=default)["Message-ID"]
        self._log.write(f"{name} {envelope.rcpt_tos[0]}\n")
        self._log.flush()
        return "250 2.0.0 Taken"


def main(folder: Path) -> None:
    """Take letters until this is ended."""
    handler = Noting(folder)
    with _listening(lambda: SMTP(handler, hostname="mail.example.org")) as port:
        print(port, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
