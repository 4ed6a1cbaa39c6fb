"""Signatures as two verifiers read them, of which one is ours, and keys that are refused."""

import base64
import hashlib
import re
from dataclasses import replace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.errors import SettingError
from broadsheet.faces.mail import compose
from broadsheet.faces.mail.dkim import Signer, read_signer
from tests.library.letters import HEAD, NOW, VALUES, letter, posted

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def pem(key: PrivateKey) -> str:
    """A private key as it is set."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
SIGNERS = {
    "rsa": read_signer(pem(RSA), "papers.example.org", "s2026"),
    "ed25519": read_signer(pem(ED25519), "papers.example.org", "s2026"),
}


def published(name: bytes, timeout: float = 5) -> bytes:
    """The record of the DNS that the verifier asks for."""
    assert name.rstrip(b".") == b"s2026._domainkey.papers.example.org"
    return RECORDS[0]


RECORDS = [b""]


def publish(kind: str) -> None:
    """Put the public half of a key where the verifier asks for it."""
    if kind == "rsa":
        public = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        public = ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    RECORDS[0] = f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}".encode()


def is_sound(content: bytes, kind: str) -> bool:
    """Whether a message has our signature, by dkimpy, which made it, and by `verified_here`."""
    publish(kind)
    sound = bool(dkim.verify(content, dnsfunc=published))
    assert sound is verified_here(content, kind)
    return sound


def relaxed(field: bytes) -> bytes:
    """A header field as it is signed (RFC 6376, 3.4.2), without its line end."""
    name, _, value = field.partition(b":")
    return name.lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")


def verified_here(content: bytes, kind: str) -> bool:
    """The same, with nothing but hashes and the public key, and without the program's lines."""
    head, _, body = content.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    ours = next(one for one in fields if one.startswith(b"DKIM-Signature:"))
    tags = dict(re.findall(rb"(?:^|;)\s*(\w+)=([^;]*)", ours.partition(b":")[2]))
    told = b""
    for name in re.sub(rb"\s", b"", tags[b"h"]).split(b":"):
        last = next((one for one in fields[::-1] if one.lower().startswith(name + b":")), None)
        if last is not None:
            told += relaxed(last) + b"\r\n"
            fields = [one for one in fields if one is not last]
    told += relaxed(ours.replace(tags[b"b"], b""))
    lines = re.sub(rb" *\r\n", rb"\r\n", re.sub(rb"[ \t]+", b" ", body)).rstrip(b" \r\n")
    hashed = hashlib.sha256(lines + b"\r\n" if lines else b"").digest()
    if base64.b64decode(tags[b"bh"]) != hashed:
        return False
    signature = base64.b64decode(re.sub(rb"\s", b"", tags[b"b"]))
    try:
        if kind == "rsa":
            RSA.public_key().verify(signature, told, PKCS1v15(), hashes.SHA256())
        else:
            ED25519.public_key().verify(signature, hashlib.sha256(told).digest())
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("kind", SIGNERS)
def test_what_is_signed_to_the_letter(kind: str) -> None:
    content = (
        b"To: b@example.org\r\nSUBJECT: two\r\n\t lines  \r\nFrom:  Ada \t <a@example.org>\r\n"
        b"X-Other: no\r\nList-Unsubscribe: <https://x/1>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n"
        b" Hello \t there \t\r\n\r\nx\r\n \r\n\r\n"
    )
    signed = SIGNERS[kind].sign(content)
    assert signed.endswith(b"\r\n" + content)
    ours = signed.removesuffix(content).removesuffix(b"\r\n")
    tags = dict(part.strip().split(b"=", 1) for part in ours.partition(b":")[2].split(b";"))
    assert tags[b"a"] == kind.encode() + b"-sha256"
    assert (tags[b"c"], tags[b"d"], tags[b"s"]) == (
        b"relaxed/relaxed",
        b"papers.example.org",
        b"s2026",
    )
    assert re.sub(rb"\s", b"", tags[b"h"]) == (
        b"from:from:to:to:subject:subject:date:message-id:reply-to:"
        b"list-unsubscribe:list-unsubscribe:list-unsubscribe-post"
    )
    body = b" Hello there\r\n\r\nx\r\n"
    assert base64.b64decode(tags[b"bh"]) == hashlib.sha256(body).digest()
    told = (
        b"from:Ada <a@example.org>\r\nto:b@example.org\r\nsubject:two lines\r\n"
        b"list-unsubscribe:<https://x/1>\r\nlist-unsubscribe-post:List-Unsubscribe=One-Click\r\n"
    ) + relaxed(ours.replace(tags[b"b"], b""))
    signature = base64.b64decode(re.sub(rb"\s", b"", tags[b"b"]))
    if kind == "rsa":
        RSA.public_key().verify(signature, told, PKCS1v15(), hashes.SHA256())
    else:
        ED25519.public_key().verify(signature, hashlib.sha256(told).digest())


@pytest.mark.parametrize("kind", SIGNERS)
@pytest.mark.parametrize("letter_kind", sorted(VALUES))
def test_every_letter_verifies(kind: str, letter_kind: str) -> None:
    head = replace(HEAD, signer=SIGNERS[kind])
    made = compose(posted(letter(letter_kind)), head, NOW)
    assert made.content.startswith(b"DKIM-Signature: ")
    assert is_sound(made.content, kind)
    assert max(len(line) for line in made.content.split(b"\r\n")) <= 100


@pytest.mark.parametrize("kind", SIGNERS)
def test_what_is_changed_on_the_way_is_noticed(kind: str) -> None:
    content = compose(posted(letter()), replace(HEAD, signer=SIGNERS[kind]), NOW).content
    wrong = [
        content.replace(b"Lovelace", b"Lovelaci"),
        content.replace(b"To: ada@", b"To: eve@"),
        content.replace(b"Subject: ", b"Subject: Re: "),
        content.replace(b"From: ", b"From: <eve@example.net>\r\nFrom: "),
        content.replace(b"Auto-Submitted: ", b"Auto-Submitted: no\r\nX: "),
        # Added fields: those that nobody may add are named once more than they are there.
        content.replace(b"To: ada", b"Reply-To: eve@example.net\r\nTo: ada"),
        content.replace(b"To: ada", b"List-Unsubscribe: <https://x.example>\r\nTo: ada"),
    ]
    for one in wrong:
        assert one != content
        assert not is_sound(one, kind)


@pytest.mark.parametrize("kind", SIGNERS)
def test_what_servers_on_the_way_may_do_is_allowed(kind: str) -> None:
    content = compose(posted(letter()), replace(HEAD, signer=SIGNERS[kind]), NOW).content
    received = b"Received: from a by b; Sat, 21 Nov 2026 08:00:01 +0000\r\n"
    refolded = re.sub(rb"Auto-Submitted: auto", b"AUTO-Submitted:\r\n  auto", content)
    assert is_sound(received + refolded.rstrip(b"\r\n") + b" \t\r\n\r\n\r\n", kind)


def test_the_headers_of_unsubscribing_are_signed() -> None:
    content = (
        b"From: a@papers.example.org\r\nTo: b@example.org\r\nList-Unsubscribe: <https://x/1>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Id: <x.example>\r\n\r\nx\r\n"
    )
    signed = SIGNERS["rsa"].sign(content)
    named = re.sub(rb"\s", b"", re.search(rb"h=([^;]*);", signed)[1]).split(b":")  # type: ignore[index]
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"list-id"} <= set(named)
    assert is_sound(signed, "rsa")


@settings(max_examples=40)
@given(
    body=st.text(alphabet="ab \t\r\n.", max_size=80),
    value=st.text(alphabet="ab \t:;", max_size=40),
)
def test_any_message_verifies(body: str, value: str) -> None:
    lines = re.sub(r"\r\n|\r|\n", "\r\n", body)
    content = f"From: a@papers.example.org\r\nSubject: x{value}\r\n\r\n{lines}\r\n".encode()
    for kind, signer in SIGNERS.items():
        assert is_sound(signer.sign(content), kind)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sesame", "no private key in PEM"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither RSA nor Ed25519"),
        (pem(rsa.generate_private_key(65537, 1024)), "fewer than 2048 bits"),
    ],
    ids=["text", "curve", "short"],
)
def test_other_keys_are_refused(text: str, message: str) -> None:
    with pytest.raises(SettingError, match=message) as caught:
        read_signer(text, "example.org", "s")
    assert text.strip() not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("domain", "selector", "setting"),
    [(f"{'a' * 53}.example.org", "s", "domain"), ("example.org", "s" * 65, "selector")],
    ids=["domain", "selector"],
)
def test_names_that_the_library_breaks_are_refused(
    domain: str, selector: str, setting: str
) -> None:
    with pytest.raises(SettingError, match=f"{setting} of DKIM is longer than 64 ") as caught:
        read_signer(pem(ED25519), domain, selector)
    assert f"mail_dkim_{setting}" in caught.value.hint


@pytest.mark.parametrize("kind", SIGNERS)
def test_the_longest_names_are_signed_for(kind: str) -> None:
    domain, selector = f"{'a' * 52}.example.org", "s" * 64
    content = b"From: a@papers.example.org\r\nSubject: x\r\n\r\nx\r\n"
    signed = replace(SIGNERS[kind], domain=domain, selector=selector).sign(content)
    publish(kind)
    assert dkim.verify(signed, dnsfunc=lambda name, timeout: RECORDS[0])


def test_a_key_is_never_shown() -> None:
    assert "PRIVATE" not in repr(Signer("example.org", "s", RSA))
