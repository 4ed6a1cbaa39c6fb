"""Handing letters to real mail servers: what each answer means, and TLS that is verified."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.catalogue import BounceKind, Fate
from broadsheet.errors import OutsideError, SettingError
from broadsheet.faces.mail import Message, Outcome, Patience, Relay, Smtp, compose, read_relay
from tests.library.letters import HEAD, NOW, certificate, letter, posted, read
from tests.library.servers.smtp import Taken, mail_server
from tests.library.site import free_port

HASTE = Patience(answer=5, letter=1)


def message(mailbox: str = "ada", text: str = "Somebody replied.") -> Message:
    """A letter to a mailbox, whose name says what the server does with it."""
    return compose(posted(letter(recipient=f"{mailbox}@example.org", text=text)), HEAD, NOW)


@contextmanager
def connected(port: int, scheme: str = "smtp", **further: object) -> Iterator[Smtp]:
    """A transport to a server of ours, closed afterwards."""
    user, password = str(further.get("user", "")), str(further.get("password", ""))
    relay = Relay(scheme, "localhost", port, user, password)
    context = further.get("context")
    assert context is None or isinstance(context, ssl.SSLContext)
    transport = Smtp(relay, name="papers.example.org", patience=HASTE, context=context)
    try:
        yield transport
    finally:
        transport.close()


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Taken]]:
    with mail_server() as found:
        yield found


@pytest.mark.parametrize(
    ("mailbox", "fate", "detail", "is_taken"),
    [
        ("ada", Fate.ACCEPTED, "250 2.0.0 Taken", True),
        ("after", Fate.ACCEPTED, "250 2.0.0 Taken", True),
        ("before", Fate.UNCERTAIN, "No answer came to it", False),
        ("taken", Fate.UNCERTAIN, "No answer came to it", True),
        ("slow", Fate.UNCERTAIN, "No answer came to it", True),
        ("unsound", Fate.ACCEPTED, "299", False),
        ("later", Fate.DEFERRED, "451 4.3.0 Try again later", False),
        ("closing", Fate.DEFERRED, "421 4.3.2 Going down", False),
        ("full", Fate.REJECTED, "552 5.2.2 Over quota", False),
        ("nobody", Fate.REJECTED, "550 5.1.1 No such mailbox", False),
        ("grey", Fate.DEFERRED, "450 4.2.0 Greylisted", False),
        ("gone", Fate.DEFERRED, "421 4.3.2 Going down", False),
        ("cut", Fate.DEFERRED, "The connection was lost before it", False),
    ],
)
def test_each_end_has_its_fate_and_the_next_letter_goes_out(
    server: tuple[int, Taken], mailbox: str, fate: Fate, detail: str, is_taken: bool
) -> None:
    port, taken = server
    with connected(port) as transport:
        transport.open()
        outcome = transport.send(message(mailbox))
        assert outcome.fate is fate
        assert outcome.detail.startswith(detail)
        assert taken.to(f"{mailbox}@example.org") == is_taken
        # Whatever happened, the next letter is no worse off.
        before = taken.to("eve@example.org")
        transport.open()
        assert transport.send(message("eve")).fate is Fate.ACCEPTED
        assert taken.to("eve@example.org") == before + 1


def test_a_refusal_of_the_address_is_told_and_no_other(server: tuple[int, Taken]) -> None:
    large = replace(message(), content=b"x" * 40_000_000)
    with connected(server[0]) as transport:
        transport.open()
        nobody = transport.send(message("nobody"))
        told = dict[str, BounceKind | None]()
        for name in ("grey", "later", "gone", "closing"):
            transport.open()
            told[name] = transport.send(message(name)).bounce
        transport.open()
        refused = transport.send(large)
    assert nobody.bounce is BounceKind.HARD
    # Refused for now: the address only where it was named, and the server did not go away.
    assert told == {"grey": BounceKind.SOFT, "later": None, "gone": None, "closing": None}
    assert refused.detail.startswith("552 ")
    assert (refused.fate, refused.bounce) == (Fate.REJECTED, None)


def test_closing_ends_a_letter_that_another_thread_sends(server: tuple[int, Taken]) -> None:
    ended: list[Outcome] = []
    relay = Relay("smtp", "localhost", server[0])
    transport = Smtp(relay, name="papers.example.org", patience=Patience(60, 60))
    transport.open()
    before = server[1].to("slow@example.org")
    thread = threading.Thread(target=lambda: ended.append(transport.send(message("slow"))))
    thread.start()
    while server[1].to("slow@example.org") == before:
        time.sleep(0.01)
    transport.close()
    thread.join(30)
    assert [outcome.fate for outcome in ended] == [Fate.UNCERTAIN]


def test_one_connection_serves_for_many_letters(server: tuple[int, Taken]) -> None:
    port, taken = server
    before = taken.connections
    with connected(port) as transport:
        for at in range(150):
            transport.open()
            assert transport.send(message(f"reader{at}")).fate is Fate.ACCEPTED
    assert taken.connections - before == 2


def test_a_letter_arrives_as_it_was_written(server: tuple[int, Taken]) -> None:
    port, taken = server
    sent = message("dots", "….\n")
    dotted = replace(sent, content=sent.content.replace(b"\r\n\r\n", b"\r\n\r\n.\r\n..x\r\n", 1))
    with connected(port) as transport:
        transport.open()
        assert transport.send(dotted).fate is Fate.ACCEPTED
    ((recipient, sender, content),) = [one for one in taken.letters if one[0].startswith("dots@")]
    assert (recipient, sender) == ("dots@example.org", "bounces@papers.example.org")
    assert content == dotted.content
    assert read(content)["To"] == "dots@example.org"


def test_an_international_address_needs_a_server_that_takes_it(server: tuple[int, Taken]) -> None:
    with connected(server[0]) as transport:
        transport.open()
        assert transport.send(message("grüße")).fate is Fate.REJECTED


def test_nobody_there_is_told_before_anything_is_handed_over() -> None:
    with (
        connected(free_port()) as transport,
        pytest.raises(OutsideError, match=r"smtp://localhost:\d+: Connection refused"),
    ):
        transport.open()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


def serving(files: tuple[Path, Path]) -> ssl.SSLContext:
    """What a server with the certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    return context


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_letters_go_over_tls_to_a_server_that_is_who_it_says(
    files: tuple[Path, Path], scheme: str
) -> None:
    trusting = ssl.create_default_context(cafile=files[1])
    with mail_server(serving(files), whole=scheme == "smtps") as (port, taken):
        with connected(port, scheme, context=trusting) as transport:
            transport.open()
            assert transport.send(message()).fate is Fate.ACCEPTED
        with (
            connected(port, scheme) as transport,
            pytest.raises(OutsideError, match="TLS failed: CERTIFICATE_VERIFY_FAILED"),
        ):
            transport.open()
        assert len(taken.letters) == 1


def test_a_certificate_of_another_host_is_not_enough(tmp_path: Path) -> None:
    made = certificate(tmp_path, "elsewhere.example")
    trusting = ssl.create_default_context(cafile=made[1])
    with (
        mail_server(serving(made), whole=True) as (port, _),
        connected(port, "smtps", context=trusting) as transport,
        pytest.raises(OutsideError, match="TLS failed"),
    ):
        transport.open()


def test_without_starttls_nothing_is_said_in_the_clear() -> None:
    with (
        mail_server() as (port, taken),
        connected(port, "smtp+starttls", user="ada", password="s3same") as transport,
    ):
        with pytest.raises(OutsideError, match=r"smtp\+starttls://ada@localhost") as caught:
            transport.open()
        assert "s3same" not in str(caught.value)
        assert taken.letters == []


def test_a_password_opens_and_is_never_told() -> None:
    with mail_server(password="s3same") as (port, _):
        with connected(port, user="ada", password="s3same") as transport:
            transport.open()
            assert transport.send(message()).fate is Fate.ACCEPTED
        with (
            connected(port, user="ada", password="s3samo") as transport,
            pytest.raises(OutsideError, match="refused our name or password") as caught,
        ):
            transport.open()
        assert "s3samo" not in str(caught.value) + caught.value.hint
        with connected(port) as transport:
            transport.open()
            # It is we who are wanted to sign in: the letter can be sent once we do.
            assert transport.send(message()) == Outcome(
                Fate.DEFERRED, "530 5.7.0 Authentication required"
            )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://relay", "smtp://relay:25"),
        ("smtp://ada:pw@localhost:1025", "smtp://ada@localhost:1025"),
        ("smtp+starttls://ada%40x:p%2Fw@relay.example", "smtp+starttls://ada@x@relay.example:587"),
        ("smtps://ada:pw@[2001:db8::1]", "smtps://ada@[2001:db8::1]:465"),
    ],
)
def test_relays_are_read_and_shown_without_their_password(url: str, shown: str) -> None:
    relay = read_relay(url)
    assert str(relay) == shown
    assert "pw" not in repr(relay)
    assert relay.password in ("", "pw", "p/w")


@pytest.mark.parametrize(
    "url",
    [
        "https://relay:s3same@x",
        "smtp://",
        "smtp://relay:s3same",
        "smtps://a:s3same@relay/path",
        "smtps://a:s3same@relay?x=1",
        "s3same",
        "smtp://ada:s3same@relay.example",
        "smtps://ada:s3%0d%0aame@relay.example",
        "smtp://[s3same",
    ],
)
def test_what_names_no_relay_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SettingError, match="mail_url") as caught:
        read_relay(url)
    assert "s3same" not in caught.value.message + caught.value.hint
