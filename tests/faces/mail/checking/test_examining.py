"""All checks together, against a name server and mail servers on this machine."""

import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from broadsheet.catalogue import Fate, Wishes
from broadsheet.digests import add, reader_token
from broadsheet.faces.mail import Finding, Inquiry, Outcome, Verdict, examine
from broadsheet.faces.mail.checking.letter import of_letter, of_outcome, trial_letter
from broadsheet.faces.mail.checking.records import published
from broadsheet.faces.mail.checking.server import of_server
from broadsheet.faces.mail.dkim import Signer
from broadsheet.faces.mail.letterhead import letterhead_of
from broadsheet.faces.mail.smtp import Smtp, read_relay
from broadsheet.service import Service
from broadsheet.settings import Settings
from tests.library.letters import certificate
from tests.library.servers.dns import FAIL, Zone, name_server, text
from tests.library.servers.smtp import mail_server
from tests.library.site import fill, free_port

NOW = datetime.now(UTC)
KEY = ed25519.Ed25519PrivateKey.generate()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLISHED, _ = published(Signer("example.org", "s2026", KEY))
PUBLIC: dict[str, object] = {
    "base_url": "https://papers.example.org",
    "mail_from": "news@example.org",
    "mail_return_path": "bounces@example.org",
    "mail_hook_secret": SecretStr("a password of theirs"),
}
SIGNED = {"mail_dkim_key": SecretStr(PEM), "mail_dkim_selector": "s2026"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The toy library, as a site that is in no DNS."""
    service = Service.open(fill(tmp_path_factory.mktemp("home")))
    yield service
    service.index.close()
    service.catalogue.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


def site(opened: Service, **changed: object) -> Service:
    """The same site with other settings."""
    settings: Settings = opened.settings.model_copy(update={**PUBLIC, **changed})
    return replace(opened, settings=settings)


def by_check(found: Iterator[Finding]) -> dict[str, Finding]:
    """Findings by what was checked; each that is not well says what to do."""
    every = list(found)
    assert [one.check for one in every if one.verdict is not Verdict.OK and not one.advice] == []
    assert len({one.check for one in every}) == len(every)
    return {one.check: one for one in every}


def trusting(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a server needs for TLS with a certificate that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(files[1]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    return context


def test_a_site_that_is_set_up_well_gets_its_letter_through(
    opened: Service, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = {
        "example.org TXT": [text("v=spf1 ip4:192.0.2.7 -all")],
        "example.org MX": ["10 mail.example.org."],
        "mail.example.org A": ["192.0.2.7"],
        "7.2.0.192.in-addr.arpa PTR": ["mail.example.org."],
        "_dmarc.example.org TXT": [text("v=DMARC1; p=reject")],
        "s2026._domainkey.example.org TXT": [text(f"v=DKIM1; k=ed25519; p={PUBLISHED}")],
    }
    context = trusting(files, monkeypatch)
    with mail_server(context, password="s3same") as (port, taken), name_server(zone) as server:
        url = SecretStr(f"smtp+starttls://ada:s3same@localhost:{port}")
        service = site(opened, mail_url=url, **SIGNED)
        wanted = Inquiry(server, (ipaddress.ip_address("192.0.2.7"),))
        found = by_check(examine(service, wanted, NOW))
        assert taken.letters == []
        sent = by_check(examine(service, replace(wanted, to="eve@example.net"), NOW))["sent"]
        ((recipient, returns, content),) = taken.letters
    # Two days are left of the certificate, and Ed25519 is known to few.
    warned = {check for check, one in found.items() if one.verdict is not Verdict.OK}
    assert warned == {"TLS", "DKIM"}
    assert {found[check].verdict for check in warned} == {Verdict.WARNING}
    assert (sent.verdict, recipient) == (Verdict.OK, "eve@example.net")
    assert "250 2.0.0 Taken" in sent.found
    assert returns.startswith("bounces+0-")
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in content


@pytest.mark.parametrize(
    ("zone", "verdict"),
    [
        # A server below our domain is ours: its address is the one that letters leave from.
        ({"mail.example.org A": ["1.1.1.1"], "1.1.1.1.in-addr.arpa PTR": ["x."]}, Verdict.WRONG),
        ({"mail.example.org A": ["10.0.0.7"]}, Verdict.UNKNOWN),
        ({"mail.example.org A": [FAIL]}, Verdict.UNKNOWN),
    ],
)
def test_the_address_of_a_server_of_ours_is_looked_at(
    opened: Service, zone: Zone, verdict: Verdict
) -> None:
    with name_server({**zone, "example.org TXT": []}) as server:
        service = site(opened, mail_url=SecretStr("smtp://mail.example.org:1"))
        found = by_check(examine(service, Inquiry(server), NOW))
    assert found["PTR"].verdict is verdict
    assert found["SPF"].verdict is Verdict.WRONG
    assert found["DKIM"].verdict is Verdict.UNKNOWN
    assert found["signature"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("zone", "verdict"),
    [({}, Verdict.WRONG), ({"example.org SOA": [FAIL]}, Verdict.UNKNOWN)],
)
def test_a_domain_that_nobody_knows_is_said_once(
    opened: Service, zone: Zone, verdict: Verdict
) -> None:
    with name_server(zone) as server:
        found = by_check(examine(site(opened), Inquiry(server), NOW))
    assert found["domain"].verdict is verdict
    for check in ("SPF", "DKIM", "DMARC", "PTR", "MX"):
        assert found[check].verdict is Verdict.UNKNOWN


def test_a_site_without_anything_is_told_what_to_set(opened: Service) -> None:
    bare = site(
        opened, base_url=None, mail_from="news@home", mail_return_path="", mail_hook_secret=None
    )
    found = by_check(examine(bare, Inquiry(), NOW))
    expected = {
        "mail server": Verdict.WARNING,
        "domain": Verdict.WARNING,
        "SPF": Verdict.UNKNOWN,
        "MX": Verdict.UNKNOWN,
        "failures": Verdict.WARNING,
        "one click": Verdict.WRONG,
        "signature": Verdict.UNKNOWN,
        "test letter": Verdict.OK,
    }
    assert {check: found[check].verdict for check in expected} == expected
    sent = by_check(examine(bare, Inquiry(to="ada@example.net"), NOW))["sent"]
    assert sent.verdict is Verdict.WARNING
    assert "nobody gets it" in sent.advice.lower()


def test_settings_that_cannot_be_are_said(opened: Service) -> None:
    for changed in ({"mail_url": SecretStr("pop3://localhost")}, {"mail_from": "nobody"}):
        (found,) = examine(site(opened, **changed), Inquiry(), NOW)
        assert (found.check, found.verdict) == ("settings", Verdict.WRONG)


def test_whether_anybody_reads_what_comes_back(opened: Service, tmp_path: Path) -> None:
    def verdict(**changed: object) -> Verdict:
        service = site(opened, mail_from="news@home", **changed)
        return by_check(examine(service, Inquiry(), NOW))["failures"].verdict

    assert verdict(mail_bounces=tmp_path) is Verdict.WRONG
    (tmp_path / "new").mkdir()
    assert verdict(mail_bounces=tmp_path) is Verdict.OK
    assert verdict(mail_bounces=tmp_path, mail_return_path="") is Verdict.WARNING


def test_the_server_is_asked_without_a_letter(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(url: str, size: int | None = 1_000, now: datetime = NOW) -> dict[str, Verdict]:
        relay = read_relay(url)
        smtp = Smtp(relay, name="example.org")
        try:
            return {one.check: one.verdict for one in of_server(smtp, relay, now, size)}
        finally:
            smtp.close()

    gone = found(f"smtp://localhost:{free_port()}")
    assert gone.pop("mail server") is Verdict.WRONG
    assert set(gone.values()) == {Verdict.UNKNOWN}
    context = trusting(files, monkeypatch)
    with mail_server(password="s3same") as (port, taken):
        assert found(f"smtp://localhost:{port}") == {
            "mail server": Verdict.OK,
            "TLS": Verdict.OK,
            "password": Verdict.WARNING,
            "size": Verdict.OK,
        }
        assert found(f"smtp://ada:s3same@localhost:{port}")["password"] is Verdict.OK
        assert found(f"smtp://ada:other@localhost:{port}")["mail server"] is Verdict.WRONG
        assert found(f"smtp://localhost:{port}", 50_000_000)["size"] is Verdict.WRONG
        assert found(f"smtp://localhost:{port}", None)["size"] is Verdict.UNKNOWN
        # Another way to write 127.0.0.1, by which it is taken for another machine.
        assert found(f"smtp://127.1:{port}")["TLS"] is Verdict.WARNING
        assert taken.letters == []
    with mail_server(context) as (port, _):
        assert found(f"smtp://127.1:{port}")["TLS"] is Verdict.WARNING
    with mail_server(context, whole=True) as (port, _):
        assert found(f"smtps://localhost:{port}")["TLS"] is Verdict.WARNING
        long_before = NOW - timedelta(days=30)
        assert found(f"smtps://localhost:{port}", now=long_before)["TLS"] is Verdict.OK
        monkeypatch.delenv("SSL_CERT_FILE")
        assert found(f"smtps://localhost:{port}")["mail server"] is Verdict.WRONG


def test_a_letter_for_a_subscriber_has_their_links_and_one_who_left_gets_none(
    opened: Service,
) -> None:
    service = site(opened, **SIGNED)
    head = letterhead_of(service.settings, service.signing_key)
    with service.catalogue.writing() as desk:
        one = add(desk, "ada@example.org", "", Wishes(), NOW)
        desk.bounces.suppress("eve@example.org", "They called it spam.", NOW)
    first = trial_letter(service, head, "ada@example.org", NOW)
    assert (
        reader_token(service.signing_key, one.key) in first.content.replace(b"=\r\n", b"").decode()
    )
    assert first.name != trial_letter(service, head, "ada@example.org", NOW).name
    elsewhere = site(opened, mail_from="news@home")
    found = by_check(examine(elsewhere, Inquiry(to="eve@example.org"), NOW))
    assert found["test letter"].verdict is Verdict.WRONG
    assert "They called it spam" in found["test letter"].found
    assert "sent" not in found


@pytest.mark.parametrize(
    ("before", "after", "check"),
    [
        (b"List-Id:", b"X-List-Id:", "test letter"),
        (b"Date:", b"Date: Sat, 21 Nov 2026 08:00:00 +0000\r\nDate:", "test letter"),
        (b"Message-ID: <", b"Message-ID: ", "test letter"),
        (b"List-Unsubscribe: <https", b"List-Unsubscribe: <http", "one click"),
        (b"List-Unsubscribe-Post: ", b"X: ", "one click"),
        (b"list-unsubscribe-post", b"list-post", "signature"),
        (b"\r\n\r\n", b"\r\n\r\n" + b"x" * 999 + b"\r\n", "lines"),
    ],
)
def test_a_letter_that_is_not_as_it_should_be_is_found_out(
    opened: Service, before: bytes, after: bytes, check: str
) -> None:
    service = site(opened, **SIGNED)
    head = letterhead_of(service.settings, service.signing_key)
    message = trial_letter(service, head, "bob@example.org", NOW)
    assert {one.verdict for one in of_letter(message)} == {Verdict.OK}
    content = message.content
    assert before in content
    damaged = replace(message, content=content.replace(before, after, 1))
    wrong = [one.check for one in of_letter(damaged) if one.verdict is Verdict.WRONG]
    assert wrong == [check]


@pytest.mark.parametrize(
    ("fate", "verdict"),
    [
        (Fate.ACCEPTED, Verdict.OK),
        (Fate.DEFERRED, Verdict.WARNING),
        (Fate.UNCERTAIN, Verdict.UNKNOWN),
        (Fate.REJECTED, Verdict.WRONG),
    ],
)
def test_what_became_of_the_test_letter(fate: Fate, verdict: Verdict) -> None:
    found = of_outcome("ada@example.org", Outcome(fate, "250 Ok"), is_relayed=True)
    assert found.verdict is verdict
    assert found.advice
