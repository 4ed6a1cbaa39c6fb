"""Toy letters, what reads them, and the keys and certificates that mail servers in tests have."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from broadsheet.catalogue import Catalogue, Fate, Letter, Posted
from broadsheet.faces.mail import Letterhead
from broadsheet.faces.mail.addresses import Address

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
HEAD = Letterhead(
    site="Toy News",
    base="https://papers.example.org",
    sender=Address("news", "papers.example.org"),
    returns=Address("bounces", "papers.example.org"),
)
VALUES = {
    "sign-in": {"link": "https://papers.example.org/sign-in/link?pass=s3cret&x=1"},
    "address": {"link": "/sign-in/link?pass=s3cret&x=1"},
    "invitation": {"link": "https://papers.example.org/sign-in/link?pass=s3cret&x=1"},
    "account": {"name": "ada", "what": "A passkey <b> was added & named “Telefon”."},
    "confirm-subscription": {"link": "/subscribe/confirm/WyIxIl0.awHefQ.Xgwet"},
    "notice": {"text": "Ada Lovelace & others replied to you.", "link": "/papers/1#comment-7"},
    "alert": {
        "condition": "disk is filling",
        "message": "12 MiB are free.",
        "since": "2026-11-21 06:00 UTC",
    },
}
"""Values of each kind of letter that there is."""


def letter(kind: str = "notice", recipient: str = "ada@example.org", **values: str) -> Letter:
    """A letter of a kind, with some of its values changed."""
    return Letter(
        kind=kind,
        subject="one",
        recipient=recipient,
        values={**VALUES.get(kind, {}), **values},
        due=NOW,
        expires=NOW + timedelta(minutes=30),
    )


def posted(letter: Letter) -> Posted:
    """A letter as the outbox gives it to a holder."""
    return Posted(key=7, letter=letter, message_id="ab" * 20, state=Fate.LEASED, tries=0, made=NOW)


def read(content: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    return message_from_bytes(content, policy=default)


def part(message: EmailMessage, kind: str) -> str:
    """The text of one part of a message."""
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def ask_for(catalogue: Catalogue, count: int, now: datetime, domain: str = "example.org") -> None:
    """Put letters to so many addresses into the outbox."""
    with catalogue.writing() as desk:
        for at in range(count):
            assert desk.outbox.add(letter_to(at, now, domain), now)


def leave_uncertain(catalogue: Catalogue, now: datetime, recipient: str) -> int:
    """Hand a letter over of which nobody then hears; its key."""
    until = now + timedelta(minutes=5)
    with catalogue.writing() as desk:
        one = letter(recipient=recipient)
        # The longest overdue, so that it is the one that is leased.
        assert desk.outbox.add(replace(one, due=now - timedelta(hours=1), expires=None), now)
        (posted,) = desk.outbox.lease(recipient, now, until, 1)
        assert desk.outbox.hand_over(posted.key, recipient, now, until)
        desk.outbox.settle(posted.key, recipient, now, Fate.UNCERTAIN, "No answer came to it.")
    return posted.key


def letter_to(number: int, now: datetime, domain: str = "example.org") -> Letter:
    """A letter to one of many addresses."""
    return replace(letter(recipient=f"reader{number}@{domain}"), due=now, expires=None)


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A key and a certificate for a host that it signed itself, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_file, file = folder / f"{host}.key", folder / f"{host}.pem"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.write_bytes(made.public_bytes(Encoding.PEM))
    return key_file, file
