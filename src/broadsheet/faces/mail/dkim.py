"""Signing letters: DKIM (RFC 6376) with relaxed canonicalization, by RSA or Ed25519 (RFC 8463)."""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from broadsheet.errors import SettingError

LEAST_BITS = 2048
"""An RSA key has at least so many bits (RFC 8301 wants 1024, receivers more)."""
_SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
)
# Named once more than they are there, so that nobody can add another one.
_ONCE = ("from", "to", "subject", "date", "message-id", "reply-to", "list-unsubscribe")
_BLANKS = re.compile(rb"[ \t]+")
_FIELD = re.compile(rb"([^:\s]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")
_PIECE = 70


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for a domain with a key that is published under a selector."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    def sign(self, content: bytes) -> bytes:
        """A message, with CRLF line ends, with a signature in front."""
        head, _, body = content.partition(b"\r\n\r\n")
        fields = _FIELD.findall(head + b"\r\n")
        there = [name.decode("ascii", "replace").lower() for name, _ in fields]
        named = [name for name in _SIGNED for _ in range(there.count(name) + (name in _ONCE))]
        body_hash = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
        kind = "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"
        unsigned = (
            f"DKIM-Signature: v=1; a={kind}; c=relaxed/relaxed;\r\n"
            f" d={self.domain}; s={self.selector};\r\n"
            f" h={_folded(named)};\r\n"
            f" bh={body_hash};\r\n"
            " b="
        ).encode()
        told = _relaxed_chosen(fields, named) + _relaxed_field(*unsigned.split(b":", 1))
        signature = base64.b64encode(self._signature(told)).decode()
        pieces = [signature[at : at + _PIECE] for at in range(0, len(signature), _PIECE)]
        return unsigned + "\r\n ".join(pieces).encode() + b"\r\n" + content

    def _signature(self, told: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(told, PKCS1v15(), hashes.SHA256())
        return self.key.sign(hashlib.sha256(told).digest())


def read_signer(pem: str, domain: str, selector: str) -> Signer:
    """A signer with a private key in PEM; SettingError, which does not show it, if not."""
    hint = "Make one: openssl genpkey -algorithm ed25519 (or rsa with 2048 bits)."
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingError("`mail_dkim_key` is no private key in PEM.", hint=hint) from None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise SettingError("`mail_dkim_key` is neither RSA nor Ed25519.", hint=hint)
    if isinstance(key, RSAPrivateKey) and key.key_size < LEAST_BITS:
        raise SettingError(f"`mail_dkim_key` has fewer than {LEAST_BITS} bits.", hint=hint)
    return Signer(domain, selector, key)


def relaxed_body(body: bytes) -> bytes:
    """A body as it is hashed (RFC 6376, 3.4.4)."""
    lines = [_BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _relaxed_chosen(fields: list[tuple[bytes, bytes]], named: list[str]) -> bytes:
    """The named fields as they are signed, each from the bottom up, as far as they are there."""
    left = {name: [pair for pair in fields if pair[0].lower() == name.encode()] for name in named}
    chosen = [left[name].pop() for name in named if left[name]]
    return b"".join(_relaxed_field(*pair) + b"\r\n" for pair in chosen)


def _relaxed_field(name: bytes, value: bytes) -> bytes:
    """A header field as it is signed (RFC 6376, 3.4.2), without its line end."""
    unfolded = value.replace(b"\r\n", b"")
    return name.lower().strip() + b":" + _BLANKS.sub(b" ", unfolded).strip()


def _folded(names: list[str]) -> str:
    """Names with colons, in lines that are not long."""
    lines, line = [], ""
    for at, name in enumerate(names):
        word = name + (":" if at + 1 < len(names) else "")
        if len(line) + len(word) > _PIECE:
            lines.append(line)
            line = ""
        line += word
    return "\r\n  ".join([*lines, line])
