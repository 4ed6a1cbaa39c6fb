"""Letters through a real postfix and a real dovecot, and what comes back of them."""

import json
import re
import smtplib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest

from broadsheet.catalogue import (
    DIGEST,
    BounceKind,
    Cadence,
    Catalogue,
    Fate,
    Posted,
    SubscriptionState,
    Wishes,
)
from broadsheet.digests import add
from tests.faces.mail.test_dkim import ED25519, RECORDS, RSA, is_sound, pem
from tests.library.commands import broadsheet
from tests.library.letters import part, read
from tests.library.people import catalogue_of
from tests.library.publishing import publish
from tests.library.servers.chain import DOMAIN, PASSWORD, Chain, lacking, mail_chain
from tests.library.site import fill

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(bool(lacking()), reason=lacking() or "there is a chain"),
]
SITE = "Tägliche Zeitung für 機械学習, die jeden Morgen sehr früh erscheint"
LONGEST_LINE = 998
READ = "BroadsheetRead"


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    with mail_chain() as started:
        yield started


def home_of(folder: Path, chain: Chain, key: str, *names: str) -> tuple[Path, Catalogue]:
    """A home with an edition, and subscribers in the domain of the chain."""
    home, now = folder / "home", datetime.now(UTC)
    fill(home)
    chosen = {
        "site_name": SITE,
        "base_url": "https://papers.example.org",
        "mail_url": f"smtp+starttls://news:{PASSWORD.replace(' ', '%20')}@localhost:{chain.smtp}",
        "mail_from": "news@papers.example.org",
        "mail_return_path": f"bounces@{DOMAIN}",
        "mail_bounces_imap": f"imaps://bounces:{PASSWORD.replace(' ', '%20')}"
        f"@localhost:{chain.imaps}/INBOX",
        "mail_dkim_key": key,
        "mail_dkim_selector": "s2026",
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in chosen.items()]
    (home / "broadsheet.toml").write_text("\n".join(lines) + "\n", "utf-8")
    catalogue = catalogue_of(home)
    publish(catalogue, now.date(), range(1, 9), now)
    with catalogue.writing() as desk:
        for name in names:
            wishes = Wishes(cadence=Cadence.DAILY, hour=now.hour)
            add(desk, f"{name}@{DOMAIN}", "", wishes, now - timedelta(days=2))
    return home, catalogue


def sent(home: Path, chain: Chain, catalogue: Catalogue) -> dict[str, Posted]:
    """What became of the letters that were due, by the left part of their address."""
    broadsheet(home, "digest", "send")
    broadsheet(home, "post", "run", "--once", SSL_CERT_FILE=str(chain.trusted))
    with catalogue.reading() as desk:
        letters = desk.outbox.listed(None, 100)
    assert {one.letter.kind for one in letters} == {DIGEST}
    return {one.letter.recipient.partition("@")[0]: one for one in letters}


def decoded(value: str) -> str:
    """What a header field says (RFC 2047)."""
    return str(make_header(decode_header(value)))


def forward(content: bytes, chain: Chain, name: str) -> None:
    """Hand a letter over again, from its own return path, without what its head says of it."""
    found = re.search(rb"Return-Path: <(.*)>", content)
    assert found
    with smtplib.SMTP("localhost", chain.smtp) as server:
        to = f"{name}@{DOMAIN}"
        server.sendmail(found[1].decode(), to, f"To: {to}\nSubject: Forwarded\n\nLook!\n")


def verified(content: bytes, folder: Path) -> str:
    """What OpenDKIM says of a message, with the key that is published by the last `publish`."""
    (folder / "keys").write_bytes(b"s2026._domainkey.papers.example.org " + RECORDS[0] + b"\n")
    (folder / "conf").write_text(f"Mode v\nSyslog no\nTestPublicKeys {folder}/keys\n")
    (folder / "letter.eml").write_bytes(content.replace(b"\r\n", b"\n"))
    command = ["/usr/sbin/opendkim", "-x", f"{folder}/conf", "-vv", "-t", f"{folder}/letter.eml"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def signed_fields(letter: EmailMessage) -> list[str]:
    """The header fields that the signature covers."""
    found = re.search(r"h=([^;]*);", str(letter["DKIM-Signature"]))
    assert found
    return "".join(found[1].split()).split(":")


@pytest.mark.parametrize(("kind", "name"), [("rsa", "ada"), ("ed25519", "bob")])
def test_a_letter_arrives_as_it_was_signed(
    chain: Chain, tmp_path: Path, kind: str, name: str
) -> None:
    key = pem(RSA if kind == "rsa" else ED25519)
    home, catalogue = home_of(tmp_path, chain, key, name)
    letter = sent(home, chain, catalogue)[name]
    catalogue.close()
    assert (letter.state, letter.detail[:9]) == (Fate.ACCEPTED, "250 2.0.0")
    (content,) = chain.wait_for(name, 1)
    arrived = read(content)
    assert content.startswith(b"Return-Path: <bounces+")

    assert is_sound(content, kind)
    assert not is_sound(content.replace(b"One-Click", b"One-Clack"), kind)
    assert "dkim=pass" in verified(content, tmp_path)
    assert "dkim=fail" in verified(content.replace(b"One-Click", b"One-Clack"), tmp_path)
    covered = signed_fields(arrived)
    assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "from"} <= set(covered)

    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(arrived["List-Unsubscribe"]).startswith("<https://papers.example.org/unsubscribe/")
    assert arrived["List-Id"]
    assert str(arrived["Message-ID"]).startswith(f"<{letter.message_id}@")
    # The email package's own reading puts a blank between the encoded words of a name.
    older = message_from_bytes(content)
    assert older["From"].isascii()
    assert decoded(older["From"]) == f"{SITE} <news@papers.example.org>"
    assert decoded(older["Subject"]) == arrived["Subject"]
    assert older["Subject"].isascii()
    assert "Tidal Attention for Very Long Documents and 7 more ·" in arrived["Subject"]
    assert max(map(len, content.split(b"\r\n"))) <= LONGEST_LINE
    assert "Tidal Attention" in part(arrived, "plain")
    assert "Tidal Attention" in part(arrived, "html")


def test_what_comes_back_is_read_by_imap_and_acted_on(chain: Chain, tmp_path: Path) -> None:
    """A refusal at once, one that comes later, a full mailbox, and a program that answers."""
    names = ("news", "nobody", "gone", "full", "eve")
    home, catalogue = home_of(tmp_path, chain, pem(RSA), *names)
    letters = sent(home, chain, catalogue)
    refused = letters.pop("nobody")
    assert refused.state is Fate.REJECTED
    assert refused.detail.startswith("550 5.1.1 ")
    assert {one.state for one in letters.values()} == {Fate.ACCEPTED}

    chain.wait_for("news", 1)
    assert len(chain.wait_for("bounces", 2)) == 2
    # Ours say that a program wrote them, which programs that answer leave alone; what somebody
    # forwarded does not.
    (letter,) = chain.wait_for("eve", 1)
    forward(letter, chain, "eve")
    came = chain.wait_for("bounces", 3)
    assert sum(b"Return-Path: <>" in mail for mail in came) == 3
    assert sum(b"Auto-Submitted: auto-replied (vacation)" in mail for mail in came) == 1

    wrong = broadsheet(home, "digest", "bounces", code=5)
    assert "TLS failed" in wrong.stderr
    told = broadsheet(home, "digest", "bounces", SSL_CERT_FILE=str(chain.trusted)).stderr
    assert "2 bounces, 1 mails ignored, 0 not understood." in told
    told = broadsheet(home, "digest", "bounces", SSL_CERT_FILE=str(chain.trusted)).stderr
    assert "0 bounces, 0 mails ignored, 0 not understood." in told
    assert chain.flags("bounces") == [{READ, "\\Seen"}] * 3

    with catalogue.reading() as desk:
        bounces = {one.email.partition("@")[0]: one for one in desk.bounces.latest(10)}
        states = {
            name: desk.subscriptions.of_address(f"{name}@{DOMAIN}")[0].state for name in names
        }
    catalogue.close()
    for name, kind, status in (
        ("gone", BounceKind.HARD, "5.1.1"),
        ("full", BounceKind.SOFT, "5.2.2"),
    ):
        assert (bounces[name].kind, bounces[name].letter_key) == (kind, letters[name].key)
        assert bounces[name].detail.startswith(status)
    assert states["gone"] is SubscriptionState.STOPPED
    assert {states[name] for name in ("news", "full", "eve")} == {SubscriptionState.ACTIVE}
