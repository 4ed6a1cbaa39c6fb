"""What comes back to a mailbox on an IMAP server: read once, lost never, removed never."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from broadsheet.catalogue import (
    DIGEST,
    Bounce,
    Cadence,
    Letter,
    Posted,
    Subscription,
    SubscriptionState,
    Wishes,
)
from broadsheet.digests import add
from broadsheet.errors import OutsideError, SettingError
from broadsheet.faces.mail import (
    Imap,
    Patience,
    Taken,
    checks,
    letterhead_of,
    read_box,
    take_returned,
)
from broadsheet.service import Service
from tests.faces.mail.test_bounces import report
from tests.library.letters import NOW, certificate
from tests.library.servers.imap import PASSWORD, USER, Box, imap_server
from tests.library.site import fill_empty, free_port

ADA = "ada@example.org"
QUESTION = b"From: ada@example.org\r\n\r\nWho are you?"
AWAY = b"Auto-Submitted: auto-replied\r\n\r\nI am away."
READ = "BroadsheetRead"


def url_of(port: int, folder: str = "", scheme: str = "imap", password: str = PASSWORD) -> str:
    return f"{scheme}://{USER}:{quote(password, safe='')}@localhost:{port}/{quote(folder)}"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def port(box: Box) -> Iterator[int]:
    with imap_server(box) as found:
        yield found


@pytest.fixture
def service(tmp_path: Path, port: int) -> Iterator[Service]:
    """An empty home whose letters come back to that mailbox."""
    chosen = {
        "mail_return_path": "bounces@papers.example.org",
        "mail_bounces_imap": SecretStr(url_of(port)),
    }
    opened = Service.open(fill_empty(tmp_path / "home").model_copy(update=chosen))
    yield opened
    opened.index.close()
    opened.catalogue.close()


def subscribed(service: Service) -> tuple[Subscription, Posted]:
    """A subscriber, and a letter to them."""
    letter = Letter(kind=DIGEST, subject="1:x", recipient=ADA, values={}, due=NOW)
    with service.catalogue.writing() as desk:
        one = add(desk, ADA, "", Wishes(cadence=Cadence.DAILY), NOW)
        assert desk.outbox.add(letter, NOW)
        (posted,) = desk.outbox.listed(None, 1)
    return one, posted


def failure(service: Service, posted: Posted, status: str = "5.1.1") -> bytes:
    """The report that a letter failed."""
    head = letterhead_of(service.settings, service.signing_key)
    told = f"\nFinal-Recipient: rfc822; {ADA}\nAction: failed\nStatus: {status}\n"
    return report(told, to=str(head.return_path(posted.key)))


def state(service: Service, one: Subscription) -> SubscriptionState:
    with service.catalogue.reading() as desk:
        found = desk.subscriptions.get(one.key)
    assert found
    return found.state


def kept(service: Service) -> list[Bounce]:
    with service.catalogue.reading() as desk:
        return desk.bounces.latest(10)


def test_what_came_back_is_acted_on_and_marked(service: Service, box: Box) -> None:
    one, posted = subscribed(service)
    box.put(failure(service, posted), QUESTION, AWAY)
    # That somebody opened it, or threw it away, says nothing about what was done.
    box.flags[1] = {"\\Seen"}
    assert take_returned(service, NOW) == Taken(bounces=1, ignored=1, unknown=1)
    assert state(service, one) is SubscriptionState.STOPPED
    assert box.flags == {
        1: {READ, "\\Seen"},
        2: {READ, "\\Flagged"},
        3: {READ, "\\Seen"},
    }
    assert take_returned(service, NOW) == Taken()
    with service.catalogue.reading() as desk:
        assert [raw for _, _, raw in desk.bounces.unknown(10)] == [QUESTION]
    assert len(box.mails) == 3
    words = " ".join(box.asked)
    assert not [word for word in ("EXPUNGE", "CLOSE", "Deleted", "MOVE") if word in words]


@pytest.mark.parametrize("command", ["STORE", "FETCH", "SEARCH", "SELECT", "AUTHENTICATE"])
def test_one_that_is_cut_off_anywhere_is_read_again_without_harm(
    service: Service, box: Box, command: str
) -> None:
    """Committed first, then marked: what is lost is the mark, never the bounce."""
    one, posted = subscribed(service)
    box.put(failure(service, posted, "4.4.7"), AWAY)
    box.cuts_at = command
    for _ in range(6):
        with pytest.raises(OutsideError, match="cannot be read"):
            take_returned(service, NOW)
    assert len(kept(service)) == (command == "STORE")
    box.cuts_at = ""
    assert take_returned(service, NOW + timedelta(hours=1)) == Taken(bounces=1, ignored=1)
    # One report counts once, however often it was read: five would stop the letters.
    assert len(kept(service)) == 1
    assert state(service, one) is SubscriptionState.ACTIVE


def test_a_server_without_keywords_has_seen_and_flagged(service: Service, box: Box) -> None:
    box.permanent = r"\Flagged \Seen"
    box.put(AWAY, QUESTION, AWAY)
    box.flags[3] = {"\\Seen"}
    assert take_returned(service, NOW) == Taken(ignored=1, unknown=1)
    assert (box.flags[1], box.flags[2]) == ({"\\Seen"}, {"\\Flagged"})
    assert take_returned(service, NOW) == Taken()


def test_a_folder_of_any_name(service: Service, box: Box, port: int) -> None:
    box.folder = 'INBOX/R&APw-ckl&AOQ-ufer &- \\"x\\"'
    box.put(QUESTION)
    url = url_of(port, 'INBOX/Rückläufer & "x"')
    settings = service.settings.model_copy(update={"mail_bounces_imap": SecretStr(url)})
    assert take_returned(replace(service, settings=settings), NOW) == Taken(unknown=1)


def test_a_mail_that_is_gone_meanwhile_is_none(box: Box, port: int) -> None:
    box.put(QUESTION, AWAY)
    mailbox = Imap(read_box(url_of(port)))
    mails = mailbox.new()
    assert next(mails) == ("1", QUESTION)
    del box.mails[2]
    assert list(mails) == []
    mailbox.close()
    assert box.asked[-1] == "LOGOUT"


def test_an_older_server_is_logged_in_to(box: Box, port: int) -> None:
    box.ways = ""
    box.put(QUESTION)
    mailbox = Imap(read_box(url_of(port, password="plain")))
    assert len(list(mailbox.new())) == 1
    mailbox.close()


@pytest.mark.parametrize(
    ("changed", "url", "told"),
    [
        ({}, {"password": "other"}, "Wrong password"),
        ({"ways": ""}, {"password": "other"}, "Wrong password"),
        ({}, {"folder": "nowhere"}, "open the mailbox 'nowhere'.*Mailbox doesn't exist"),
        ({"is_writable": False}, {}, "not writable"),
        ({"permanent": r"\Answered"}, {}, "keeps no marks"),
        ({}, {"scheme": "imap+starttls"}, "TLS"),
        ({"drips": True}, {}, "look for mails"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(
    box: Box, port: int, changed: dict[str, object], url: dict[str, str], told: str
) -> None:
    for name, value in changed.items():
        setattr(box, name, value)
    mailbox = Imap(read_box(url_of(port, **url)), patience=Patience(answer=5, letter=0.5))
    with pytest.raises(OutsideError, match=told) as caught:
        list(mailbox.new())
    box.drips = False
    mailbox.close()
    assert "`mail_bounces_imap`" in caught.value.hint
    assert not any(word in f"{caught.value}" for word in (PASSWORD, quote(PASSWORD, safe="")))
    assert "STORE" not in " ".join(box.asked)


def test_a_server_that_is_not_there_or_says_nothing() -> None:
    for port, told in ((free_port(), "Connection refused"), (None, "took too long")):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            there = port or silent.getsockname()[1]
            mailbox = Imap(read_box(url_of(there)), patience=Patience(answer=0.2, letter=1))
            with pytest.raises(OutsideError, match=told):
                list(mailbox.new())


@pytest.mark.parametrize("whole", [True, False])
def test_tls_is_verified_before_a_password_is_said(box: Box, tmp_path: Path, whole: bool) -> None:
    key, file = certificate(tmp_path, "localhost")
    box.tls, box.is_whole = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), whole
    box.tls.load_cert_chain(file, key)
    box.put(QUESTION)
    scheme = "imaps" if whole else "imap+starttls"
    with imap_server(box) as port:
        url = url_of(port, scheme=scheme)
        with pytest.raises(OutsideError, match=r"TLS failed.*(certificate|CERTIFICATE)"):
            list(Imap(read_box(url)).new())
        assert not [line for line in box.asked if line.startswith(("AUTH", "LOGIN"))]
        known = ssl.create_default_context(cafile=str(file))
        mailbox = Imap(read_box(url), context=known)
        assert len(list(mailbox.new())) == 1
        mailbox.close()


def test_urls_of_mailboxes() -> None:
    found = read_box("imaps://news%40example.org:p%3Aw@[::1]/INBOX%2FBounces/")
    assert (found.user, found.password, found.path) == ("news@example.org", "p:w", "INBOX/Bounces")
    assert (found.port, read_box("imap+starttls://a:b@h").port) == (993, 143)
    assert str(found) == "imaps://news@example.org@[::1]:993/INBOX/Bounces"
    assert "p:w" not in repr(found)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("imaps://mail.example.org", "names nobody"),
        ("imap://ada:secret@mail.example.org", "in the clear"),
        ("pop3://ada:secret@mail.example.org", "does not name a mail server"),
        ("imaps://ada:secret@", "does not name a mail server"),
        ("imaps://ada:secret@h:x", "is not a URL"),
        ("imaps://ada:secret@h/%0d%0aa", "control characters"),
    ],
)
def test_urls_that_are_none(service: Service, url: str, told: str) -> None:
    with pytest.raises(SettingError, match=told) as caught:
        read_box(url)
    assert "secret" not in f"{caught.value} {caught.value.hint}".replace("user:password", "")
    wrong = service.settings.model_copy(update={"mail_bounces_imap": SecretStr(url)})
    name, is_well, found = next(checks(replace(service, settings=wrong), NOW))
    assert (name, is_well) == ("mail", False)
    assert told in found
