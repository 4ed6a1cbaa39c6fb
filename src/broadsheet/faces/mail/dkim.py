"""Signing letters: DKIM (RFC 6376) with relaxed canonicalization, by RSA or Ed25519 (RFC 8463)."""

import base64
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from dkim import DKIM

from broadsheet.errors import SettingError

LEAST_BITS = 2048
"""An RSA key has at least so many bits (RFC 8301 wants 1024, receivers more)."""
LONGEST_NAME = 64
"""Characters of a domain or selector; dkimpy breaks a line within a much longer one."""
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


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for a domain with a key that is published under a selector."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    def sign(self, content: bytes) -> bytes:
        """A message, with CRLF line ends and a From, with a signature in front."""
        kind = b"rsa-sha256" if isinstance(self.key, RSAPrivateKey) else b"ed25519-sha256"
        letter = DKIM(content, signature_algorithm=kind)
        there = [name.decode("ascii", "replace").lower() for name, _ in letter.headers]
        signature: bytes = letter.sign(
            self.selector.encode(),
            self.domain.encode(),
            self._secret(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[
                name for name in _SIGNED for _ in range(there.count(name) + (name in _ONCE))
            ],
        )
        return signature + content

    def _secret(self) -> bytes:
        """The key in the form that the library reads."""
        if isinstance(self.key, RSAPrivateKey):
            form = PrivateFormat.TraditionalOpenSSL
            return self.key.private_bytes(Encoding.PEM, form, NoEncryption())
        return base64.b64encode(self.key.private_bytes_raw())


def read_signer(pem: str, domain: str, selector: str) -> Signer:
    """A signer with a private key in PEM; SettingError, which does not show it, if not."""
    for setting, name in (("domain", domain), ("selector", selector)):
        if len(name) > LONGEST_NAME:
            raise SettingError(
                f"The {setting} of DKIM is longer than {LONGEST_NAME} characters: {name}",
                hint=f"Set a shorter `mail_dkim_{setting}`, or let the mail server sign.",
            )
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
